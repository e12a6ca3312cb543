"""Words with several meanings: which one their neighbours allow."""

from __future__ import annotations

from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.storyboard import (
    Colour,
)

LOCATIVE = frozenset({"next_to", "right_of", "on", "under", "behind", "in_front_of", "inside"})

_VERBAL = frozenset({"verb", "relate", "speech"})

_NOMINAL = (
    "drawing",
    "setting",
    "time",
    "weather",
    "camera",
    "style",
    "mood",
    "colour",
    "direction",
    "unshown",
    "size",
)

_NOUNISH = frozenset(
    {"building", "painting", "rose", "dove", "fries", "drawing", "clapping hands", "warning", "meeting"}
)

_TWO_COLOURS = frozenset({"black and white", "black-and-white", "黑白", "黑白色"})

_INTO = frozenset(
    {"in", "through", "into", "among", "at", "across", "inside", "within", "from", "over", "above", "to"}
)


def choose(marks: list[Mark]) -> None:
    """Where a word has several meanings, keep those that its neighbours allow."""
    for index, mark in enumerate(marks):
        if mark.category == "style" and mark.text in _TWO_COLOURS and _describes(marks, index):
            mark.keep(Entry("colour", Colour.WHITE.value, exact=False))
        if len(mark.entries) < 2:
            continue
        before = marks[index - 1] if index else None
        after = marks[index + 1] if index + 1 < len(marks) else None
        verbal = mark.entry("verb", "relate", "speech")
        nominal = mark.entry(*_NOMINAL)
        if verbal is not None and nominal is not None:
            if _reads_as_verb(mark, verbal, before, after):
                mark.entries = tuple(entry for entry in mark.entries if entry.category in _VERBAL)
            else:
                mark.entries = tuple(entry for entry in mark.entries if entry.category not in _VERBAL)
        drawing = mark.entry("drawing")
        if drawing is not None and len(mark.entries) > 1:
            _choose_noun(marks, index, drawing)


def _choose_noun(marks: list[Mark], index: int, drawing: Entry) -> None:
    """A drawing's name that is also a colour, a place, a small word."""
    mark = marks[index]
    before = marks[index - 1] if index else None
    after = marks[index + 1] if index + 1 < len(marks) else None
    colour, unit = mark.entry("colour"), mark.entry("unit")
    setting, small = mark.entry("setting"), mark.entry("shotword", "function")
    if colour is not None:
        noun = (
            after is not None and after.entry("drawing", "colour", "size", "unshown", "setting") is not None
        )
        mark.keep(
            colour
            if noun or (before is not None and before.category in {"copula", "join", "colour"})
            else drawing
        )
    elif unit is not None and before is not None and before.category == "number":
        mark.keep(unit if after is not None and after.entry("drawing") else drawing)
    elif small is not None:
        counted = before is not None and before.category in {"det", "number", "colour", "unit"}
        about_camera = mark.text == "camera" and (after is None or after.category in {
            "verb", "relate", "direction", "pace", "function", "camera", "unknown", "copula"})  # fmt: skip
        mark.keep(drawing if counted and not about_camera else small)
    elif setting is not None:
        lead = next(
            (
                other
                for other in reversed(marks[:index])
                if other.category not in {"det", "colour", "size", "unknown", "unshown"}
            ),
            None,
        )
        mark.keep(setting if lead is not None and lead.text in _INTO else drawing)
    else:
        mark.keep(drawing)


def _reads_as_verb(mark: Mark, action: Entry, before: Mark | None, after: Mark | None) -> bool:
    """Whether a word that may be a noun or a verb is the verb here."""
    if mark.chinese:
        if mark.entry("size") is not None:
            return after is None or after.category not in {"attribute", "drawing"}
        return before is None or before.category not in {"unit", "number", "det"}
    noun_next = after is not None and after.category in {"drawing", "unshown", "unknown"}
    opened = before is None or before.category in {
        "det",
        "number",
        "colour",
        "size",
        "unshown",
        "other",
        "unit",
    }
    if before is not None and (
        before.text in {"my", "your", "his", "her", "their", "its", "our"} or before.chinese
    ):
        opened = True
    if action.form == "ing":
        return mark.text not in _NOUNISH or (before is not None and before.category in {"copula", "pronoun"})
    if action.form == "ed" and mark.text not in _NOUNISH:
        return not (opened and noun_next)
    if opened or before is None:
        return before is not None and before.category == "unknown" and before.capital
    return before.category in {
        "drawing", "pronoun", "handle", "join", "relative", "sequence", "negation", "pace", "name", "while",
    } or (before.category == "unknown" and before.capital) or (
        before.text in {"to", "can", "will", "would", "could", "should", "must", "do", "does", "did"}
    )  # fmt: skip


def _describes(marks: list[Mark], index: int) -> bool:
    """Whether a word stands before a noun that it can describe."""
    after = next(
        (mark for mark in marks[index + 1 :] if mark.category not in {"attribute", "size", "unshown"}), None
    )
    return after is not None and after.category == "drawing"


def acts(mark: Mark | None) -> bool:
    return mark is not None and (
        mark.category in {"verb", "copula", "speech"}
        or (mark.category == "relate" and mark.entries[0].value not in LOCATIVE)
    )

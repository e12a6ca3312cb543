"""Prompt in, storyboard out: the whole reading of a request, and the notes on it.

Pure and deterministic; it knows no clock, no network and no chance. A learned planner may take its
place one day: the contract is ``understand(request) -> Storyboard``, and that nothing is dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from generation.engine.animatic.understanding.directing import LOCATIVE, Director
from generation.engine.animatic.understanding.reading import CONTENT, Mark, read
from generation.engine.animatic.understanding.staging import mood_of, most_shots, stage, style_of
from generation.engine.animatic.understanding.text import Folded, fold
from generation.engine.protocol import Reference, Request
from generation.engine.storyboard import (
    MAX_SECONDS,
    MIN_SECONDS,
    Note,
    Outcome,
    Storyboard,
    Style,
)

MOST_CHARACTERS = 4000
MOST_NOTES = 200
LONGEST_PHRASE = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def understand(request: Request) -> Storyboard:
    """Read a prompt. Never fails on any text; what cannot be read ends in the notes.

    The prompt is stored cut to ``MOST_CHARACTERS``, with characters that no database or JSON can
    hold (NUL, lone surrogates) replaced one for one, so that the notes' offsets fit both. The shots last
    ``request.seconds`` together, held within the storyboard's limits and rounded to whole frames.
    """
    prompt = _UNSTORABLE.sub("\ufffd", request.prompt[:MOST_CHARACTERS])
    seconds = min(MAX_SECONDS, max(MIN_SECONDS, request.seconds))
    folded = fold(prompt)
    references = {reference.handle.lower().lstrip("@"): reference for reference in request.references}
    reading = read(folded, frozenset(references))
    director = Director(_storable(references), most_shots(seconds))
    director.direct(reading)
    if request.style is not None:
        _overrule(reading.marks, request.style)
    frame = request.frame
    shots = stage(director.shots, seconds, frame.fps)
    return Storyboard(
        prompt=prompt,
        language=reading.language,
        frame=frame,
        seed=request.seed % 2**63,
        style=style_of(director.style, request.style),
        mood=director.mood or mood_of(shots),
        shots=shots,
        notes=tuple(_notes(folded, reading.marks))[:MOST_NOTES],
    )


def _storable(references: dict[str, Reference]) -> dict[str, Reference]:
    return {
        handle: reference
        for handle, reference in references.items()
        if re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", handle)
    }


def _overrule(marks: Iterable[Mark], style: Style) -> None:
    """A style chosen beside the prompt replaces what the prompt says."""
    for mark in marks:
        entry = mark.entry("style")
        if entry is not None and mark.category == "style" and entry.value != style.value:
            mark.shown(exact=False, used=style.value)


def _notes(folded: Folded, marks: list[Mark]) -> Iterable[Note]:
    last = 0
    for mark in _merged(folded, marks):
        start, end = folded.span(mark.start, mark.end)
        start = max(start, last)
        last = max(last, end)
        while start < end and folded.prompt[start].isspace():
            start += 1
        for at in range(start, end, LONGEST_PHRASE):
            stop = min(end, at + LONGEST_PHRASE)
            phrase = folded.prompt[at:stop]
            if phrase.strip():
                yield Note(
                    phrase=phrase,
                    start=at,
                    end=stop,
                    outcome=mark.outcome or Outcome.NOT_SHOWN,
                    used=mark.used[:200],
                )


def _merged(folded: Folded, marks: list[Mark]) -> Iterable[Mark]:
    """Content marks in order; neighbours that met the same unknown fate become one phrase."""
    waiting: Mark | None = None
    for mark in sorted(marks, key=lambda mark: mark.start):
        if mark.outcome is None and (mark.category not in CONTENT or _small(mark)):
            continue
        if waiting is not None and _one_phrase(folded, waiting, mark):
            waiting.end = mark.end
            continue
        if waiting is not None and mark.start < waiting.end:
            continue
        if waiting is not None:
            yield waiting
        waiting = mark
    if waiting is not None:
        yield waiting


def _small(mark: Mark) -> bool:
    """A preposition or a lone "one" that had nothing to say is a function word."""
    return mark.category in {"relate", "number", "direction"} and (
        mark.entries[0].value in LOCATIVE or mark.entries[0].category != "relate"
    )


def _one_phrase(folded: Folded, before: Mark, mark: Mark) -> bool:
    alike = before.category == mark.category == "unknown" and before.used == mark.used
    near = folded.text[before.end : mark.start].strip(" -") == ""
    return alike and near and mark.end - before.start <= LONGEST_PHRASE // 2

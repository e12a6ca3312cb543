"""The walk over a prompt's marks, sentence by sentence and shot by shot."""

from __future__ import annotations

from generation.engine.animatic.understanding.directing.meanings import LOCATIVE, choose
from generation.engine.animatic.understanding.directing.scenery import Scenery
from generation.engine.animatic.understanding.directing.speech import Speech
from generation.engine.animatic.understanding.drafts import DraftAction
from generation.engine.animatic.understanding.reading import CONTENT, Mark, Reading
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.storyboard import (
    Transition,
    Verb,
    Weather,
)

_MEANWHILE = frozenset({"stand", "sit", "shake", "cheer"})
"""What one does while speaking: no reason for a shot of its own."""


class Director(Scenery, Speech):
    """Walks the marks of one prompt; ``shots``, ``style``, ``mood`` and the marks' outcomes are the result."""

    def direct(self, reading: Reading) -> None:
        """Read every sentence in order."""
        for sentence in reading.sentences:
            self._sentence(sentence)
        self._settle()

    def _settle(self) -> None:
        """End of a sentence: what still waits for a noun finds the one before, or nothing."""
        self._unclaimed = None
        self._drop_relation()
        for mark, entry in self.verbs:
            self._act(mark, entry, self._doers())
        self._leftover_adjectives()
        if self.count is not None and self.count[1].outcome is None:
            self.count[1].not_shown()
        self._begin_clause()

    def _sentence(self, marks: list[Mark]) -> None:
        choose(marks)
        self.sentence = marks
        if self._deserves_a_shot(marks):
            self._new_shot()
        before = self.actors
        self.actors = []
        self.previous = before or self.previous_actors
        for index, mark in enumerate(marks):
            self._step(marks, index, mark)
        self._settle()
        if not self.actors:
            self.actors = before

    def _deserves_a_shot(self, marks: list[Mark]) -> bool:
        """A later sentence gets its own shot if something happens in it and something did before; words said
        meanwhile belong to what is going on."""
        if not self.shot.has_action or len(self.shots) >= self.most_shots:
            return False
        categories = {mark.category for mark in marks}
        place = next((mark.entry("setting") for mark in marks if mark.category == "setting"), None)
        moved = place is not None and self.shot.setting is not None and place.value != self.shot.setting.value
        speaks = "quote" in categories
        does = any(
            (mark.category == "verb" and not (speaks and mark.entries[0].value in _MEANWHILE))
            or (mark.category == "relate" and mark.entries[0].value not in LOCATIVE)
            for mark in marks
        )
        if categories & {"camera"} and not categories & {"drawing", "pronoun", "quote"}:
            return False
        return does or (moved and bool(categories & {"drawing", "pronoun"}))

    def _step(self, marks: list[Mark], index: int, mark: Mark) -> None:
        after = next(
            (other for other in marks[index + 1 :] if other.category not in {"function", "det"}), None
        )
        if self.negation is not None and self._negated(mark, after):
            return
        if self.written and mark.category == "quote":
            mark.not_shown()
            self.written = False
            return
        match mark.category:
            case "relate" | "verb" if mark.entry("verb", "relate"):
                self._verbal(marks, index, mark)
            case "unknown":
                self._unknown(marks, index, mark)
            case "drawing" if self._is_place(mark, after):
                self._as_place(mark, after)
            case "drawing":
                self._noun(marks, index, mark, after)
            case category:
                handler = getattr(self, f"_on_{category}", None)
                if handler is not None:
                    handler(mark, mark.entries[0], after)
                elif category in CONTENT:
                    self._no_picture(mark)

    def _negated(self, mark: Mark, after: Mark | None) -> bool:
        """Inside "no …": what is said not to be there is left out, and that is noted as done."""
        negation = self.negation
        if negation is None:
            return False
        if mark.category in {"verb", "relate"}:
            entry = mark.entries[0]
            if entry.category == "relate" and entry.value in LOCATIVE:
                self.negation = None
                return False
            mark.shown(exact=True)
            negation.end = mark.end
            for actor in self._doers():
                if not actor.actions:
                    self._add_action(actor, DraftAction(Verb.STAND))
            self.negation = None
            return True
        if mark.category in CONTENT and mark.category not in {"number", "negation", "quote"}:
            mark.shown(exact=True)
            if all(known.outcome is None for known in self._since(negation, mark)):
                negation.end = mark.end
            if mark.entry("weather") is not None and self.shot.weather is None:
                self.shot.weather = Weather.CLEAR
            if after is None or after.category != "join":
                self._end_negation(mark, after)
            return True
        if mark.category in {"comma", "sequence", "relative", "quote", "while"}:
            self.negation = None
            return False
        return mark.category in {"function", "det", "join", "unit", "number", "with", "attribute", "copula"}

    def _since(self, negation: Mark, mark: Mark) -> list[Mark]:
        return [known for known in self.sentence if negation.start < known.start < mark.start]

    def _end_negation(self, mark: Mark, after: Mark | None) -> None:
        adjectives = (
            {"colour", "size", "mood"} if mark.chinese else {"colour", "size", "unshown", "unknown", "mood"}
        )
        if (
            mark.category in adjectives
            and after is not None
            and (after.category in {"drawing", "unknown", "unshown", "attribute"})
        ):
            return
        self.negation = None

    def _on_negation(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        if after is None or after.category in {"comma", "quote"}:
            mark.not_shown()
            return
        self.negation = mark
        mark.shown(exact=True)

    def _on_copula(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self.copula = True
        self.open_noun = False

    def _on_join(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self.joined = True

    def _on_comma(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        self._leftover_adjectives()
        self.copula = self.passive = False
        if after is not None and after.category == "drawing" and not self.has_verb and mark.text == ",":
            self.joined = True
        self.open_noun = False
        self.broken = True

    def _on_at(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self.at = True

    def _on_with(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        if self.post is None and self.relation is None and self.actors and not (mark.chinese and self.at):
            self.relation = (mark, Entry("relate", "with", word=entry.word))
        if mark.chinese and mark.text == "有" and self.relation is not None and self.relation[0] is mark:
            self.relation = None

    def _on_reverse(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry, after
        if mark.chinese and self.actors:
            self.passive = True
            self.reversed_from = self.actors[:1]

    def _on_relative(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry
        if (
            self.last is not None
            and after is not None
            and after.category in {"verb", "relate", "copula", "speech"}
        ):
            self.actors = [self.last]
            self.has_verb = False

    def _on_sequence(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry
        self._next_part(Transition.CUT, after)

    def _on_fade(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        self._next_part(Transition.FADE, after)
        mark.shown(exact=True)

    def _next_part(self, transition: Transition, after: Mark | None) -> None:
        actors = self.actors or self.previous
        self._settle()
        if after is None or (self.shot.empty and self.shot.move is None):
            return
        if self.shot.has_action or transition is Transition.FADE or self.shot.subjects:
            count = len(self.shots)
            self._new_shot(transition)
            if len(self.shots) > count:
                self.actors = []
                self.previous = actors

    def _on_while(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self._drop_relation()
        self.together = self.broken = True
        self.joined = False

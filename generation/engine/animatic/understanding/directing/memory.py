"""What the director keeps in mind: the clause, the actors, the shots so far."""

from __future__ import annotations

from collections.abc import Mapping

from generation.engine.animatic.understanding.drafts import DraftLine, DraftShot, DraftSubject
from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.protocol import Reference
from generation.engine.storyboard import (
    Direction,
    Mood,
    RelationKind,
    Style,
    Transition,
)

MOST_SUBJECTS = 8


class Memory:
    """What a sentence has said so far, and the shots made of it."""

    def __init__(self, references: Mapping[str, Reference], most_shots: int) -> None:
        self.references = references
        self.most_shots = most_shots
        self.shots: list[DraftShot] = [DraftShot()]
        self.style: Style | None = None
        self.mood: Mood | None = None
        self.actors: list[DraftSubject] = []
        self.last: DraftSubject | None = None
        self.previous: list[DraftSubject] = []
        """Who the sentence before was about."""
        self.sentence: list[Mark] = []
        self._inherited: frozenset[str] = frozenset()
        """What the present shot only has from the one before, and may still be told otherwise."""
        self.narrated = False
        self.reversed_from: list[DraftSubject] = []
        self._unclaimed: DraftLine | None = None
        """A line whose speaker is named after it: "Hello," says the fox."""
        self._begin_clause()

    def _begin_clause(self) -> None:
        self.count: tuple[int, Mark] | None = None
        self.colours: list[Mark] = []
        self.sizes: list[Mark] = []
        self.verbs: list[tuple[Mark, Entry]] = []
        self.relation: tuple[Mark, Entry] | None = None
        self.post: tuple[RelationKind, DraftSubject, Mark] | None = None
        self.open_noun = False
        self.at = False
        self.joined = False
        self.broken = False
        """Whether a comma or "while" stands between the verb and what comes: a noun is then a new doer."""
        self.copula = False
        self.together = False
        self.other = False
        self.negation: Mark | None = None
        self.direction: Direction | None = None
        self.pace: float | None = None
        self.passive = False
        self.has_verb = False
        self.written = False
        self.object_of: tuple[RelationKind, Entry] | None = None
        self.lost = False
        """Whether something without a picture was named that a verb may be about."""

    @property
    def shot(self) -> DraftShot:
        return self.shots[-1]

    @property
    def previous_actors(self) -> list[DraftSubject]:
        for shot in reversed(self.shots):
            if shot.subjects:
                return shot.subjects[:1]
        return []

    def _new_shot(self, transition: Transition = Transition.CUT) -> None:
        old = self.shot
        if old.empty and old.move is None:
            return
        if len(self.shots) >= self.most_shots:
            return
        self.shots.append(
            DraftShot(
                setting=old.setting,
                setting_exact=False,
                water=old.water,
                time=old.time,
                weather=old.weather,
                transition=transition,
            )
        )
        self._inherited = frozenset({"setting", "time", "weather"})

    def _id(self, drawing: str) -> str:
        used = {subject.id for shot in self.shots for subject in shot.subjects}
        number, candidate = 2, drawing[:56]
        while candidate in used:
            candidate = f"{drawing[:56]}-{number}"
            number += 1
        return candidate

    def _doers(self) -> list[DraftSubject]:
        """Who a verb is about; someone, if the prompt names nobody at all."""
        if self.actors:
            return self.actors
        here = [subject for subject in self.previous if subject in self.shot.subjects]
        if here:
            return here
        if self.previous:
            return self._carry(self.previous)
        return []

    def _carry(self, subjects: list[DraftSubject]) -> list[DraftSubject]:
        """The same subjects in the present shot."""
        carried = []
        for subject in subjects:
            mine = next((known for known in self.shot.subjects if known.id == subject.id), None)
            if mine is None and len(self.shot.subjects) < MOST_SUBJECTS:
                mine = subject.again()
                self.shot.subjects.append(mine)
            if mine is not None:
                carried.append(mine)
        return carried

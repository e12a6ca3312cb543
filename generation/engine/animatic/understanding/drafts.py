"""Shots while they are being put together: plain mutable records, turned into a storyboard at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from generation.engine.storyboard import (
    CameraMove,
    Colour,
    Direction,
    Framing,
    RelationKind,
    Setting,
    Size,
    TimeOfDay,
    Transition,
    Verb,
    Weather,
)


@dataclass(slots=True)
class DraftAction:
    verb: Verb
    direction: Direction | None = None
    pace: float = 1.0
    together: bool = False
    """True: at the same time as the action before it, not after it."""


@dataclass(slots=True)
class DraftSubject:
    id: str
    noun: str
    drawing: str
    count: int = 1
    colour: Colour | None = None
    size: Size = Size.NORMAL
    character: str | None = None
    actions: list[DraftAction] = field(default_factory=list)

    def again(self) -> DraftSubject:
        """The same subject for a later shot, with nothing to do yet."""
        return DraftSubject(
            self.id, self.noun, self.drawing, self.count, self.colour, self.size, self.character
        )


@dataclass(slots=True)
class DraftLine:
    text: str
    language: str
    speaker: str | None = None


@dataclass(slots=True)
class DraftRelation:
    kind: RelationKind
    subject: str
    object: str


@dataclass(slots=True)
class DraftShot:
    """What the prompt said of one shot; ``None`` where it said nothing."""

    setting: Setting | None = None
    setting_exact: bool = True
    water: bool = False
    """The setting was a stretch of water: under it for fish, beside it for the rest."""
    time: TimeOfDay | None = None
    weather: Weather | None = None
    move: CameraMove | None = None
    framing: Framing | None = None
    transition: Transition = Transition.CUT
    pace: float | None = None
    subjects: list[DraftSubject] = field(default_factory=list)
    relations: list[DraftRelation] = field(default_factory=list)
    lines: list[DraftLine] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.subjects and not self.lines

    @property
    def has_action(self) -> bool:
        return bool(self.lines) or any(subject.actions for subject in self.subjects)

    def relate(self, kind: RelationKind, subject: DraftSubject, other: DraftSubject) -> bool:
        """Add a relation once; false if it could not be (the same subject twice, or too many)."""
        if subject.id == other.id or len(self.relations) >= 16:
            return False
        if all(
            (known.kind, known.subject, known.object) != (kind, subject.id, other.id)
            for known in self.relations
        ):
            self.relations.append(DraftRelation(kind, subject.id, other.id))
        return True

"""Verbs, prepositions and relations."""

from __future__ import annotations

from generation.engine.animatic.understanding.directing.meanings import LOCATIVE
from generation.engine.animatic.understanding.directing.memory import MOST_SUBJECTS, Memory
from generation.engine.animatic.understanding.directing.motion import (
    INSTRUMENTS,
    MOVES,
    TRAVELS,
    VERB_OF,
    WEARABLE,
    first_verb,
    mobile,
    travel,
    with_kind,
)
from generation.engine.animatic.understanding.drafts import DraftAction, DraftSubject
from generation.engine.animatic.understanding.lexicon import Kind, drawings
from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.storyboard import (
    Direction,
    RelationKind,
    Verb,
)

MOST_ACTIONS = 8

PERSON = "person-standing"

_TO = frozenset(["through", "to", "from", "for", "towards", "toward", "along"])

_UPWARD = frozenset(["rise", "ascend", "升起", "升", "冉冉升起", "launch", "起飞", "升空", "发射"]) | {
    "take off", "lift off", "blast off",
}  # fmt: skip

_ON_FOOT = frozenset({Verb.WALK, Verb.RUN})

_KICKS = frozenset(["kick", "play", "踢", "踢着", "玩"])

_ABOVE = frozenset(["over", "above", "across", "上方", "上空", "之上"])


class Verbs(Memory):
    """Actions and relations: who does what, and to whom."""

    def _verbal(self, marks: list[Mark], index: int, mark: Mark) -> None:
        relate, verb = mark.entry("relate"), mark.entry("verb")
        if relate is not None and relate.value in LOCATIVE and verb is None:
            self._locative(marks, index, mark, relate)
            return
        if relate is not None and mark.chinese and self._acted_upon():
            victim = self.reversed_from[0]
            self._tie(kind_of(relate), self.actors[0], victim, mark)
            self.actors, self.passive, self.reversed_from = [victim], False, []
            return
        if (
            relate is not None
            and relate.value in {"collides_with", "next_to"}
            and len(self.actors) > 1
            and (not self._has_object(marks, index))
        ):
            self._tie(kind_of(relate), self.actors[0], self.actors[1], mark)
            return
        if relate is not None and self._has_object(marks, index):
            self._drop_relation()
            following = marks[index + 1] if index + 1 < len(marks) else None
            if relate.form == "ed" and following is not None and following.entry("reverse") is not None:
                self.passive = True
            self.relation = (mark, relate)
            self.has_verb = True
            if self.open_noun and mark.chinese:
                self.actors = []
            return
        if verb is None:
            verb = VERB_OF.get(relate.value if relate else "")
        if verb is None:
            mark.not_shown()
            return
        if verb.value == Verb.FALL.value and _is_weather(marks, index):
            mark.shown(exact=True)  # "snow falls": nobody else does
            return
        self._drop_relation()
        if mark.chinese and mark.text.endswith("在"):
            self.at = True
        following = marks[index + 1] if index + 1 < len(marks) else None
        if mark.chinese and following is not None and following.category == "attribute":
            self.verbs.append((mark, verb))
            return
        if self.open_noun or (not self.actors and not self.previous):
            self.verbs.append((mark, verb))
            return
        self._act(mark, verb, self._doers())

    def _acted_upon(self) -> bool:
        """In "A 被 B …": both are known, and B does it."""
        return (
            bool(self.passive and self.actors and self.reversed_from)
            and self.actors[0] is not self.reversed_from[0]
        )

    def _has_object(self, marks: list[Mark], index: int) -> bool:
        """Whether a noun that could be a relation's second end comes before another verb or a break."""
        if self.passive and self.actors:
            return True
        holds = any(entry.value == "holding" for entry in marks[index].entries)
        for other in marks[index + 1 :]:
            if other.entry("reverse") is not None:
                continue
            if holds and other.text in _TO:
                return False
            if other.category in {"drawing", "handle", "name"} or (
                other.category == "unknown" and other.capital
            ):
                return True
            if other.category == "pronoun":
                return bool(self.previous or self.shot.subjects)
            if other.category in {
                "verb", "sequence", "quote", "while", "relative", "setting", "at", "comma", "camera", "join",
            } or (other.category == "relate" and not other.chinese):  # fmt: skip
                return False
        return False

    def _locative(self, marks: list[Mark], index: int, mark: Mark, entry: Entry) -> None:
        """ "On", "behind", "next to": before its noun in English, after it in Chinese."""
        if self.passive and mark.entry("reverse") is not None:
            return
        if mark.chinese:
            before = marks[index - 1] if index else None
            if before is not None and before.category == "attribute" and index > 1:
                before = marks[index - 2]
            if before is None or before.category not in {"drawing", "handle", "name"} or self.last is None:
                if before is not None and before.category == "comma" and self.actors:
                    self.relation = (mark, entry)
                if before is not None and before.category == "pronoun" and self.actors:
                    others = [subject for subject in self.shot.subjects if subject not in self.actors]
                    if others:
                        self._tie(kind_of(entry), self.actors[0], others[0], mark)
                return
            doers = [actor for actor in self.actors if actor is not self.last]
            if doers:
                self._tie(kind_of(entry), doers[0], self.last, mark)
                self.actors = doers
            else:
                self.post = (kind_of(entry), self.last, mark)
            return
        following = next((o for o in marks[index + 1 :] if o.category not in {"function", "det", "colour", "size",
                          "number", "unshown", "unknown", "mood", "unit", "other"}), None)  # fmt: skip
        if following is not None and following.category in {"drawing", "handle", "name", "pronoun"}:
            self._drop_relation()
            held = self.object_of is not None and (
                self.object_of[1].value == "with"
                or (mark.text == "into" and self.object_of[0] is RelationKind.HOLDING)
            )
            if held and self.last is not None and index and marks[index - 1].category == "drawing":
                self.actors = [self.last]
            self.relation = (mark, entry)

    def _drop_relation(self) -> None:
        """A relation that found no second end: show its verb alone, or nothing."""
        if self.relation is None:
            return
        mark, entry = self.relation
        self.relation = None
        if entry.value in LOCATIVE or mark.outcome is not None:
            return
        verb = mark.entry("verb") or VERB_OF.get(entry.value)
        if verb is not None:
            self._act(mark, verb, self._doers())
        else:
            mark.not_shown()

    def _end_relation(self, subject: DraftSubject, mark: Mark, after: Mark | None) -> None:
        if self.relation is None:
            return
        cause, entry = self.relation
        self.relation = None
        doers = [actor for actor in self.actors if actor is not subject]
        if not doers and entry.value not in LOCATIVE and not mark.chinese:
            doers = [actor for actor in self._doers() if actor is not subject]
        if (
            not doers
            and mark.chinese
            and self.previous
            and not self.open_noun
            and entry.value not in LOCATIVE
        ):
            doers = [actor for actor in self._carry(self.previous) if actor is not subject]
        if not doers:
            self.post = (kind_of(entry), subject, cause)
            return
        if self.passive:
            self.passive = False
            self._tie(kind_of(entry), subject, doers[0], cause)
            self.actors = doers
            return
        for doer in doers[:1] if entry.value != "next_to" else doers:
            self._tie(kind_of(entry), doer, subject, cause)
        self.object_of = (kind_of(entry), entry)
        self.actors = doers
        del after

    def _tie(self, kind: RelationKind, subject: DraftSubject, other: DraftSubject, cause: Mark) -> None:
        """Put a relation into the shot, with what its ends do for it."""
        entry = cause.entry("relate", "with")
        if cause.text in _ABOVE and any(action.verb in {Verb.FLY, Verb.FLOAT} for action in subject.actions):
            cause.shown(exact=True)
            return
        if cause.text == "over" and any(
            known.kind is RelationKind.COLLIDES_WITH and subject.id in {known.subject, known.object}
            for known in self.shot.relations
        ):
            cause.shown(exact=False, used=RelationKind.NEXT_TO.value.replace("_", " "))
            return
        wear = WEARABLE.get(other.drawing)
        worn = wear is not None and entry is not None and entry.value in {"wears", "with"}
        if worn and wear is not None:
            made = self.shot.relate(wear, other, subject)
        elif entry is not None and entry.value == "right_of":
            made = self.shot.relate(kind, subject, other)
            self._order(other, subject)
        else:
            if entry is not None and entry.value == "with":
                kind = with_kind(subject, other)
            ball = drawings().get(other.drawing)
            if kind is RelationKind.HOLDING and _kicked(cause, entry) and ball and ball.kind is Kind.BALL:
                kind = RelationKind.CHASES  # it rolls ahead
            made = self.shot.relate(kind, subject, other)
        if not made:
            cause.not_shown()
            return
        exact = entry is None or entry.exact
        if entry is not None and entry.category == "relate":
            near = not exact or bool(cause.corrected)
            cause.shown(not near, kind.value.replace("_", " ") if near else "")
        self._move_for(kind, subject, other, cause)

    def _order(self, first: DraftSubject, second: DraftSubject) -> None:
        """Subjects stand from left to right in the order of the list."""
        subjects = self.shot.subjects
        if subjects.index(first) > subjects.index(second):
            subjects.remove(first)
            subjects.insert(subjects.index(second), first)

    def _move_for(self, kind: RelationKind, subject: DraftSubject, other: DraftSubject, cause: Mark) -> None:
        verb = cause.entry("verb")
        if kind is RelationKind.RIDES:
            if not other.actions:
                self._add_action(
                    other, DraftAction(travel(other.drawing, Verb.DRIVE), self.direction, self.pace or 1)
                )
            if not subject.actions:
                self._add_action(subject, DraftAction(Verb.SIT))
            return
        if kind in MOVES:
            own, others = MOVES[kind]
            self._add_action(
                subject, DraftAction(travel(subject.drawing, own), self.direction, self.pace or 1)
            )
            moved = drawings().get(other.drawing)
            if others is not None and not other.actions and (moved is None or mobile(moved)):
                self._add_action(
                    other, DraftAction(travel(other.drawing, others), self.direction, self.pace or 1)
                )
            return
        entry = cause.entry("relate")
        if verb is None and entry is not None and kind is RelationKind.NEXT_TO:
            verb = first_verb(entry.word)
        if kind is RelationKind.HOLDING and other.drawing in INSTRUMENTS:
            self._add_action(subject, DraftAction(Verb.DANCE))
        elif (
            verb is not None and kind in {RelationKind.HOLDING, RelationKind.NEXT_TO} and not subject.actions
        ):
            self._add_action(subject, DraftAction(Verb(verb.value)))

    def _act(self, mark: Mark, entry: Entry, doers: list[DraftSubject]) -> None:
        if not doers:
            if self.lost or len(self.shot.subjects) >= MOST_SUBJECTS:
                mark.not_shown()
                return
            someone = DraftSubject(self._id(PERSON), "someone", PERSON)
            self.shot.subjects.append(someone)
            doers = self.actors = [someone]
        verb = Verb(entry.value)
        near = not entry.exact or bool(mark.corrected)
        mark.shown(not near, verb.value if near else "")
        direction = self.direction or (Direction.UP if entry.word in _UPWARD else None)
        for doer in doers:
            mount = self._mount(doer) if verb in TRAVELS else None
            if mount is not None:
                mount.actions[:] = [
                    DraftAction(
                        verb if verb is Verb.FLY else travel(mount.drawing, verb),
                        direction,
                        self.pace or 1.0,
                        self.together,
                    )
                ]
            else:
                own = travel(doer.drawing, verb) if verb in _ON_FOOT and not _on_legs(doer) else verb
                self._add_action(doer, DraftAction(own, direction, self.pace or 1.0, self.together))
        self.direction, self.pace, self.together = None, None, False
        self.has_verb = True

    def _mount(self, rider: DraftSubject) -> DraftSubject | None:
        """What somebody rides: moving is its business then."""
        for relation in self.shot.relations:
            if relation.kind is RelationKind.RIDES and relation.subject == rider.id:
                return next(subject for subject in self.shot.subjects if subject.id == relation.object)
        return None

    def _add_action(self, subject: DraftSubject, action: DraftAction) -> None:
        if len(subject.actions) >= MOST_ACTIONS:
            return
        if any(known.verb is action.verb for known in subject.actions):
            return
        subject.actions.append(action)


def kind_of(entry: Entry) -> RelationKind:
    match entry.value:
        case "right_of" | "with":
            return RelationKind.NEXT_TO
        case "wears":
            return RelationKind.HOLDING
        case value:
            return RelationKind(value)


def _on_legs(subject: DraftSubject) -> bool:
    drawing = drawings().get(subject.drawing)
    return drawing is None or drawing.alive


def _is_weather(marks: list[Mark], index: int) -> bool:
    before = [mark for mark in marks[:index] if mark.category not in {"copula", "function", "pace"}]
    return bool(before) and before[-1].category == "weather"


def _kicked(cause: Mark, entry: Entry | None) -> bool:
    return cause.text in _KICKS or (entry is not None and entry.word in _KICKS)

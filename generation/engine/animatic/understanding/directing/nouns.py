"""Nouns, names, pronouns, and what describes them."""

from __future__ import annotations

from generation.engine.animatic.understanding.directing.meanings import acts
from generation.engine.animatic.understanding.directing.memory import MOST_SUBJECTS
from generation.engine.animatic.understanding.directing.motion import base_pose
from generation.engine.animatic.understanding.directing.verbs import PERSON, Verbs
from generation.engine.animatic.understanding.drafts import DraftSubject
from generation.engine.animatic.understanding.lexicon import ALIVE, Drawing, Kind, drawings
from generation.engine.animatic.understanding.names import face_for, is_person_name
from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.protocol import Reference
from generation.engine.storyboard import (
    Colour,
    Outcome,
    Size,
)

MOST_COUNT = 12

PLURAL_COUNT = 3
"""How many are drawn of "foxes" without a number."""

_REFLEXIVE = frozenset(
    [
        "its",
        "his",
        "their",
        "它的",
        "他的",
        "她的",
        "自己",
        "itself",
        "himself",
        "herself",
        "themselves",
        "互相",
        "彼此",
    ]
) | {"each other", "one another"}


class Nouns(Verbs):
    """Subjects with their numbers, colours and sizes, and the words that stand for them."""

    def _noun(self, marks: list[Mark], index: int, mark: Mark, after: Mark | None) -> None:
        entry = mark.entries[0]
        drawing = drawings()[entry.value]
        following = marks[index + 1] if index + 1 < len(marks) else None
        if following is not None and self._modifies(mark, drawing, following):
            mark.shown(exact=False, used=plain_name(following, drawings()[following.entries[0].value]))
            self.open_noun = True
            return
        if index and self._modifies_back(marks[index - 1], mark, drawing):
            target = self.last
            mark.shown(exact=False, used=target.drawing if target else "")
            return
        subject = self._subject(mark, drawing, mark.text if mark.chinese else entry.word, entry.plural)
        if subject is None:
            mark.not_shown()
            return
        used = plain_name(mark, drawing)
        mark.shown(entry.exact, used if not entry.exact or mark.corrected else "")
        self._place(subject, mark, after)

    @staticmethod
    def _modifies(mark: Mark, drawing: Drawing, following: Mark) -> bool:
        """ "Pizza box", "robot dog": the first of two nouns only describes the second, unless the first is an
        animal and the second a calling ("corgi astronaut")."""
        if following.category != "drawing" or following.start - mark.end > 1 or following.text == mark.text:
            return False
        if mark.text in drawing.emoji:
            return False
        head = drawings()[following.entries[0].value]
        return not (
            drawing.kind in ALIVE - {Kind.PERSON, Kind.CREATURE} and head.kind in {Kind.PERSON, Kind.CREATURE}
        )

    def _modifies_back(self, before: Mark, mark: Mark, drawing: Drawing) -> bool:
        if before.category != "drawing" or mark.start - before.end > 1 or before.outcome is Outcome.NOT_SHOWN:
            return False
        if mark.text in drawing.emoji or before.text == mark.text or self.last is None:
            return False
        first = drawings()[before.entries[0].value]
        return first.kind in ALIVE - {Kind.PERSON, Kind.CREATURE} and drawing.kind in {
            Kind.PERSON,
            Kind.CREATURE,
        }

    def _subject(
        self, mark: Mark, drawing: Drawing | None, noun: str, plural: bool, reference: Reference | None = None
    ) -> DraftSubject | None:
        """The subject that a noun names: one already in the shot, one from before, or a new one."""
        name = reference.drawing if reference else drawing.id if drawing else PERSON
        character = reference.handle.lower() if reference else None
        known = None if self.other else self._known(name, character)
        if known is not None and self.relation is not None and known in self.actors:
            known = None
        count = self._count(plural)
        if known is not None:
            subject = known
            if count > 1:
                subject.count = count
        else:
            if len(self.shot.subjects) >= MOST_SUBJECTS:
                return None
            subject = DraftSubject(self._id(name), noun[:200] or name, name, count)
            subject.character = character
            if reference is not None:
                subject.colour = reference.colour
            self.shot.subjects.append(subject)
        self._adjectives(subject)
        self.open_noun = False
        self.other = False
        return subject

    def _known(self, name: str, character: str | None) -> DraftSubject | None:
        def same(subject: DraftSubject) -> bool:
            return subject.character == character and base_pose(subject.drawing) == base_pose(name)

        said = [_colour_of(mark) for mark in self.colours]
        for subject in self.shot.subjects:
            if same(subject) and not (said and subject.colour is not None and subject.colour not in said):
                if self.count is None or self.count[0] == subject.count:
                    return subject
                return None
        for shot in reversed(self.shots[:-1]):
            for subject in shot.subjects:
                here = any(known.id == subject.id for known in self.shot.subjects)
                if same(subject) and not here and len(self.shot.subjects) < MOST_SUBJECTS:
                    again = subject.again()
                    self.shot.subjects.append(again)
                    return again
        return None

    def _count(self, plural: bool) -> int:
        if self.count is None:
            return PLURAL_COUNT if plural else 1
        number, mark = self.count
        self.count = None
        entry = mark.entry("number")
        exact = number <= MOST_COUNT and (entry is None or entry.exact)
        mark.shown(exact, "" if exact else str(min(number, MOST_COUNT)))
        return max(1, min(number, MOST_COUNT))

    def _adjectives(self, subject: DraftSubject) -> None:
        for index, mark in enumerate(self.colours):
            entry = mark.entry("colour")
            if entry is None:
                continue
            if index == 0:
                subject.colour = Colour(entry.value)
                mark.shown(entry.exact, "" if entry.exact and not mark.corrected else entry.value)
            else:
                mark.not_shown()
        for mark in self.sizes:
            entry = mark.entry("size")
            if entry is not None:
                subject.size = Size(entry.value)
                mark.shown(entry.exact, "" if entry.exact and not mark.corrected else entry.value)
        self.colours, self.sizes = [], []

    def _leftover_adjectives(self) -> None:
        """Adjectives after their noun ("the fox is blue") describe the last one; else nothing."""
        if self.copula and self.last is not None and (self.colours or self.sizes):
            self._adjectives(self.last)
        for mark in [*self.colours, *self.sizes]:
            if mark.outcome is None:
                mark.not_shown()
        self.colours, self.sizes = [], []

    def _place(self, subject: DraftSubject, mark: Mark, after: Mark | None) -> None:
        """Fit a subject into the clause: the end of a relation, one more doer, or a new doer."""
        self.last = subject
        if self._unclaimed is not None:
            self._unclaimed.speaker = subject.id
        if self.post is not None and (kind_other := self.post)[1] is not subject:
            kind, other, cause = kind_other
            self.post = None
            self._tie(kind, subject, other, cause)
            self.actors = [subject]
        elif self.relation is not None:
            self._end_relation(subject, mark, after)
        elif self.at and self.actors and mark.chinese:
            self.at = False
            return
        elif self.joined and self.object_of is not None and not acts(after) and self.actors:
            kind, entry = self.object_of
            self.shot.relate(kind, self.actors[0], subject)
            del entry
        elif self.joined and self.actors and not self.has_verb:
            if subject not in self.actors:
                self.actors.append(subject)
        elif self._is_object(mark, after):
            pass
        else:
            self.actors = [subject]
            self.has_verb = self.broken = False
            self.object_of = None
        for verb_mark, entry in self.verbs:
            self._act(verb_mark, entry, [subject])
        self.verbs = []
        self.joined = False
        self.at = False

    def _is_object(self, mark: Mark, after: Mark | None) -> bool:
        """In "a cat paints a house, then …" the house does nothing: the cat goes on doing."""
        if not self.actors:
            return False
        if mark.chinese:
            return self._is_addressed(mark)
        return self.has_verb and not (self.joined or self.broken or acts(after))

    def _is_addressed(self, mark: Mark) -> bool:
        """In "A 对 B 说" it is A who speaks."""
        before = [
            known
            for known in self.sentence
            if known.end <= mark.start
            and known.category not in {"number", "unit", "colour", "size", "attribute"}
        ]
        return bool(before) and before[-1].text in {"对", "对着"}

    def _no_picture(self, mark: Mark) -> None:
        """A word that has no picture, with what hangs on it: in Chinese it ends a waiting relation."""
        mark.not_shown()
        if not mark.chinese or self.relation is None:
            self.lost = True
            return
        self.relation[0].not_shown()
        self.relation = None
        for colour in [colour for colour in self.colours if colour.end == mark.start]:
            colour.not_shown()
            self.colours.remove(colour)

    def _on_number(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        number = int(entry.value)
        if self.count is not None and self.count[1].outcome is None and self.count[0] != 1:
            mark.not_shown()
            return
        self.count = (number, mark)
        self.open_noun = True

    def _on_colour(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry, after
        self.colours.append(mark)

    def _on_size(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry, after
        self.sizes.append(mark)

    def _on_det(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self.open_noun = True

    def _on_other(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del mark, entry, after
        self.other = self.open_noun = True

    def _on_pronoun(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        pool = self.previous or self.previous_actors
        if entry.value == "all" and self.shot.subjects:
            pool = list(self.shot.subjects)
        elif entry.value == "all" and len(self.shots) > 1:
            pool = self.shots[-2].subjects or pool
        if mark.text in _REFLEXIVE:
            return
        if (
            mark.text == "her"
            and after is not None
            and after.category in {"drawing", "colour", "size", "unshown", "unknown"}
        ):
            return
        if self.relation is not None:
            target = next((subject for subject in pool if subject not in self.actors), None)
            if target is not None:
                carried = self._carry([target])
                if carried:
                    self._end_relation(carried[0], mark, None)
            return
        if pool and (not self.actors or self.has_verb):
            self.actors = self._carry(pool)
            self.has_verb = False
            if self.actors:
                self.last = self.actors[-1]

    def _on_handle(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        reference = self.references.get(entry.value)
        if reference is None:
            mark.not_shown()
            return
        subject = self._subject(mark, None, reference.name.strip() or reference.handle, False, reference)
        if subject is None:
            mark.not_shown()
            return
        mark.shown(exact=True)
        self._place(subject, mark, after)

    def _on_name(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        subject = self._subject(mark, drawings()[entry.value], mark.raw or mark.text, plural=False)
        if subject is None:
            mark.not_shown()
            return
        mark.shown(exact=False, used=drawings()[entry.value].names_zh[0] if mark.chinese else "person")
        self._place(subject, mark, after)

    def _unknown(self, marks: list[Mark], index: int, mark: Mark) -> None:
        """An unknown word: somebody's name where it stands like one, else a word without a picture."""
        mark.not_shown()
        if mark.chinese or not is_person_name(marks, index):
            self._no_picture(mark)
            return
        if (
            index
            and marks[index - 1].category == "unknown"
            and marks[index - 1].outcome is Outcome.APPROXIMATED
        ):
            mark.shown(exact=False, used="person")
            return
        face = face_for(mark.text)
        subject = self._subject(mark, drawings()[face], mark.raw, plural=False)
        if subject is None:
            return
        mark.shown(exact=False, used="person")
        after = next(
            (other for other in marks[index + 1 :] if other.category not in {"function", "unknown"}), None
        )
        self._place(subject, mark, after)


def _colour_of(mark: Mark) -> Colour | None:
    entry = mark.entry("colour")
    return Colour(entry.value) if entry else None


def plain_name(mark: Mark, drawing: Drawing) -> str:
    if mark.chinese and drawing.names_zh:
        return drawing.names_zh[0]
    return drawing.names_en[0] if drawing.names_en else drawing.id.replace("-", " ")

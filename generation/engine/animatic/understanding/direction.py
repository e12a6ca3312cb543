"""From marks to draft shots: who does what to whom, where, when, and in which shot.

One pass over the marks, left to right, with a small memory: who the sentence is about, what waits for
its noun (numbers, colours, a verb before its subject), and which relation waits for its second end.
English and Chinese share it; where they differ, a mark's ``chinese`` flag tells.
"""

from __future__ import annotations

from collections.abc import Mapping

from generation.engine.animatic.understanding.drafts import DraftAction, DraftLine, DraftShot, DraftSubject
from generation.engine.animatic.understanding.lexicon import ALIVE, Drawing, Kind, drawings
from generation.engine.animatic.understanding.names import face_for, is_person_name
from generation.engine.animatic.understanding.reading import CONTENT, Mark, Reading
from generation.engine.animatic.understanding.text import HAN
from generation.engine.animatic.understanding.vocabulary import Entry, vocabulary
from generation.engine.protocol import Reference
from generation.engine.storyboard import (
    CameraMove,
    Colour,
    Direction,
    Framing,
    Mood,
    Outcome,
    RelationKind,
    Setting,
    Size,
    Style,
    TimeOfDay,
    Transition,
    Verb,
    Weather,
)

MOST_SUBJECTS = 8
MOST_ACTIONS = 8
MOST_LINES = 8
MOST_COUNT = 12
PLURAL_COUNT = 3
"""How many are drawn of "foxes" without a number."""

PERSON = "person-standing"
_WATER = frozenset(
    [
        "ocean",
        "sea",
        "water",
        "waves",
        "high seas",
        "ocean waves",
        "bay",
        "lagoon",
        "tide",
        "海",
        "大海",
        "海洋",
        "海面",
        "海上",
        "水面",
        "水上",
        "水",
        "海水",
        "浪",
        "湖",
        "湖面",
        "湖泊",
        "池塘",
        "河",
        "河流",
        "小河",
        "lake",
        "pond",
        "river",
        "stream",
    ]
)
_WEARABLE = {
    "crown": RelationKind.ON,
    "top-hat": RelationKind.ON,
    "billed-cap": RelationKind.ON,
    "womans-hat": RelationKind.ON,
    "graduation-cap": RelationKind.ON,
    "military-helmet": RelationKind.ON,
    "rescue-workers-helmet": RelationKind.ON,
    "headphone": RelationKind.ON,
    "sunglasses": RelationKind.IN_FRONT_OF,
    "glasses": RelationKind.IN_FRONT_OF,
    "goggles": RelationKind.IN_FRONT_OF,
    "diving-mask": RelationKind.IN_FRONT_OF,
    "scarf": RelationKind.IN_FRONT_OF,
    "performing-arts": RelationKind.IN_FRONT_OF,
    "necktie": RelationKind.IN_FRONT_OF,
    "ribbon": RelationKind.ON,
}
LOCATIVE = frozenset({"next_to", "right_of", "on", "under", "behind", "in_front_of", "inside"})
_MOVES = {
    RelationKind.CHASES: (Verb.RUN, Verb.RUN),
    RelationKind.FOLLOWS: (Verb.WALK, Verb.WALK),
    RelationKind.JUMPS_OVER: (Verb.JUMP, None),
    RelationKind.COLLIDES_WITH: (Verb.RUN, None),
    RelationKind.CIRCLES: (Verb.FLY, None),
}
_TRAVELS = frozenset({Verb.WALK, Verb.RUN, Verb.DRIVE, Verb.FLY, Verb.ROLL, Verb.FLOAT})
_POSES = {
    ("man-standing", Verb.RUN): "man-running",
    ("man-standing", Verb.WALK): "man-walking",
    ("man-standing", Verb.DANCE): "man-dancing",
    ("man-standing", Verb.SURF): "man-surfing",
    ("man-standing", Verb.SWIM): "man-swimming",
    ("woman-standing", Verb.RUN): "woman-running",
    ("woman-standing", Verb.WALK): "woman-walking",
    ("woman-standing", Verb.DANCE): "woman-dancing",
    ("woman-standing", Verb.SURF): "woman-surfing",
    ("woman-standing", Verb.SWIM): "woman-swimming",
    ("person-standing", Verb.RUN): "person-running",
    ("person-standing", Verb.WALK): "person-walking",
    ("person-standing", Verb.SURF): "person-surfing",
    ("person-standing", Verb.SWIM): "person-swimming",
    ("person-standing", Verb.DANCE): "man-dancing",
}
"""Whole-body drawings that show a standing person doing something."""


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
_TWO_COLOURS = frozenset({"black and white", "black-and-white", "黑白", "黑白色"})
_TO = frozenset("through to from for towards toward along".split())
_UPWARD = frozenset("rise ascend 升起 升 冉冉升起 launch 起飞 升空 发射".split()) | {
    "take off", "lift off", "blast off",
}  # fmt: skip
_ABOVE = frozenset(["over", "above", "across", "上方", "上空", "之上"])
_INTO = frozenset(
    {"in", "through", "into", "among", "at", "across", "inside", "within", "from", "over", "above", "to"}
)


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


class Director:
    """Walks the marks of one prompt; ``shots``, ``style``, ``mood`` and the marks' outcomes are the result."""

    def __init__(self, references: Mapping[str, Reference], most_shots: int) -> None:
        self.references = references
        self.most_shots = most_shots
        self.shots: list[DraftShot] = [DraftShot()]
        self.style: Style | None = None
        self.mood: Mood | None = None
        self.actors: list[DraftSubject] = []
        self.last: DraftSubject | None = None
        self.subject_marks: dict[int, list[Mark]] = {}
        self._fresh = True
        self._begin_clause()

    # Memory ---------------------------------------------------------------------------------------

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
        self._choose(marks)
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

    @property
    def previous_actors(self) -> list[DraftSubject]:
        for shot in reversed(self.shots):
            if shot.subjects:
                return shot.subjects[:1]
        return []

    def _deserves_a_shot(self, marks: list[Mark]) -> bool:
        """A later sentence gets its own shot if something happens in it and something did before."""
        if not self.shot.has_action or len(self.shots) >= self.most_shots:
            return False
        categories = {mark.category for mark in marks}
        place = next((mark.entry("setting") for mark in marks if mark.category == "setting"), None)
        moved = place is not None and self.shot.setting is not None and place.value != self.shot.setting.value
        does = bool(categories & {"verb", "quote"}) or any(
            mark.category == "relate" and mark.entries[0].value not in LOCATIVE for mark in marks
        )
        if categories & {"camera"} and not categories & {"drawing", "pronoun", "quote"}:
            return False
        return does or (moved and bool(categories & {"drawing", "pronoun"}))

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
        self._inherited = {"setting", "time", "weather"}

    _inherited: set[str] = set()
    previous: list[DraftSubject] = []
    sentence: list[Mark] = []

    # Choosing between meanings --------------------------------------------------------------------

    def _choose(self, marks: list[Mark]) -> None:
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
                self._choose_noun(marks, index, drawing)

    @staticmethod
    def _choose_noun(marks: list[Mark], index: int, drawing: Entry) -> None:
        """A drawing's name that is also a colour, a place, a small word."""
        mark = marks[index]
        before = marks[index - 1] if index else None
        after = marks[index + 1] if index + 1 < len(marks) else None
        colour, unit = mark.entry("colour"), mark.entry("unit")
        setting, small = mark.entry("setting"), mark.entry("shotword", "function")
        if colour is not None:
            noun = (
                after is not None
                and after.entry("drawing", "colour", "size", "unshown", "setting") is not None
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

    # One mark at a time ---------------------------------------------------------------------------

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
            case "drawing":
                self._noun(marks, index, mark, after)
            case category:
                handler = getattr(self, f"_on_{category}", None)
                if handler is not None:
                    handler(mark, mark.entries[0], after)
                elif category in CONTENT:
                    self.lost = True
                    mark.not_shown()

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

    # Nouns ----------------------------------------------------------------------------------------

    def _noun(self, marks: list[Mark], index: int, mark: Mark, after: Mark | None) -> None:
        entry = mark.entries[0]
        drawing = drawings()[entry.value]
        following = marks[index + 1] if index + 1 < len(marks) else None
        if following is not None and self._modifies(mark, drawing, following):
            mark.shown(exact=False, used=_plain_name(following, drawings()[following.entries[0].value]))
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
        used = _plain_name(mark, drawing)
        mark.shown(entry.exact, used if not entry.exact or mark.corrected else "")
        self.subject_marks.setdefault(id(subject), []).append(mark)
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
            return subject.character == character and _base_pose(subject.drawing) == _base_pose(name)

        said = [_colour_of(mark) for mark in self.colours]
        for subject in self.shot.subjects:
            if same(subject) and not (said and subject.colour is not None and subject.colour not in said):
                if self.count is None or self.count[0] == subject.count:
                    return subject
                return None
        for shot in reversed(self.shots[:-1]):
            for subject in shot.subjects:
                if same(subject) and len(self.shot.subjects) < MOST_SUBJECTS:
                    again = subject.again()
                    self.shot.subjects.append(again)
                    return again
        return None

    def _id(self, drawing: str) -> str:
        used = {subject.id for shot in self.shots for subject in shot.subjects}
        number, candidate = 2, drawing[:56]
        while candidate in used:
            candidate = f"{drawing[:56]}-{number}"
            number += 1
        return candidate

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
        elif self.joined and self.object_of is not None and not _acts(after) and self.actors:
            kind, entry = self.object_of
            self.shot.relate(kind, self.actors[0], subject)
            del entry
        elif self.joined and self.actors and not self.has_verb:
            if subject not in self.actors:
                self.actors.append(subject)
        else:
            self.actors = [subject]
            self.has_verb = False
            self.object_of = None
        for verb_mark, entry in self.verbs:
            self._act(verb_mark, entry, [subject])
        self.verbs = []
        self.joined = False
        self.at = False

    # Verbs and relations --------------------------------------------------------------------------

    def _verbal(self, marks: list[Mark], index: int, mark: Mark) -> None:
        relate, verb = mark.entry("relate"), mark.entry("verb")
        if relate is not None and relate.value in LOCATIVE and verb is None:
            self._locative(marks, index, mark, relate)
            return
        if relate is not None and mark.chinese and self.passive and self.reversed_from and self.actors:
            victim = self.reversed_from[0]
            self._tie(_kind(relate), self.actors[0], victim, mark)
            self.actors, self.passive, self.reversed_from = [victim], False, []
            return
        if (
            relate is not None
            and relate.value in {"collides_with", "next_to"}
            and len(self.actors) > 1
            and (not self._has_object(marks, index))
        ):
            self._tie(_kind(relate), self.actors[0], self.actors[1], mark)
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
            verb = _VERB_OF.get(relate.value if relate else "")
        if verb is None:
            mark.not_shown()
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
                        self._tie(_kind(entry), self.actors[0], others[0], mark)
                return
            doers = [actor for actor in self.actors if actor is not self.last]
            if doers:
                self._tie(_kind(entry), doers[0], self.last, mark)
                self.actors = doers
            else:
                self.post = (_kind(entry), self.last, mark)
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
        verb = mark.entry("verb") or _VERB_OF.get(entry.value)
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
            self.post = (_kind(entry), subject, cause)
            return
        if self.passive:
            self.passive = False
            self._tie(_kind(entry), subject, doers[0], cause)
            self.actors = doers
            return
        for doer in doers[:1] if entry.value != "next_to" else doers:
            self._tie(_kind(entry), doer, subject, cause)
        self.object_of = (_kind(entry), entry)
        self.actors = doers
        del after

    def _tie(self, kind: RelationKind, subject: DraftSubject, other: DraftSubject, cause: Mark) -> None:
        """Put a relation into the shot, with what its ends do for it."""
        entry = cause.entry("relate", "with")
        if cause.text in _ABOVE and any(action.verb in {Verb.FLY, Verb.FLOAT} for action in subject.actions):
            cause.shown(exact=True)
            return
        wear = _WEARABLE.get(other.drawing)
        worn = wear is not None and entry is not None and entry.value in {"wears", "with"}
        if worn and wear is not None:
            made = self.shot.relate(wear, other, subject)
        elif entry is not None and entry.value == "right_of":
            made = self.shot.relate(kind, subject, other)
            self._order(other, subject)
        else:
            if entry is not None and entry.value in {"with"}:
                kind = self._with_kind(subject, other)
            made = self.shot.relate(kind, subject, other)
        if not made:
            cause.not_shown()
            return
        exact = entry is None or entry.exact
        if entry is not None and entry.category == "relate":
            near = not exact or bool(cause.corrected)
            cause.shown(not near, kind.value.replace("_", " ") if near else "")
        self._move_for(kind, subject, other, cause)

    @staticmethod
    def _with_kind(subject: DraftSubject, other: DraftSubject) -> RelationKind:
        held = drawings().get(other.drawing)
        holder = drawings().get(subject.drawing)
        if held is None or holder is None or not holder.alive:
            return RelationKind.NEXT_TO
        if held.kind in {Kind.OBJECT, Kind.FOOD, Kind.BALL, Kind.PLANT} or other.drawing in {
            "balloon",
            "kite",
        }:
            return RelationKind.HOLDING
        return RelationKind.NEXT_TO

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
                    other, DraftAction(_travel(other.drawing, Verb.DRIVE), self.direction, self.pace or 1)
                )
            if not subject.actions:
                self._add_action(subject, DraftAction(Verb.SIT))
            return
        if kind in _MOVES:
            own, others = _MOVES[kind]
            self._add_action(
                subject, DraftAction(_travel(subject.drawing, own), self.direction, self.pace or 1)
            )
            moved = drawings().get(other.drawing)
            if others is not None and not other.actions and (moved is None or _mobile(moved)):
                self._add_action(
                    other, DraftAction(_travel(other.drawing, others), self.direction, self.pace or 1)
                )
            return
        entry = cause.entry("relate")
        if verb is None and entry is not None and kind is RelationKind.NEXT_TO:
            verb = _first_verb(entry.word)
        if verb is not None and kind in {RelationKind.HOLDING, RelationKind.NEXT_TO} and not subject.actions:
            self._add_action(subject, DraftAction(Verb(verb.value)))

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
            mount = self._mount(doer) if verb in _TRAVELS else None
            if mount is not None:
                mount.actions[:] = [
                    DraftAction(_travel(mount.drawing, verb), direction, self.pace or 1.0, self.together)
                ]
            else:
                self._add_action(doer, DraftAction(verb, direction, self.pace or 1.0, self.together))
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

    # Everything else ------------------------------------------------------------------------------

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
        self.copula = False
        if after is not None and after.category == "drawing" and not self.has_verb and mark.text == ",":
            self.joined = True
        self.open_noun = False

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
        self.together = True
        self.joined = False

    def _on_direction(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        direction = Direction(entry.value)
        doers = [actor for actor in self.actors if actor.actions]
        if doers and doers[0].actions[-1].direction is None:
            mounts = {
                r.object for r in self.shot.relations if r.kind in {RelationKind.RIDES, RelationKind.CHASES}
            }
            for doer in [
                *doers,
                *(subject for subject in self.shot.subjects if subject.id in mounts and subject.actions),
            ]:
                doer.actions[-1].direction = direction
        elif self.verbs or mark.chinese:
            self.direction = direction
        elif mark.text in {"up", "down", "left", "right", "away", "左", "右"} or not self.actors:
            if mark.text not in {"up", "down", "away"}:
                mark.not_shown()
            else:
                mark.entries = (Entry("function", "-"),)
            return
        else:
            self.direction = direction
        mark.shown(entry.exact, "" if entry.exact else direction.value)

    def _on_pace(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        pace = float(entry.value)
        near = not entry.exact or bool(mark.corrected)
        mark.shown(not near, ("fast" if pace > 1 else "slow") if near else "")
        doers = [actor for actor in self.actors if actor.actions]
        if doers and not (after is not None and after.category == "verb"):
            for doer in doers:
                doer.actions[-1].pace = pace
        elif after is not None and after.category in {"verb", "relate", "drawing"}:
            self.pace = pace
        else:
            self.shot.pace = pace

    def _on_setting(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        if self.relation is not None and self.relation[1].value in LOCATIVE | {"with"}:
            self.relation = None
        elif not self.at and self.open_noun:
            self.lost = True
        self.at = False
        for colour in self.colours:
            plain = (colour.entries[0].value, entry.value) in _NATURAL
            colour.shown(exact=True) if plain else colour.not_shown()
        for size in self.sizes:
            size.not_shown()
        self.colours, self.sizes = [], []
        if self.count is not None:
            if self.count[0] != 1:
                self.count[1].not_shown()
            self.count = None
        self.open_noun = False
        setting = Setting(entry.value)
        inherited = "setting" in self._inherited
        free = self.shot.setting is None or inherited or (entry.exact and not self.shot.setting_exact)
        if free:
            self.shot.setting, self.shot.setting_exact = setting, entry.exact
            self.shot.water = mark.text in _WATER or entry.word in _WATER
            self._inherited = self._inherited - {"setting"}
        if self.shot.setting is not setting:
            mark.not_shown()
        else:
            mark.shown(entry.exact, "" if entry.exact and not mark.corrected else setting.value)

    def _once(
        self, mark: Mark, entry: Entry, field: str, value: TimeOfDay | Weather | CameraMove | Framing
    ) -> None:
        if getattr(self.shot, field) is None or field in self._inherited:
            setattr(self.shot, field, value)
            self._inherited = self._inherited - {field}
        if getattr(self.shot, field) is value:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, value.value.replace("_", " ") if near else "")
        else:
            mark.not_shown()

    def _on_time(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "time", TimeOfDay(entry.value))

    def _on_weather(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        if self.relation is not None and self.relation[1].value in LOCATIVE:
            self.relation = None
        self._once(mark, entry, "weather", Weather(entry.value))

    def _on_camera(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "move", CameraMove(entry.value))

    def _on_framing(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "framing", Framing(entry.value))

    def _on_style(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        style = Style(entry.value)
        if self.style is None:
            self.style = style
        if self.style is style:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, style.value if near else "")
        else:
            mark.not_shown()

    def _on_mood(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        mood = Mood(entry.value)
        if self.mood is None:
            self.mood = mood
        if self.mood is mood:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, f"{mood.value} mood" if near else "")
        else:
            mark.not_shown()

    def _on_speech(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        self._drop_relation()
        if self._unclaimed is not None:
            mark.shown(exact=True)
            if self.actors:
                self._unclaimed.speaker = self.actors[0].id
                self._unclaimed = None
        elif after is not None and after.category in {"quote", "comma"}:
            mark.shown(exact=True)
        elif self.actors:
            mark.shown(exact=False, used=Verb.SHAKE.value)
            for actor in self.actors:
                self._add_action(actor, DraftAction(Verb.SHAKE))
        else:
            mark.not_shown()
        self.narrated = mark.text in {"narrator", "voice", "voiceover", "旁白", "caption"}

    narrated = False
    reversed_from: list[DraftSubject] = []

    def _on_written(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry, after
        mark.not_shown()
        self.written = True

    def _on_quote(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        words = " ".join(mark.text.split())[:300].strip()
        if not words or len(self.shot.lines) >= MOST_LINES:
            mark.not_shown()
            return
        claimed_later = not self.actors and _claims(after)
        speakers = (
            []
            if self.narrated or claimed_later
            else [a for a in (self.actors or self._doers()) if a in self.shot.subjects]
        )
        if not speakers and not self.narrated and not claimed_later and self.last is not None:
            speakers = self._carry([self.last])
        language = "zh" if HAN.search(words) else "en"
        line = DraftLine(words, language, speakers[0].id if speakers else None)
        self.shot.lines.append(line)
        mark.shown(exact=True)
        self.narrated = False
        self._unclaimed = line if claimed_later else None

    _unclaimed: DraftLine | None = None
    """A line whose speaker is named after it: "Hello," says the fox."""

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
        subject = self._subject(mark, drawings()[entry.value], mark.text, plural=False)
        if subject is None:
            mark.not_shown()
            return
        mark.shown(exact=False, used=drawings()[entry.value].names_zh[0] if mark.chinese else "person")
        self._place(subject, mark, after)

    def _unknown(self, marks: list[Mark], index: int, mark: Mark) -> None:
        """An unknown word: somebody's name where it stands like one, else a word without a picture."""
        mark.not_shown()
        if mark.chinese or not is_person_name(marks, index):
            self.lost = True
            return
        if (
            index
            and marks[index - 1].category == "unknown"
            and marks[index - 1].outcome is Outcome.APPROXIMATED
        ):
            mark.shown(exact=False, used="person")
            return
        face = face_for(mark.text)
        subject = self._subject(mark, drawings()[face], mark.text, plural=False)
        if subject is None:
            return
        mark.shown(exact=False, used="person")
        after = next(
            (other for other in marks[index + 1 :] if other.category not in {"function", "unknown"}), None
        )
        self._place(subject, mark, after)


def _describes(marks: list[Mark], index: int) -> bool:
    """Whether a word stands before a noun that it can describe."""
    after = next(
        (mark for mark in marks[index + 1 :] if mark.category not in {"attribute", "size", "unshown"}), None
    )
    return after is not None and after.category == "drawing"


def _claims(after: Mark | None) -> bool:
    """Whether what follows a quotation says whose words they were."""
    return after is not None and after.category in {"speech", "drawing", "name", "handle", "comma"}


def _acts(mark: Mark | None) -> bool:
    return mark is not None and (
        mark.category in {"verb", "copula", "speech"}
        or (mark.category == "relate" and mark.entries[0].value not in LOCATIVE)
    )


def _colour_of(mark: Mark) -> Colour | None:
    entry = mark.entry("colour")
    return Colour(entry.value) if entry else None


def _kind(entry: Entry) -> RelationKind:
    match entry.value:
        case "right_of" | "with":
            return RelationKind.NEXT_TO
        case "wears":
            return RelationKind.HOLDING
        case value:
            return RelationKind(value)


def _plain_name(mark: Mark, drawing: Drawing) -> str:
    if mark.chinese and drawing.names_zh:
        return drawing.names_zh[0]
    return drawing.names_en[0] if drawing.names_en else drawing.id.replace("-", " ")


_BASE = {posed: base for (base, _), posed in _POSES.items()}


def _first_verb(phrase: str) -> Entry | None:
    """The verb that a relation begins with: to "dance with" somebody is to dance."""
    entries = vocabulary().english.get(phrase.split()[0], ()) if phrase else ()
    return next((entry for entry in entries if entry.category == "verb"), None)


def _base_pose(drawing: str) -> str:
    return _BASE.get(drawing, drawing)


def posed(drawing: str, verb: Verb) -> str:
    """The drawing that shows somebody doing a thing, where the set has one."""
    return _POSES.get((drawing, verb), drawing)


def _mobile(drawing: Drawing) -> bool:
    return drawing.alive or drawing.rolls or drawing.flies or drawing.swims


def _travel(name: str, usual: Verb) -> Verb:
    """How a thing gets about: fish swim, birds and planes fly, cars drive, boats float."""
    drawing = drawings().get(name)
    if drawing is None or usual in {Verb.JUMP}:
        return usual
    if drawing.kind in {Kind.VEHICLE}:
        return Verb.DRIVE if drawing.rolls else usual
    if drawing.kind is Kind.BOAT:
        return Verb.FLOAT
    if drawing.kind is Kind.AIRCRAFT or (drawing.flies and usual is not Verb.WALK):
        return Verb.FLY
    if drawing.kind is Kind.FISH and drawing.swims:
        return Verb.SWIM
    if drawing.kind is Kind.BALL:
        return Verb.ROLL
    if usual is Verb.FLY and not drawing.flies and drawing.kind is not Kind.CELESTIAL:
        return Verb.RUN
    if usual is Verb.DRIVE and drawing.alive:
        return Verb.RUN
    if usual is Verb.DRIVE and name in {"water-wave"}:
        return Verb.SURF
    return usual


_VERB_OF = {
    "chases": Entry("verb", "run"),
    "follows": Entry("verb", "walk"),
    "jumps_over": Entry("verb", "jump"),
    "circles": Entry("verb", "spin"),
    "collides_with": Entry("verb", "run", exact=False),
    "rides": Entry("verb", "drive", exact=False),
}

_NATURAL = {
    ("blue", "sky"), ("green", "meadow"), ("green", "forest"), ("white", "snowfield"), ("blue", "beach"),
    ("blue", "underwater"), ("gold", "beach"), ("yellow", "desert"), ("gold", "desert"), ("yellow", "beach"),
    ("black", "space"), ("white", "sky"),
}  # fmt: skip

"""How things get about, and which drawing shows somebody doing it."""

from __future__ import annotations

from generation.engine.animatic.understanding.drafts import DraftSubject
from generation.engine.animatic.understanding.lexicon import Drawing, Kind, drawings
from generation.engine.animatic.understanding.vocabulary import Entry, vocabulary
from generation.engine.storyboard import (
    RelationKind,
    Verb,
)

WEARABLE = {
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

MOVES = {
    RelationKind.CHASES: (Verb.RUN, Verb.RUN),
    RelationKind.FOLLOWS: (Verb.WALK, Verb.WALK),
    RelationKind.JUMPS_OVER: (Verb.JUMP, None),
    RelationKind.COLLIDES_WITH: (Verb.RUN, None),
    RelationKind.CIRCLES: (Verb.FLY, None),
}

INSTRUMENTS = frozenset(
    [
        "guitar",
        "musical-keyboard",
        "violin",
        "drum",
        "trumpet",
        "saxophone",
        "banjo",
        "accordion",
        "flute",
        "maracas",
        "long-drum",
        "postal-horn",
    ]
)
"""Who holds one of these plays it, and moves to the music."""
TRAVELS = frozenset({Verb.WALK, Verb.RUN, Verb.DRIVE, Verb.FLY, Verb.ROLL, Verb.FLOAT})

POSES = {
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

_BASE = {posed: base for (base, _), posed in POSES.items()}

VERB_OF = {
    "chases": Entry("verb", "run"),
    "follows": Entry("verb", "walk"),
    "jumps_over": Entry("verb", "jump"),
    "circles": Entry("verb", "spin"),
    "collides_with": Entry("verb", "run", exact=False),
    "rides": Entry("verb", "drive", exact=False),
}


def base_pose(drawing: str) -> str:
    return _BASE.get(drawing, drawing)


def posed(drawing: str, verb: Verb) -> str:
    """The drawing that shows somebody doing a thing, where the set has one."""
    return POSES.get((drawing, verb), drawing)


def mobile(drawing: Drawing) -> bool:
    return drawing.alive or drawing.rolls or drawing.flies or drawing.swims


def travel(name: str, usual: Verb) -> Verb:
    """How a thing gets about: fish swim, birds and planes fly, cars drive, boats float."""
    drawing = drawings().get(name)
    if drawing is None or usual == Verb.JUMP:
        return usual
    if drawing.kind == Kind.VEHICLE:
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
    if usual is Verb.DRIVE and name == "water-wave":
        return Verb.SURF
    return usual


def first_verb(phrase: str) -> Entry | None:
    """The verb that a relation begins with: to "dance with" somebody is to dance."""
    entries = vocabulary().english.get(phrase.split()[0], ()) if phrase else ()
    return next((entry for entry in entries if entry.category == "verb"), None)


def with_kind(subject: DraftSubject, other: DraftSubject) -> RelationKind:
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

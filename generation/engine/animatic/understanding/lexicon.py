"""What the engine has a drawing for: nearly a thousand pictures, named in English and Chinese.

The table is ``data/drawings.tsv``, one drawing a line; this module only reads it. It knows words
and traits (which way a picture looks, what voice it has, how it moves), not pixels: the pictures
themselves are found under the same ids in the Fluent Emoji set.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

COLUMNS = ("id", "kind", "pose", "facing", "voice", "moves", "emoji", "english", "chinese")


class Kind(StrEnum):
    PERSON = "person"
    ANIMAL = "animal"
    BIRD = "bird"
    FISH = "fish"
    INSECT = "insect"
    CREATURE = "creature"
    VEHICLE = "vehicle"
    AIRCRAFT = "aircraft"
    BOAT = "boat"
    BALL = "ball"
    FOOD = "food"
    PLANT = "plant"
    OBJECT = "object"
    CELESTIAL = "celestial"
    BUILDING = "building"


class Pose(StrEnum):
    """How much of its subject a drawing shows."""

    FULL = "full"
    BUST = "bust"
    HEAD = "head"


class Facing(StrEnum):
    """Which way the drawing looks, as the viewer sees it."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"


class Voice(StrEnum):
    """Which of the sound cues a drawing utters; the value is the cue's kind."""

    NONE = ""
    BARK = "bark"
    MEOW = "meow"
    ROAR = "roar"
    CHIRP = "chirp"
    MOO = "moo"
    NEIGH = "neigh"
    QUACK = "quack"
    BUZZ = "buzz"
    CROAK = "croak"
    ROBOT = "robot"
    ENGINE = "engine"


_SIZES = {
    0.55: "mouse rat hamster chipmunk snail baby-chick hatching-chick front-facing-baby-chick shrimp lizard worm",
    0.65: "fish tropical-fish blowfish frog crab hedgehog bat bird dove egg apple banana",
    0.75: "turtle rabbit parrot duck owl cat-face hatching squirrel otter beaver",
    0.88: "cat dog raccoon skunk badger rooster eagle monkey baby",
    1.15: "horse cow ox water-buffalo camel two-hump-camel polar-bear gorilla zebra moose automobile taxi",
    1.22: "hippopotamus shark rhinoceros kangaroo-giant tractor rocket delivery-truck police-car fire-engine",
    1.32: "elephant giraffe dragon t-rex bus locomotive bullet-train high-speed-train articulated-lorry helicopter",
    1.45: "whale spouting-whale sauropod mammoth ship airplane passenger-ship ferry",
}
NATURAL = {name: size for size, names in _SIZES.items() for name in names.split()}
"""How large a drawing is beside others, 1 where nothing is said: not to scale, but a fish is less than a whale."""

ALIVE = frozenset({Kind.PERSON, Kind.ANIMAL, Kind.BIRD, Kind.FISH, Kind.INSECT, Kind.CREATURE})


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture and the words for it. The first name of each language is the plain one.

    ``near_en`` and ``near_zh`` name other things that the picture may only stand in for (a corgi
    drawn as a dog).
    """

    id: str
    kind: Kind
    pose: Pose
    facing: Facing
    voice: Voice
    swims: bool
    flies: bool
    rolls: bool
    emoji: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    near_en: tuple[str, ...] = ()
    near_zh: tuple[str, ...] = ()

    @property
    def alive(self) -> bool:
        return self.kind in ALIVE


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _names(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a thing itself, and (behind ~) those of what it stands in for."""
    parts = _parts(cell)
    exact = tuple(part for part in parts if not part.startswith("~"))
    return exact, tuple(part[1:] for part in parts if part.startswith("~"))


@cache
def drawings() -> Mapping[str, Drawing]:
    """Every drawing by id, in the order of the table. Read once, then shared and immutable."""
    text = files(__package__).joinpath("data", "drawings.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    found: dict[str, Drawing] = {}
    for row in csv.DictReader(lines, COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE):
        moves = _parts(row["moves"])
        names_en, near_en = _names(row["english"])
        names_zh, near_zh = _names(row["chinese"])
        found[row["id"]] = Drawing(
            id=row["id"],
            kind=Kind(row["kind"]),
            pose=Pose(row["pose"]),
            facing=Facing(row["facing"]),
            voice=Voice(row["voice"]),
            swims="swims" in moves,
            flies="flies" in moves,
            rolls="rolls" in moves,
            emoji=_parts(row["emoji"]),
            names_en=names_en,
            names_zh=names_zh,
            near_en=near_en,
            near_zh=near_zh,
        )
    return MappingProxyType(found)

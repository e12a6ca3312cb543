"""What moves on the stage: bodies, their tracks through a shot, and short-lived puffs.

Lengths are design units (the short side of a frame at medium framing is 540), ``x`` to the right of
the frame's middle, ``y`` above the ground line. A track has one value a frame.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from generation.engine.animatic.sprites import Outline
from generation.engine.animatic.understanding.lexicon import Drawing, Facing, Kind
from generation.engine.storyboard import Direction, Setting, Size, Subject, Verb

Values = NDArray[np.float64]

SCALES = {Size.TINY: 0.45, Size.SMALL: 0.7, Size.NORMAL: 1.0, Size.BIG: 1.32, Size.HUGE: 1.7}
TRAVELS = frozenset({Verb.WALK, Verb.RUN, Verb.ROLL, Verb.SWIM, Verb.FLY, Verb.DRIVE, Verb.SURF})
CRAWLERS = frozenset({"crab", "lobster", "oyster", "spiral-shell", "coral", "seal", "turtle", "otter"})
"""Sea creatures that are as much at home on a beach."""
DRY = frozenset({Setting.UNDERWATER, Setting.SPACE, Setting.SKY, Setting.ROOM, Setting.STAGE})
"""Where no pool is put in front of the ground."""
AIRY = frozenset({Setting.SKY, Setting.SPACE})


@dataclass(frozen=True, slots=True)
class Deed:
    """An action bound to frames: ``[first, last)`` of the shot."""

    verb: Verb
    first: int
    last: int
    direction: Direction | None
    pace: float


@dataclass
class Body:
    """One copy of a subject. ``edge`` is its drawing's view box, ``width`` and ``height`` its ink."""

    subject: Subject
    index: int
    copy: int
    drawing: Drawing | None
    outline: Outline
    dice: random.Random
    deeds: list[Deed]
    edge: float = 200.0
    home: float = 0.0
    row: float = 0.0
    """How far back its ground is, in units up the picture."""
    z: float = 0.0
    over: float = 0.0
    """Height that it flies at, at least: what it flies over is so tall."""
    grounded: bool = False
    """On the ground whatever its nature: somebody jumps over it, be it the moon."""
    phase: float = 0.0
    """0..1, so that copies are not in step."""

    @property
    def width(self) -> float:
        return self.outline.width * self.edge

    @property
    def height(self) -> float:
        return self.outline.height * self.edge

    @property
    def mass(self) -> float:
        return (self.edge / 200.0) ** 2 * (3.0 if self.kind in (Kind.VEHICLE, Kind.BUILDING) else 1.0)

    @property
    def kind(self) -> Kind:
        return self.drawing.kind if self.drawing else Kind.OBJECT

    @property
    def looks(self) -> int:
        """-1 when the drawing looks left, 1 right, 0 at the viewer."""
        facing = self.drawing.facing if self.drawing else Facing.FRONT
        return {Facing.LEFT: -1, Facing.RIGHT: 1, Facing.FRONT: 0}[facing]

    @property
    def alive(self) -> bool:
        return self.drawing is not None and self.drawing.alive

    def wants_water(self, setting: Setting) -> bool:
        """Whether it is out of place here unless there is water: a boat, or a fish at the beach."""
        if self.kind is Kind.BOAT:
            return setting not in DRY
        return self.kind is Kind.FISH and setting is Setting.BEACH and self.subject.drawing not in CRAWLERS

    def does(self, *verbs: Verb) -> bool:
        return any(deed.verb in verbs for deed in self.deeds)


@dataclass
class Track:
    """A body's pose in every frame: feet at ``(x, y)``, turn in degrees clockwise about its middle."""

    x: Values
    y: Values
    turn: Values
    wide: Values
    tall: Values
    face: Values
    """1: as drawn, -1: mirrored; between while turning round."""
    scale: Values
    alpha: Values
    z: Values
    talk: Values
    ground: Values
    """Height of the ground under it, where its shadow lies."""

    @classmethod
    def still(cls, count: int) -> Track:
        zeros, ones = np.zeros(count), np.ones(count)
        return cls(
            zeros.copy(), zeros.copy(), zeros.copy(), ones.copy(), ones.copy(), ones.copy(), ones.copy(), ones.copy(),
            zeros.copy(), zeros.copy(), zeros.copy(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Puff:
    """A bit of something that flies for ``life`` seconds from ``start`` (seconds of the shot)."""

    kind: str
    start: float
    life: float
    x: float
    y: float
    vx: float = 0.0
    vy: float = 0.0
    pull: float = 0.0
    """Downward acceleration, units/s²."""
    size: float = 20.0
    swell: float = 1.0
    """Size at the end of its life relative to the start."""
    alpha: float = 1.0
    turn: float = 0.0
    spin: float = 0.0
    body: int = -1
    """Shards: index of the body they come from; ``piece`` says which part."""
    piece: int = 0
    front: bool = True


@dataclass(frozen=True, slots=True)
class Sound:
    """A cue before its pan is known: at ``(frame, body)``."""

    frame: float
    kind: str
    gain: float = 1.0
    seconds: float = 0.0


@dataclass
class Pose:
    """What a verb adds to a body for the frames of one deed."""

    y: Values
    turn: Values
    wide: Values
    tall: Values
    x: Values
    scale: Values
    alpha: Values
    flip: Values
    depth: Values
    sounds: list[Sound] = field(default_factory=list)
    puffs: list[Puff] = field(default_factory=list)

    @classmethod
    def of(cls, count: int) -> Pose:
        zeros, ones = np.zeros(count), np.ones(count)
        return cls(
            y=zeros.copy(), turn=zeros.copy(), wide=ones.copy(), tall=ones.copy(), x=zeros.copy(), scale=ones.copy(),
            alpha=ones.copy(), flip=ones.copy(), depth=zeros.copy(),
        )  # fmt: skip

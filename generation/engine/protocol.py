"""What every engine is: three verbs and a list of what it can do.

``storyboard(request) -> Storyboard``, ``render(storyboard, references, resume=None) ->
Iterator[Chunk]``, ``estimate(storyboard) -> Cost``. Callers never ask an engine which one it is;
they read its ``capabilities``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generation.engine.storyboard import Colour, Frame, Shape, Storyboard, Style, frame_of

SAMPLE_RATE = 48_000
"""Samples per second and channel of every engine's sound. Two channels, always."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a prompt's @mention stands for: a licensed character as the engine may draw it.

    ``handle`` is without the @. ``drawing`` names a picture of the engine's vector set.
    """

    handle: str
    name: str
    drawing: str
    colour: Colour | None = None
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a creator asked for, before anything was understood of it."""

    prompt: str
    shape: Shape = Shape.PORTRAIT
    seconds: float = 5.0
    short_side: int = 540
    style: Style | None = None
    """``None``: whatever the prompt says, else flat."""
    seed: int = 0
    references: tuple[Reference, ...] = ()

    @property
    def frame(self) -> Frame:
        return frame_of(self.shape, self.short_side)


@dataclass(frozen=True, slots=True)
class Caption:
    """Words on screen from ``start`` to ``end``, seconds from the start of the clip."""

    start: float
    end: float
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a clip, in order and without gaps.

    ``frames_THWC`` is uint8 RGB; ``samples_SC`` is float32 in [-1, 1], two channels at
    ``SAMPLE_RATE``, exactly as long as the frames. ``captions`` are those that begin in it.
    ``state`` continues the render after this chunk: give it to ``render(..., resume=state)``.
    """

    index: int
    start: float
    frames_THWC: NDArray[np.uint8]
    samples_SC: NDArray[np.float32]
    captions: tuple[Caption, ...]
    state: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """What rendering takes on the machine that it is asked on: processor- or GPU-seconds."""

    compute_seconds: float
    first_chunk_seconds: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    shapes: tuple[Shape, ...]
    short_sides: tuple[int, ...]
    styles: tuple[Style, ...]
    languages: tuple[str, ...]
    min_seconds: float
    max_seconds: float
    audio: bool = False
    resume: bool = False
    references: bool = False
    licence: str = ""


class CannotRender(Exception):
    """The engine cannot make this storyboard; the message is for the creator."""


@runtime_checkable
class Engine(Protocol):
    name: str
    label: str

    @property
    def capabilities(self) -> Capabilities: ...

    def storyboard(self, request: Request) -> Storyboard:
        """Read a prompt. Raises ``CannotRender`` only if nothing could be made of it."""
        ...

    def render(
        self, storyboard: Storyboard, references: Mapping[str, Reference], resume: bytes | None = None
    ) -> Iterator[Chunk]:
        """Draw it, chunk by chunk; closing the iterator stops the work."""
        ...

    def estimate(self, storyboard: Storyboard) -> Cost: ...


@dataclass(frozen=True, slots=True)
class Cue:
    """A moment of the picture that makes a sound.

    ``at`` is seconds from the start of the clip, ``gain`` 0..1, ``pan`` -1 (left) .. 1 (right),
    ``kind`` one of ``CUE_KINDS``, ``seconds`` how long it lasts (0: as long as the effect is).
    """

    at: float
    kind: str
    gain: float = 1.0
    pan: float = 0.0
    seconds: float = 0.0
    size: float = field(default=1.0)
    """1 for a subject of normal size; larger is deeper and longer."""


CUE_KINDS = frozenset(
    {
        "footstep",
        "hop",
        "land",
        "bounce",
        "roll",
        "splash",
        "swim",
        "surf",
        "whoosh",
        "flap",
        "fall",
        "crash",
        "explode",
        "engine",
        "horn",
        "spin",
        "shimmer",
        "pop",
        "rattle",
        "cheer",
        "snore",
        "bark",
        "meow",
        "roar",
        "chirp",
        "moo",
        "neigh",
        "quack",
        "buzz",
        "croak",
        "robot",
        "thunder",
    }
)

"""What the worker and the drawing process say to each other, over a pipe that only they hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.engine.protocol import Request


@dataclass(frozen=True, slots=True)
class Order:
    """Make this. ``engine`` is an ``engines.Known.spec``; the clip, poster and captions go into ``folder``."""

    engine: str
    request: Request
    folder: Path


@dataclass(frozen=True, slots=True)
class Stop:
    """Give the order up, at the next chunk."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has loaded what it needs and waits."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the engine understood, as the JSON of a Storyboard, and how many seconds it lasts."""

    storyboard: dict[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """How much is drawn, 0..1, and the fragments that became whole by it.

    ``init`` is sent with the first fragments only; ``first`` is the index of ``fragments[0]``.
    """

    progress: float
    first: int = 0
    fragments: tuple[bytes, ...] = ()
    init: bytes = b""
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """All is in the folder. ``captions`` is None for a clip without words; seconds is the clip's length."""

    clip: Path
    poster: Path
    captions: Path | None
    thumbhash: str
    width: int
    height: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Broken:
    """It cannot be made: a code of ``rules.PROBLEMS``, and a line for the log."""

    problem: str
    detail: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The order was given up; the process waits for the next."""


Report = Ready | Planned | Drawn | Made | Broken | Stopped

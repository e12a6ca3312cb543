"""Ten camera moves as offsets and zoom over a shot, in design units. Bodies are followed elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.engine.storyboard import CameraMove, Framing

FRAMINGS = {Framing.WIDE: 0.76, Framing.MEDIUM: 1.0, Framing.CLOSE_UP: 1.42}
"""Magnification of each framing."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where the camera is in every frame: right and up of rest (units), and magnification (never below 1)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    zoom: NDArray[np.float64]


def look(move: CameraMove, frames: int, fps: int, width: float, height: float) -> Look:
    """The move across ``frames`` frames of a view of ``width`` x ``height`` units."""
    t = np.arange(frames) / fps
    way = np.linspace(0.0, 1.0, frames) if frames > 1 else np.zeros(1)
    eased = way * way * (3 - 2 * way)
    # Mostly even, soft at both ends: a pan that only eases looks as if it stalls.
    even = 0.55 * way + 0.45 * eased
    x, y, zoom = np.zeros(frames), np.zeros(frames), np.ones(frames)
    seconds = max(1.0, frames / fps)
    pan = min(0.42 * width, 46.0 * seconds)
    tilt = min(0.115 * height, 26.0 * seconds)
    match move:
        case CameraMove.PAN_RIGHT:
            x = pan * (even - 0.5)
        case CameraMove.PAN_LEFT:
            x = -pan * (even - 0.5)
        case CameraMove.TILT_UP:
            y = tilt * even
        case CameraMove.TILT_DOWN:
            y = tilt * (1 - even)
        case CameraMove.ZOOM_IN:
            zoom = 1.0 + 0.3 * even
        case CameraMove.ZOOM_OUT:
            zoom = 1.3 - 0.3 * even
        case CameraMove.ORBIT:
            x = 0.17 * width * np.sin(even * math.tau * min(1.0, seconds / 5) - math.pi / 3)
            zoom = 1.06 + 0.05 * np.cos(even * math.tau)
        case CameraMove.HANDHELD:
            x = 5.0 * np.sin(t * 2.3) + 3.0 * np.sin(t * 5.1 + 1) + 1.3 * np.sin(t * 9.7 + 2)
            y = 4.0 * np.sin(t * 1.9 + 0.5) + 2.6 * np.sin(t * 4.3 + 2) + 1.1 * np.sin(t * 11.3)
            zoom = np.full(frames, 1.045)
        case CameraMove.STILL | CameraMove.TRACK:
            pass
    return Look(x, y, zoom)

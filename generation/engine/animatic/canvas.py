"""The drawing surface: ThorVG behind three verbs (paint a vector picture, place pixels, take a frame).

All pixels here are RGBA with premultiplied alpha, ``uint8``, ``(H, W, 4)``. The surface knows nothing
of subjects or settings. ThorVG is one engine a process, so drawing is serialised by a lock.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from thorvg_python.base import Colorspace, Matrix, PaintPointer
from thorvg_python.canvas.sw import SwCanvas
from thorvg_python.engine import Engine
from thorvg_python.paint.picture import Picture as VectorPicture

Pixels = NDArray[np.uint8]

_drawing = threading.RLock()


class DrawingFailed(RuntimeError):
    """The vector library refused a picture."""


@cache
def _engine() -> Engine:
    engine = Engine(threads=0)
    _check(engine.init_result, "start")
    return engine


def _check(result: Any, what: str) -> None:
    if int(result) != 0:
        raise DrawingFailed(f"could not {what}: {result!r}")


def _buffer_of(canvas: SwCanvas, width: int, height: int) -> Pixels:
    """The canvas's own memory as an array, without a copy."""
    memory: Any = canvas.buffer_arr
    pixels_HWC: Pixels = np.frombuffer(memory, np.uint8).reshape(height, width, 4)
    return pixels_HWC


class Placed(NamedTuple):
    """A picture on the surface: source pixels ``(x, y)`` land at ``(a x + b y + e, c x + d y + f)``."""

    picture: Picture
    a: float
    b: float
    e: float
    c: float
    d: float
    f: float
    opacity: float = 1.0


class Picture:
    """Pixels that the surface can place, ``(H, W, 4)`` premultiplied RGBA, shared and not copied.

    One picture can be placed once a frame; ``twin`` gives another one of the same pixels.
    """

    def __init__(self, pixels_HWC: Pixels) -> None:
        self.pixels_HWC = np.ascontiguousarray(pixels_HWC)
        self.height, self.width = (int(size) for size in self.pixels_HWC.shape[:2])
        with _drawing:
            self._paint = VectorPicture(_engine())
            self._paint.ref()
            load = self._paint.thorvg_lib.tvg_picture_load_raw
            load.argtypes = [
                PaintPointer,
                ctypes.c_void_p,
                ctypes.c_uint32,
                ctypes.c_uint32,
                ctypes.c_uint8,
                ctypes.c_bool,
            ]
            result = load(
                self._paint._paint,  # noqa: SLF001 - the wrapper would copy the pixels twice
                self.pixels_HWC.ctypes.data,
                self.width,
                self.height,
                Colorspace.ABGR8888,
                False,
            )
            _check(result, "load pixels")
        self._opacity = 255
        self._free = False

    def twin(self) -> Picture:
        return Picture(self.pixels_HWC)

    def free(self) -> None:
        """Give the pixels back. Safe to call twice; the picture cannot be placed afterwards."""
        if not self._free:
            self._free = True
            with _drawing:
                self._paint.unref(True)

    def __del__(self) -> None:
        if hasattr(self, "_free") and not sys.is_finalizing():
            self.free()

    def _place(self, canvas: SwCanvas, placed: Placed) -> None:
        self._paint.set_transform(
            Matrix(placed.a, placed.b, placed.e, placed.c, placed.d, placed.f, 0.0, 0.0, 1.0)
        )
        opacity = min(255, max(0, round(placed.opacity * 255)))
        if opacity != self._opacity:
            self._opacity = opacity
            self._paint.set_opacity(opacity)
        canvas.add(self._paint)


class Surface:
    """A frame buffer of ``width`` x ``height`` pixels that is drawn anew for every frame."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        with _drawing:
            self._canvas = SwCanvas(_engine())
            _check(self._canvas.set_target(width, height), "make a surface")
        self._pixels = _buffer_of(self._canvas, width, height)

    def draw(self, pictures: Iterable[Placed]) -> Pixels:
        """Draw in the given order; the returned buffer ``(H, W, 4)`` is overwritten by the next call."""
        with _drawing:
            for placed in pictures:
                placed.picture._place(self._canvas, placed)  # noqa: SLF001
            self._canvas.update()
            self._canvas.draw(True)
            self._canvas.sync()
            # The library knows shared pixels by their address: nothing may hold on to a picture that
            # could be freed before the next frame, or its successor at that address gets its measures.
            self._canvas.remove()
        return self._pixels

    def close(self) -> None:
        with _drawing:
            self._canvas.destroy()


def paint(svg: str, width: int, height: int) -> Pixels:
    """A vector picture as pixels ``(height, width, 4)``; its view box is stretched to that size."""
    with _drawing:
        canvas = SwCanvas(_engine())
        _check(canvas.set_target(width, height), "make a surface")
        picture = VectorPicture(_engine())
        _check(picture.load_data(svg.encode(), "svg", None, True), "read a vector picture")
        picture.set_size(width, height)
        canvas.add(picture)
        canvas.update()
        canvas.draw(True)
        canvas.sync()
        pixels_HWC = _buffer_of(canvas, width, height).copy()
        canvas.remove()
        canvas.destroy()
    return pixels_HWC

"""Drawings as pixels: Fluent Emoji vectors rasterised once, kept on disk, coloured and mirrored.

resvg draws their filters and gradients right (ThorVG dulls some), but takes 30-350 ms for one, so a
raster is kept under ``cache_dir`` for the next clip. Shapes come from the icon package that
``package.json`` names; nothing here knows which noun a drawing stands for.
"""

from __future__ import annotations

import hashlib
import io
import json
import mmap
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

from generation.engine.animatic.canvas import Pixels
from generation.engine.storyboard import Colour

ICONS = Path(__file__).resolve().parents[3] / "node_modules" / "@iconify-json" / "fluent-emoji" / "icons.json"

_SIZES = (48, 96, 160, 256, 384, 512)
"""Edges in pixels at which drawings are rasterised; a sprite is scaled down from the next larger one."""

_RASTER_VERSION = 2

LEVEL = {"skateboard": 33.0}
"""Drawings that lie aslant in their box: degrees clockwise that bring them level."""

PAINTS = {
    Colour.RED: (226, 52, 56),
    Colour.ORANGE: (250, 142, 42),
    Colour.YELLOW: (255, 208, 58),
    Colour.GREEN: (70, 168, 80),
    Colour.TEAL: (32, 166, 160),
    Colour.BLUE: (50, 118, 226),
    Colour.PURPLE: (138, 82, 206),
    Colour.PINK: (250, 130, 178),
    Colour.BROWN: (140, 90, 58),
    Colour.BLACK: (50, 50, 60),
    Colour.WHITE: (240, 241, 246),
    Colour.GREY: (146, 150, 160),
    Colour.GOLD: (232, 176, 44),
}
"""The middle tone of each colour; shadows and highlights are made from it."""


class UnknownDrawing(LookupError):
    """The icon package has no such drawing."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a drawing's ink lies, in fractions of its square view box (origin top left)."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Sprite:
    """Ink of a drawing, trimmed: premultiplied RGBA ``(H, W, 4)``."""

    pixels_HWC: Pixels

    @property
    def width(self) -> int:
        return int(self.pixels_HWC.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels_HWC.shape[0])


class Sprites:
    """Reads drawings by name. ``cache_dir`` may be shared by processes; ``None`` keeps nothing on disk."""

    def __init__(self, cache_dir: Path | None, icons: Path = ICONS) -> None:
        self._cache_dir = cache_dir
        self._icons = icons

    def outline(self, drawing: str) -> Outline:
        """Bounding box of the ink. Raises ``UnknownDrawing``."""
        alpha_HW = self._raster(drawing, _SIZES[0])[..., 3]
        rows = np.flatnonzero(alpha_HW.max(axis=1) > 40)
        columns = np.flatnonzero(alpha_HW.max(axis=0) > 40)
        if not rows.size:
            return Outline(0.0, 0.0, 1.0, 1.0)
        edge = float(_SIZES[0])
        return Outline(
            float(columns[0]) / edge,
            float(rows[0]) / edge,
            float(columns[-1] + 1) / edge,
            float(rows[-1] + 1) / edge,
        )

    def sprite(self, drawing: str, edge: float, colour: Colour | None = None) -> Sprite:
        """The drawing's ink when its view box is ``edge`` pixels wide. Raises ``UnknownDrawing``."""
        raster_HWC = self._raster(drawing, next((size for size in _SIZES if size >= edge), _SIZES[-1]))
        outline = self.outline(drawing)
        full = raster_HWC.shape[0]
        box = (outline.left * full, outline.top * full, outline.right * full, outline.bottom * full)
        width = max(2, round(outline.width * edge))
        height = max(2, round(outline.height * edge))
        image = Image.fromarray(raster_HWC).convert("RGBa")
        scaled = image.resize((width, height), Image.Resampling.LANCZOS, box=box)
        pixels_HWC = np.asarray(Image.frombytes("RGBA", scaled.size, scaled.tobytes()))
        return Sprite(recolour(pixels_HWC, colour) if colour else pixels_HWC)

    def _raster(self, drawing: str, size: int) -> Pixels:
        """Straight (not premultiplied) RGBA of ``(size, size, 4)``."""
        return _rasters(self._icons, self._cache_dir, drawing, size)


@lru_cache(maxsize=96)
def _rasters(icons: Path, cache_dir: Path | None, drawing: str, size: int) -> Pixels:
    kept = _kept_at(cache_dir, drawing, size) if cache_dir else None
    if kept and kept.exists():
        try:
            with Image.open(kept) as image:
                return np.asarray(image.convert("RGBA"))
        except (OSError, SyntaxError):  # a torn file: draw it again
            kept.unlink(missing_ok=True)
    png = resvg_py.svg_to_bytes(
        svg_string=_vector(icons, drawing), width=size, height=size, skip_system_fonts=True
    )
    if kept:
        _keep(kept, bytes(png))
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA"))


def _kept_at(cache_dir: Path, drawing: str, size: int) -> Path:
    digest = hashlib.blake2b(f"{_RASTER_VERSION}:{drawing}:{size}".encode(), digest_size=12).hexdigest()
    return cache_dir / "drawings" / f"{digest}.png"


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


@lru_cache(maxsize=2)
def _places(icons: Path) -> dict[str, int]:
    """Where each drawing's entry begins in the package: one file of 100 MB, too large to parse for a few."""
    found, at = {}, 0
    with icons.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        while (start := content.find(b'\n\t\t"', at)) >= 0:
            at = content.find(b'"', start + 4)
            found[content[start + 4 : at].decode()] = content.find(b"{", at)
    return found


@lru_cache(maxsize=64)
def _vector(icons: Path, drawing: str) -> str:
    """The drawing as an SVG document."""
    places, name = _places(icons), drawing
    with icons.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for _ in range(4):  # an alias may name another alias
            if name not in places:
                raise UnknownDrawing(drawing)
            start = places[name]
            entry = json.loads(content[start : content.find(b"\n\t\t}", start) + 4])
            if "body" in entry:
                body = entry["body"]
                if name in LEVEL:
                    body = f'<g transform="rotate({LEVEL[name]} 16 16)">{body}</g>'
                return (
                    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                    f'viewBox="0 0 32 32">{body}</svg>'
                )
            name = entry["parent"]
    raise UnknownDrawing(drawing)


def recolour(pixels_HWC: Pixels, colour: Colour) -> Pixels:
    """Paint ``(H, W, 4)`` premultiplied pixels in a colour, keeping shading, outlines and highlights."""
    alpha = pixels_HWC[..., 3:].astype(np.float32) / 255
    rgb = pixels_HWC[..., :3].astype(np.float32) / 255 / np.maximum(alpha, 1e-3)
    high, low = rgb.max(axis=2), rgb.min(axis=2)
    light = rgb @ np.array([0.3, 0.55, 0.15], np.float32)
    ink = alpha[..., 0] > 0.5
    middle = float(np.median(light[ink])) if ink.any() else 0.5
    paint = np.array(PAINTS[colour], np.float32) / 255
    shade = paint * np.array([0.34, 0.3, 0.42], np.float32)
    glow = paint + (1 - paint) * 0.62
    step = np.clip((light - middle) * 1.7, -1, 1)[..., None]
    painted = np.where(step < 0, paint + (paint - shade) * step, paint + (glow - paint) * step)
    # Near-black eyes and near-white highlights stay, so that faces can still be read.
    dark = np.clip((0.2 - high) / 0.1, 0, 1)
    pale = np.clip((low - 0.86) / 0.08, 0, 1) * np.clip((0.12 - (high - low)) / 0.08, 0, 1)
    # So do the light parts of a coloured drawing: a red fox keeps its white muzzle. A white one is painted whole.
    tint = (high - low) / np.maximum(high, 1e-3)
    usual = float(np.median(tint[ink])) if ink.any() else 0.0
    white = np.clip((low - 0.6) / 0.1, 0, 1) * np.clip((0.3 - (high - low)) / 0.1, 0, 1)
    if usual > 0.55:
        white = np.maximum(
            white, np.clip((0.66 * usual - tint) / 0.08, 0, 1) * np.clip((high - 0.7) / 0.1, 0, 1)
        )
    if ink.any() and float(white[ink].mean()) < 0.55:
        pale = np.maximum(pale, white * 0.92)
        rgb = rgb + (1 - rgb) * (white * 0.6)[..., None]
    keep = dark * 0.9 if colour in (Colour.BLACK, Colour.WHITE) else np.maximum(dark, pale)
    # A little of the drawing's own tints keeps cheeks, bellies and windows apart.
    keep = np.maximum(keep, 0.14)[..., None]
    mixed = painted * (1 - keep) + rgb * keep
    out = np.concatenate([mixed * alpha, alpha], axis=2)
    return np.asarray(np.clip(out * 255 + 0.5, 0, 255), np.uint8)


def lit(
    pixels_HWC: Pixels, light: tuple[float, float, float], haze: tuple[float, float, float, float]
) -> Pixels:
    """Put the light of a place on premultiplied pixels: multiply by ``light``, then mix in haze ``(r, g, b, amount)``."""
    out = pixels_HWC.astype(np.float32)
    alpha = out[..., 3:]
    rgb = np.minimum(out[..., :3] * np.array(light, np.float32), alpha)
    amount = haze[3]
    rgb = rgb * (1 - amount) + np.array(haze[:3], np.float32) * alpha * amount
    return np.concatenate([rgb, alpha], axis=2).round().astype(np.uint8)


def mirrored(pixels_HWC: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels_HWC[:, ::-1])

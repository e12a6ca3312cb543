"""Small pictures for puffs: dust, smoke, sparks, stars, bubbles, drops, confetti, notes, speech marks.

Each is painted once at a size in pixels and placed as often as a frame needs it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from generation.engine.animatic.canvas import Picture, Pixels, Placed, paint
from generation.engine.animatic.scenery.light import Light, mix

CONFETTI = ("#ff5d6c", "#ffc93c", "#4fd1a5", "#4c9bff", "#b07cff", "#ff8fd0")


def _star(points: int, inner: float, outer: float = 46.0) -> str:
    spots = []
    for index in range(points * 2):
        radius = outer if index % 2 == 0 else outer * inner
        angle = index * math.pi / points - math.pi / 2
        spots.append(f"{50 + math.cos(angle) * radius:.1f},{50 + math.sin(angle) * radius:.1f}")
    return " ".join(spots)


def _soft(colour: str, strength: float = 0.9) -> str:
    return (
        f'<defs><radialGradient id="a" gradientUnits="userSpaceOnUse" cx="50" cy="50" r="48"><stop offset="0" stop-color="{colour}" '
        f'stop-opacity="{strength}"/><stop offset="0.45" stop-color="{colour}" stop-opacity="{strength * 0.62}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient></defs><circle cx="50" cy="50" r="48" fill="url(#a)"/>'
    )


def shapes(light: Light, dust: str) -> dict[str, str]:
    """SVG bodies in a 100 x 100 box, by name, in the light of a place."""
    ink = "#ffffff" if light.night else "#5b6b94"
    found = {
        "dust": _soft(mix(light.shade(dust), "#ffffff", 0.35)),
        "smoke": _soft(mix("#f4f4f6", light.haze, 0.25), 0.85),
        "glow": _soft("#fff0b0", 1.0),
        "flash": _soft("#fff6cf", 1.0) + _soft("#ffffff", 1.0).replace('"a"', '"b"').replace("#a", "#b").replace('r="48"', 'r="30"'),
        "ring": '<circle cx="50" cy="50" r="42" fill="none" stroke="#fff3c8" stroke-width="6"/>',
        "spark": f'<polygon points="{_star(4, 0.2)}" fill="#fff2a8"/><circle cx="50" cy="50" r="9" fill="#ffffff"/>',
        "star": f'<polygon points="{_star(5, 0.45)}" fill="#ffcf3a" stroke="#f29a1f" stroke-width="5" stroke-linejoin="round"/>',
        "bubble": '<circle cx="50" cy="50" r="40" fill="#e6fbff" fill-opacity="0.22" stroke="#e9fcff" stroke-opacity="0.85" stroke-width="6"/>'
        '<path d="M26 44a28 28 0 0 1 18-19" fill="none" stroke="#ffffff" stroke-width="8" stroke-linecap="round"/>',
        "drop": '<path d="M50 8C66 36 78 50 78 66a28 28 0 0 1-56 0C22 50 34 36 50 8Z" fill="#d8f4ff" fill-opacity="0.92"/>',
        "note": f'<path d="M36 20L78 12V64a14 11 0 1 1-8-10V30L44 35V74a14 11 0 1 1-8-10Z" fill="{ink}" stroke="#ffffff" stroke-opacity="0.8" stroke-width="3"/>',
        "zzz": f'<path d="M24 22H76L36 76H78" fill="none" stroke="#ffffff" stroke-opacity="0.9" stroke-width="22" stroke-linejoin="round" stroke-linecap="round"/>'
        f'<path d="M24 22H76L36 76H78" fill="none" stroke="{"#4a5fb0"}" stroke-width="12" stroke-linejoin="round" stroke-linecap="round"/>',
        "shadow": _soft("#0b1020", 0.9),
        "leaf": f'<path d="M8 60Q30 14 92 34Q70 84 8 60Z" fill="{light.shade("#e39a3b")}"/><path d="M8 60Q46 50 92 34" fill="none" stroke="{light.shade("#a8621f")}" stroke-width="4"/>',
        "gust": '<path d="M4 52Q30 40 60 50T98 46" fill="none" stroke="#ffffff" stroke-opacity="0.55" stroke-width="3" stroke-linecap="round"/>',
        "splash": '<ellipse cx="50" cy="52" rx="44" ry="15" fill="none" stroke="#e8f4ff" stroke-opacity="0.75" stroke-width="6"/>',
        "talk": '<path d="M50 8C77 8 94 23 94 43S77 78 50 78Q43 78 37 76.500L17 92L22 70C12 63 6 54 6 43C6 23 23 8 50 8Z" fill="#ffffff" fill-opacity="0.96"/>'
        '<circle cx="29" cy="43" r="7.500" fill="#475070"/><circle cx="50" cy="43" r="7.500" fill="#475070"/><circle cx="71" cy="43" r="7.500" fill="#475070"/>',
    }  # fmt: skip
    for index, colour in enumerate(CONFETTI):
        found[f"confetti{index}"] = (
            f'<rect x="22" y="8" width="56" height="84" rx="8" fill="{light.shade(colour)}"/>'
        )
    return found


class Particles:
    """Puff pictures of a shot. ``pixel`` is their raster size; pictures are made as frames need them."""

    def __init__(self, light: Light, dust: str, pixel: int) -> None:
        self._shapes = shapes(light, dust)
        self._pixel = max(8, pixel)
        self._pixels: dict[str, Pixels] = {}
        self._pictures: dict[str, list[Picture]] = {}
        self._used: dict[str, int] = {}

    def begin(self) -> None:
        """Start a frame: every picture may be placed again."""
        self._used.clear()

    def add(self, name: str, pixels_HWC: Pixels) -> None:
        """Bring a picture of your own, such as a shard of a body."""
        self._pixels[name] = pixels_HWC

    def knows(self, name: str) -> bool:
        return name in self._shapes or name in self._pixels

    def place(
        self,
        name: str,
        x: float,
        y: float,
        size: float,
        alpha: float,
        turn: float = 0.0,
        stretch: float = 1.0,
    ) -> Iterator[Placed]:
        """Centre a picture ``size`` pixels wide at ``(x, y)``; ``stretch`` is height over width."""
        if alpha < 0.02 or size < 0.6:
            return
        picture = self._next(name)
        scale = size / picture.width
        down = scale * stretch
        angle = math.radians(turn)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b, c, d = scale * cos, -down * sin, scale * sin, down * cos
        half_w, half_h = picture.width / 2, picture.height / 2
        yield Placed(picture, a, b, x - a * half_w - b * half_h, c, d, y - c * half_w - d * half_h, alpha)

    def _next(self, name: str) -> Picture:
        used = self._used.get(name, 0)
        self._used[name] = used + 1
        pictures = self._pictures.setdefault(name, [])
        if used >= len(pictures):
            if name not in self._pixels:
                edge = self._pixel * 4 if name in ("flash", "ring", "shadow") else self._pixel
                svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">{self._shapes[name]}</svg>'
                self._pixels[name] = paint(svg, edge, edge)
            pictures.append(Picture(self._pixels[name]))
        return pictures[used]

    def free(self) -> None:
        for pictures in self._pictures.values():
            for picture in pictures:
                picture.free()
        self._pictures.clear()

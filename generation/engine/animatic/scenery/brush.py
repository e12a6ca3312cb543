"""Vector shapes that scenery is made of, collected into one SVG document a layer.

Lengths are design units: the short side of a frame at medium framing is 540 of them. A layer may
repeat every ``period`` units; what crosses its edge is drawn on both sides, so that it tiles.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

from generation.engine.animatic.scenery.light import mix

Points = Iterable[tuple[float, float]]


class Brush:
    """Collects shapes. ``top`` and ``height`` bound the layer; ``width`` is its period if it tiles."""

    def __init__(self, width: float, top: float, height: float, tiles: bool = True) -> None:
        self.width, self.top, self.height, self.tiles = width, top, height, tiles
        self._defs: list[str] = []
        self._body: list[str] = []

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {self.top:.1f} {self.width:.1f} {self.height:.1f}" '
            f'width="{self.width:.1f}" height="{self.height:.1f}">'
            f"<defs>{''.join(self._defs)}</defs>{''.join(self._body)}</svg>"
        )

    # Paints ----------------------------------------------------------------------------------

    def down(self, top: float, bottom: float, *stops: tuple[float, str] | tuple[float, str, float]) -> str:
        """A vertical gradient between two heights."""
        return self._gradient(f'x1="0" y1="{top:.1f}" x2="0" y2="{bottom:.1f}"', stops)

    def across(self, left: float, right: float, *stops: tuple[float, str] | tuple[float, str, float]) -> str:
        return self._gradient(f'x1="{left:.1f}" y1="0" x2="{right:.1f}" y2="0"', stops)

    def round(
        self, x: float, y: float, radius: float, *stops: tuple[float, str] | tuple[float, str, float]
    ) -> str:
        """A radial gradient."""
        name = f"p{len(self._defs)}"
        self._defs.append(
            f'<radialGradient id="{name}" gradientUnits="userSpaceOnUse" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
            f"{_stops(stops)}</radialGradient>"
        )
        return f"url(#{name})"

    def _gradient(self, line: str, stops: Sequence[tuple[float, str] | tuple[float, str, float]]) -> str:
        name = f"p{len(self._defs)}"
        self._defs.append(
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" {line}>{_stops(stops)}</linearGradient>'
        )
        return f"url(#{name})"

    def blur(self, amount: float) -> str:
        name = f"p{len(self._defs)}"
        self._defs.append(
            f'<filter id="{name}" x="-30%" y="-30%" width="160%" height="160%">'
            f'<feGaussianBlur stdDeviation="{amount:.1f}"/></filter>'
        )
        return f"url(#{name})"

    # Shapes ----------------------------------------------------------------------------------

    def add(self, fragment: str, reach: tuple[float, float] | None = None) -> None:
        """SVG of your own. ``reach`` is its extent in x: on a tiling layer it is repeated over the edge."""
        self._body.append(fragment)
        if self.tiles and reach:
            if reach[0] < 0:
                self._body.append(f'<g transform="translate({self.width:.1f} 0)">{fragment}</g>')
            if reach[1] > self.width:
                self._body.append(f'<g transform="translate({-self.width:.1f} 0)">{fragment}</g>')

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1
    ) -> None:
        self.add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:.1f}" fill="{fill}"'
            f' fill-opacity="{opacity:.2f}"/>',
            (x, x + w) if w < self.width else None,
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1) -> None:
        self.add(
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" fill-opacity="{opacity:.2f}"/>',
            (x - rx, x + rx),
        )

    def poly(self, points: Points, fill: str, opacity: float = 1) -> None:
        spots = list(points)
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        xs = [x for x, _ in spots]
        wide = max(xs) - min(xs) >= self.width
        self.add(
            f'<polygon points="{path}" fill="{fill}" fill-opacity="{opacity:.2f}"/>',
            None if wide else (min(xs), max(xs)),
        )

    def path(
        self, d: str, fill: str = "none", reach: tuple[float, float] | None = None, more: str = ""
    ) -> None:
        self.add(f'<path d="{d}" fill="{fill}" {more}/>', reach)

    def stroke(
        self,
        points: Points,
        colour: str,
        width: float,
        opacity: float = 1,
        reach: tuple[float, float] | None = None,
    ) -> None:
        spots = list(points)
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        xs = [x for x, _ in spots]
        self.add(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:.1f}" stroke-opacity="{opacity:.2f}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>',
            reach or (None if max(xs) - min(xs) >= self.width else (min(xs) - width, max(xs) + width)),
        )

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.8) -> None:
        paint = self.round(
            x, y, radius, (0, colour, strength), (0.35, colour, strength * 0.38), (1, colour, 0)
        )
        self.oval(x, y, radius, radius, paint)

    def ridge(
        self, base: float, swell: float, waves: Sequence[int], dice: random.Random, bottom: float, fill: str
    ) -> list[tuple[float, float]]:
        """A rolling hill line across the whole layer that tiles; returns its crest."""
        crest = crest_of(self.width, base, swell, waves, dice)
        self.poly([*crest, (self.width, bottom), (0, bottom)], fill)
        return crest


def _stops(stops: Sequence[tuple[float, str] | tuple[float, str, float]]) -> str:
    return "".join(
        f'<stop offset="{stop[0]:.3f}" stop-color="{stop[1]}" stop-opacity="{stop[2] if len(stop) > 2 else 1:.3f}"/>'
        for stop in stops
    )


def crest_of(
    width: float, base: float, swell: float, waves: Sequence[int], dice: random.Random, step: float = 9.0
) -> list[tuple[float, float]]:
    parts = [(wave, dice.uniform(0, math.tau), 1 / (1 + index * 0.9)) for index, wave in enumerate(waves)]
    total = sum(part[2] for part in parts)
    count = max(8, round(width / step))
    return [
        (
            width * i / count,
            base
            - swell
            * sum(size * math.sin(math.tau * wave * i / count + phase) for wave, phase, size in parts)
            / total,
        )
        for i in range(count + 1)
    ]


def height_at(crest: Sequence[tuple[float, float]], x: float) -> float:
    """Height of a crest at ``x`` (wrapped into the layer)."""
    width = crest[-1][0]
    at = (x % width) / width * (len(crest) - 1)
    left = int(at)
    right = min(left + 1, len(crest) - 1)
    return crest[left][1] + (crest[right][1] - crest[left][1]) * (at - left)


# Things ------------------------------------------------------------------------------------------


def round_tree(brush: Brush, x: float, y: float, size: float, leaf: str, trunk: str, light: str) -> None:
    """A broad-leaved tree whose foot is at ``(x, y)`` and whose height is ``size``."""
    r = size * 0.3
    shade = mix(leaf, "#10222a", 0.28)
    pale = mix(leaf, light, 0.4)
    brush.path(
        f"M{x - size * 0.05:.1f} {y:.1f}Q{x - size * 0.02:.1f} {y - size * 0.3:.1f} {x - size * 0.03:.1f} {y - size * 0.5:.1f}"
        f"h{size * 0.06:.1f}Q{x + size * 0.02:.1f} {y - size * 0.3:.1f} {x + size * 0.06:.1f} {y:.1f}Z",
        trunk,
        (x - size, x + size),
    )
    for dx, dy, scale, colour in (
        (-0.2, 0.5, 0.8, shade),
        (0.22, 0.52, 0.82, shade),
        (0.0, 0.66, 1.05, leaf),
        (-0.15, 0.6, 0.75, leaf),
        (0.17, 0.62, 0.72, leaf),
        (-0.08, 0.76, 0.55, pale),
        (-0.2, 0.63, 0.38, pale),
    ):
        brush.oval(x + dx * size, y - dy * size, r * scale, r * scale * 0.94, colour)


def pine(
    brush: Brush, x: float, y: float, size: float, leaf: str, trunk: str, snow: str | None = None
) -> None:
    """A conifer whose foot is at ``(x, y)``."""
    dark = mix(leaf, "#0a1626", 0.3)
    brush.rect(x - size * 0.03, y - size * 0.14, size * 0.06, size * 0.14, trunk)
    for index in range(4):
        low = y - size * (0.1 + index * 0.2)
        high = low - size * (0.38 - index * 0.03)
        half = size * (0.25 - index * 0.05)
        brush.path(
            f"M{x:.1f} {high:.1f}Q{x + half * 0.35:.1f} {low - size * 0.1:.1f} {x + half:.1f} {low:.1f}"
            f"Q{x:.1f} {low + size * 0.05:.1f} {x - half:.1f} {low:.1f}Q{x - half * 0.35:.1f} {low - size * 0.1:.1f} {x:.1f} {high:.1f}Z",
            leaf,
            (x - half, x + half),
        )
        brush.path(
            f"M{x:.1f} {high:.1f}Q{x + half * 0.35:.1f} {low - size * 0.1:.1f} {x + half:.1f} {low:.1f}"
            f"Q{x + half * 0.4:.1f} {low + size * 0.025:.1f} {x + half * 0.1:.1f} {low + size * 0.022:.1f}Z",
            dark,
            (x - half, x + half),
        )
        if snow:
            brush.path(
                f"M{x:.1f} {high:.1f}Q{x + half * 0.3:.1f} {low - size * 0.13:.1f} {x + half * 0.72:.1f} {low - size * 0.05:.1f}"
                f"Q{x + half * 0.3:.1f} {low - size * 0.09:.1f} {x + half * 0.05:.1f} {low - size * 0.04:.1f}"
                f"Q{x - half * 0.3:.1f} {low - size * 0.1:.1f} {x - half * 0.72:.1f} {low - size * 0.05:.1f}"
                f"Q{x - half * 0.3:.1f} {low - size * 0.13:.1f} {x:.1f} {high:.1f}Z",
                snow,
                (x - half, x + half),
            )


def cloud(brush: Brush, x: float, y: float, size: float, top: str, low: str, opacity: float = 0.95) -> None:
    """A cumulus ``size`` wide whose flat base is at ``y``."""
    fill = brush.down(y - size * 0.36, y + size * 0.02, (0, top), (0.55, mix(top, low, 0.25)), (1, low))
    lumps = ((-0.34, 0.1, 0.1), (-0.2, 0.16, 0.15), (0.0, 0.2, 0.19), (0.2, 0.14, 0.15), (0.35, 0.09, 0.09))
    circles = "".join(
        f'<circle cx="{x + dx * size:.1f}" cy="{y - dy * size:.1f}" r="{r * size:.1f}"/>'
        for dx, dy, r in lumps
    )
    brush.add(
        f'<g fill="{fill}" opacity="{opacity:.2f}">{circles}'
        f'<rect x="{x - 0.44 * size:.1f}" y="{y - 0.13 * size:.1f}" width="{0.88 * size:.1f}" height="{0.13 * size:.1f}"'
        f' rx="{0.065 * size:.1f}"/></g>',
        (x - size / 2, x + size / 2),
    )


def tuft(
    brush: Brush, x: float, y: float, size: float, colour: str, dice: random.Random, blades: int = 5
) -> None:
    """Grass blades growing from ``(x, y)``."""
    parts = []
    for index in range(blades):
        lean = (index - (blades - 1) / 2) / blades * size * 0.9 + dice.uniform(-0.15, 0.15) * size
        tall = size * dice.uniform(0.7, 1.1)
        foot = x + (index - (blades - 1) / 2) * size * 0.1
        parts.append(
            f"M{foot - size * 0.05:.1f} {y:.1f}Q{foot + lean * 0.2:.1f} {y - tall * 0.6:.1f} {foot + lean:.1f} {y - tall:.1f}"
            f"Q{foot + lean * 0.4:.1f} {y - tall * 0.5:.1f} {foot + size * 0.05:.1f} {y:.1f}Z"
        )
    brush.path("".join(parts), colour, (x - size, x + size))


def flower(brush: Brush, x: float, y: float, size: float, petal: str, heart: str, stem: str) -> None:
    brush.stroke([(x, y), (x + size * 0.05, y - size)], stem, size * 0.1)
    for index in range(5):
        angle = index * math.tau / 5 - math.pi / 2
        brush.oval(
            x + size * 0.05 + math.cos(angle) * size * 0.2,
            y - size + math.sin(angle) * size * 0.2,
            size * 0.17,
            size * 0.17,
            petal,
        )
    brush.oval(x + size * 0.05, y - size, size * 0.13, size * 0.13, heart)


def stone(brush: Brush, x: float, y: float, size: float, colour: str) -> None:
    brush.oval(x, y, size * 0.62, size * 0.1, "#000000", 0.16)
    brush.path(
        f"M{x - size * 0.5:.1f} {y:.1f}Q{x - size * 0.5:.1f} {y - size * 0.35:.1f} {x - size * 0.15:.1f} {y - size * 0.46:.1f}"
        f"Q{x + size * 0.25:.1f} {y - size * 0.5:.1f} {x + size * 0.42:.1f} {y - size * 0.22:.1f}Q{x + size * 0.55:.1f} {y:.1f} {x + size * 0.45:.1f} {y:.1f}Z",
        colour,
        (x - size, x + size),
    )
    brush.path(
        f"M{x - size * 0.36:.1f} {y - size * 0.22:.1f}Q{x - size * 0.3:.1f} {y - size * 0.4:.1f} {x:.1f} {y - size * 0.42:.1f}"
        f"Q{x - size * 0.05:.1f} {y - size * 0.3:.1f} {x - size * 0.36:.1f} {y - size * 0.22:.1f}Z",
        mix(colour, "#ffffff", 0.3),
        (x - size, x + size),
    )

"""Rain, snow, fog, storm, wind, and the small things that drift in the air of a place.

Everything is a function of the second of the shot: nothing is remembered between frames.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from generation.engine.animatic.canvas import Picture, Pixels, Placed, paint
from generation.engine.animatic.particles import Particles
from generation.engine.animatic.stage import flashes
from generation.engine.storyboard import Setting, TimeOfDay, Weather

INDOORS = frozenset({Setting.UNDERWATER, Setting.SPACE, Setting.ROOM, Setting.STAGE})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture as large as the frame that scrolls for ever and wraps both ways. Speeds in pixels a second."""

    pictures: tuple[Picture, ...]
    vx: float
    vy: float
    parallax: float
    sway: float = 0.0

    def place(self, t: float, shift: float, opacity: float = 1.0) -> Iterator[Placed]:
        width, height = self.pictures[0].width, self.pictures[0].height
        x = (self.vx * t - shift * self.parallax + self.sway * math.sin(t * 1.3)) % width
        y = (self.vy * t) % height
        spots = ((x, y), (x - width, y), (x, y - height), (x - width, y - height))
        for picture, (left, top) in zip(self.pictures, spots, strict=True):
            yield Placed(picture, 1, 0, round(left), 0, 1, round(top), opacity)


class Sky:
    """The weather of a shot, drawn in two halves: behind the bodies and in front of them."""

    def __init__(
        self,
        weather: Weather,
        setting: Setting,
        time: TimeOfDay,
        size: tuple[int, int],
        scale: float,
        ground: float,
        seed: str,
    ) -> None:
        """``size`` is the frame in pixels, ``scale`` pixels a unit, ``ground`` the ground line in pixels."""
        self.width, self.height = size
        self._scale, self._ground = scale, ground
        self._dice = random.Random(f"{seed}:weather")
        self._setting, self._time = setting, time
        self._weather = weather if setting not in INDOORS else Weather.CLEAR
        self._back: list[Sheet] = []
        self._front: list[Sheet] = []
        self._bolt: Picture | None = None
        self._white: Picture | None = None
        self._motes = self._make_motes()
        self._make()

    def _make(self) -> None:
        scale = self._scale
        match self._weather:
            case Weather.RAIN | Weather.STORM:
                heavy = self._weather is Weather.STORM
                slant = 0.3 if heavy else 0.12
                self._back.append(
                    self._sheet(
                        self._rain(150 if heavy else 110, 15, 1.0, 0.3, slant), -760 * slant, 760, 0.6
                    )
                )
                self._front.append(
                    self._sheet(
                        self._rain(80 if heavy else 46, 34, 1.8, 0.5, slant), -1150 * slant, 1150, 1.2
                    )
                )
                if heavy:
                    self._white = Picture(np.full((self.height, self.width, 4), 235, np.uint8))
                    self._bolt = Picture(self._lightning())
            case Weather.SNOW:
                for into, many, low, high, speed, sway, parallax in (
                    (self._back, 170, 1.0, 1.9, 46, 8, 0.4),
                    (self._back, 80, 1.8, 3.0, 72, 14, 0.8),
                    (self._front, 34, 3.2, 6.0, 120, 26, 1.3),
                ):
                    into.append(self._sheet(self._snow(many, low, high), -16, speed, parallax, sway * scale))
            case Weather.FOG:
                self._back.append(self._sheet(self._fog(0.62, 3), 9, 0, 0.3))
                self._front.append(self._sheet(self._fog(0.5, 2), -17, 0, 1.1))
            case _:
                pass

    def _sheet(self, pixels: Pixels, vx: float, vy: float, parallax: float, sway: float = 0.0) -> Sheet:
        first = Picture(pixels)
        return Sheet(
            (first, first.twin(), first.twin(), first.twin()),
            vx * self._scale,
            vy * self._scale,
            parallax,
            sway,
        )

    def _svg(self, body: str, defs: str = "") -> Pixels:
        return paint(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}"><defs>{defs}</defs>{body}</svg>',
            self.width,
            self.height,
        )

    def _rain(self, many: int, long: float, thick: float, alpha: float, slant: float) -> Pixels:
        dice, scale = self._dice, self._scale
        area = self.width * self.height / (540 * 960 * scale * scale)
        paths: dict[int, list[str]] = {0: [], 1: [], 2: []}
        for index in range(max(6, round(many * area))):
            x, y = dice.uniform(0, self.width), dice.uniform(0, self.height)
            length = long * dice.uniform(0.6, 1.3) * scale
            for dx in (0, -self.width, self.width):
                for dy in (0, -self.height):
                    paths[index % 3].append(f"M{x + dx:.1f} {y + dy:.1f}l{-slant * length:.1f} {length:.1f}")
        body = "".join(
            f'<path d="{"".join(parts)}" fill="none" stroke="#e6f1ff" stroke-opacity="{alpha * (0.6 + 0.3 * key):.2f}" '
            f'stroke-width="{thick * scale * (0.7 + 0.25 * key):.2f}" stroke-linecap="round"/>'
            for key, parts in paths.items()
        )
        return self._svg(body)

    def _snow(self, many: int, low: float, high: float) -> Pixels:
        dice, scale = self._dice, self._scale
        area = self.width * self.height / (540 * 960 * scale * scale)
        body = []
        for _ in range(max(6, round(many * area))):
            x, y, r = (
                dice.uniform(0, self.width),
                dice.uniform(0, self.height),
                dice.uniform(low, high) * scale,
            )
            alpha = dice.uniform(0.55, 0.95)
            body += [
                f'<circle cx="{x + dx:.1f}" cy="{y + dy:.1f}" r="{r:.1f}" fill="#ffffff" fill-opacity="{alpha:.2f}"/>'
                for dx in (0, -self.width, self.width)
                for dy in (0, -self.height, self.height)
                if -r < x + dx < self.width + r and -r < y + dy < self.height + r
            ]
        pixels = self._svg("".join(body))
        if high > 2:
            image = Image.frombytes("RGBA", (self.width, self.height), pixels.tobytes())
            pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.32 * high * scale * 0.5)))
        return pixels

    def _fog(self, strength: float, rough: int) -> Pixels:
        """Tiling cloud of noise, thicker towards the ground."""
        noise = np.random.default_rng(self._dice.randrange(2**31))
        cells_w, cells_h = 4 * rough, 5 * rough
        grid = noise.random((cells_h, cells_w)).astype(np.float32)
        wrapped = np.tile(grid, (3, 3))
        image = Image.fromarray((wrapped * 255).astype(np.uint8)).resize(
            (self.width * 3, self.height * 3), Image.Resampling.BICUBIC
        )
        cloud = (
            np.asarray(image)[self.height : 2 * self.height, self.width : 2 * self.width].astype(np.float32)
            / 255
        )
        rows = np.arange(self.height, dtype=np.float32)
        thick = 0.35 + 0.65 * np.clip(1 - np.abs(rows - self._ground * 0.9) / (self.height * 0.55), 0, 1)
        alpha = np.clip(strength * thick[:, None] * (0.45 + 0.75 * cloud), 0, 0.92)
        tone = np.array([214, 222, 230] if self._time is not TimeOfDay.NIGHT else [84, 98, 138], np.float32)
        out = np.concatenate([tone[None, None] * alpha[..., None], alpha[..., None] * 255], axis=2)
        return out.astype(np.uint8)

    def _lightning(self) -> Pixels:
        dice, scale = self._dice, self._scale
        x, y, points = 100.0, 0.0, []
        while y < 400:
            points.append((x, y))
            x, y = x + dice.uniform(-34, 32), y + dice.uniform(26, 54)
        d = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        fork = points[len(points) // 2]
        d += f"M{fork[0]:.1f} {fork[1]:.1f}l28 44l-6 34l30 46"
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 420" width="220" height="420">'
            + "".join(
                f'<path d="{d}" fill="none" stroke="{colour}" stroke-opacity="{alpha}" stroke-width="{width}" stroke-linejoin="round"/>'
                for colour, alpha, width in (("#9fb8ff", 0.25, 18), ("#c9d8ff", 0.5, 9), ("#ffffff", 1, 4))
            )
            + "</svg>"
        )
        return paint(svg, max(2, round(220 * scale)), max(2, round(420 * scale)))

    # Drifting small things -----------------------------------------------------------------------

    def _make_motes(self) -> list[tuple[str, float, float, float, float, float, float]]:
        """(name, x, y, speed x, speed y, size, phase): fractions of the frame and of it per second."""
        dice, night = self._dice, self._time is TimeOfDay.NIGHT
        many, name, vx, vy, size = {
            Setting.MEADOW: (16, "glow", 0.012, -0.008, 9.0 if night else 6.0),
            Setting.FOREST: (22, "glow", 0.014, -0.012, 9.0 if night else 7.0),
            Setting.UNDERWATER: (20, "bubble", 0.0, -0.075, 9.0),
            Setting.ROOM: (12, "glow", 0.008, 0.006, 4.0),
            Setting.STAGE: (18, "glow", 0.006, -0.02, 6.0),
            Setting.DESERT: (6, "gust", 0.32, 0.0, 80.0),
        }.get(self._setting, (0, "", 0.0, 0.0, 0.0))
        if self._weather in (Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG):
            many = 0
        motes = [
            (
                name,
                dice.random(),
                dice.random(),
                vx * dice.uniform(0.5, 1.5),
                vy * dice.uniform(0.5, 1.5),
                size * dice.uniform(0.6, 1.4),
                dice.random(),
            )
            for _ in range(many)
        ]
        if self._weather is Weather.WIND or self._weather is Weather.STORM:
            motes += [
                (
                    "leaf",
                    dice.random(),
                    dice.random(),
                    dice.uniform(0.45, 0.9),
                    dice.uniform(0.02, 0.14),
                    dice.uniform(14, 26),
                    dice.random(),
                )
                for _ in range(13)
            ]
        if self._weather is Weather.WIND:
            motes += [
                (
                    "gust",
                    dice.random(),
                    dice.random() * 0.8,
                    dice.uniform(0.9, 1.4),
                    0.0,
                    dice.uniform(120, 220),
                    dice.random(),
                )
                for _ in range(7)
            ]
        return motes

    def back(self, t: float, shift: float) -> Iterator[Placed]:
        for sheet in self._back:
            yield from sheet.place(t, shift)
        if self._bolt:
            for strike, side in flashes(1e9):
                since = t - strike
                if 0 <= since < 0.2:
                    flicker = 1.0 if since < 0.06 or 0.1 < since < 0.15 else 0.25
                    x = self.width * (0.5 + side * 0.35) - self._bolt.width / 2
                    yield Placed(self._bolt, 1, 0, x, 0, 1, 0, flicker)

    def front(self, t: float, shift: float, particles: Particles) -> Iterator[Placed]:
        for name, x0, y0, vx, vy, size, phase in self._motes:
            far = 0.75
            x = ((x0 + vx * t) * 1.3 - shift * far / self.width) % 1.3 - 0.15
            y = (y0 + vy * t) % 1.0
            pulse, turn, wave = 0.8, 0.0, 0.0
            if name == "glow":
                pulse = 0.25 + 0.75 * max(0.0, math.sin((t * 0.4 + phase) * math.tau)) ** 2
                wave = 0.012 * math.sin((t * 0.22 + phase) * math.tau)
                y = 0.25 + y * 0.62
            elif name == "bubble":
                wave = 0.01 * math.sin((t * 0.6 + phase) * math.tau)
                pulse = min(1.0, 6 * y, 6 * (1 - y)) * 0.8
                x += wave
                wave = 0.0
            elif name == "leaf":
                turn = (t * 260 + phase * 360) * (1 if phase > 0.5 else -1)
                wave = 0.03 * math.sin((t * 0.9 + phase) * math.tau)
                pulse = 1.0
            elif name == "gust":
                pulse = 0.5 * math.sin(max(0.0, min(1.0, (x + 0.15) / 1.3)) * math.pi)
                y = 0.1 + y * 0.8
            yield from particles.place(
                name, x * self.width, (y + wave) * self.height, size * self._scale, pulse, turn
            )
        if self._weather in (Weather.RAIN, Weather.STORM):
            yield from self._splashes(t, shift, particles)
        for sheet in self._front:
            yield from sheet.place(t, shift)

    def _splashes(self, t: float, shift: float, particles: Particles) -> Iterator[Placed]:
        deep = self.height - self._ground
        for index in range(22):
            cycle = t * 1.9 + index * 0.37
            number, share = math.floor(cycle), cycle % 1.0
            dice = random.Random(index * 7919 + number)
            x = (dice.random() * self.width - shift) % self.width
            y = self._ground - 0.35 * deep + dice.random() * deep * 1.25
            near = (y - self._ground) / max(1.0, deep) + 0.6
            yield from particles.place(
                "splash", x, y, (7 + 20 * share) * near * self._scale, 0.7 * (1 - share)
            )

    def flash(self, t: float) -> Iterator[Placed]:
        if self._white:
            for strike, _ in flashes(1e9):
                since = t - strike
                if 0 <= since < 0.42:
                    level = 0.5 if since < 0.06 else 0.14 if since < 0.1 else 0.4 * (1 - (since - 0.1) / 0.32)
                    yield Placed(self._white, 1, 0, 0, 0, 1, 0, level)

    def free(self) -> None:
        for sheet in (*self._back, *self._front):
            for picture in sheet.pictures:
                picture.free()
        for single in (self._bolt, self._white):
            if single:
                single.free()

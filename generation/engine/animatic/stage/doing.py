"""A deed as a verb sees it, and what several verbs share: easing, breath, dust, spray, bubbles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.engine.animatic.stage.bodies import Body, Deed, Puff, Values
from generation.engine.storyboard import Direction, Setting


@dataclass(frozen=True, slots=True)
class Doing:
    """One deed as a verb sees it. ``t`` seconds since it began; ``travel`` world units moved since then."""

    body: Body
    deed: Deed
    fps: int
    t: Values
    travel: Values
    head: float
    """Room above a resting body before it leaves the frame."""
    gravity: float
    setting: Setting
    airborne: bool
    """Its resting place is in the air or in deep water, not on the ground."""

    @property
    def count(self) -> int:
        return len(self.t)

    @property
    def pace(self) -> float:
        return self.deed.pace

    @property
    def heading(self) -> float:
        return float(np.sign(self.travel[-1])) or (-1.0 if self.deed.direction is Direction.LEFT else 1.0)

    def at(self, t: float) -> float:
        """Second of the deed as a (fractional) frame of the shot."""
        return self.deed.first + t * self.fps

    def second(self, t: float) -> float:
        """Second of the deed as a second of the shot."""
        return self.deed.first / self.fps + t

    def moved(self, t: float) -> float:
        index = min(self.count - 1, max(0, round(t * self.fps)))
        return float(self.travel[index])


def smooth(values: Values | float) -> Values:
    clipped = np.clip(values, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))


def breathe(body: Body, t: Values, amount: float = 0.013, rate: float = 0.42) -> tuple[Values, Values]:
    wave = np.sin((t * rate + body.phase) * math.tau) * amount
    return 1 - wave * 0.7, 1 + wave


def landing(doing: Doing, t: float, force: float) -> list[Puff]:
    """Dust to both sides of a contact."""
    w = doing.body.width
    return [
        Puff(
            "dust", doing.second(t), 0.6, side * w * 0.24, 4, side * (70 + 55 * index) * force, 16 + 26 * index,
            size=18 + 8 * index, swell=2.1, alpha=0.55 * min(1.0, force),
        )
        for side in (-1, 1)
        for index in range(2)
    ]  # fmt: skip


def rise_of(doing: Doing, share: float) -> Values:
    """Up or down through the room above the ground, from rest."""
    room = doing.head * share
    way = smooth(doing.t / max(0.6, min(float(doing.t[-1]), room / (170 * doing.pace) + 0.8)))
    return np.asarray(room * (way if doing.deed.direction is Direction.UP else 1 - way))


def bubbles(doing: Doing, every: float) -> list[Puff]:
    body = doing.body
    return [
        Puff(
            "bubble", doing.second(index * every + body.phase), 2.4, doing.heading * body.width * 0.4 + jitter * 6,
            body.height * (0.6 + 0.04 * jitter), jitter * 9, 62 + 8 * jitter, -30, size=9 + 3 * abs(jitter), swell=1.4, alpha=0.85,
        )
        for index in range(int(doing.t[-1] / every) + 1)
        for jitter in (-1, 0, 1.6)
    ]  # fmt: skip


def spray(doing: Doing, t: float, many: int, force: float) -> list[Puff]:
    """Drops thrown up behind a body."""
    dice, body = doing.body.dice, doing.body
    return [
        Puff(
            "drop", doing.second(t + 0.02 * index), 0.7, -doing.heading * body.width * dice.uniform(0.2, 0.5), 6,
            -doing.heading * dice.uniform(30, 150) * force, dice.uniform(150, 330) * force, 900,
            size=dice.uniform(7, 14), swell=0.6, alpha=0.9,
        )
        for index in range(many)
    ]  # fmt: skip

"""What two bodies do together: chase, jump over, collide, circle, carry, ride, hide.

``join`` bends the finished tracks of a pair, in place; what it asked of their actions is ``intent``'s part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from generation.engine.animatic.stage.bodies import Body, Puff, Sound, Track, Values
from generation.engine.animatic.stage.doing import smooth
from generation.engine.animatic.stage.intent import travelling
from generation.engine.animatic.understanding.lexicon import Kind
from generation.engine.storyboard import Direction, RelationKind, Verb

ATTACHED = frozenset(
    {
        RelationKind.ON,
        RelationKind.UNDER,
        RelationKind.INSIDE,
        RelationKind.HOLDING,
        RelationKind.RIDES,
        RelationKind.CIRCLES,
        RelationKind.JUMPS_OVER,
        RelationKind.BEHIND,
        RelationKind.IN_FRONT_OF,
    }
)
"""Relations in which one of the two has no place of its own."""

RESTITUTION = 0.6

OVERHEAD = ("umbrella", "balloon", "kite", "parachute")
"""What is held above the head: drawings, and so the beginnings of their subjects' ids."""


@dataclass
class Pair:
    """``subject`` and ``object`` of a relation with their tracks, and the measures of the shot."""

    kind: RelationKind
    subject: Body
    object: Body
    one: Track
    other: Track
    fps: int
    half_width: float
    head: float
    gravity: float
    sounds: list[tuple[Body, Sound]]
    puffs: list[Puff]

    @property
    def count(self) -> int:
        return len(self.one.x)

    @property
    def t(self) -> Values:
        return np.arange(self.count) / self.fps


def join(pair: Pair) -> None:
    if pair.kind in _JOINS:
        _JOINS[pair.kind](pair)


_SPREAD = frozenset(
    {
        RelationKind.ON, RelationKind.RIDES, RelationKind.INSIDE, RelationKind.UNDER,
        RelationKind.HOLDING, RelationKind.BEHIND, RelationKind.IN_FRONT_OF,
    }
)  # fmt: skip


def spread(
    kind: RelationKind, pairs: Sequence[tuple[Body, Body]], tracks: Sequence[Track], half: float
) -> None:
    """Several guests of one host stand side by side on it, so that they can be counted."""
    if kind not in _SPREAD:
        return
    holding = kind is RelationKind.HOLDING
    hosts: dict[int, list[Body]] = {}
    for one, other in pairs:
        guest, host = (other, one) if holding else (one, other)
        hosts.setdefault(host.index, []).append(guest)
    for host_index, guests in hosts.items():
        if len(guests) < 2:
            continue
        many, base = len(guests), tracks[host_index]
        room = 2 * half - guests[0].width - 16
        step = min(guests[0].width * 0.78, room / (many - 1))
        side = kind in (RelationKind.BEHIND, RelationKind.IN_FRONT_OF)
        for number, guest in enumerate(guests):
            track = tracks[guest.index]
            if side:
                track.x = track.x * 0 + base.x
            track.x = track.x + (number - (many - 1) / 2) * step
            track.z = track.z - number * 0.1


def _chases(pair: Pair) -> None:
    wobble = np.sin(pair.t * 0.9) * pair.subject.width * 0.14
    pair.one.x = pair.one.x + wobble * smooth(pair.t / 0.8)


def _jumps_over(pair: Pair) -> None:
    """Runs up, leaps in a parabola over the other, lands, turns round and does it again."""
    subject, other, fps = pair.subject, pair.object, pair.fps
    many, own = max(1, subject.subject.count), subject.copy
    middle = other.home if abs(other.home) < 0.2 * pair.half_width else 0.0
    edge = pair.half_width - subject.width * 0.5 - 8
    reach = min(edge, other.width * 0.5 + subject.width * (1.2 if many == 1 else 2.0))
    reach = max(reach - (own // 2 % 2) * subject.width * 0.42, subject.width * 0.5)
    clear = other.height * 0.95 + subject.height * 0.14
    high = min(clear, pair.head + subject.height * 0.2)
    speed_up = math.sqrt(2 * pair.gravity * high)
    air = 2 * speed_up / pair.gravity
    leap = max(min(other.width * 0.5 + subject.width * 0.5, reach - 6), reach * 0.5)
    run_up, crouch, rest = 0.75, 0.16, 0.55
    period = run_up + crouch + air + run_up + rest
    late = own * min(0.62, period / many)
    t = pair.t - late
    number = np.maximum(np.floor(t / period), 0)
    beat = np.maximum(t - number * period, 0.0)  # who has to wait stands at the start
    way = np.where(number % 2 == 0, 1.0, -1.0)
    if any(deed.direction is Direction.LEFT for deed in subject.deeds) != (own % 2 == 1):
        way = -way  # every other one comes from the other side
    share = np.piecewise(
        beat,
        [
            beat < run_up,
            (beat >= run_up) & (beat < run_up + crouch),
            (beat >= run_up + crouch) & (beat < run_up + crouch + air),
            beat >= run_up + crouch + air,
        ],
        [
            lambda b: -reach + (reach - leap) * (b / run_up) ** 1.3,
            lambda b: -leap + 0 * b,
            lambda b: -leap + 2 * leap * (b - run_up - crouch) / air,
            lambda b: (
                leap + (reach - leap) * (1 - (1 - np.clip((b - run_up - crouch - air) / run_up, 0, 1)) ** 2)
            ),
        ],
    )
    flight = np.clip(beat - run_up - crouch, 0, air)
    flying = (beat > run_up + crouch) & (beat < run_up + crouch + air)
    running = (beat < run_up) | ((beat >= run_up + crouch + air) & (beat < period - rest))
    track = pair.one
    track.x = middle + way * share
    hop = np.abs(np.sin(beat * 3.2 * math.pi)) * subject.height * 0.08
    track.y = np.where(flying, speed_up * flight - pair.gravity * flight**2 / 2, np.where(running, hop, 0.0))
    rate = np.where(flying, (speed_up - pair.gravity * flight) / speed_up, 0.0)
    squash = np.where((beat >= run_up) & (beat < run_up + crouch), 0.2, 0.0)
    landed = beat - run_up - crouch - air
    squash = np.where((landed >= 0) & (landed < 0.16), 0.22 * (1 - landed / 0.16), squash)
    track.tall = 1 + np.abs(rate) * 0.1 - squash
    track.wide = 1 - np.abs(rate) * 0.07 + squash * 0.8
    track.turn = -way * rate * 16
    track.face = _facing(subject, way)
    deep = 19.0 * (own - (many - 1) / 2) if many > 1 else 0.0
    track.z[:] = pair.object.z + 5 - deep
    track.ground[:] = deep
    track.y = track.y + deep
    for index in range(int(t[-1] / period) + 1):
        base = late + index * period
        for at, kind, gain in (
            (0.2, "footstep", 0.5),
            (0.45, "footstep", 0.6),
            (run_up + crouch, "hop", 0.9),
            (run_up + crouch + air, "land", 0.9),
        ):
            if base + at < pair.t[-1]:
                pair.sounds.append((subject, Sound((base + at) * fps, kind, gain)))
        land = base + run_up + crouch + air
        if land < pair.t[-1]:
            side = way[min(pair.count - 1, round(land * fps))]
            pair.puffs += [
                Puff(
                    "dust",
                    land,
                    0.6,
                    middle + side * leap + 30 * sign,
                    4,
                    sign * 90,
                    30,
                    size=22,
                    swell=2.1,
                    alpha=0.55,
                )
                for sign in (-1, 1)
            ]


def _collides(pair: Pair) -> None:
    """They run into each other once; momentum is kept, restitution ``RESTITUTION``, then friction stops them."""
    one, other, fps = pair.subject, pair.object, pair.fps
    side = -1.0 if one.home <= other.home else 1.0
    reach_one, reach_other = pair.half_width - one.width * 0.46, pair.half_width - other.width * 0.46
    seconds = pair.t[-1]
    moving = (
        other.mass < 4 * one.mass
        and other.kind not in (Kind.BUILDING, Kind.PLANT)
        and (
            travelling(other) is not None or other.deeds[0].verb is not Verb.STAND or travelling(one) is None
        )
    )
    gap = (one.width + other.width) * 0.42
    x_one = side * reach_one
    x_other = -side * reach_other if moving else -side * min(reach_other * 0.45, gap)
    before = min(1.5, max(0.7, seconds * 0.35))
    distance = max(10.0, abs(x_other - x_one) - gap)
    lead = one if travelling(one) else other
    share = 0.5 if moving else 1.0
    v_one = -side * distance * share / before
    v_other = side * distance * (1 - share) / before
    positions = np.zeros((2, pair.count))
    speeds = np.zeros((2, pair.count))
    state = [x_one, x_other, v_one, v_other]
    hit: float | None = None
    low, high = -pair.half_width, pair.half_width
    step, substeps = 1.0 / fps / 4, 4
    for frame in range(pair.count):
        positions[:, frame] = state[0], state[1]
        speeds[:, frame] = state[2], state[3]
        for sub in range(substeps):
            state[0] += state[2] * step
            state[1] += state[3] * step
            closing = (state[2] - state[3]) * -side
            if hit is None and abs(state[0] - state[1]) <= gap and closing > 0:
                hit = (frame + sub / substeps) / fps
                impulse = (1 + RESTITUTION) * (state[3] - state[2]) / (1 / one.mass + 1 / other.mass)
                state[2] += impulse / one.mass
                state[3] -= impulse / other.mass
                # A pair that met at walking speed should still be seen to part.
                state[2], state[3] = state[2] * 1.15, state[3] * 1.15
            if hit is not None:
                state[2] *= 1 - 0.8 * step
                state[3] *= 1 - 0.8 * step
            for index, body in ((0, one), (1, other)):
                if not low + body.width * 0.5 <= state[index] <= high - body.width * 0.5 and hit is not None:
                    state[index] = min(high - body.width * 0.5, max(low + body.width * 0.5, state[index]))
                    state[index + 2] *= -0.4
    for index, (body, track) in enumerate(((one, pair.one), (other, pair.other))):
        _after_impact(pair, body, track, positions[index], speeds[index], hit)
    if hit is not None:
        spot = (positions[0, round(hit * fps)] + positions[1, round(hit * fps)]) / 2
        middle = min(one.height, other.height) * 0.55
        pair.sounds.append((lead, Sound(hit * fps, "crash", 1.0)))
        pair.puffs.append(Puff("flash", hit, 0.24, spot, middle, size=one.edge * 0.9, swell=1.6))
        dice = one.dice
        for _ in range(11):
            angle = dice.uniform(0, math.tau)
            pair.puffs.append(
                Puff(
                    "star", hit, dice.uniform(0.5, 0.95), spot, middle, math.cos(angle) * dice.uniform(120, 380),
                    abs(math.sin(angle)) * dice.uniform(160, 460), 700, size=dice.uniform(20, 36), swell=0.5, spin=220,
                )
            )  # fmt: skip


def _after_impact(pair: Pair, body: Body, track: Track, x: Values, speed: Values, hit: float | None) -> None:
    track.x = x
    if body.kind is Kind.BALL or body.does(Verb.ROLL):
        track.turn = np.degrees((x - x[0]) / max(8.0, body.height / 2))
    heading = np.sign(speed[0]) or float(np.sign(-x[0])) or 1.0
    track.face = _facing(body, np.full(pair.count, heading))
    if hit is None:
        return
    since = pair.t - hit
    after = since >= 0
    thrown = abs(float(speed[-1])) + abs(float(speed[min(pair.count - 1, round(hit * pair.fps) + 1)]))
    lift = min(520.0, 150 + thrown * 0.9)
    y = np.zeros(pair.count)
    t, up = 0.0, lift
    while up > 60:
        air = 2 * up / pair.gravity
        local = since - t
        y = np.where((local >= 0) & (local < air), up * local - pair.gravity * local**2 / 2, y)
        t, up = t + air, up * 0.5
    track.y = np.where(after, y, track.y)
    squash = np.where(np.abs(since) < 0.1, (1 - np.abs(since) / 0.1) * 0.3, 0.0)
    track.wide = track.wide - squash
    track.tall = track.tall + squash * 0.6
    if not (body.kind is Kind.BALL or body.does(Verb.ROLL)):
        rock = np.exp(-np.clip(since, 0, None) * 2.4) * np.sin(np.clip(since, 0, None) * 13) * 22
        track.turn = np.where(after, -heading * rock, track.turn)


def _circles(pair: Pair) -> None:
    subject, other = pair.subject, pair.object
    pace = subject.deeds[0].pace
    flies = (
        subject.does(Verb.FLY, Verb.FLOAT)
        or subject.kind in (Kind.AIRCRAFT, Kind.CELESTIAL)
        or pair.other.y[0] > 60
    )
    radius = min(pair.half_width - subject.width * 0.45, other.width * 0.5 + subject.width * 0.62)
    angle = pair.t * math.tau / 3.4 * pace + math.pi * 1.2 + subject.phase * math.tau
    track = pair.one
    track.x = pair.other.x + radius * np.cos(angle)
    deep = np.sin(angle)  # 1: nearest
    bob = track.y - track.y[0] if not flies else 0.05 * subject.height * np.sin(pair.t * 5)
    flat = radius * (0.2 if not flies else 0.26)
    base = pair.other.y + other.height * 0.42 - subject.height * 0.5 if flies else np.zeros(pair.count)
    track.y = base - flat * deep + bob
    track.ground = pair.other.ground - flat * deep
    track.scale = track.scale * (1 + 0.16 * deep)
    track.z = pair.other.z + np.where(deep > 0, 6, -6)
    track.face = _facing(subject, -np.sin(angle))
    if subject.kind is Kind.CELESTIAL:
        track.turn = track.turn * 0


def _facing(body: Body, way: Values) -> Values:
    """Mirroring that lets a body look where it goes; turning round takes a sixth of a second."""
    if body.looks == 0:
        return np.ones(len(way))
    steps = np.sign(np.where(np.abs(way) < 1e-9, 1.0, way)) * body.looks
    return turned(steps)


def turned(steps: Values, frames: int = 5) -> Values:
    """Soften jumps between 1 and -1 so that a turn is seen."""
    kernel = np.ones(frames) / frames
    padded = np.concatenate([np.full(frames // 2, steps[0]), steps, np.full(frames // 2, steps[-1])])
    return np.convolve(padded, kernel, mode="valid")


def _carried(pair: Pair, share: float, *, lean: float = 0.6) -> None:
    """Stand at ``share`` of the other's height, and go where it goes."""
    track, base = pair.one, pair.other
    lift = np.minimum(pair.object.height * base.tall * base.scale * share, max(0.0, pair.head))
    rolling = pair.object.kind is Kind.BALL or pair.object.does(Verb.ROLL)
    tilt = np.zeros(pair.count) if rolling else base.turn * lean
    own = track.x - track.x[0] if not travelling(pair.object) else np.zeros(pair.count)
    own = np.clip(own, -pair.object.width * 0.25, pair.object.width * 0.25)
    track.x = base.x + own + np.sin(np.radians(tilt)) * lift
    track.y = (track.y - min(0.0, float(track.y.min()))) + base.y + lift
    track.turn = track.turn + tilt
    track.ground = base.ground
    track.z = base.z + 4
    track.alpha = np.minimum(track.alpha, np.where(base.alpha < 0.5, base.alpha, 1.0))
    if np.ptp(base.x) > 30 or pair.object.looks:
        way = np.sign(base.face) * (pair.object.looks or 1)
        track.face = _facing(pair.subject, way)


SEATS = {
    "couch-and-lamp": (0.36, -0.18), "bed": (0.5, 0.05), "chair": (0.5, 0.0), "seat": (0.45, 0.0),
    "sled": (0.5, 0.0), "skateboard": (0.62, 0.0), "bathtub": (0.55, 0.0),
}  # fmt: skip
"""Where one sits on a drawing whose highest ink is no seat: shares of its height, and of its width from the middle."""


BACKS = {"elephant": 0.84, "mammoth": 0.8, "turtle": 0.8, "pig": 0.78, "hippopotamus": 0.8, "whale": 0.8}
"""How high one sits on backs that are higher than a horse's: shares of the height."""


def _on(pair: Pair) -> None:
    if pair.object.subject.drawing in SEATS:
        share, aside = SEATS[pair.object.subject.drawing]
        _carried(pair, share)
        pair.one.x = pair.one.x + aside * pair.object.width
        return
    # A drawing's top is seldom flat: stand a little below the highest ink.
    _carried(pair, 0.97 if pair.object.kind in (Kind.BALL, Kind.BUILDING) else 0.88)


def _rides(pair: Pair) -> None:
    if pair.object.subject.drawing in SEATS:
        _on(pair)
        return
    small = pair.object.height < pair.subject.height * 0.6
    _carried(pair, BACKS.get(pair.object.subject.drawing, 0.8 if small else 0.6), lean=0.9)


def _under(pair: Pair) -> None:
    track, base = pair.one, pair.other
    track.x = base.x + (track.x - track.x[0]) * 0.3
    base.y = base.y + (
        pair.subject.height * 0.55 if pair.object.kind not in (Kind.PLANT, Kind.BUILDING) else 0
    )
    track.z = base.z + 4
    track.ground = track.ground * 0


def _inside(pair: Pair) -> None:
    track, base = pair.one, pair.other
    peek = 0.06 * pair.subject.height * np.sin(pair.t * 1.7 + pair.subject.phase * 6)
    hop = np.clip(track.y, 0, None)
    track.x = base.x + np.clip(track.x - track.x[0], -8, 8)
    track.y = base.y + pair.object.height * 0.95 - pair.subject.height * 0.58 + peek + hop * 0.4
    track.turn = track.turn * 0.5 + base.turn * 0.5
    track.z = base.z - 4
    track.alpha = np.minimum(track.alpha, base.alpha)
    track.ground = base.ground


def _holding(pair: Pair) -> None:
    hand, held = pair.one, pair.other
    way = np.sign(np.where(np.abs(hand.face) < 1e-6, 1.0, hand.face)) * (pair.subject.looks or 1)
    way = turned(way)
    over = pair.object.subject.drawing in OVERHEAD
    aside = pair.subject.width * (0.22 if over else 0.4) + pair.object.width * (0.0 if over else 0.22)
    held.x = hand.x + way * aside * hand.scale
    held.y = hand.y + pair.subject.height * hand.tall * hand.scale * _held_at(pair)
    held.turn = hand.turn * (0.5 if over else 1.4) + (3 if over else 6) * np.sin(pair.t * 2.4)
    held.tall, held.wide = hand.tall.copy(), hand.wide.copy()
    held.scale = hand.scale.copy()
    held.ground = hand.ground.copy()
    held.z = hand.z + (-3 if over else 3)
    held.alpha = np.minimum(hand.alpha, held.alpha)


def _held_at(pair: Pair) -> float:
    drawing = pair.object.subject.drawing
    return 0.22 if drawing not in OVERHEAD else 0.62 if drawing == "umbrella" else 0.84


def _behind(pair: Pair) -> None:
    _beside(pair, front=False)


def _in_front(pair: Pair) -> None:
    _beside(pair, front=True)


def _beside(pair: Pair, *, front: bool) -> None:
    track, base = pair.one, pair.other
    side = 1.0 if pair.subject.copy % 2 == 0 else -1.0
    shift = pair.object.width * (0.16 if front else 0.4) * side
    follow = (
        base.x - pair.object.home if np.ptp(base.x) > 30 and np.ptp(track.x) < 30 else np.zeros(pair.count)
    )
    peep = 0.0 if front else pair.object.width * 0.05 * np.sin(pair.t * 1.3)
    track.x = (
        pair.object.home
        + shift
        + follow
        + (track.x - pair.subject.home) * (1.0 if np.ptp(track.x) > 30 else 0.4)
        + peep
    )
    deep = -34.0 if front else 30.0
    track.y = track.y + deep
    track.ground = track.ground + deep
    track.scale = track.scale * (1.06 if front else 0.9)
    track.z = base.z + (8 if front else -8)


_JOINS: dict[RelationKind, Callable[[Pair], None]] = {
    RelationKind.CHASES: _chases,
    RelationKind.JUMPS_OVER: _jumps_over,
    RelationKind.COLLIDES_WITH: _collides,
    RelationKind.CIRCLES: _circles,
    RelationKind.ON: _on,
    RelationKind.RIDES: _rides,
    RelationKind.UNDER: _under,
    RelationKind.INSIDE: _inside,
    RelationKind.HOLDING: _holding,
    RelationKind.BEHIND: _behind,
    RelationKind.IN_FRONT_OF: _in_front,
}

ORDER: Sequence[RelationKind] = (
    RelationKind.CHASES,
    RelationKind.JUMPS_OVER,
    RelationKind.COLLIDES_WITH,
    RelationKind.CIRCLES,
    RelationKind.BEHIND,
    RelationKind.IN_FRONT_OF,
    RelationKind.RIDES,
    RelationKind.ON,
    RelationKind.INSIDE,
    RelationKind.UNDER,
    RelationKind.HOLDING,
)
"""Those that move bodies come before those that attach bodies to what has moved."""

EDGES = {
    RelationKind.ON: (0.7, 1.12),
    RelationKind.RIDES: (0.78, 1.05),
    RelationKind.UNDER: (0.62, 1.35),
    RelationKind.INSIDE: (0.72, 1.1),
    RelationKind.HOLDING: (1.0, 0.42),
    RelationKind.CIRCLES: (0.55, 0.95),
    RelationKind.JUMPS_OVER: (0.82, 0.62),
    RelationKind.BEHIND: (0.72, 1.2),
    RelationKind.IN_FRONT_OF: (0.66, 1.3),
    RelationKind.COLLIDES_WITH: (0.8, 0.8),
}
"""Sizes of (subject, object) in a relation, relative to what they would be alone."""

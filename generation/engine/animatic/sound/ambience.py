"""What a place sounds like while nothing happens: wind, water, birds, traffic, the hum of a room.

An atmosphere is made of *beds* (loops that never show their seam, swelling slowly) and of *calls*
(birds, drips, cars: single sounds at their own moments). Which ones there are depends on setting,
time of day and weather alone; when exactly, on the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.engine.animatic.sound.effects import bubbles, chirp_song
from generation.engine.animatic.sound.synth import (
    Response,
    Sound,
    as_sound,
    at_loudness,
    band,
    brown,
    clock,
    count_of,
    decay,
    faded,
    filtered,
    fm,
    formants,
    harmonics,
    hiss,
    loudness,
    mixed,
    moving,
    noise,
    pink,
    placed,
    ramp,
    saw,
    times,
    tone,
)
from generation.engine.protocol import SAMPLE_RATE
from generation.engine.storyboard import Setting, Shot, TimeOfDay, Weather

LOOP = 1 << 18
"""Samples of a bed's loop: 5.46 s, and a power of two because it is made by a Fourier transform."""


@dataclass(frozen=True, slots=True)
class Bed:
    """A loop at ``lufs`` that swells by ``depth`` (0..1) about every ``swell`` seconds."""

    name: str
    lufs: float
    swell: float = 4.0
    depth: float = 0.3


@dataclass(frozen=True, slots=True)
class Call:
    """A sound that comes about every ``every`` seconds, at ``lufs``."""

    make: Callable[[np.random.Generator], Sound]
    lufs: float
    every: float


@dataclass(frozen=True, slots=True)
class Atmosphere:
    beds: tuple[Bed, ...]
    calls: tuple[Call, ...] = ()

    @property
    def power(self) -> float:
        """Mean loudness as power, for planning levels."""
        return sum(10 ** (bed.lufs / 10) for bed in self.beds) + sum(
            10 ** (call.lufs / 10) * min(1.0, 0.4 / call.every) for call in self.calls
        )


def atmosphere(shot: Shot, thunder_is_cued: bool = False) -> Atmosphere:
    """What the shot's place sounds like. ``thunder_is_cued``: the picture has its own lightning."""
    dark = shot.time is TimeOfDay.NIGHT
    beds, calls = _PLACES[shot.setting](shot.time)
    if shot.setting in (Setting.UNDERWATER, Setting.SPACE):
        return Atmosphere(beds, calls)
    indoors = shot.setting in (Setting.ROOM, Setting.STAGE)
    if shot.weather in (Weather.RAIN, Weather.STORM):
        heavy = shot.weather is Weather.STORM
        calls = tuple(call for call in calls if call.make not in _FAIR_WEATHER)
        if indoors:
            beds += (Bed("rain_outside", -31 if heavy else -34, 3.1, 0.15),)
        else:
            beds += (Bed("rain", -26 if heavy else -28, 3.7, 0.15), Bed("drops", -31, 2.9, 0.1))
        if heavy:
            beds += (Bed("gale", -30 if not indoors else -36, 3.3, 0.6),)
            if not thunder_is_cued:
                calls += (Call(_distant_thunder, -24, 5.0),)
    elif shot.weather is Weather.WIND:
        beds += (Bed("gale", -29 if not indoors else -37, 2.8, 0.65), Bed("leaves", -35, 2.1, 0.7))
    elif shot.weather is Weather.SNOW:
        calls = tuple(call for call in calls if call.make not in _FAIR_WEATHER)
        beds = tuple(Bed(bed.name, bed.lufs - 3, bed.swell, bed.depth) for bed in beds)
        beds += (Bed("snow_hush", -38, 5.0, 0.4),)
    elif shot.weather is Weather.FOG:
        beds = tuple(Bed(bed.name, bed.lufs - 2, bed.swell, bed.depth) for bed in beds)
        calls = tuple(Call(call.make, call.lufs - 4, call.every * 1.7) for call in calls)
        beds += (Bed("hollow", -38, 6.0, 0.4),)
    elif shot.weather is Weather.CLOUDY and not dark and not indoors:
        beds += (Bed("breeze", -37, 4.3, 0.5),)
    return Atmosphere(beds, calls)


def level_of(bed: Bed, start: int, count: int, phase: float) -> Sound:
    """The bed's slow swell over samples ``start`` .. ``start + count`` of the clip."""
    t = (np.arange(start, start + count) / SAMPLE_RATE).astype(np.float32)
    turn = np.float32(2 * np.pi / bed.swell)
    wave = np.sin(turn * t + np.float32(phase)) + 0.6 * np.sin(
        turn * np.float32(0.37) * t + np.float32(phase * 2.3)
    )
    return as_sound(1 + np.float32(bed.depth / 1.6) * wave)


@lru_cache(maxsize=12)
def loop(name: str, seed: int) -> Sound:
    """A bed's stereo loop, ``(LOOP, 2)``, at 0 LUFS."""
    rng = np.random.default_rng((seed, *name.encode()))
    made = _LOOPS[name](rng)
    return (made * np.float32(10 ** (-loudness(made) / 20))).astype(np.float32)


def moments(call: Call, start: float, end: float, rng: np.random.Generator) -> Iterator[float]:
    """When the call is heard between ``start`` and ``end`` seconds."""
    at = start + float(rng.uniform(0.1, 0.75)) * call.every
    while at < end - 0.25:
        yield at
        at += call.every * float(rng.uniform(0.55, 1.5))


def sound_of(call: Call, rng: np.random.Generator) -> Sound:
    """One call, stereo, somewhere left or right."""
    sound = call.make(rng)
    if sound.ndim == 1:
        sound = placed(sound, float(rng.uniform(-0.75, 0.75)))
    return faded(at_loudness(sound, call.lufs + float(rng.uniform(-3, 1))), 0.005, 0.02)


# --- beds ---------------------------------------------------------------------------------------------


def _wide(response: Response, together: float = 0.3) -> Callable[[np.random.Generator], Sound]:
    """Stereo noise of a colour; ``together`` of it is the same on both sides."""

    def make(rng: np.random.Generator) -> Sound:
        middle, left, right = (noise(LOOP, rng, response) for _ in range(3))
        return np.stack([left + together * middle, right + together * middle], axis=1)

    return make


def _scattered(
    grain: Callable[[np.random.Generator], Sound], number: int, kinds: int = 12
) -> Callable[[np.random.Generator], Sound]:
    """Many small sounds strewn over the loop; its end runs on into its start."""

    def make(rng: np.random.Generator) -> Sound:
        out = np.zeros((LOOP, 2), np.float32)
        grains = [grain(rng) for _ in range(kinds)]
        for _ in range(number):
            sound = placed(grains[int(rng.integers(kinds))], float(rng.uniform(-1, 1)))
            start = int(rng.integers(LOOP))
            first = min(len(sound), LOOP - start)
            gain = np.float32(rng.uniform(0.15, 1) ** 2)
            out[start : start + first] += sound[:first] * gain
            out[: len(sound) - first] += sound[first:] * gain
        return out

    return make


def _raindrop(rng: np.random.Generator) -> Sound:
    pitch = float(rng.uniform(1100, 3600))
    return tone(pitch, 0.03) * decay(0.03, 0.025, 0.0005) + hiss(0.03, rng, band(2500, 9000, 1)) * decay(
        0.03, 0.012, 0.0005
    )


def _bubble_grain(rng: np.random.Generator) -> Sound:
    return bubbles(rng, 3, 0.3, 260, 900)


def _crickets(rng: np.random.Generator) -> Sound:
    """Three crickets, each with its own pitch, rhythm and place; whole periods fit into the loop."""
    t = (np.arange(LOOP) / SAMPLE_RATE).astype(np.float32)
    seconds = LOOP / SAMPLE_RATE
    out = np.zeros((LOOP, 2), np.float32)
    for pan in (-0.7, 0.1, 0.8):
        pitch = round(float(rng.uniform(3900, 4900)) * seconds) / seconds
        phrases = int(rng.integers(4, 8)) / seconds * 2
        pulses = round(float(rng.uniform(26, 34)) * seconds) / seconds
        phrase = np.clip(np.sin(2 * np.pi * phrases * t + rng.uniform(0, 6)) * 3 + 0.4, 0, 1)
        trill = np.clip(np.sin(2 * np.pi * pulses * t), 0, 1) ** 2
        song = (np.sin(2 * np.pi * pitch * t) * phrase * trill).astype(np.float32)
        out += placed(song, pan) * np.float32(rng.uniform(0.4, 1))
    return out


def _surf_loop(rng: np.random.Generator) -> Sound:
    """Waves: each gathers with a low rush, breaks brightly, and drains away hissing."""
    phase = (np.arange(LOOP) / LOOP).astype(np.float32)
    low = _wide(times(band(50, 500, 1), pink))(rng)
    high = _wide(times(band(700, 7000, 1), pink), 0.1)(rng)
    swell = np.zeros((LOOP, 2), np.float32)
    hush = np.zeros((LOOP, 2), np.float32)
    for shift, strength, lean in ((0.05, 1.0, 0.8), (0.55, 0.75, 1.25)):
        at = (phase - shift) % 1.0
        gather = np.interp(at, [0, 0.16, 0.3, 0.55, 1], [0.1, 0.7, 1, 0.2, 0.1]).astype(np.float32)
        drain = np.interp(at, [0, 0.18, 0.24, 0.6, 1], [0.03, 0.2, 1, 0.25, 0.03]).astype(np.float32)
        sides = np.array([lean, 2 - lean], np.float32)
        swell += gather[:, None] * sides * np.float32(strength)
        hush += drain[:, None] * sides * np.float32(strength)
    return low * swell + high * hush * np.float32(0.8)


def _drone(rng: np.random.Generator) -> Sound:
    """Deep space: low fifths that beat against each other, and a breath of high air."""
    t = (np.arange(LOOP) / SAMPLE_RATE).astype(np.float32)
    seconds = LOOP / SAMPLE_RATE
    out = np.zeros((LOOP, 2), np.float32)
    for hertz, gain in ((55, 1.0), (82.5, 0.7), (110.4, 0.6), (165, 0.3), (220.7, 0.25), (330.5, 0.12)):
        for side, cycles in enumerate((round(hertz * seconds), round(hertz * seconds) + 1)):
            beat = 1 + 0.4 * np.sin(2 * np.pi * t * (1 + side) / seconds + rng.uniform(0, 6))
            wave = np.sin(2 * np.pi * (cycles / seconds) * t + rng.uniform(0, 6))
            out[:, side] += (wave * beat).astype(np.float32) * np.float32(gain)
    return out + _wide(band(3000, 9000, 1))(rng) * np.float32(0.02)


def _underwater(rng: np.random.Generator) -> Sound:
    rumble = _wide(times(band(30, 260, 2), brown), 0.6)(rng)
    currents = _wide(band(200, 700, 2))(rng)
    return rumble + currents * np.float32(0.12)


def _murmur(rng: np.random.Generator) -> Sound:
    """People talking quietly, too far to be understood."""
    out = np.zeros((LOOP, 2), np.float32)
    seconds = LOOP / SAMPLE_RATE
    for _ in range(6):
        pitch = float(rng.choice([rng.uniform(95, 140), rng.uniform(170, 240)]))
        steps = rng.uniform(0.85, 1.2, 24)
        contour = np.interp(np.linspace(0, 24, LOOP), np.arange(25), [*steps, steps[0]]) * pitch
        syllables = np.abs(np.sin(np.pi * rng.integers(14, 22) * np.arange(LOOP) / LOOP + rng.uniform(0, 3)))
        pauses = (np.interp(np.linspace(0, 8, LOOP), np.arange(9), rng.random(9)) > 0.4).astype(np.float32)
        k = float(rng.uniform(0.85, 1.2))
        voice = filtered(
            harmonics(contour, seconds, [1 / n for n in range(1, 11)]),
            formants((520 * k, 180, 1.0), (1350 * k, 300, 0.35), (2500 * k, 500, 0.08)),
        )
        out += placed((voice * syllables * pauses).astype(np.float32), float(rng.uniform(-0.9, 0.9)))
    return out


def _room_tone(rng: np.random.Generator) -> Sound:
    t = (np.arange(LOOP) / SAMPLE_RATE).astype(np.float32)
    seconds = LOOP / SAMPLE_RATE
    hum = sum(
        (
            gain * np.sin(2 * np.pi * round(hertz * seconds) / seconds * t)
            for hertz, gain in ((100, 0.2), (200, 0.07))
        ),
        np.zeros(LOOP),
    ).astype(np.float32)
    return _wide(times(band(40, 900, 1), pink), 0.8)(rng) + hum[:, None]


_LOOPS: dict[str, Callable[[np.random.Generator], Sound]] = {
    "breeze": _wide(times(band(90, 900, 1), pink)),
    "gale": _wide(times(formants((260, 160, 1.0), (520, 200, 0.7), (900, 300, 0.3)), pink)),
    "leaves": _wide(times(band(1800, 8000, 1), pink), 0.1),
    "whistle": _wide(formants((430, 60, 1.0), (760, 70, 0.6))),
    "sand": _wide(times(band(2500, 9000, 2), pink), 0.1),
    "surf": _surf_loop,
    "traffic": _wide(times(band(45, 380, 1), brown), 0.5),
    "town": _wide(times(band(150, 1800, 1), pink), 0.3),
    "underwater": _underwater,
    "bubbles": _scattered(_bubble_grain, 16),
    "drone": _drone,
    "room_tone": _room_tone,
    "high_air": _wide(times(band(250, 2400, 1), pink), 0.2),
    "murmur": _murmur,
    "hall": _wide(times(band(60, 700, 1), pink), 0.2),
    "crickets": _crickets,
    "rain": _wide(times(band(900, 9500, 1), pink), 0.1),
    "drops": _scattered(_raindrop, 420, 24),
    "rain_outside": _wide(times(band(150, 1300, 2), pink), 0.4),
    "snow_hush": _wide(times(band(200, 1200, 2), pink), 0.3),
    "hollow": _wide(times(formants((180, 120, 1.0), (340, 120, 0.5)), pink), 0.3),
}


# --- calls --------------------------------------------------------------------------------------------


def _bird(rng: np.random.Generator) -> Sound:
    return chirp_song(rng, float(rng.uniform(0.8, 1.6)))


def _gull(rng: np.random.Generator) -> Sound:
    cries = []
    for index in range(int(rng.integers(2, 5))):
        length = float(rng.uniform(0.24, 0.36))
        top = float(rng.uniform(1250, 1500))
        pitch = ramp(length, (0, top * 0.7), (length * 0.3, top), (length, top * 0.62))
        cry = filtered(saw(pitch, length, 9), formants((1500, 600, 1.0), (3100, 900, 0.5)))
        shape = ramp(length, (0, 0), (length * 0.2, 1), (length, 0))
        cries.append((index * 0.42, cry * shape * np.float32(0.9**index)))
    return mixed(*cries)


def _owl(rng: np.random.Generator) -> Sound:
    def hoot(length: float) -> Sound:
        pitch = ramp(length, (0, 350), (length * 0.3, 390), (length, 345))
        shape = np.sin(np.pi * np.linspace(0, 1, count_of(length), dtype=np.float32))
        return as_sound(harmonics(pitch, length, [1, 0.12, 0.05]) * shape)

    return mixed((0, hoot(0.28)), (0.42, hoot(0.2)), (0.72, hoot(0.6)))


def _eagle(rng: np.random.Generator) -> Sound:
    length = 1.0
    pitch = ramp(length, (0, 2100), (0.12, 2900), (length, 1900)) * (
        1 + 0.02 * np.sin(2 * np.pi * 24 * clock(length))
    )
    return harmonics(pitch, length, [1, 0.3, 0.15]) * ramp(length, (0, 0), (0.06, 1), (length, 0))


def _woodpecker(rng: np.random.Generator) -> Sound:
    knock = (
        tone(1050, 0.03) * decay(0.03, 0.025, 0.0005)
        + hiss(0.03, rng, band(800, 3000)) * decay(0.03, 0.01) * 0.3
    )
    return mixed(*[(index * 0.055, knock * np.float32(1 - index * 0.07)) for index in range(9)])


def _car(rng: np.random.Generator) -> Sound:
    length = float(rng.uniform(2.2, 3.4))
    tyres = hiss(length, rng, times(band(160, 1500, 1), pink))
    motor = saw(ramp(length, (0, 84), (length * 0.5, 80), (length, 70)), length, 10) * np.float32(0.25)
    shape = np.sin(np.pi * np.linspace(0, 1, count_of(length), dtype=np.float32)) ** 2
    side = float(rng.choice([-0.9, 0.9]))
    return moving((tyres + motor) * shape, -side, side)


def _distant_horn(rng: np.random.Generator) -> Sound:
    length = float(rng.uniform(0.18, 0.4))
    both = saw(330, length, 6) + saw(415, length, 6)
    return faded(filtered(both, band(250, 1100, 1)), 0.03, 0.12)


def _tick(rng: np.random.Generator) -> Sound:
    tick = fm(2400, 1.7, 1.2, 0.02) * decay(0.02, 0.018, 0.0005)
    tock = fm(1900, 1.7, 1.2, 0.02) * decay(0.02, 0.018, 0.0005)
    return placed(mixed((0.0, tick), (0.5, tock)), 0.35)


def _whale(rng: np.random.Generator) -> Sound:
    length = 2.4
    pitch = ramp(length, (0, 140), (0.8, 250), (1.5, 190), (length, 300)) * float(rng.uniform(0.8, 1.2))
    song = harmonics(pitch, length, [1, 0.35, 0.12])
    return as_sound(song * np.sin(np.pi * np.linspace(0, 1, count_of(length), dtype=np.float32)))


def _star(rng: np.random.Generator) -> Sound:
    pitch = float(rng.choice([880, 988, 1319, 1480, 1760]))
    return fm(pitch, 2.0, 0.8, 1.6) * decay(1.6, 1.5, 0.05)


def _distant_thunder(rng: np.random.Generator) -> Sound:
    length = 3.5
    sides = [hiss(length, rng, times(band(30, 220, 2), brown)) for _ in range(2)]
    shape = ramp(length, (0, 0), (0.35, 1), (0.8, 0.45), (1.3, 0.75), (length, 0))
    return np.stack(sides, axis=1) * shape[:, None]


def _cough(rng: np.random.Generator) -> Sound:
    burst = filtered(hiss(0.16, rng, pink), formants((650, 300, 1.0), (1500, 500, 0.6)))
    return mixed(
        (0, burst * decay(0.16, 0.16, 0.01)), (0.3, burst * decay(0.16, 0.12, 0.01) * np.float32(0.6))
    )


_FAIR_WEATHER = frozenset({_bird, _gull, _eagle, _woodpecker})

_Place = tuple[tuple[Bed, ...], tuple[Call, ...]]


def _birds(time: TimeOfDay, lufs: float, every: float) -> tuple[Call, ...]:
    match time:
        case TimeOfDay.NIGHT:
            return ()
        case TimeOfDay.DAWN:
            return (Call(_bird, lufs + 2, every * 0.6), Call(_bird, lufs - 4, every * 0.8))
        case TimeOfDay.SUNSET:
            return (Call(_bird, lufs - 3, every * 2),)
        case TimeOfDay.DAY:
            return (Call(_bird, lufs, every), Call(_bird, lufs - 6, every * 1.1))


def _insects(time: TimeOfDay, lufs: float) -> tuple[Bed, ...]:
    if time is TimeOfDay.NIGHT:
        return (Bed("crickets", lufs, 5.1, 0.2),)
    return (Bed("crickets", lufs - 7, 5.1, 0.2),) if time is TimeOfDay.SUNSET else ()


def _meadow(time: TimeOfDay) -> _Place:
    return (Bed("breeze", -36, 4.7, 0.5), *_insects(time, -36)), _birds(time, -29, 1.6)


def _beach(time: TimeOfDay) -> _Place:
    gulls = () if time is TimeOfDay.NIGHT else (Call(_gull, -30, 4.5),)
    return (Bed("surf", -27, 7.3, 0.15), Bed("breeze", -39, 4.1, 0.4)), gulls


def _forest(time: TimeOfDay) -> _Place:
    night = time is TimeOfDay.NIGHT
    others = (Call(_owl, -30, 6.0),) if night else (Call(_woodpecker, -35, 6.5),)
    return (Bed("breeze", -37, 5.3, 0.5), Bed("leaves", -38, 3.1, 0.6), *_insects(time, -36)), (
        *_birds(time, -28, 1.3),
        *others,
    )


def _city(time: TimeOfDay) -> _Place:
    quiet = 5.0 if time in (TimeOfDay.NIGHT, TimeOfDay.DAWN) else 0.0
    beds = (Bed("traffic", -30 - quiet, 4.9, 0.25), Bed("town", -37 - quiet, 3.7, 0.3))
    return beds, (Call(_car, -29 - quiet / 2, 3.0 + quiet / 2), Call(_distant_horn, -36, 6.0 + quiet))


def _mountains(time: TimeOfDay) -> _Place:
    eagle = () if time is TimeOfDay.NIGHT else (Call(_eagle, -33, 7.0),)
    return (Bed("breeze", -34, 5.7, 0.5), Bed("whistle", -41, 3.9, 0.8)), eagle


def _desert(time: TimeOfDay) -> _Place:
    night = time is TimeOfDay.NIGHT
    beds: tuple[Bed, ...] = (Bed("breeze", -35, 6.1, 0.6), Bed("sand", -42, 3.3, 0.8))
    return (*beds, Bed("crickets", -42, 5.1, 0.2)) if night else beds, ()


def _snowfield(time: TimeOfDay) -> _Place:
    return (Bed("snow_hush", -36, 5.9, 0.5), Bed("whistle", -44, 4.3, 0.8)), ()


def _sea(time: TimeOfDay) -> _Place:
    return (Bed("underwater", -27, 6.7, 0.3), Bed("bubbles", -34, 3.9, 0.4)), (Call(_whale, -33, 7.0),)


def _space(time: TimeOfDay) -> _Place:
    return (Bed("drone", -27, 7.9, 0.3),), (Call(_star, -36, 2.7),)


def _room(time: TimeOfDay) -> _Place:
    return (Bed("room_tone", -38, 9.0, 0.1),), (Call(_tick, -42, 1.0),)


def _sky(time: TimeOfDay) -> _Place:
    return (Bed("high_air", -32, 4.1, 0.45), Bed("breeze", -35, 5.3, 0.5)), ()


def _stage(time: TimeOfDay) -> _Place:
    return (Bed("hall", -40, 8.0, 0.1), Bed("murmur", -38, 4.9, 0.3)), (Call(_cough, -38, 9.0),)


_PLACES: dict[Setting, Callable[[TimeOfDay], _Place]] = {
    Setting.MEADOW: _meadow, Setting.BEACH: _beach, Setting.FOREST: _forest, Setting.CITY: _city,
    Setting.MOUNTAINS: _mountains, Setting.DESERT: _desert, Setting.SNOWFIELD: _snowfield,
    Setting.UNDERWATER: _sea, Setting.SPACE: _space, Setting.ROOM: _room, Setting.SKY: _sky,
    Setting.STAGE: _stage,
}  # fmt: skip

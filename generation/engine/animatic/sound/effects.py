"""One sound for every kind of cue. Each is made from nothing, and made to be recognised.

``effect(cue, rng)`` gives the dry stereo sound at the level that it has when it is near; the
soundtrack adds the room. Functions below take a random generator, the subject's size (1: normal;
2: twice as big, so lower and longer) and, where it matters, how many seconds to go on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

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
    hiss,
    mixed,
    morphed,
    moving,
    pink,
    placed,
    ramp,
    saw,
    square,
    times,
    tone,
)
from generation.engine.protocol import Cue

Maker = Callable[[np.random.Generator, float, float], Sound]

LEVELS: dict[str, float] = {
    "footstep": -27, "hop": -25, "land": -23, "bounce": -19, "roll": -26, "splash": -17, "swim": -24,
    "surf": -22, "whoosh": -23, "flap": -24, "fall": -23, "crash": -14, "explode": -10, "engine": -21,
    "horn": -18, "spin": -24, "shimmer": -26, "pop": -20, "rattle": -24, "cheer": -18, "snore": -23,
    "bark": -16, "meow": -18, "roar": -14, "chirp": -22, "moo": -18, "neigh": -18, "quack": -18,
    "buzz": -24, "croak": -20, "robot": -20, "thunder": -14,
}  # fmt: skip
"""Loudness in LUFS of the loudest fifth of a second, at gain 1 and in the middle."""

DISTANT = frozenset({"thunder", "cheer", "explode"})
"""Sounds that fill the picture rather than come from a point: they are made in stereo."""


def effect(cue: Cue, rng: np.random.Generator) -> Sound:
    """Stereo sound of a cue, ``(S, 2)``. Raises ``KeyError`` for a kind that does not exist."""
    size = min(3.0, max(0.3, cue.size))
    sound = _MAKERS[cue.kind](rng, size, cue.seconds)
    if sound.ndim == 1:
        sound = placed(sound, cue.pan)
    elif cue.pan:
        sound = sound * np.array([min(1, 1 - cue.pan), min(1, 1 + cue.pan)], np.float32)
    level = LEVELS[cue.kind] + (1.5 if size > 1.5 else 0.0)
    return faded(at_loudness(sound, level), 0.0, 0.01) * np.float32(max(0.0, min(1.0, cue.gain)))


def length_of(cue: Cue) -> float:
    """About how many seconds a cue is heard, for planning levels before it is made."""
    return cue.seconds or _LENGTHS.get(cue.kind, 0.3)


# --- bodies that move ---------------------------------------------------------------------------------


def _thump(rng: np.random.Generator, seconds: float, high: float, low: float, snap: float) -> Sound:
    """A soft body meets the ground: a falling tone and a little noise."""
    pitch = low + (high - low) * np.exp(-clock(seconds) * 28)
    body = tone(pitch, seconds) * decay(seconds, seconds * 0.9)
    touch = hiss(seconds, rng, band(200, 2500, 1)) * decay(seconds, 0.05)
    return body + touch * np.float32(snap)


def _footstep(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    heel = _thump(rng, 0.09, 190 / size, 85 / size, 0.5)
    sole = hiss(0.07, rng, band(500 / size, 3500, 1)) * decay(0.07, 0.07) * np.float32(0.22)
    return mixed((0.0, heel), (0.028 * size**0.5, sole))


def _hop(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 0.16 * size**0.4
    pitch = ramp(length, (0, 210 / size), (length, 520 / size))
    leap = tone(pitch, length) * decay(length, length * 1.2, 0.01)
    return leap + hiss(length, rng, band(800, 5000, 1)) * decay(length, 0.08) * np.float32(0.08)


def _land(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    body = _thump(rng, 0.22 * size**0.5, 150 / size, 52 / size**0.7, 0.5)
    grass = hiss(0.14, rng, band(900, 6000, 1)) * decay(0.14, 0.12) * np.float32(0.18)
    return mixed((0.0, body), (0.01, grass))


def _bounce(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """A rubber ball: a hollow thump whose pitch drops, then rings a little upwards."""
    length = 0.3 * size**0.5
    t = clock(length)
    pitch = (95 + 190 * np.exp(-t * 34) + 26 * np.minimum(t / length, 1)) / size**0.8
    skin = tone(pitch * 2.42, length) * decay(length, 0.11) * np.float32(0.3)
    slap = hiss(length, rng, band(350, 3800, 1)) * decay(length, 0.035) * np.float32(0.3)
    return as_sound(tone(pitch, length) * decay(length, length * 0.85) + skin + slap)


def _roll(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 1.0
    t = clock(length)
    turns = np.float32(2.6 / size)
    rumble = hiss(length, rng, times(band(50 / size, 420 / size, 2), brown))
    pebbles = hiss(length, rng, band(600, 3500, 1)) * np.float32(0.1)
    wobble = 0.62 + 0.38 * np.sin(2 * np.pi * turns * t)
    return faded(((rumble + pebbles) * wobble).astype(np.float32), 0.08, 0.15)


def _whoosh(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 0.5 * size**0.4
    air = hiss(length, rng, pink)
    swept = morphed(
        air, (0, band(150 / size, 500, 2)), (0.45, band(700 / size, 3600, 1)), (1, band(200 / size, 700, 2))
    )
    shape = ramp(length, (0, 0), (length * 0.42, 1), (length, 0)) ** 2
    side = rng.choice([-1.0, 1.0]) * 0.5
    return moving(swept * shape, -side, side)


def _flap(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    beat = 0.13 * size**0.6
    down = hiss(beat, rng, band(120 / size, 1500 / size, 1)) * ramp(beat, (0, 0), (beat * 0.3, 1), (beat, 0))
    up = hiss(beat, rng, band(300 / size, 2600 / size, 1)) * ramp(beat, (0, 0), (beat * 0.5, 0.4), (beat, 0))
    pair = mixed((0.0, down), (beat * 1.1, up))
    period = beat * 2.3
    times_beaten = max(1, int((seconds or period) / period))
    return mixed(*[(index * period, pair * np.float32(rng.uniform(0.8, 1))) for index in range(times_beaten)])


def _fall(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """The whistle of something that falls."""
    length = seconds or 0.9
    pitch = ramp(length, (0, 1500 / size**0.6), (length, 340 / size**0.6)) * (
        1 + 0.012 * np.sin(2 * np.pi * 7 * clock(length))
    )
    whistle = tone(pitch, length) + 0.16 * tone(pitch * 2, length)
    air = hiss(length, rng, band(500, 3000, 1)) * np.float32(0.09)
    return faded(((whistle + air) * ramp(length, (0, 0.35), (length, 1))).astype(np.float32), 0.05, 0.04)


def _spin(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 0.8
    t = clock(length)
    turn = 0.5 + 0.5 * np.sin(2 * np.pi * (5 / size**0.5) * t)
    air = hiss(length, rng, band(350 / size, 2200 / size, 1))
    hum = tone(240 / size + 60 * turn, length) * np.float32(0.25)
    return faded((air * (0.15 + turn**3) + hum * turn).astype(np.float32), 0.08, 0.12)


def _rattle(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 0.6
    clicks = []
    at = 0.0
    while at < length:
        pitch = rng.uniform(900, 2400) / size**0.7
        click = fm(pitch, 1.41, 2.0, 0.045) * decay(0.045, 0.04) * np.float32(rng.uniform(0.4, 1))
        clicks.append((at, click))
        at += rng.uniform(0.03, 0.065) * size**0.3
    return mixed(*clicks)


# --- water --------------------------------------------------------------------------------------------


def _bubble(rng: np.random.Generator, low: float, high: float) -> Sound:
    """A bubble rings and rises as it reaches the surface (Minnaert's tone)."""
    length = float(rng.uniform(0.03, 0.09))
    start = float(rng.uniform(low, high))
    return tone(ramp(length, (0, start), (length, start * rng.uniform(1.3, 2.0))), length) * decay(
        length, length
    )


def bubbles(
    rng: np.random.Generator, number: int, seconds: float, low: float = 350, high: float = 1400
) -> Sound:
    """A handful of bubbles over some seconds."""
    return mixed(
        *[
            (float(rng.uniform(0, seconds)), _bubble(rng, low, high) * np.float32(rng.uniform(0.3, 1)))
            for _ in range(number)
        ]
    )


def _splash(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 0.9 * size**0.4
    burst = morphed(
        hiss(length, rng, pink),
        (0, band(250 / size, 9000, 1)), (0.3, band(700, 7000, 1)), (1, band(1500, 6000, 1)),
    ) * decay(length, length * 0.9, 0.012)  # fmt: skip
    plunge = tone(ramp(0.18, (0, 260 / size), (0.18, 70 / size)), 0.18) * decay(0.18, 0.18) * np.float32(1.2)
    drops = bubbles(rng, round(14 * size), length * 0.9, 500 / size**0.5, 1900 / size**0.5) * np.float32(0.7)
    return mixed((0.0, burst), (0.0, plunge), (0.08, drops))


def _swim(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 0.7
    stroke = ramp(length, (0, 0), (length * 0.4, 1), (length, 0))
    water = morphed(
        hiss(length, rng, pink), (0, band(150, 900, 1)), (0.5, band(250, 1900, 1)), (1, band(150, 700, 1))
    )
    return mixed((0.0, water * stroke), (length * 0.2, bubbles(rng, 6, length * 0.6) * np.float32(0.4)))


def _surf(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = max(0.6, seconds or 1.5)
    spray = hiss(length, rng, times(band(900, 9000, 1), pink))
    body = hiss(length, rng, times(band(80, 700, 1), pink)) * np.float32(0.8)
    swell = ramp(length, (0, 0), (min(0.4, length / 3), 1), (length, 0.3))
    wobble = 0.8 + 0.2 * np.sin(2 * np.pi * 3.1 * clock(length))
    return faded(((spray + body) * swell * wobble).astype(np.float32), 0.05, 0.3)


# --- hits ---------------------------------------------------------------------------------------------


def _crash(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 0.9 * size**0.5
    blow = _thump(rng, 0.35, 140 / size, 45 / size**0.6, 0.8) * np.float32(1.6)
    metal = np.zeros(count_of(length), np.float32)
    for ratio in (1.0, 1.58, 2.24, 2.92, 3.83, 5.1):
        metal += tone(310 * ratio * rng.uniform(0.96, 1.04) / size**0.5, length) * decay(
            length, length / ratio**0.5
        )
    debris = [(float(rng.uniform(0.08, length)), _clink(rng, size)) for _ in range(round(9 * size))]
    burst = hiss(length, rng, band(250, 7000, 1)) * decay(length, length * 0.5) * np.float32(0.8)
    return mixed((0.0, blow), (0.0, metal * np.float32(0.22)), (0.0, burst), *debris)


def _clink(rng: np.random.Generator, size: float) -> Sound:
    pitch = float(rng.uniform(1200, 3800)) / size**0.4
    return fm(pitch, 1.73, 1.5, 0.12) * decay(0.12, 0.1) * np.float32(rng.uniform(0.08, 0.3))


def _explode(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 2.2 * size**0.4
    boom = tone(ramp(length, (0, 95 / size**0.5), (0.5, 36 / size**0.3), (length, 28)), length)
    boom *= decay(length, length * 0.8, 0.004) * np.float32(1.2)
    sides = []
    for _ in range(2):
        fire = morphed(
            hiss(length, rng, pink),
            (0, band(60, 6000, 1)), (0.12, band(50, 1800, 1)), (0.5, band(40, 600, 1)), (1, band(30, 250, 1)),
        ) * decay(length, length, 0.003)  # fmt: skip
        crackle = _crackle(rng, length) * decay(length, length) * np.float32(1.4)
        sides.append(np.tanh(1.6 * (boom + fire + crackle)).astype(np.float32))
    return np.stack(sides, axis=1)


def _crackle(rng: np.random.Generator, seconds: float) -> Sound:
    sparks = np.zeros(count_of(seconds), np.float32)
    at = rng.integers(0, len(sparks), round(60 * seconds))
    sparks[at] = rng.uniform(-1, 1, len(at)).astype(np.float32)
    return filtered(sparks, band(500, 5000, 1)) * np.float32(4)


def _pop(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 0.11 * size**0.4
    pitch = ramp(length, (0, 420 / size**0.7), (length * 0.4, 1150 / size**0.7), (length, 900 / size**0.7))
    return tone(pitch, length) * decay(length, length * 0.8) + hiss(length, rng, band(900, 6000, 1)) * (
        decay(length, 0.012) * np.float32(0.5)
    )


def _shimmer(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """Small bells that climb a pentatonic scale."""
    steps = (0, 2, 4, 7, 9, 12, 14, 16, 19, 21, 24)
    length = seconds or 1.0
    number = max(4, round(length * 9))
    bells = []
    for index in range(number):
        step = steps[min(len(steps) - 1, index * len(steps) // number)]
        pitch = 1050 / size**0.5 * 2 ** (step / 12)
        bell = fm(pitch, 3.51, 0.6, 0.7) * decay(0.7, 0.6) * np.float32(rng.uniform(0.5, 1))
        bells.append((index * length / number, bell))
    return mixed(*bells)


def _thunder(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = max(2.0, seconds or 3.2)
    sides = []
    claps = [(0.0, 1.0)] + [(float(rng.uniform(0.15, 1.5)), float(rng.uniform(0.3, 0.7))) for _ in range(4)]
    for _ in range(2):
        roll = morphed(
            hiss(length, rng, brown), (0, band(45, 1600, 1)), (0.25, band(35, 420, 1)), (1, band(30, 160, 1))
        )
        swell = np.zeros(count_of(length), np.float32)
        for at, strength in claps:
            rest = decay(length - at, (length - at) * 0.9, 0.02 if at == 0 else 0.12) * np.float32(strength)
            swell[len(swell) - len(rest) :] += rest
        crack = hiss(length, rng, band(600, 6000, 1)) * decay(length, 0.28, 0.003) * np.float32(0.7)
        sides.append(roll * swell + crack)
    return faded(np.stack(sides, axis=1), 0.0, 0.5)


# --- machines -----------------------------------------------------------------------------------------


def _engine(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """Explosions of a small motor: a saw tone, beaten by its own cylinders."""
    length = seconds or 1.6
    t = clock(length)
    turns = ramp(length, (0, 62), (min(0.7, length / 2), 92), (length, 84)) / size**0.6
    turns = turns * (1 + 0.015 * np.sin(2 * np.pi * 1.7 * t))
    motor = saw(turns, length, 30) + 0.5 * square(turns / 2, length, 20)
    beat = 0.7 + 0.3 * tone(turns / 2, length)
    growl = filtered(
        (motor * beat).astype(np.float32), formants((130, 140, 1.0), (420, 260, 0.7), (1300, 900, 0.18))
    )
    air = hiss(length, rng, band(300, 2500, 1)) * np.float32(0.06)
    return faded(growl + air, 0.12, 0.25)


def _horn(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 0.5
    root = 370 / size**0.7
    both = saw(root, length, 14) + saw(root * 1.26, length, 12)
    return faded(filtered(both, formants((700, 700, 1.0), (1900, 1400, 0.5))), 0.015, 0.06)


def _buzz(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 1.0
    t = clock(length)
    wing = (205 + 14 * np.sin(2 * np.pi * 2.3 * t) + 6 * np.sin(2 * np.pi * 7.1 * t)) / size**0.6
    swarm = filtered(saw(wing, length, 26), formants((420, 300, 1.0), (1500, 1400, 0.4)))
    loudness = (0.7 + 0.3 * np.sin(2 * np.pi * 1.3 * t + rng.uniform(0, 6))).astype(np.float32)
    return moving(faded(swarm * loudness, 0.1, 0.15), float(rng.uniform(-0.4, 0)), float(rng.uniform(0, 0.4)))


def _robot(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """Three or four electronic syllables."""
    notes = rng.choice([330, 392, 494, 523, 659, 784, 988], size=max(3, round((seconds or 0.5) * 7)))
    parts = []
    for index, pitch in enumerate(notes):
        beep = square(float(pitch) / size**0.6, 0.085, 12) * decay(0.085, 0.25) * tone(47, 0.085, 1.2)
        parts.append(
            (index * 0.1, beep + 0.3 * fm(float(pitch) * 2 / size**0.6, 1.5, 2, 0.085) * decay(0.085, 0.2))
        )
    return mixed(*parts)


# --- voices of animals and crowds -----------------------------------------------------------------------


def _throat(pitch: Sound, seconds: float, *stages: tuple[float, Response], rough: float = 0.0) -> Sound:
    """A glottal saw through moving resonances; ``rough`` adds a growl."""
    source = saw(pitch, seconds, 36)
    if rough:
        source = source * (1 + np.float32(rough) * tone(pitch / 2.03, seconds))
    return morphed(source.astype(np.float32), *stages)


def _meow(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = 0.75 * size**0.2
    base = rng.uniform(520, 600) / size**0.6
    pitch = ramp(
        length,
        (0, base * 0.85),
        (length * 0.25, base * 1.3),
        (length * 0.6, base * 1.2),
        (length, base * 0.78),
    ) * (1 + 0.01 * np.sin(2 * np.pi * 6 * clock(length)))
    k = 1 / size**0.3
    voice = _throat(
        pitch.astype(np.float32), length,
        (0.0, formants((400 * k, 160, 1.0), (2300 * k, 400, 0.35))),
        (0.3, formants((1000 * k, 260, 1.0), (1900 * k, 420, 0.7), (3300 * k, 500, 0.2))),
        (0.65, formants((850 * k, 260, 1.0), (1400 * k, 400, 0.6))),
        (1.0, formants((420 * k, 180, 1.0), (800 * k, 250, 0.4))),
    )  # fmt: skip
    shape = ramp(length, (0, 0), (length * 0.15, 0.7), (length * 0.4, 1), (length * 0.75, 0.7), (length, 0))
    return voice * shape


def _bark(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    def woof(strength: float) -> Sound:
        length = 0.19 * size**0.4
        top = rng.uniform(430, 480) / size**0.8
        pitch = ramp(length, (0, top * 0.75), (length * 0.2, top), (length, top * 0.45))
        k = 1 / size**0.45
        voice = _throat(
            pitch, length,
            (0.0, formants((500 * k, 250, 1.0), (1300 * k, 500, 0.5))),
            (0.3, formants((900 * k, 350, 1.0), (1700 * k, 600, 0.7), (2700 * k, 700, 0.2))),
            (1.0, formants((420 * k, 250, 1.0), (900 * k, 400, 0.3))),
            rough=0.6,
        ) / 1.5  # fmt: skip
        breath = hiss(length, rng, band(700, 4500, 1)) * np.float32(0.05)
        return (voice + breath) * decay(length, length * 1.1, 0.012) * np.float32(strength)

    return mixed((0.0, woof(1.0)), (0.27 * size**0.3, woof(0.8)))


def _roar(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 1.5 * size**0.3
    pitch = ramp(length, (0, 92), (length * 0.3, 135), (length, 62)) / size**0.5
    pitch = pitch * (1 + 0.03 * np.sin(2 * np.pi * 23 * clock(length)))
    voice = _throat(
        pitch.astype(np.float32), length,
        (0.0, formants((300, 200, 1.0), (700, 300, 0.5))),
        (0.35, formants((620, 300, 1.0), (1150, 400, 0.7), (2400, 900, 0.2))),
        (1.0, formants((280, 200, 1.0), (600, 300, 0.3))),
        rough=1.0,
    )  # fmt: skip
    breath = filtered(hiss(length, rng, pink), formants((500, 500, 1.0), (1600, 1200, 0.4)))
    breath *= np.float32(0.7 * np.std(voice) / max(1e-6, float(np.std(breath))))
    shape = ramp(length, (0, 0), (length * 0.22, 1), (length * 0.6, 0.8), (length, 0))
    return np.tanh(
        (voice / np.float32(np.std(voice)) * 0.6 + breath / np.float32(np.std(voice)) * 0.6) * shape
    )


def chirp_song(rng: np.random.Generator, size: float = 1.0, syllables: int | None = None) -> Sound:
    """A bird's phrase: a few quick whistles, drawn anew each time."""
    number = syllables or int(rng.integers(2, 6))
    base = rng.uniform(2500, 4300) / size**0.7
    kind = int(rng.integers(0, 3))
    parts, at = [], 0.0
    for _ in range(number):
        length = float(rng.uniform(0.05, 0.13)) * size**0.3
        start, middle, end = base * rng.uniform(0.85, 1.15, 3)
        if kind == 0:
            pitch = ramp(length, (0, start), (length / 2, middle * 1.18), (length, end))
        elif kind == 1:
            pitch = ramp(length, (0, start * 1.3), (length, end * 0.8))
        else:
            pitch = ramp(length, (0, start), (length, end)) + 240 * np.sin(2 * np.pi * 34 * clock(length))
        shape = np.sin(np.pi * np.linspace(0, 1, count_of(length), dtype=np.float32))
        whistle = tone(pitch, length) + np.float32(0.08) * tone(pitch * 2, length)
        parts.append((at, whistle * shape))
        at += length + float(rng.uniform(0.02, 0.09))
    return mixed(*parts)


def _chirp(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    return chirp_song(rng, size)


def _moo(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 1.35
    pitch = ramp(length, (0, 118), (length * 0.25, 168), (length * 0.7, 158), (length, 108)) / size**0.5
    voice = _throat(
        pitch, length,
        (0.0, formants((260, 120, 1.0), (900, 300, 0.15))),
        (0.4, formants((430, 160, 1.0), (820, 240, 0.55), (2300, 600, 0.12))),
        (1.0, formants((300, 140, 1.0), (700, 240, 0.3))),
    )  # fmt: skip
    return voice * ramp(length, (0, 0), (0.18, 1), (length * 0.75, 0.9), (length, 0))


def _neigh(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    length = seconds or 1.25
    t = clock(length)
    shake = 1 + ramp(length, (0, 0.02), (0.3, 0.09), (length, 0.14)) * np.sin(2 * np.pi * 11 * t)
    pitch = ramp(length, (0, 620), (length * 0.2, 1150), (length, 430)) * shake / size**0.5
    voice = _throat(
        pitch.astype(np.float32), length,
        (0.0, formants((900, 400, 1.0), (2100, 600, 0.6))),
        (0.3, formants((1300, 500, 1.0), (2800, 800, 0.6))),
        (1.0, formants((700, 350, 1.0), (1500, 500, 0.4))),
    )  # fmt: skip
    breath = hiss(length, rng, band(1200, 5000, 1)) * np.float32(0.06)
    flutter = 0.72 + 0.28 * np.sin(2 * np.pi * 11 * t + 1)
    return as_sound((voice + breath) * flutter * ramp(length, (0, 0), (0.07, 1), (length, 0)))


def _quack(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    def quack(strength: float) -> Sound:
        length = 0.17 * size**0.3
        pitch = ramp(length, (0, 250), (length * 0.3, 290), (length, 205)) / size**0.5
        voice = _throat(
            pitch, length,
            (0.0, formants((900, 200, 1.0), (1900, 250, 0.9), (3000, 400, 0.4))),
            (1.0, formants((650, 200, 1.0), (1500, 250, 0.8), (2700, 400, 0.3))),
            rough=0.7,
        )  # fmt: skip
        return (
            voice * ramp(length, (0, 0), (0.015, 1), (length * 0.6, 0.8), (length, 0)) * np.float32(strength)
        )

    return mixed((0.0, quack(1)), (0.22, quack(0.8)), (0.41, quack(0.6)))


def _croak(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    def ribbit(at: float, top: float) -> tuple[float, Sound]:
        length = 0.2
        pulses = (np.sin(2 * np.pi * ramp(length, (0, 28), (length, 46)) * clock(length)) > 0.1).astype(
            np.float32
        )
        pitch = ramp(length, (0, 150), (length, top)) / size**0.5
        voice = _throat(pitch, length, (0, formants((450, 200, 1.0), (1100, 300, 0.6))))
        return at, faded(voice * filtered(pulses, band(0, 900, 1)), 0.01, 0.05)

    return mixed(ribbit(0.0, 190), ribbit(0.24, 270))


def _snore(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    def breath(length: float, rattle: float, high: float) -> Sound:
        air = hiss(length, rng, band(180, high, 1))
        flap = saw(27 / size**0.4 * (1 + 0.06 * tone(3, length)), length, 40)
        nose = filtered(flap, formants((230, 120, 1.0), (700, 260, 0.5), (1500, 400, 0.2)))
        shape = np.sin(np.pi * np.linspace(0, 1, count_of(length), dtype=np.float32))
        return as_sound(
            (air * np.float32(0.18) + nose / np.float32(np.std(nose)) * np.float32(rattle)) * shape
        )

    return mixed((0.0, breath(0.9, 0.6, 1200)), (1.15, breath(0.8, 0.0, 2600) * np.float32(0.7)))


def _cheer(rng: np.random.Generator, size: float, seconds: float) -> Sound:
    """A small crowd: voices that slide, and hands that clap."""
    length = max(0.8, seconds or 1.8)
    sides = np.zeros((count_of(length), 2), np.float32)
    for _ in range(11):
        begin = float(rng.uniform(0, length * 0.3))
        left = length - begin
        base = float(rng.choice([rng.uniform(180, 260), rng.uniform(280, 420)]))
        pitch = ramp(
            left, (0, base), (left * 0.3, base * rng.uniform(1.15, 1.5)), (left, base * rng.uniform(0.8, 1.0))
        )
        k = float(rng.uniform(0.9, 1.15))
        voice = _throat(
            pitch, left, (0, formants((750 * k, 160, 1.0), (1250 * k, 220, 0.7), (2700 * k, 400, 0.3)))
        )
        voice *= ramp(left, (0, 0), (left * 0.2, 1), (left * 0.6, 0.7), (left, 0)) / np.float32(np.std(voice))
        sides[len(sides) - len(voice) :] += placed(voice * np.float32(0.06), float(rng.uniform(-0.8, 0.8)))
    for _ in range(round(26 * length)):
        start = int(rng.uniform(0, max(1, len(sides) - 2400)))
        clap = hiss(0.03, rng, band(900, 3500, 2)) * decay(0.03, 0.03) * np.float32(rng.uniform(0.05, 0.2))
        sides[start : start + len(clap)] += placed(clap, float(rng.uniform(-0.9, 0.9)))
    return faded(sides, 0.02, 0.4)


_MAKERS: dict[str, Maker] = {
    "footstep": _footstep, "hop": _hop, "land": _land, "bounce": _bounce, "roll": _roll, "splash": _splash,
    "swim": _swim, "surf": _surf, "whoosh": _whoosh, "flap": _flap, "fall": _fall, "crash": _crash,
    "explode": _explode, "engine": _engine, "horn": _horn, "spin": _spin, "shimmer": _shimmer, "pop": _pop,
    "rattle": _rattle, "cheer": _cheer, "snore": _snore, "bark": _bark, "meow": _meow, "roar": _roar,
    "chirp": _chirp, "moo": _moo, "neigh": _neigh, "quack": _quack, "buzz": _buzz, "croak": _croak,
    "robot": _robot, "thunder": _thunder,
}  # fmt: skip

_LENGTHS: dict[str, float] = {
    "roll": 1.0, "splash": 0.6, "swim": 0.6, "surf": 1.3, "whoosh": 0.3, "fall": 0.8, "crash": 0.5,
    "explode": 1.2, "engine": 1.5, "horn": 0.5, "spin": 0.7, "shimmer": 1.0, "rattle": 0.6, "cheer": 1.5,
    "snore": 1.6, "meow": 0.6, "roar": 1.3, "chirp": 0.4, "moo": 1.2, "neigh": 1.0, "quack": 0.5, "buzz": 1.0,
    "thunder": 2.0,
}  # fmt: skip

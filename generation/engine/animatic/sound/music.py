"""A light bed of music: chords, a small tune, a bass and soft drums, written anew for every seed.

``score(...)`` is composition, pure data; ``note(...)`` and ``hit(...)`` are instruments. The tempo
bends a little so that the last chord falls where the clip ends. It never plays over speech at
full level; the soundtrack sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.engine.animatic.sound.synth import (
    Sound,
    at_loudness,
    band,
    clock,
    count_of,
    decay,
    faded,
    filtered,
    fm,
    harmonics,
    hiss,
    noise,
    ramp,
    tone,
)
from generation.engine.storyboard import Mood, Style

_Instrument = Callable[[float, float], Sound]
"""``(hertz, seconds) -> sound``."""


@dataclass(frozen=True, slots=True)
class Note:
    """``instrument`` plays ``pitch`` (MIDI number) from second ``at`` for ``seconds``."""

    at: float
    seconds: float
    instrument: str
    pitch: int
    velocity: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class _Character:
    """How a mood sounds. ``scale`` in semitones; ``progressions`` as steps of the scale, from 0."""

    tempo: float
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]
    rhythms: tuple[tuple[tuple[float, float], ...], ...]
    """Rhythms of a bar of four beats: ``(onset, length)`` in beats."""
    accompaniment: str
    drums: str
    register: int = 72
    tune: float = 1.0
    """How loud the tune is; 0 leaves it out."""


_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_LYDIAN = (0, 2, 4, 6, 7, 9, 11)
_DORIAN = (0, 2, 3, 5, 7, 9, 10)
_PHRYGIAN = (0, 1, 3, 5, 7, 8, 10)

_MOODS: dict[Mood, _Character] = {
    Mood.CALM: _Character(
        74, _LYDIAN, ((0, 5, 3, 4), (0, 2, 5, 3), (0, 4, 5, 3)),
        (((0, 1.5), (1.5, 0.5), (2, 2)), ((0.5, 1), (1.5, 1), (2.5, 1.5)), ((0, 3),)),
        "arpeggio", "none", 74, 0.9,
    ),
    Mood.HAPPY: _Character(
        114, _MAJOR, ((0, 4, 5, 3), (0, 3, 1, 4), (0, 5, 3, 4)),
        (((0, 0.5), (0.5, 0.5), (1, 1), (2, 0.5), (2.5, 0.5), (3, 1)), ((0, 1), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 1)),
         ((0.5, 0.5), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 0.5), (3.5, 0.5))),
        "strum", "pop", 76,
    ),
    Mood.SAD: _Character(
        66, _MINOR, ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 4)),
        (((0, 2), (2, 1), (3, 1)), ((0, 1.5), (1.5, 0.5), (2, 2)), ((1, 1), (2, 2))),
        "arpeggio", "none", 72, 0.9,
    ),
    Mood.TENSE: _Character(
        98, _PHRYGIAN, ((0, 1, 0, 4), (0, 0, 1, 6), (0, 5, 1, 4)),
        (((0, 4),), ((2, 2),), ((0, 1), (3, 1))),
        "pulse", "clock", 70, 0.55,
    ),
    Mood.EPIC: _Character(
        94, _DORIAN, ((0, 6, 3, 4), (0, 2, 6, 3), (0, 5, 6, 4)),
        (((0, 1.5), (1.5, 0.5), (2, 1), (3, 1)), ((0, 2), (2, 1), (3, 0.5), (3.5, 0.5)), ((0, 3), (3, 1))),
        "ostinato", "toms", 69,
    ),
    Mood.FUNNY: _Character(
        126, _MAJOR, ((0, 4, 0, 4), (0, 3, 4, 0), (0, 5, 1, 4)),
        (((0, 0.5), (0.5, 0.5), (1, 0.5), (2, 0.5), (3, 0.5)), ((0.5, 0.5), (1, 0.25), (1.5, 0.5), (2.5, 0.5), (3, 0.5)),
         ((0, 0.25), (0.5, 0.25), (1, 0.5), (2, 0.25), (2.5, 0.25), (3, 0.5))),
        "oompah", "blocks", 74,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Band:
    """Which instruments a style plays."""

    chords: str
    lead: str
    bass: str
    pad: str
    drums: bool = True
    swing: float = 0.0


_STYLES: dict[Style, _Band] = {
    Style.FLAT: _Band("marimba", "pluck", "round", "warm"),
    Style.WATERCOLOUR: _Band("piano", "flute", "round", "warm", drums=False),
    Style.PIXEL: _Band("pulse", "chip", "triangle", ""),
    Style.NOIR: _Band("electric", "vibes", "upright", "", swing=0.16),
    Style.NEON: _Band("glass", "lead", "synth", "saws"),
    Style.PENCIL: _Band("ukulele", "bell", "round", ""),
    Style.PAPER: _Band("pizzicato", "bell", "upright", "warm"),
    Style.FILM: _Band("piano", "strings", "round", "strings"),
}


def score(mood: Mood, style: Style, seconds: float, seed: int) -> tuple[Note, ...]:
    """Write the music of a clip, in order of time. Drums are notes of the instrument ``drum:name``."""
    rng = np.random.default_rng((seed, 31))
    who, players = _MOODS[mood], _STYLES[style]
    ring = min(1.6, max(0.9, seconds * 0.22))
    beats = max(2, round((seconds - ring) * who.tempo / 60))
    beats -= beats % 4 if beats >= 8 else beats % 2
    beat = (seconds - ring) / beats
    root = int(rng.choice([53, 55, 57, 58, 60, 62]))
    per_chord = 2 if beats <= 8 else 4
    chords = _progression(who, -(-beats // per_chord), rng)
    writer = _Writer(who, players, rng, root, beat, ring)
    for index, degree in enumerate(chords):
        start = index * per_chord
        writer.accompany(degree, start, min(per_chord, beats - start))
    if who.tune:
        writer.tune(chords, per_chord, beats)
    if players.drums:
        writer.drums(beats)
    writer.close(beats)
    return tuple(sorted(writer.notes, key=lambda note: note.at))


def _progression(who: _Character, count: int, rng: np.random.Generator) -> list[int]:
    loop = who.progressions[int(rng.integers(len(who.progressions)))]
    chords = [loop[index % len(loop)] for index in range(count)]
    if count > 1:
        chords[-1] = 1 if who.scale is _PHRYGIAN else 6 if who.scale in (_MINOR, _DORIAN) else 4
    return chords


class _Writer:
    """Fills a score, part by part. Beats are counted from the start of the clip."""

    def __init__(
        self, who: _Character, players: _Band, rng: np.random.Generator, root: int, beat: float, ring: float
    ) -> None:
        self.who, self.players, self.rng = who, players, rng
        self.root, self.beat, self.ring = root, beat, ring
        self.notes: list[Note] = []

    def pitch(self, step: int) -> int:
        octave, place = divmod(step, len(self.who.scale))
        return self.root + 12 * octave + self.who.scale[place]

    def chord(self, degree: int) -> list[int]:
        """Three notes, turned so that they lie close to the middle."""
        centre = 60
        turned = []
        for step in (degree, degree + 2, degree + 4):
            pitch = self.pitch(step)
            while pitch > centre + 6:
                pitch -= 12
            while pitch < centre - 6:
                pitch += 12
            turned.append(pitch)
        return sorted(turned)

    def play(
        self, instrument: str, start: float, length: float, pitch: int, velocity: float, pan: float = 0
    ) -> None:
        if not instrument:
            return
        swung = start + self.players.swing if round(start % 1, 3) == 0.5 else start
        loose = float(self.rng.normal(0, 0.004)) if start else 0.0
        at = max(0.0, swung * self.beat + loose)
        # Lengths are rounded so that equal notes are made once only.
        seconds = max(0.06, round(length * self.beat * 20) / 20)
        self.notes.append(
            Note(at, seconds, instrument, pitch, velocity * float(self.rng.uniform(0.88, 1)), pan)
        )

    def accompany(self, degree: int, start: int, length: int) -> None:
        chord = self.chord(degree)
        low = self.pitch(degree)
        while low > 50:
            low -= 12
        for pitch in chord:
            self.play(self.players.pad, start, length, pitch, 0.32)
        _ACCOMPANIMENTS[self.who.accompaniment](self, chord, low, start, length)

    def arpeggio(self, chord: list[int], low: int, start: int, length: int) -> None:
        order = [chord[0], chord[1], chord[2], chord[0] + 12, chord[2], chord[1]]
        for step in range(length * 2):
            pan = 0.25 - 0.1 * (step % 6)
            self.play(self.players.chords, start + step / 2, 1.5, order[step % 6], 0.5, pan)
        self.play(self.players.bass, start, length, low, 0.6)

    def strum(self, chord: list[int], low: int, start: int, length: int) -> None:
        for place, strength in ((0.0, 0.6), (0.5, 0.3), (1.0, 0.5), (1.5, 0.42)):
            for bar in range(0, length, 2):
                for index, pitch in enumerate(chord):
                    self.play(
                        self.players.chords, start + bar + place + index * 0.012, 0.5, pitch, strength, -0.3
                    )
        for step in range(length):
            self.play(self.players.bass, start + step, 0.8, low + (7 if step % 4 == 3 else 0), 0.65)

    def pulse(self, chord: list[int], low: int, start: int, length: int) -> None:
        for step in range(length * 2):
            self.play(self.players.bass, start + step / 2, 0.45, low, 0.55 if step % 2 else 0.7)
        self.play(self.players.chords, start, length, chord[0], 0.3, -0.3)
        self.play(self.players.chords, start + 1, length - 1, chord[0] + 1 + 12, 0.16, 0.3)

    def ostinato(self, chord: list[int], low: int, start: int, length: int) -> None:
        order = [chord[0], chord[2], chord[1], chord[2]]
        for step in range(length * 2):
            pan = 0.3 - 0.2 * (step % 4)
            self.play(self.players.chords, start + step / 2, 0.6, order[step % 4], 0.48, pan)
        self.play(self.players.bass, start, length, low, 0.8)
        self.play("brass", start, length, chord[0], 0.4, -0.2)
        self.play("brass", start, length, chord[2], 0.34, 0.2)

    def oompah(self, chord: list[int], low: int, start: int, length: int) -> None:
        for step in range(length):
            self.play(self.players.bass, start + step, 0.4, low + (-5 if step % 2 else 0), 0.7)
            for pitch in chord:
                self.play(self.players.chords, start + step + 0.5, 0.25, pitch, 0.38, -0.3)

    def tune(self, chords: list[int], per_chord: int, beats: int) -> None:
        """Two bars of motif, then their variation, with chord notes on the beat and steps between."""
        motif = [self.who.rhythms[int(i)] for i in self.rng.integers(len(self.who.rhythms), size=2)]
        step = self._nearest(self.who.register, chords[0])
        shapes: list[list[int]] = [
            [int(self.rng.choice([-2, -1, -1, 0, 1, 1, 2])) for _ in bar] for bar in motif
        ]
        for bar in range(-(-beats // 4)):
            rhythm, shape = motif[bar % 2], shapes[bar % 2]
            varied = bar % 4 == 3
            for index, (onset, length) in enumerate(rhythm):
                at = bar * 4 + onset
                if at >= beats - 0.25:
                    break
                step += -shape[index] if varied else shape[index]
                degree = chords[min(len(chords) - 1, int(at // per_chord))]
                if onset == int(onset) and int(onset) % 2 == 0:
                    step = self._settle(step, degree)
                step = self._within(step)
                velocity = (0.62 if onset == int(onset) else 0.5) * self.who.tune
                self.play(self.players.lead, at, length * 0.95, self.pitch(step), velocity, 0.18)

    def close(self, beats: int) -> None:
        """The last chord, on the root, left to ring."""
        length = self.ring / self.beat * 0.97
        home = self.chord(0)
        for index, pitch in enumerate(home):
            self.play(self.players.chords, beats + index * 0.03, length, pitch, 0.5, -0.2 + 0.2 * index)
            self.play(self.players.pad, beats, length, pitch, 0.3)
        low = self.root
        while low > 50:
            low -= 12
        self.play(self.players.bass, beats, length, low, 0.7)
        if self.who.tune:
            self.play(
                self.players.lead, beats, length, self.pitch(self._nearest(self.who.register, 0)), 0.55, 0.18
            )
        if self.who.drums == "toms":
            self.play("drum:tom", beats, 1, 0, 0.9)

    def drums(self, beats: int) -> None:
        for beat in range(beats):
            place = beat % 4
            match self.who.drums:
                case "pop":
                    if place in (0, 2):
                        self.play("drum:kick", beat, 1, 0, 0.75)
                    else:
                        self.play("drum:clap", beat, 1, 0, 0.45, 0.1)
                    self.play("drum:shaker", beat, 1, 0, 0.26, 0.35)
                    self.play("drum:shaker", beat + 0.5, 1, 0, 0.36, 0.35)
                case "clock":
                    if place == 0:
                        self.play("drum:kick", beat, 1, 0, 0.7)
                        self.play("drum:kick", beat + 0.38, 1, 0, 0.5)
                    self.play("drum:tick", beat, 1, 0, 0.4, -0.3)
                    self.play("drum:tick", beat + 0.5, 1, 0, 0.25, 0.3)
                case "toms":
                    for onset, strength in ((0, 0.9), (0.75, 0.45)) if place in (0, 2) else ((0.5, 0.55),):
                        self.play("drum:tom", beat + onset, 1, 0, strength, 0.15 if place % 2 else -0.15)
                case "blocks":
                    self.play("drum:block" if place % 2 else "drum:kick", beat, 1, 0, 0.5, 0.2)
                    if place == 3:
                        self.play("drum:block", beat + 0.5, 1, 0, 0.35, -0.2)

    def _nearest(self, pitch: int, degree: int) -> int:
        steps = [degree + 7 * octave + third for octave in range(-1, 4) for third in (0, 2, 4)]
        return min(steps, key=lambda step: abs(self.pitch(step) - pitch))

    def _settle(self, step: int, degree: int) -> int:
        return min(
            (step + away for away in (0, 1, -1, 2, -2)),
            key=lambda s: ((s - degree) % 7 not in (0, 2, 4), abs(s - step)),
        )

    def _within(self, step: int) -> int:
        while self.pitch(step) > self.who.register + 10:
            step -= 7
        while self.pitch(step) < self.who.register - 9:
            step += 7
        return step


def planned_lufs(notes: tuple[Note, ...], seconds: float) -> float:
    """Loudness of a score over ``seconds``, from how loud and long its notes are, before it is played."""
    power = sum(
        note.velocity**2
        * (0.12 if note.instrument.startswith("drum:") else min(note.seconds + 0.1, _heard(note)))
        for note in notes
    )
    return -18.0 + 10 * float(np.log10(max(power, 1e-3) / seconds))


def _heard(note: Note) -> float:
    """Seconds that a note is heard at about its full level."""
    return 4.0 if note.instrument in _SUSTAINED else 0.5 if note.instrument in _DYING else 0.4


_SUSTAINED = frozenset({"warm", "strings", "saws", "brass", "flute", "lead"})
_DYING = frozenset({"electric", "pulse", "chip", "triangle"})


_ACCOMPANIMENTS: dict[str, Callable[[_Writer, list[int], int, int, int], None]] = {
    "arpeggio": _Writer.arpeggio,
    "strum": _Writer.strum,
    "pulse": _Writer.pulse,
    "ostinato": _Writer.ostinato,
    "oompah": _Writer.oompah,
}


# --- instruments ----------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def note(instrument: str, pitch: int, seconds: float) -> Sound:
    """One note of an instrument at full strength, mono, with its decay after ``seconds``."""
    if instrument.startswith("drum:"):
        return _drum(instrument.removeprefix("drum:"))
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    sound = _INSTRUMENTS[instrument](hertz, seconds)
    # Equal loudness note by note; the lower ones would vanish otherwise, and the higher ones pierce.
    return at_loudness(sound, -18.0, 0.25)


def _struck(*partials: tuple[float, float, float], attack: float = 0.002) -> _Instrument:
    """``(ratio, gain, seconds to -60 dB at 440 Hz)`` for each partial."""

    def make(hertz: float, seconds: float) -> Sound:
        longest = max(fall for _, _, fall in partials) * (440 / hertz) ** 0.4
        length = min(seconds + 0.35, longest)
        out = np.zeros(count_of(length), np.float32)
        for ratio, gain, fall in partials:
            if hertz * ratio < 16_000:
                out += (
                    tone(hertz * ratio, length)
                    * decay(length, fall * (440 / hertz) ** 0.4, attack)
                    * np.float32(gain)
                )
        return faded(out, 0, min(0.12, length / 3))

    return make


def _sustained(gains: tuple[float, ...], attack: float, release: float, vibrato: float = 0.0) -> _Instrument:
    def make(hertz: float, seconds: float) -> Sound:
        length = seconds + release
        wave = 1 + vibrato * np.sin(2 * np.pi * 5.2 * clock(length)) * np.minimum(1, clock(length) / 0.4)
        rise = min(attack, seconds * 0.6)
        shape = ramp(length, (0, 0), (rise, 1), (seconds, 0.8), (length, 0))
        return harmonics(hertz * wave, length, gains) * shape

    return make


def _ensemble(gains: tuple[float, ...], attack: float, release: float, cents: float = 7.0) -> _Instrument:
    """Three players a little out of tune with each other."""
    alone = _sustained(gains, attack, release, 0.003)

    def make(hertz: float, seconds: float) -> Sound:
        return sum(
            (alone(hertz * 2 ** (shift / 1200), seconds) for shift in (-cents, 0.0, cents)),
            np.zeros(1, np.float32),
        ).astype(np.float32)

    return make


def _plucked(brightness: float, ring: float) -> _Instrument:
    """A string: high harmonics die first."""

    def make(hertz: float, seconds: float) -> Sound:
        length = min(seconds + 0.3, ring)
        out = np.zeros(count_of(length), np.float32)
        for number in range(1, 15):
            if hertz * number > 12_000:
                break
            gain = np.sin(np.pi * number * 0.22) / number ** (2 - brightness)
            out += tone(hertz * number * (1 + 0.00012 * number**2), length) * decay(
                length, ring / (1 + 0.35 * (number - 1)), 0.002
            ) * np.float32(gain)  # fmt: skip
        return faded(out, 0, min(0.08, length / 3))

    return make


def _electric(hertz: float, seconds: float) -> Sound:
    length = seconds + 0.4
    body = fm(hertz, 1.0, 0.9 * decay(length, 1.2), length)
    tine = fm(hertz * 2, 7.0, 0.4, length) * decay(length, 0.25) * np.float32(0.12)
    return faded((body * decay(length, 2.6) + tine), 0.0, 0.3)


def _vibes(hertz: float, seconds: float) -> Sound:
    bar = _struck((1, 1, 2.6), (3.98, 0.2, 0.9), (10.1, 0.05, 0.2))(hertz, seconds + 0.4)
    t = np.arange(len(bar), dtype=np.float32) / 48_000
    return bar * (0.82 + 0.18 * np.sin(2 * np.pi * 5.4 * t)).astype(np.float32)


def _flute(hertz: float, seconds: float) -> Sound:
    pipe = _sustained((1, 0.28, 0.1, 0.03), 0.07, 0.18, 0.006)(hertz, seconds)
    breath = noise(len(pipe), np.random.default_rng(int(hertz)), band(hertz, hertz * 5, 1))
    shape = np.interp(np.arange(len(pipe)), [0, 2000, len(pipe)], [0, 1, 0])
    return (pipe + 0.025 * breath * shape).astype(np.float32)


def _saws(count: int) -> tuple[float, ...]:
    return tuple(1 / n for n in range(1, count + 1))


def _soft(count: int, slope: float) -> tuple[float, ...]:
    return tuple(1 / n**slope for n in range(1, count + 1))


def _odd(count: int, slope: float = 1.0) -> tuple[float, ...]:
    return tuple(1 / n**slope if n % 2 else 0.0 for n in range(1, count + 1))


def _chip(gains: tuple[float, ...]) -> _Instrument:
    def make(hertz: float, seconds: float) -> Sound:
        length = seconds + 0.03
        return faded(harmonics(hertz, length, gains) * decay(length, 1.6, 0.003), 0, 0.03)

    return make


def _synth_bass(hertz: float, seconds: float) -> Sound:
    length = seconds + 0.05
    bright = harmonics(hertz, length, _saws(14)) * decay(length, 0.5)
    return faded(bright * np.float32(0.6) + harmonics(hertz, length, (1, 0.4)) * decay(length, 1.5), 0, 0.05)


def _drum(name: str) -> Sound:
    rng = np.random.default_rng(len(name))
    match name:
        case "kick":
            pitch = 48 + 90 * np.exp(-clock(0.25) * 40)
            return at_loudness(tone(pitch, 0.25) * decay(0.25, 0.25), -21, 0.1)
        case "clap":
            burst = hiss(0.14, rng, band(900, 5000, 1)) * decay(0.14, 0.13)
            return at_loudness(burst, -25, 0.1)
        case "shaker":
            grain = hiss(0.07, rng, band(4500, 11_000, 2))
            return at_loudness(grain * ramp(0.07, (0, 0), (0.02, 1), (0.07, 0)), -28, 0.05)
        case "tick":
            return at_loudness(fm(2900, 1.6, 1.0, 0.03) * decay(0.03, 0.025), -27, 0.03)
        case "block":
            return at_loudness(_struck((1, 1, 0.09), (2.6, 0.4, 0.05))(820, 0.1), -24, 0.05)
        case "tom":
            pitch = 62 + 55 * np.exp(-clock(0.6) * 14)
            skin = filtered(hiss(0.6, rng, band(80, 900, 1)) * decay(0.6, 0.12), band(80, 900, 1))
            return at_loudness(tone(pitch, 0.6) * decay(0.6, 0.7) + np.float32(0.12) * skin, -19, 0.2)
    raise KeyError(name)


_INSTRUMENTS: dict[str, _Instrument] = {
    "marimba": _struck((1, 1, 0.7), (3.93, 0.28, 0.2), (9.2, 0.08, 0.07)),
    "bell": _struck((1, 1, 1.6), (2.76, 0.35, 0.7), (5.4, 0.14, 0.3)),
    "vibes": _vibes,
    "glass": _struck((1, 1, 1.3), (2, 0.3, 0.9), (4.01, 0.14, 0.4), attack=0.006),
    "piano": _struck(
        (1, 1, 3.2), (2.001, 0.5, 2.2), (3.004, 0.26, 1.5), (4.01, 0.16, 1.1), (5.02, 0.09, 0.8), (6.03, 0.06, 0.6),
        (7.05, 0.03, 0.4),
    ),
    "electric": _electric,
    "pluck": _plucked(0.55, 1.3),
    "ukulele": _plucked(0.4, 0.9),
    "pizzicato": _plucked(0.3, 0.45),
    "flute": _flute,
    "strings": _ensemble(_soft(10, 1.4), 0.22, 0.35),
    "warm": _ensemble(_soft(5, 2.0), 0.3, 0.4, 5.0),
    "saws": _ensemble(_soft(12, 1.2), 0.15, 0.3, 9.0),
    "brass": _ensemble(_soft(9, 1.2), 0.09, 0.2, 4.0),
    "lead": _ensemble(_saws(10), 0.015, 0.1, 6.0),
    "pulse": _chip(tuple(float(np.sin(np.pi * n * 0.25) / n) for n in range(1, 22))),
    "chip": _chip(_odd(21)),
    "triangle": _chip(_odd(15, 2.0)),
    "round": _struck((1, 1, 1.4), (2, 0.35, 0.9), (3, 0.12, 0.5), attack=0.008),
    "upright": _plucked(0.1, 1.0),
    "synth": _synth_bass,
}  # fmt: skip

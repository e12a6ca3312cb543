"""The raw material of every sound: tones, noise, envelopes, filters, room. Pure functions of arrays.

Mono sounds are float32 ``(S,)``, stereo ones ``(S, 2)``, at ``SAMPLE_RATE``. Filters work on whole
buffers in the frequency domain, so noise made here repeats without a seam. Nothing in here knows
what the sounds are for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generation.engine.protocol import SAMPLE_RATE

Sound = NDArray[np.float32]
Spectrum = NDArray[np.floating[Any]]
Response = Callable[[Spectrum], Spectrum]
"""Gain by frequency in Hz."""


def as_sound(values: ArrayLike) -> Sound:
    return np.asarray(values, np.float32)


def count_of(seconds: float) -> int:
    return max(1, round(seconds * SAMPLE_RATE))


def clock(seconds: float) -> Sound:
    """Time of each sample, in seconds."""
    return (np.arange(count_of(seconds), dtype=np.float32) / np.float32(SAMPLE_RATE)).astype(np.float32)


def ramp(seconds: float, *points: tuple[float, float]) -> Sound:
    """Straight lines through ``(second, value)`` points."""
    at, values = zip(*points, strict=True)
    return as_sound(np.interp(clock(seconds), at, values))


def decay(seconds: float, to_sixty_db: float, attack: float = 0.002) -> Sound:
    """Exponential decay that falls by 60 dB within ``to_sixty_db`` seconds, after a short attack."""
    t = clock(seconds)
    shape = np.exp(t * np.float32(-6.9 / to_sixty_db)) * np.minimum(1, t / np.float32(max(attack, 1e-4)))
    return faded(shape.astype(np.float32))


def faded(sound: Sound, start: float = 0.0, end: float = 0.01) -> Sound:
    """The sound with a short fade at either end, so that it does not click."""
    sound = sound.copy()
    for seconds, flip in ((start, False), (end, True)):
        length = min(len(sound), round(seconds * SAMPLE_RATE))
        if length:
            slope = np.linspace(1 if flip else 0, 0 if flip else 1, length, dtype=np.float32)
            part = slice(len(sound) - length, None) if flip else slice(0, length)
            sound[part] *= slope if sound.ndim == 1 else slope[:, None]
    return sound


def tone(frequency: ArrayLike, seconds: float, phase: float = 0.0) -> Sound:
    """Sine of a steady (Hz) or moving (Hz by sample) frequency."""
    pitch = np.broadcast_to(np.asarray(frequency, dtype=np.float64), (count_of(seconds),))
    turns = np.cumsum(pitch) / SAMPLE_RATE
    return np.sin(2 * np.pi * (turns % 1.0) + phase).astype(np.float32)


def harmonics(frequency: ArrayLike, seconds: float, gains: Sequence[float]) -> Sound:
    """Sum of the harmonics of a steady or moving frequency; those above 18 kHz are left out."""
    pitch = np.broadcast_to(np.asarray(frequency, dtype=np.float64), (count_of(seconds),))
    angle = (2 * np.pi * ((np.cumsum(pitch) / SAMPLE_RATE) % 1.0)).astype(np.float32)
    top = float(pitch.max())
    out = np.zeros(len(angle), np.float32)
    for number, gain in enumerate(gains, 1):
        if gain and number * top < 18_000:
            out += np.float32(gain) * np.sin(angle * np.float32(number))
    return out


def saw(frequency: ArrayLike, seconds: float, brightness: int = 24) -> Sound:
    return harmonics(frequency, seconds, [1 / n for n in range(1, brightness + 1)])


def square(frequency: ArrayLike, seconds: float, brightness: int = 24) -> Sound:
    return harmonics(frequency, seconds, [1 / n if n % 2 else 0.0 for n in range(1, brightness + 1)])


def fm(carrier: ArrayLike, ratio: float, depth: ArrayLike, seconds: float) -> Sound:
    """Frequency modulation: ``depth`` is the modulation index, steady or by sample."""
    pitch = np.broadcast_to(np.asarray(carrier, dtype=np.float64), (count_of(seconds),))
    turns = np.cumsum(pitch) / SAMPLE_RATE
    return as_sound(np.sin(2 * np.pi * turns + np.asarray(depth) * np.sin(2 * np.pi * turns * ratio)))


def band(low: float, high: float, order: int = 2) -> Response:
    """Band pass with smooth (Butterworth-like) edges; 0 and infinity leave an edge out."""

    def response(hertz: Spectrum) -> Spectrum:
        gain = np.ones_like(hertz)
        safe = np.maximum(hertz, 1e-3)
        if low > 0:
            gain /= np.sqrt(1 + (low / safe) ** (2 * order))
        if np.isfinite(high):
            gain /= np.sqrt(1 + (safe / high) ** (2 * order))
        return gain

    return response


def formants(*peaks: tuple[float, float, float]) -> Response:
    """Resonances: ``(hertz, width in hertz, gain)``."""

    def response(hertz: Spectrum) -> Spectrum:
        gain = np.full_like(hertz, 0.01)
        for centre, width, height in peaks:
            gain += height / (1 + ((hertz - centre) / (width / 2)) ** 2)
        return gain

    return response


def pink(hertz: Spectrum) -> Spectrum:
    return 1 / np.sqrt(np.maximum(hertz, 20.0))


def brown(hertz: Spectrum) -> Spectrum:
    return 20 / np.maximum(hertz, 20.0)


def times(*responses: Response) -> Response:
    """Filters one after another."""

    def response(hertz: Spectrum) -> Spectrum:
        gain = np.ones_like(hertz)
        for one in responses:
            gain = gain * one(hertz)
        return gain

    return response


def noise(count: int, rng: np.random.Generator, response: Response) -> Sound:
    """Noise of that colour with an RMS of 1; its end joins its start."""
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    gains = response(hertz).astype(np.float32)
    spectrum = rng.standard_normal((2, len(hertz)), dtype=np.float32)
    made = np.fft.irfft((spectrum[0] + 1j * spectrum[1]) * gains, count).astype(np.float32)
    made -= made.mean()
    return made / np.float32(max(1e-9, float(np.sqrt(np.mean(made**2)))))


def hiss(seconds: float, rng: np.random.Generator, response: Response) -> Sound:
    """Noise for one event."""
    return noise(count_of(seconds), rng, response)


def filtered(sound: Sound, response: Response) -> Sound:
    """Mono sound through a filter (zero phase); no longer than it was."""
    size = _fast_size(len(sound) + 2048)
    spectrum = np.fft.rfft(sound, size) * response(np.fft.rfftfreq(size, 1 / SAMPLE_RATE))
    return np.fft.irfft(spectrum, size)[: len(sound)].astype(np.float32)


def morphed(sound: Sound, *stages: tuple[float, Response]) -> Sound:
    """Mono sound through a filter that changes over time: ``(0..1 of its length, filter)`` stages."""
    at = np.linspace(0, 1, len(sound), dtype=np.float32)
    out = np.zeros(len(sound), np.float32)
    places = [place for place, _ in stages]
    for index, (_, response) in enumerate(stages):
        weights = np.zeros(len(stages))
        weights[index] = 1
        out += filtered(sound, response) * np.interp(at, places, weights).astype(np.float32)
    return out


def stretched(sound: Sound, count: int) -> Sound:
    """Mono sound resampled to ``count`` samples: played slower and lower, or faster and higher."""
    spectrum = np.fft.rfft(sound)
    wanted = np.zeros(count // 2 + 1, spectrum.dtype)
    kept = min(len(spectrum), len(wanted))
    wanted[:kept] = spectrum[:kept]
    return (np.fft.irfft(wanted, count) * (count / len(sound))).astype(np.float32)


def placed(sound: Sound, pan: float) -> Sound:
    """Mono to stereo at constant power; ``pan`` -1 (left) .. 1 (right)."""
    angle = (min(1.0, max(-1.0, pan)) + 1) * np.pi / 4
    return sound[:, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)


def moving(sound: Sound, start: float, end: float) -> Sound:
    """Mono to stereo, travelling from one pan to another."""
    angle = (np.linspace(start, end, len(sound), dtype=np.float32) + 1) * np.float32(np.pi / 4)
    return as_sound(sound[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def mixed(*parts: tuple[float, Sound]) -> Sound:
    """Mono sounds laid over each other, each from its own second on."""
    starts = [round(at * SAMPLE_RATE) for at, _ in parts]
    out = np.zeros(max(start + len(part) for start, (_, part) in zip(starts, parts, strict=True)), np.float32)
    for start, (_, part) in zip(starts, parts, strict=True):
        out[start : start + len(part)] += part
    return out


def loudness(sound: Sound) -> float:
    """Mean power of a mono or stereo sound as the ear weighs it (after ITU-R BS.1770), in LUFS."""
    channels = sound[:, None] if sound.ndim == 1 else sound
    size = _fast_size(len(channels))
    weights = _ear(np.fft.rfftfreq(size, 1 / SAMPLE_RATE)) ** 2
    power = 0.0
    for channel in channels.T:
        energy = np.abs(np.fft.rfft(channel, size)) ** 2 * weights
        energy[1:-1] *= 2
        power += float(energy.sum()) / size / len(channels)
    if sound.ndim == 1:
        power *= 1.0
    return -0.691 + 10 * float(np.log10(max(power, 1e-12)))


def at_loudness(sound: Sound, lufs: float, within: float = 0.2) -> Sound:
    """The sound at ``lufs``, measured over its loudest ``within`` seconds."""
    window = min(len(sound), count_of(within))
    flat = sound if sound.ndim == 1 else sound.mean(axis=1)
    energy = np.cumsum(np.concatenate([[0.0], flat.astype(np.float64) ** 2]))
    start = int(np.argmax(energy[window:] - energy[:-window])) if len(flat) > window else 0
    part = sound[start : start + window]
    return (sound * np.float32(10 ** ((lufs - loudness(part)) / 20))).astype(np.float32)


@lru_cache(maxsize=8)
def room(seconds: float, damping: float, seed: int = 7) -> Sound:
    """Stereo echo of a room, ``seconds`` until -60 dB; ``damping`` in Hz takes the highs away."""
    rng = np.random.default_rng(seed)
    length = count_of(seconds)
    fall = np.exp(-6.9 * np.arange(length) / length).astype(np.float32)
    sides = [
        filtered(noise(length, rng, band(180, damping, 1)) * fall, band(180, np.inf, 1)) for _ in range(2)
    ]
    echo = np.stack(sides, axis=1)
    echo[: count_of(0.008)] = 0
    return as_sound(echo / np.sqrt((echo**2).sum(axis=0, keepdims=True)))


def echoed(sound: Sound, echo: Sound) -> Sound:
    """Stereo ``sound`` in a room; as long as both together."""
    size = _fast_size(len(sound) + len(echo) - 1)
    wet = np.fft.irfft(np.fft.rfft(sound, size, axis=0) * np.fft.rfft(echo, size, axis=0), size, axis=0)
    return wet[: len(sound) + len(echo) - 1].astype(np.float32)


def _ear(hertz: Spectrum) -> Spectrum:
    """The two filters of BS.1770 as a smooth gain: rumble taken off, presence raised by 4 dB."""
    safe = np.maximum(hertz, 1e-3)
    rumble = 1 / (1 + (38.0 / safe) ** 2)
    presence = 1 + 0.585 / (1 + (1500.0 / safe) ** 3)
    return rumble * presence


def _fast_size(count: int) -> int:
    """A length at or above ``count`` that transforms fast: 2^a times 1, 3 or 5."""
    best = 1 << max(4, (count - 1).bit_length())
    for factor in (3, 5, 9, 15):
        size = factor
        while size < count:
            size *= 2
        best = min(best, size)
    return best

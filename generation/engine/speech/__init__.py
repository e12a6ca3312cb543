"""Voices: text in, samples out. ``default_voice()`` is local and free; others fit the same shape."""

from generation.engine.speech.kokoro import Kokoro, default_voice
from generation.engine.speech.voice import NARRATOR, CannotSpeak, Speaker, Voice, speaker_of

__all__ = ["NARRATOR", "CannotSpeak", "Kokoro", "Speaker", "Voice", "default_voice", "speaker_of"]

"""Voices: text in, samples out. ``default_voice()`` is local and free; others fit the same shape."""

from generation.engine.speech.kokoro import Kokoro, default_voice
from generation.engine.speech.voice import NARRATOR, Speaker, SpeechError, Voice, speaker_of

__all__ = ["NARRATOR", "Kokoro", "Speaker", "SpeechError", "Voice", "default_voice", "speaker_of"]

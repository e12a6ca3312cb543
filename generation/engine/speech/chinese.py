"""Chinese text to Kokoro's phonemes: words by jieba, readings by pypinyin, both through misaki.

Latin words within Chinese text are read as English.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import re
import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from generation.engine.speech import english

_LATIN = re.compile(r"[A-Za-z][A-Za-z'’]*(?:\s+[A-Za-z][A-Za-z'’]*)*")
_NEEDED = ("misaki", "jieba", "pypinyin", "cn2an", "ordered_set")
_first_use = threading.Lock()


def is_available() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


def phonemes(text: str) -> str:
    """Kokoro phonemes of Chinese text; punctuation stays, unreadable signs vanish."""
    out, at = [], 0
    for latin in _LATIN.finditer(text):
        out += [_read(text[at : latin.start()]), english.phonemes(latin.group())]
        at = latin.end()
    out.append(_read(text[at:]))
    return re.sub(r"\s+([,.!?;:])", r"\1", " ".join(part for part in out if part))


def _read(text: str) -> str:
    if not text.strip():
        return ""
    with _first_use:
        reader = _reader()
    said, _ = reader(text)
    return str(said).strip()


@lru_cache(maxsize=1)
def _reader() -> Any:
    with warnings.catch_warnings():
        # jieba asks for pkg_resources, which warns that it is going away.
        warnings.simplefilter("ignore")
        jieba = importlib.import_module("jieba")
        zh = importlib.import_module("misaki.zh")

    jieba.setLogLevel(logging.CRITICAL)  # it reports a cache that it cannot write as an error
    # jieba keeps its word tree in the shared temporary folder, where anybody could have put it. It is kept
    # in the speech folder instead; without one it is built anew, which takes a second.
    folder = os.environ.get("SPEECH_CACHE")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    jieba.dt.tmp_dir = folder or os.devnull
    jieba.dt.cache_file = "jieba.cache"
    return zh.ZHG2P()

"""Spoken lines as captions: short enough to read, each as long as its share of the speech."""

from __future__ import annotations

import re
import unicodedata

from generation.engine.protocol import Caption
from generation.engine.storyboard import Line

_WIDEST = 64
"""Width of one caption, a wide (CJK) character counting two: two short lines on a phone."""


def reading_seconds(line: Line) -> float:
    """How long saying or reading the line takes, about."""
    return max(1.0, 0.3 + _width(line.text) * 0.075)


def captions_of(line: Line, start: float, end: float) -> tuple[Caption, ...]:
    """The line's captions, one after another from ``start`` to ``end`` seconds."""
    pieces = _pieces(line.text)
    total = sum(_width(piece) for piece in pieces)
    captions, at = [], start
    for index, piece in enumerate(pieces):
        until = end if index == len(pieces) - 1 else at + (end - start) * _width(piece) / total
        captions.append(Caption(round(at, 3), round(max(until, at + 0.2), 3), piece, line.language))
        at = until
    return tuple(captions)


def _pieces(text: str) -> list[str]:
    text = " ".join(text.split())
    if _width(text) <= _WIDEST:
        return [text]
    pieces: list[str] = []
    current = ""
    for part in _breakable(text):
        if current and _width((current + part).strip()) > _WIDEST:
            pieces.append(current.strip())
            current = ""
        current += part
    if current.strip():
        pieces.append(current.strip())
    return pieces


def _breakable(text: str) -> list[str]:
    """Parts between which a caption may end: clauses, and within a long clause its words."""
    parts: list[str] = []
    for clause in re.findall(r".+?(?:[.!?;:,…。！？；：，、]+[\"'”’」』]*\s*|$)", text):
        if _width(clause) <= _WIDEST:
            parts.append(clause)
        else:
            parts += re.findall(
                r"[^\s\u3040-\u30ff\u3400-\u9fff]+\s*|[\u3040-\u30ff\u3400-\u9fff]\s*|\s+", clause
            )
    return parts


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text) or 1

"""What a caption may hold and how much of a viewing counts: facts in, verdicts out, nothing stored."""

from __future__ import annotations

import re
import unicodedata

from users.rules import DIRECTION_MARKS, is_control

CAPTION_MAX = 300
LOOPS_COUNTED = 10
"""A clip left running is not watched for ever: at most so many rounds of it count."""

_BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|curl/|wget/|python-|httpx|okhttp|scrapy|facebookexternalhit|preview|monitor",
    re.IGNORECASE,
)


def clean_caption(text: str) -> str:
    """Without outer blanks, in NFC, lines ended by a plain newline."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def carries_hidden_characters(text: str) -> bool:
    """True for control characters and for those that turn the direction of text, which can make a
    caption read as something else than it is."""
    return any(letter in DIRECTION_MARKS or (is_control(letter) and letter != "\t") for letter in text)


def counted_ms(*, watched_ms: int, duration: float) -> int:
    """Milliseconds of a viewing that count; ``duration`` is the clip's, in seconds."""
    return max(0, min(watched_ms, round(duration * 1000) * LOOPS_COUNTED))


def is_a_machine(user_agent: str) -> bool:
    """True for programs that say so, and for those that do not say what they are."""
    return not user_agent or _BOTS.search(user_agent) is not None

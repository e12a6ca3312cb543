"""What a character may be called: facts in, verdicts out, nothing stored."""

from __future__ import annotations

import re

HANDLE_PATTERN = r"^[a-z][a-z0-9_]{2,23}$"
COLOURS = frozenset({
    "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "gold", "black", "white", "grey",
})  # fmt: skip
"""Colours that a drawing can be given; they are the engine's, and a test there compares the two."""


def is_well_formed(handle: str) -> bool:
    """Lower-case letters, digits and underscores, 3 to 24, a letter first: what ``@`` completes to."""
    return re.fullmatch(HANDLE_PATTERN, handle) is not None

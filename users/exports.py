"""What a person receives who asks for their data. An app registers its own sections when it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from users.models import User

Section = Callable[["User"], object]
_sections: dict[str, Section] = {}


def register(name: str, section: Section) -> None:
    """Add what ``section(user)`` returns (anything ``DjangoJSONEncoder`` can write) under ``name``."""
    _sections[name] = section


def collect(user: User) -> dict[str, object]:
    """Every section, read now."""
    return {name: section(user) for name, section in sorted(_sections.items())}

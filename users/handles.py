"""Names that are spoken for elsewhere on the site.

An app above this one says which handles it uses (characters, say), so that nobody takes one for
a person. Judging the form of a handle is ``users.rules``; who has it is the database's.
"""

from __future__ import annotations

from collections.abc import Callable

Taken = Callable[[str], bool]
_askers: list[Taken] = []


def register(taken: Taken) -> None:
    """``taken(handle)`` is asked, in any case of letters, each time somebody wants a handle."""
    if taken not in _askers:
        _askers.append(taken)


def is_spoken_for(handle: str) -> bool:
    return any(taken(handle) for taken in _askers)

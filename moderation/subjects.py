"""What moderation knows about a thing that people report: only what its owner tells.

Each app that owns a kind of subject registers a describer when it is ready. This module does not know
posts or clips and never reads their tables.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from moderation.models import SubjectKind
from users.models import User


@dataclass(frozen=True, slots=True)
class Subject:
    """A reported thing as people and staff see it.

    ``visible_to(viewer, today)`` is the owner's own gate; ``frames()`` gives JPEG stills in order of
    time and may cost a second, so it is called for the staff's screen only. Links are paths on this
    site; ``clip`` and ``poster`` must work for staff whatever was ruled.
    """

    kind: SubjectKind
    public_id: uuid.UUID
    author: User
    title: str
    link: str
    created_at: dt.datetime
    visible_to: Callable[[User | AnonymousUser, dt.date], bool]
    gone: bool = False
    """The author deleted it; only staff can still look at it."""
    caption: str = ""
    prompt: str = ""
    clip: str = ""
    poster: str = ""
    frames: Callable[[], Sequence[bytes]] = field(default=tuple)


Describer = Callable[[uuid.UUID], Subject | None]
_describers: dict[SubjectKind, Describer] = {}


def register(kind: SubjectKind, describe: Describer) -> None:
    """Name the one function that describes a kind; it answers None for an unknown id."""
    _describers[kind] = describe


def describe(kind: str, public_id: uuid.UUID) -> Subject | None:
    """The subject, or None if the kind or the id is unknown."""
    if kind not in SubjectKind.values:
        return None
    describer = _describers.get(SubjectKind(kind))
    return None if describer is None else describer(public_id)

"""Notices: telling people things, and what they have read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from users import notices
from users.models import Notice, User


def notify(*, user: User, kind: str, data: dict[str, Any], url: str, now: dt.datetime) -> Notice:
    """Tell ``user`` something; joins the caller's transaction. Raises ValueError for a kind nobody registered."""
    if not notices.is_known(kind):
        raise ValueError(f"{kind} is not a kind of notice: register it in users.notices")
    return Notice.objects.create(user=user, kind=kind, data=data, url=url, created_at=now)


def read_notices(*, user: User, ids: Iterable[int], now: dt.datetime) -> int:
    """Mark ``user``'s own notices as read; returns how many were not before."""
    return Notice.objects.filter(user=user, pk__in=list(ids)).unread().update(read_at=now)

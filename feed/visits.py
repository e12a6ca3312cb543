"""Which visit a view belongs to, without saying whose it is."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from feed import rules


def visit_of(request: HttpRequest, *, now: dt.datetime) -> str:
    """64 hexadecimal digits: the session's, or for people without one the day's address and browser.

    Empty for programs that say what they are: their views do not count.
    """
    browser = request.headers.get("User-Agent", "")
    if rules.is_a_machine(browser):
        return ""
    session = request.session.session_key
    seed = f"session {session}" if session else f"{now.date()} {_address(request)} {browser}"
    return salted_hmac("feed.visit", seed, algorithm="sha256").hexdigest()


def _address(request: HttpRequest) -> str:
    """The peer's, or the one that our own proxy saw (the last hop, which nobody else can write)."""
    if settings.BEHIND_PROXY:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if hops[-1].strip():
            return hops[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))

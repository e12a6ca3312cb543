"""Which visit a view belongs to, without saying whose it is."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from feed import rules


def visit_of(request: HttpRequest | Request, *, now: dt.datetime) -> str:
    """64 hexadecimal digits: the session's, or for people without one the day's address and browser.

    Empty for programs that say what they are: their views do not count.
    """
    browser = request.headers.get("User-Agent", "")
    if rules.is_a_machine(browser):
        return ""
    session = request.session.session_key
    seed = f"session {session}" if session else f"{now.date()} {_address(request)} {browser}"
    digest: str = salted_hmac("feed.visit", seed, algorithm="sha256").hexdigest()
    return digest


def _address(request: HttpRequest | Request) -> str:
    """The peer's, or the one that our own proxy saw (the last hop, which nobody else can write)."""
    if settings.BEHIND_PROXY:
        hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if hops[-1].strip():
            return hops[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))

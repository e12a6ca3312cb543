"""Which visit a view belongs to, without saying whose it is."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from feed import rules
from users.limits import address_of


def visit_of(request: HttpRequest | Request, *, now: dt.datetime) -> str:
    """64 hexadecimal digits: the session's, or for people without one the day's address and browser.

    Empty for programs that say what they are: their views do not count.
    """
    browser = request.headers.get("User-Agent", "")
    if rules.is_a_machine(browser):
        return ""
    session = request.session.session_key
    seed = f"session {session}" if session else f"{now.date()} {address_of(request)} {browser}"
    digest: str = salted_hmac("feed.visit", seed, algorithm="sha256").hexdigest()
    return digest

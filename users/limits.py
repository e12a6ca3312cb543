"""How often somebody may do something: counters in the shared cache, so that they hold across processes.

Windows are fixed: at a border between two, up to twice the amount can pass. Logging in and resetting a
password have allauth's sliding limits on top.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request

NOWHERE = "0.0.0.0"  # noqa: S104 - stands for "came over a local socket", nothing listens there


@dataclass(frozen=True)
class Limit:
    name: str
    amount: int
    seconds: int


JOIN = Limit("join", 60, 60)
"""Opening invite links, by network."""
WAITLIST = Limit("waitlist", 6, 3600)
"""Asking for a place, by network."""
HANDLE = Limit("handle", 90, 60)
"""Asking whether a handle is free, by network."""
TOKEN = Limit("token", 12, 60)
"""Exchanging a password for an API token, by network."""
EXPORT = Limit("export", 6, 3600)
"""Downloading one's data, by person."""
AVATAR = Limit("avatar", 30, 3600)
"""Pictures sent, by person."""


def spend(limit: Limit, key: str, *, now: dt.datetime) -> bool:
    """Count one use; False if that is more than ``limit`` allows. Atomic in the cache."""
    window = int(now.timestamp()) // limit.seconds
    name = f"limit:{limit.name}:{window}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    for _attempt in range(2):
        cache.add(name, 0, timeout=limit.seconds * 2)
        try:
            return int(cache.incr(name)) <= limit.amount
        except ValueError:  # evicted between the two: count from the start
            continue
    return False


def address_of(request: HttpRequest | Request) -> str:
    """The client's IP address.

    ``X-Forwarded-For`` is believed only behind our own proxy, and then only its last hop: the others
    are whatever the client wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return NOWHERE


def network_of(request: HttpRequest) -> str:
    """What a limit counts by: the address, or the /64 of an IPv6 address, which is one household."""
    address = ipaddress.ip_address(address_of(request))
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)

"""Addresses of a post's clip, poster and captions, and who may fetch them.

A public post's media has a plain address. For any other post the address carries a signature that says
whom it was made for and when; it opens for ``MEDIA_LINK_SECONDS``, and only while that person may still
see the post.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing

from feed.models import Post, PostQuerySet, Visibility
from users.models import User

Viewer = User | AnonymousUser

PARTS = {"clip.mp4": "clip", "poster.jpg": "poster", "captions.vtt": "captions"}
"""Part of the address: field of the generation that names the file."""
_SALT = "feed.media"


class Shown(Protocol):
    @property
    def public_id(self) -> UUID: ...
    @property
    def visibility(self) -> str: ...


class Part(NamedTuple):
    """A file that may be sent now."""

    name: str
    """Its name in storage."""
    public: bool
    """Anybody may see it now: it may be cached for a short while."""


def link(post: Shown, part: str, viewer: Viewer | None = None) -> str:
    """Path of a part; for a post that is not public, made for ``viewer``."""
    path = f"/media/p/{post.public_id}/{part}"
    if post.visibility == Visibility.PUBLIC:
        return path
    key = signing.TimestampSigner(salt=_SALT).sign(f"{post.public_id}:{(viewer and viewer.pk) or 0}")
    return f"{path}?key={key}"


def _meant_for(key: str, post: UUID) -> Viewer | None:
    """Whom a link was made for; None if it was not made here, for another post, or too long ago."""
    try:
        said = signing.TimestampSigner(salt=_SALT).unsign(key, max_age=settings.MEDIA_LINK_SECONDS)
    except signing.BadSignature:
        return None
    public_id, _colon, viewer = said.partition(":")
    if public_id != str(post):
        return None
    return AnonymousUser() if viewer == "0" else User.objects.filter(pk=int(viewer), is_active=True).first()


def part_for(post: UUID, part: str, *, viewer: Viewer, key: str, now: dt.datetime) -> Part | None:
    """The file behind an address, or None where it must look as if there were none.

    Public posts are looked up for nobody in particular first: what anyone may see needs no session.
    """
    field = f"generation__{PARTS[part]}"
    public = Post.objects.filter(visibility=Visibility.PUBLIC)
    for somebody in (AnonymousUser(), viewer):
        name = _name(public, somebody, post, field, now)
        if name:
            return Part(name, public=not somebody.is_authenticated)
        if not viewer.is_authenticated:
            break
    meant = _meant_for(key, post) if key else None
    if meant is None:
        return None
    name = _name(Post.objects.exclude(visibility=Visibility.PUBLIC), meant, post, field, now)
    return Part(name, public=False) if name else None


def _name(posts: PostQuerySet, viewer: Viewer, post: UUID, field: str, now: dt.datetime) -> str:
    return (
        posts.visible_to(viewer, today=now.date())
        .filter(public_id=post)
        .values_list(field, flat=True)
        .first()
        or ""
    )

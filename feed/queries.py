"""Reads of the feed. What comes out are plain tuples for pages and the API, never model instances.

The feed is the site's hottest page, and building its SQL from querysets takes longer than running it.
The SQL therefore still comes from ``Post.objects.visible_to``, but is built once for each kind of
viewer, with stand-ins where the viewer's key and the cursor belong; see ``feed_statement``.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import OuterRef, Q, Value
from django.db.models.fields import BooleanField
from django.utils.crypto import salted_hmac

from feed.models import Like, LookedUp, Post, PostQuerySet, Visibility
from generation import engines
from generation.models import Generation
from generation.words import stand_in
from moderation.models import Ruling, SubjectKind
from users.models import User

FEED_PAGE = 20
GRID_PAGE = 24
Viewer = User | AnonymousUser


class BadCursor(ValueError):
    """A cursor that this site did not make."""


class Cursor(NamedTuple):
    """The last post of a page: the next page begins after it."""

    published_at: dt.datetime
    pk: int


class Clip(NamedTuple):
    """One post as the feed shows it."""

    pk: int
    public_id: UUID
    caption: str
    visibility: str
    like_count: int
    view_count: int
    published_at: dt.datetime
    handle: str
    display_name: str
    avatar: str
    """Name in storage; empty if there is none."""
    author_id: UUID
    """The author's public id."""
    width: int
    height: int
    duration: float
    """Seconds."""
    thumbhash: str
    captions: str
    """Name in storage; empty if nobody speaks."""
    references: Any
    """The licensed characters in it, as JSON text or decoded; read it through ``credits``."""
    engine: str
    liked: bool

    @property
    def name(self) -> str:
        return self.display_name or self.handle

    @property
    def engine_label(self) -> str:
        return engines.label_of(self.engine)

    @property
    def avatar_url(self) -> str:
        return _avatar_url(self.avatar, self.author_id)

    @property
    def credits(self) -> list[dict[str, str]]:
        """``handle``, ``name`` and ``credit`` of every licensed character."""
        found = json.loads(self.references) if isinstance(self.references, str) else self.references
        return list(found)


@lru_cache(maxsize=4096)
def _avatar_url(avatar: str, public_id: UUID) -> str:
    return User(avatar=avatar, public_id=public_id).avatar_url


class FeedPage(NamedTuple):
    clips: list[Clip]
    after: str
    """Cursor of the next page; empty at the end."""


_COLUMNS = (
    "pk", "public_id", "caption", "visibility", "like_count", "view_count", "published_at",
    "author__handle", "author__display_name", "author__avatar", "author__public_id",
    "generation__width", "generation__height", "generation__duration", "generation__thumbhash",
    "generation__captions", "generation__references", "generation__engine", "liked",
)  # fmt: skip


# --- cursors ----------------------------------------------------------------------------------

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@cache
def _cursor_key() -> bytes:
    return salted_hmac("feed.cursor", "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()


def _seal(body: bytes) -> bytes:
    return hmac.digest(_cursor_key(), body, "sha256")[:8]


def write_cursor(cursor: Cursor) -> str:
    body = struct.pack(">qq", (cursor.published_at - _EPOCH) // _MICROSECOND, cursor.pk)
    return urlsafe_b64encode(body + _seal(body)).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Raises ``BadCursor`` for anything that ``write_cursor`` did not write here."""
    if len(text) != 32 or not text.isascii():
        raise BadCursor(text)
    try:
        raw = urlsafe_b64decode(text)
    except ValueError as error:
        raise BadCursor(text) from error
    body, seal = raw[:16], raw[16:]
    if len(raw) != 24 or not hmac.compare_digest(seal, _seal(body)):
        raise BadCursor(text)
    microseconds, pk = struct.unpack(">qq", body)
    return Cursor(_EPOCH + microseconds * _MICROSECOND, pk)


# --- the feed ---------------------------------------------------------------------------------

_VIEWER = -(2**61)
_AFTER = Cursor(dt.datetime(1, 1, 2, 3, 4, 5, tzinfo=dt.UTC), -(2**60))


def _with_liked(posts: PostQuerySet, viewer: Viewer) -> PostQuerySet:
    liked = (
        LookedUp(Like.objects.filter(post=OuterRef("pk"), user_id=viewer.pk))
        if viewer.is_authenticated
        else Value(False, output_field=BooleanField())
    )
    return posts.annotate(liked=liked)


def feed_posts(viewer: Viewer, *, after: Cursor | None, today: dt.date) -> PostQuerySet:
    """The public posts that ``viewer`` may see, newest first, from behind ``after``."""
    posts = Post.objects.visible_to(viewer, today=today).listed()
    if after is not None:
        # The first half bounds the index scan, the second breaks ties of the same microsecond.
        posts = posts.filter(published_at__lte=after.published_at)
        posts = posts.filter(Q(published_at__lt=after.published_at) | Q(pk__lt=after.pk))
    return posts.order_by("-published_at", "-pk")


@lru_cache(maxsize=256)
def feed_statement(*, known: bool, adult: bool, further: bool, limit: int) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters of a page for a kind of viewer, with stand-ins for who and from where."""
    viewer: Viewer = AnonymousUser()
    if known:
        viewer = User(pk=_VIEWER, birth_date=dt.date(1900, 1, 1) if adult else None)
    posts = feed_posts(viewer, after=_AFTER if further else None, today=dt.date(2000, 1, 1))
    rows = _with_liked(posts, viewer).values_list(*_COLUMNS)[:limit]
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def feed_page(viewer: Viewer, *, after: Cursor | None, limit: int = FEED_PAGE, now: dt.datetime) -> FeedPage:
    """A page of the public feed in one query, whatever its length (1..50)."""
    known = viewer.is_authenticated
    adult = viewer.is_authenticated and viewer.is_adult_on(now.date())
    sql, params = feed_statement(known=known, adult=adult, further=after is not None, limit=limit + 1)
    real: dict[Any, Any] = {_VIEWER: viewer.pk}
    if after is not None:
        real |= {_AFTER.published_at: after.published_at, _AFTER.pk: after.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [real.get(value, value) for value in params])
        clips = list(map(Clip._make, cursor.fetchall()))
    if len(clips) <= limit:
        return FeedPage(clips, "")
    last = clips[limit - 1]
    return FeedPage(clips[:limit], write_cursor(Cursor(last.published_at, last.pk)))


# --- one post, and grids ----------------------------------------------------------------------


def clip_of(post: UUID, *, viewer: Viewer, now: dt.datetime) -> Clip | None:
    """The post, if ``viewer`` may open it."""
    posts = Post.objects.visible_to(viewer, today=now.date()).filter(public_id=post)
    row = _with_liked(posts, viewer).values_list(*_COLUMNS).first()
    return None if row is None else Clip._make(row)


class PostPage(NamedTuple):
    """What the permalink shows."""

    clip: Clip
    prompt: str
    language: str
    notes: list[dict[str, Any]]
    """What the engine did not show, or showed otherwise (see ``Storyboard.notes``)."""
    own: bool
    """The reader is its author."""
    for_everyone: bool
    """Nobody is kept from it: it may be found, shared and shown in previews."""
    rulings: list[Ruling]
    """Those in force; only the author is told."""


def post_page(post: UUID, *, viewer: Viewer, now: dt.datetime) -> PostPage | None:
    """All about one post, if ``viewer`` may open it."""
    clip = clip_of(post, viewer=viewer, now=now)
    if clip is None:
        return None
    prompt, storyboard = Generation.objects.values_list("prompt", "storyboard").get(post__public_id=post)
    own = viewer.is_authenticated and viewer.public_id == clip.author_id
    told = storyboard or {}
    about = Ruling.objects.in_force().filter(subject_kind=SubjectKind.POST, subject_id=post).order_by("pk")
    return PostPage(
        clip=clip,
        prompt=prompt,
        language=told.get("language", ""),
        notes=[
            {**note, "used": stand_in(note["used"])}
            for note in told.get("notes", [])
            if note["outcome"] != "shown"
        ],
        own=own,
        for_everyone=Post.objects.visible_to(AnonymousUser(), today=now.date())
        .filter(public_id=post)
        .exists(),
        rulings=list(about) if own else [],
    )


def taken_back(post: UUID, *, viewer: Viewer) -> UUID | None:
    """The draft behind a post that ``viewer`` took back themselves; None for all others."""
    if not viewer.is_authenticated:
        return None
    mine = Post.objects.filter(public_id=post, author_id=viewer.pk, deleted_at__isnull=False)
    return mine.filter(generation__deleted_at=None).values_list("generation__public_id", flat=True).first()


def address_of_draft(generation: UUID) -> str:
    """The path of the post that shows a draft; empty while there is none. Ask it for its owner only."""
    post = Post.objects.standing().filter(generation__public_id=generation).first()
    return "" if post is None else post.get_absolute_url()


def profile_page(
    author: User, *, viewer: Viewer, after: Cursor | None, limit: int = GRID_PAGE, now: dt.datetime
) -> FeedPage:
    """Somebody's posts, newest first: the public ones, and to the author all of them."""
    posts = Post.objects.visible_to(viewer, today=now.date()).filter(author=author)
    if viewer.pk != author.pk:
        posts = posts.listed()
    if after is not None:
        posts = posts.filter(published_at__lte=after.published_at)
        posts = posts.filter(Q(published_at__lt=after.published_at) | Q(pk__lt=after.pk))
    return _page(posts.order_by("-published_at", "-pk"), viewer, limit)


def explore_page(
    words: str,
    *,
    most_liked: bool,
    viewer: Viewer,
    after: Cursor | None,
    limit: int = GRID_PAGE,
    now: dt.datetime,
) -> FeedPage:
    """Public posts with all of ``words`` in their captions. The most liked are one page only: their
    order changes while one reads."""
    posts = feed_posts(viewer, after=None if most_liked else after, today=now.date()).mentioning(words)
    if most_liked:
        return FeedPage(_page(posts.order_by("-like_count", "-pk"), viewer, limit).clips, "")
    return _page(posts, viewer, limit)


def _page(posts: PostQuerySet, viewer: Viewer, limit: int) -> FeedPage:
    rows = _with_liked(posts, viewer).values_list(*_COLUMNS)[: limit + 1]
    clips = [Clip._make(row) for row in rows]
    if len(clips) <= limit:
        return FeedPage(clips, "")
    last = clips[limit - 1]
    return FeedPage(clips[:limit], write_cursor(Cursor(last.published_at, last.pk)))


def is_public(clip: Clip) -> bool:
    return clip.visibility == Visibility.PUBLIC

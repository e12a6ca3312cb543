"""Writes of the feed: each one transaction, each given the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from feed import rules
from feed.models import DemoWish, Like, Post, Visibility
from generation.models import Generation, State
from moderation.queries import is_suspended
from users.models import User


class CannotPost(Exception):
    """Why a post was not made or changed; ``field`` says where, empty for the whole.

    ``code`` is for programs, the message for people.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field


class NotThere(Exception):
    """No such clip or post, as far as this person may know."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a player tells of one viewing."""

    post: UUID
    watched_ms: int
    completed: bool
    muted: bool


def _checked_caption(text: str) -> str:
    caption = rules.clean_caption(text)
    if rules.carries_hidden_characters(caption):
        raise CannotPost(
            _(
                "The caption holds characters that cannot be seen or that turn the text around. Please type it again."
            ),
            code="hidden_characters",
            field="caption",
        )
    if len(caption) > rules.CAPTION_MAX:
        raise CannotPost(
            _("A caption has at most %(most)s characters; this one has %(length)s.")
            % {"most": rules.CAPTION_MAX, "length": len(caption)},
            code="caption_too_long",
            field="caption",
        )
    return caption


def _checked_visibility(value: str) -> Visibility:
    if value not in Visibility.values:
        raise CannotPost(
            _("Choose who can see it: everyone, anyone with the link, or only you."),
            code="unknown_visibility",
            field="visibility",
        )
    return Visibility(value)


def _refuse_suspended(user: User) -> None:
    if is_suspended(user):
        raise CannotPost(
            _(
                "Your account is suspended: you can read, but not publish, change or like. The reason is in your inbox."
            ),
            code="suspended",
        )


def publish(*, author: User, generation: UUID, caption: str, visibility: str, now: dt.datetime) -> Post:
    """Make a post of a finished draft. A draft has at most one post: publishing it again after it was
    taken back revives that one, with its likes, its address and what was ruled about it.

    Raises ``NotThere`` for a draft that is not the author's, and ``CannotPost``.
    """
    wanted, chosen = _checked_caption(caption), _checked_visibility(visibility)
    with transaction.atomic():
        _refuse_suspended(author)
        draft = Generation.objects.owned_by(author).select_for_update().filter(public_id=generation).first()
        if draft is None:
            raise NotThere
        if draft.state != State.READY:
            raise CannotPost(
                _("This clip is not ready yet. Publish it when it is finished."), code="not_ready"
            )
        public = chosen == Visibility.PUBLIC
        post = Post.objects.select_for_update().filter(generation=draft).first()
        if post is None:
            post = Post.objects.create(
                author=author,
                generation=draft,
                caption=wanted,
                visibility=chosen,
                was_public=public,
                published_at=now,
            )
        elif post.deleted_at is None:
            raise CannotPost(_("This clip is published already."), code="already_published")
        else:
            post.deleted_at = None
            _show(post, caption=wanted, visibility=chosen, now=now)
    return post


def edit(*, author: User, post: UUID, caption: str | None, visibility: str | None, now: dt.datetime) -> Post:
    """Change the words or who can see it; None leaves either as it is."""
    wanted = None if caption is None else _checked_caption(caption)
    chosen = None if visibility is None else _checked_visibility(visibility)
    with transaction.atomic():
        _refuse_suspended(author)
        found = _own(author, post)
        _show(
            found,
            caption=found.caption if wanted is None else wanted,
            visibility=Visibility(found.visibility) if chosen is None else chosen,
            now=now,
        )
    return found


def withdraw(*, author: User, post: UUID, now: dt.datetime) -> Post:
    """Take a post back: its clip is a draft again. Allowed to the suspended too: it only takes away."""
    with transaction.atomic():
        found = _own(author, post)
        found.deleted_at = now
        found.save(update_fields=["deleted_at"])
    return found


def _own(author: User, post: UUID) -> Post:
    found = Post.objects.by(author).select_for_update(of=("self",)).filter(public_id=post).first()
    if found is None:
        raise NotThere
    return found


def _show(post: Post, *, caption: str, visibility: Visibility, now: dt.datetime) -> None:
    if visibility == Visibility.PUBLIC and not post.was_public:
        post.was_public = True
        post.published_at = now
    post.caption = caption
    post.visibility = visibility
    post.save(update_fields=["caption", "visibility", "was_public", "published_at", "deleted_at"])


def _lock_likes(post: Post) -> None:
    """One at a time: a like and its taking back at once would meet neither a row nor a free place. The count's
    update takes this lock anyway; new rows that only refer to the post do not wait for it."""
    Post.objects.select_for_update(no_key=True).values_list("pk").get(pk=post.pk)


def like(*, user: User, post: UUID, now: dt.datetime) -> int:
    """Like it, once however often asked. Returns how many people do."""
    with transaction.atomic():
        _refuse_suspended(user)
        found = Post.objects.visible_to(user, today=now.date()).filter(public_id=post).first()
        if found is None:
            raise NotThere
        _lock_likes(found)
        _row, new = Like.objects.get_or_create(post=found, user=user, defaults={"created_at": now})
        if new:
            Post.objects.filter(pk=found.pk).update(like_count=F("like_count") + 1)
        return Post.objects.values_list("like_count", flat=True).get(pk=found.pk)


def unlike(*, user: User, post: UUID, now: dt.datetime) -> int:
    """Take a like back; nothing happens where there is none. Returns how many people like it.

    Works for posts that are no longer shown as well: what somebody said is theirs to unsay.
    """
    with transaction.atomic():
        found = Post.objects.filter(public_id=post).first()
        if found is None:
            raise NotThere
        _lock_likes(found)
        gone, _rows = Like.objects.filter(post=found, user=user).delete()
        if gone:
            Post.objects.filter(pk=found.pk).update(like_count=F("like_count") - 1)
        elif not Post.objects.visible_to(user, today=now.date()).filter(pk=found.pk).exists():
            raise NotThere
        return Post.objects.values_list("like_count", flat=True).get(pk=found.pk)


_KEEP_VIEW = """
INSERT INTO feed_view (post_id, viewer_id, visit, hour, watched_ms, completed, muted, created_at)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::int[], %s::bool[], %s::bool[], %s::timestamptz[])
ON CONFLICT (post_id, visit, hour) DO UPDATE SET
    watched_ms = greatest(feed_view.watched_ms, excluded.watched_ms),
    completed = feed_view.completed OR excluded.completed,
    muted = feed_view.muted AND excluded.muted
RETURNING post_id, xmax = 0 AS new
"""


def record_views(
    *, viewer: User | AnonymousUser, visit: str, viewings: Sequence[Viewing], now: dt.datetime
) -> int:
    """Keep what a visit watched: one row per post and hour, the longest viewing of it.

    Counts only posts that ``viewer`` may see and did not make; unknown ones are passed over. ``visit``
    is 64 hexadecimal digits. Returns how many views were new.
    """
    best: dict[UUID, Viewing] = {}
    for viewing in viewings:
        if viewing.post not in best or viewing.watched_ms > best[viewing.post].watched_ms:
            best[viewing.post] = viewing
    with transaction.atomic():
        posts = list(
            Post.objects.visible_to(viewer, today=now.date())
            .filter(public_id__in=best)
            .exclude(author_id=viewer.pk or 0)
            .order_by("pk")
            .values_list("pk", "public_id", "generation__duration")
        )
        if not posts:
            return 0
        told = [(best[public_id], duration) for _pk, public_id, duration in posts]
        count = len(posts)
        with connection.cursor() as cursor:
            cursor.execute(
                _KEEP_VIEW,
                [
                    [pk for pk, _public_id, _duration in posts],
                    [viewer.pk] * count,
                    [visit] * count,
                    [int(now.timestamp()) // 3600] * count,
                    [
                        rules.counted_ms(watched_ms=viewing.watched_ms, duration=duration)
                        for viewing, duration in told
                    ],
                    [viewing.completed for viewing, _duration in told],
                    [viewing.muted for viewing, _duration in told],
                    [now] * count,
                ],
            )
            new = [pk for pk, is_new in cursor.fetchall() if is_new]
        # One row lock at a time in the order of keys, so that two batches cannot wait for each other.
        for pk in sorted(new):
            Post.objects.filter(pk=pk).update(view_count=F("view_count") + 1)
    return len(new)


def withdraw_all(*, author_id: int, now: dt.datetime) -> int:
    """Take back every post of somebody who left. Returns how many stood."""
    with transaction.atomic():
        standing = Post.objects.filter(author_id=author_id, deleted_at=None)
        # In the order of keys, as ``record_views`` takes them.
        locked = list(standing.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        return Post.objects.filter(pk__in=locked).update(deleted_at=now)


# --- the demo site ----------------------------------------------------------------------------

DEMO_DOMAIN = "demo.invalid"
"""Nobody can receive mail there, and nobody can log in with it."""


def wish(*, generation: Generation, caption: str, likes: int) -> None:
    """Remember what to say about a clip of the demo site when it is ready."""
    with transaction.atomic():
        DemoWish.objects.update_or_create(
            generation=generation, defaults={"caption": caption, "likes": likes}
        )


def grant_wish(*, generation: Generation, now: dt.datetime) -> Post | None:
    """Publish a ready clip of the demo site as was wished, liked by some of the other demo creators.

    Does nothing without a wish, or where it was published before (then somebody may have taken it back).
    """
    with transaction.atomic():
        wished = DemoWish.objects.select_for_update().filter(generation=generation).first()
        if wished is None or Post.objects.filter(generation=generation).exists():
            return None
        post = publish(
            author=generation.owner,
            generation=generation.public_id,
            caption=wished.caption,
            visibility=Visibility.PUBLIC,
            now=now,
        )
        friends = User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}").exclude(pk=generation.owner_id)
        for friend in list(friends.order_by("pk")):
            if (friend.pk * 7 + generation.seed) % 8 < wished.likes:
                like(user=friend, post=post.public_id, now=now)
        return post


def grant_ready_wishes(*, now: dt.datetime) -> int:
    """Publish what became ready while nobody listened. Returns how many."""
    waiting = Generation.objects.kept().filter(
        state=State.READY, pk__in=DemoWish.objects.values("generation"), post=None
    )
    return sum(
        grant_wish(generation=each, now=now) is not None
        for each in waiting.select_related("owner").order_by("pk")
    )

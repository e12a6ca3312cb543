"""Posts as a subject of reports: what moderation is told about them."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from feed import stills
from feed.models import Post
from generation import delivery
from generation.models import Generation
from moderation import subjects
from moderation.models import SubjectKind
from moderation.subjects import Subject
from users.models import User

log = logging.getLogger(__name__)
FRAMES = 5
TITLE_LENGTH = 80


def describe(public_id: uuid.UUID) -> Subject | None:
    post = Post.objects.select_related("author", "generation").filter(public_id=public_id).first()
    if post is None:
        return None
    clip = post.generation

    def visible_to(viewer: User | AnonymousUser, today: dt.date) -> bool:
        return Post.objects.visible_to(viewer, today=today).filter(pk=post.pk).exists()

    return Subject(
        kind=SubjectKind.POST,
        public_id=public_id,
        author=post.author,
        title=_title(post),
        link=reverse("feed:post", args=[public_id]),
        created_at=post.published_at,
        visible_to=visible_to,
        gone=post.deleted_at is not None or clip.deleted_at is not None,
        caption=post.caption,
        prompt=clip.prompt,
        clip=delivery.signed_link(clip, "clip.mp4") if clip.clip else "",
        poster=delivery.signed_link(clip, "poster.jpg") if clip.poster else "",
        frames=lambda: frames_of(clip),
    )


def _title(post: Post) -> str:
    words = " ".join(post.caption.split())
    if not words:
        return _("A clip by @%(handle)s") % {"handle": post.author.handle}
    return words if len(words) <= TITLE_LENGTH else f"{words[: TITLE_LENGTH - 1].rstrip()}…"


def frames_of(clip: Generation) -> Sequence[bytes]:
    """JPEG stills spread over the clip; none where the file is gone."""
    if not clip.clip:
        return []
    try:
        with default_storage.open(clip.clip) as source:
            return stills.spread(source, seconds=clip.duration, count=FRAMES)
    except (FileNotFoundError, stills.Unreadable) as error:
        log.warning("no stills of %s: %s", clip.public_id, error)
        return []


def register() -> None:
    subjects.register(SubjectKind.POST, describe)

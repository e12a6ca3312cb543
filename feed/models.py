"""Posts: clips that their makers chose to show, and what people do with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import uuid6
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Generation
from moderation.models import Ruling, RulingKind, SubjectKind

if TYPE_CHECKING:
    from django_stubs_ext.db.models import TypedModelMeta

    from users.models import User
else:
    TypedModelMeta = object


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Everyone")
    UNLISTED = "unlisted", _("Anyone with the link")
    PRIVATE = "private", _("Only me")


class LookedUp(Exists):
    """EXISTS that is looked up in an index for each row in turn.

    Left to itself, PostgreSQL turns it into a join or a hash over the whole inner table, a bad bargain for
    a page of twenty. It never rewrites a subquery with an OFFSET.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, viewer: User | AnonymousUser, *, today: dt.date) -> Self:
        """The one gate: every post that ``viewer`` may open, and no other.

        Authors see their own posts whatever was ruled about them, so that they can read why.
        """
        ruled = Ruling.objects.in_force().filter(
            subject_kind=SubjectKind.POST, subject_id=OuterRef("public_id")
        )
        suspended = Ruling.objects.in_force().filter(
            subject_kind=SubjectKind.USER, subject_id=OuterRef("author__public_id"), kind=RulingKind.SUSPEND
        )
        adult = viewer.is_authenticated and viewer.is_adult_on(today)
        kinds = [RulingKind.HIDE] if adult else [RulingKind.HIDE, RulingKind.AGE_LIMIT]
        shown = (
            Q(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED])
            & ~LookedUp(ruled.filter(kind__in=kinds))
            & ~LookedUp(suspended)
            & Q(author__is_active=True)
        )
        if viewer.is_authenticated:
            shown |= Q(author_id=viewer.pk)
        return self.standing().filter(shown)

    def standing(self) -> Self:
        """Neither taken back by the author nor without the clip that they show."""
        return self.filter(deleted_at=None, generation__deleted_at=None)

    def listed(self) -> Self:
        """Posts for feeds and grids: public, and not ruled away even for their own author."""
        hidden = Ruling.objects.in_force().filter(
            subject_kind=SubjectKind.POST, subject_id=OuterRef("public_id"), kind=RulingKind.HIDE
        )
        return self.filter(~LookedUp(hidden), visibility=Visibility.PUBLIC, deleted_at=None)

    def by(self, author: User | AnonymousUser) -> Self:
        """Posts that ``author`` may change."""
        return self.standing().filter(author_id=author.pk) if author.is_authenticated else self.none()

    def mentioning(self, words: str) -> Self:
        """Posts whose caption holds every one of ``words``, in any script and whatever the case."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(caption__icontains=word)
        return found


class Post(models.Model):
    """A clip in public. Taken back and published again it is the same row with the same address, so
    that likes, rulings and links stay with it."""

    public_id = models.UUIDField(_("id"), default=uuid6.uuid7, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="posts", verbose_name=_("author")
    )
    generation = models.OneToOneField(
        Generation, on_delete=models.PROTECT, related_name="post", verbose_name=_("generation")
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    visibility = models.CharField(
        _("who can see it"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    """When it was first shown to everyone; until then, when it was published at all."""
    was_public = models.BooleanField(_("was public"), default=False)
    """It has been shown to everyone at some time: showing it again does not make it new."""
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    like_count = models.PositiveIntegerField(_("likes"), default=0)
    view_count = models.PositiveIntegerField(_("views"), default=0)

    objects = PostQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="post_visibility_known"
            ),
            models.CheckConstraint(
                condition=~Q(visibility="public") | Q(was_public=True), name="post_public_was_public"
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(visibility="public", deleted_at=None),
                name="post_feed",
            ),
            models.Index(
                F("like_count").desc(),
                F("id").desc(),
                condition=Q(visibility="public", deleted_at=None),
                name="post_most_liked",
            ),
            models.Index("author", F("published_at").desc(), name="post_of_author"),
            GinIndex(OpClass(Upper("caption"), name="gin_trgm_ops"), name="post_caption_words"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"

    def get_absolute_url(self) -> str:
        return f"/v/{self.public_id}"


class Like(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TypedModelMeta):
        constraints = [models.UniqueConstraint("post", "user", name="like_once")]


class View(models.Model):
    """One viewing of a post: who, when, and how much of it was really played."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="views")
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    visit = models.CharField(max_length=64)
    """A keyed hash of the session; says that two views are of one visit, not whose it was."""
    hour = models.PositiveIntegerField()
    """Hours since 1970, UTC: a visit counts once an hour."""
    watched_ms = models.PositiveIntegerField()
    completed = models.BooleanField(default=False)
    muted = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TypedModelMeta):
        constraints = [models.UniqueConstraint(fields=["post", "visit", "hour"], name="view_once_an_hour")]
        indexes = [models.Index("post", "created_at", name="view_of_post")]


class DemoWish(models.Model):
    """What to publish when a clip of the demo site is ready: the feed's side of a background job."""

    generation = models.OneToOneField(Generation, on_delete=models.CASCADE, related_name="+")
    caption = models.CharField(max_length=300)
    likes = models.PositiveSmallIntegerField(default=0)
    """How many of the demo creators like it."""

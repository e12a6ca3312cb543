"""A Generation is one wish for a clip: asked for, queued, made, kept as a draft."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import uuid6
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.engine.storyboard import MAX_SECONDS, MIN_SECONDS, Shape

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django_stubs_ext.db.models import TypedModelMeta

    from users.models import User
else:
    TypedModelMeta = object


class State(models.TextChoices):
    """The life of a generation: queued -> running -> ready | failed, and cancelled from either of
    the first two. A running job whose worker fell silent goes back to queued once."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED}),
    State.RUNNING: frozenset({State.QUEUED, State.READY, State.FAILED, State.CANCELLED}),
    State.READY: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
}
ACTIVE = (State.QUEUED, State.RUNNING)


class Stage(models.TextChoices):
    WAITING = "waiting", _("in the queue")
    STORYBOARD = "storyboard", _("reading your words")
    RENDER = "render", _("drawing")
    FINISH = "finish", _("finishing")


class GenerationQuerySet(models.QuerySet["Generation"]):
    def kept(self) -> Self:
        """Not deleted by their owner."""
        return self.filter(deleted_at=None)

    def owned_by(self, user: User | AnonymousUser) -> Self:
        return self.kept().filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.kept().filter(state__in=ACTIVE)

    def queued(self) -> Self:
        return self.kept().filter(state=State.QUEUED)

    def held_by(self, generation: Generation) -> Self:
        """The row, if the worker that claimed ``generation`` still holds it: the guard of all its writes."""
        return self.filter(pk=generation.pk, state=State.RUNNING, lease_token=generation.lease_token)

    def abandoned(self, *, now: dt.datetime) -> Self:
        """Running on paper, while the worker has been silent past its lease."""
        return self.filter(state=State.RUNNING, lease_until__lt=now)

    def left_behind(self) -> Self:
        """What people who closed their account have made, and what has not been forgotten yet."""
        return self.filter(owner__closed_at__isnull=False).exclude(~Q(deleted_at=None), prompt="")

    def of_last_day(self, *, now: dt.datetime) -> Self:
        """What counts against the daily limit: failures do not, nor wishes taken back before work began."""
        cancelled_early = Q(state=State.CANCELLED, started_at=None)
        return self.filter(created_at__gt=now - dt.timedelta(days=1), background=False).exclude(
            Q(state=State.FAILED) | cancelled_early
        )


class Generation(models.Model):
    public_id = models.UUIDField(_("id"), default=uuid6.uuid7, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="generations",
        verbose_name=_("owner"),
    )
    idempotency_key = models.CharField(_("idempotency key"), max_length=64)
    request_hash = models.CharField(_("hash of the request"), max_length=64)
    """SHA-256 of the canonical request: the same key with another body is refused."""

    prompt = models.TextField(_("prompt"), max_length=settings.PROMPT_MAX_LENGTH)
    shape = models.CharField(_("shape"), max_length=8, default=Shape.PORTRAIT)
    seconds = models.FloatField(_("seconds"), default=5.0)
    short_side = models.PositiveSmallIntegerField(_("short side"), default=540)
    style = models.CharField(_("style"), max_length=20, blank=True)
    """Empty: what the prompt says."""
    engine = models.CharField(_("engine"), max_length=40)
    seed = models.BigIntegerField(_("seed"))
    references = models.JSONField(_("characters"), default=list)
    """The licensed characters named in the prompt, frozen at submit (see ``engine.protocol.Reference``)."""

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(
        _("stage of the work"), max_length=12, choices=Stage.choices, default=Stage.WAITING
    )
    progress = models.FloatField(_("progress"), default=0.0)
    """0..1 of the frames drawn."""
    background = models.BooleanField(_("in the background"), default=False)
    """Made when nobody is waiting (the demo feed)."""
    cost = models.FloatField(_("cost"), default=1.0)
    """Estimated compute-seconds, the unit in which the fair queue keeps its accounts."""
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    """How often a worker began, since the owner last asked."""
    takes = models.PositiveSmallIntegerField(_("takes"), default=0)
    """How often a worker began, ever: each take has a folder of its own, so that two never mix."""
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    """Who works on it, or did last: host and process."""
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    lease_token = models.UUIDField(_("holder"), null=True, blank=True)
    """Who holds the job: a worker that lost its lease can no longer write."""
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    """Why it failed, as a code of ``generation.rules.PROBLEMS``."""

    storyboard = models.JSONField(_("storyboard"), null=True, blank=True)
    fragments = models.PositiveIntegerField(_("fragments"), default=0)
    """Live fragments in storage for the current attempt."""
    fragment_mime = models.CharField(_("type of the fragments"), max_length=80, blank=True)
    clip = models.CharField(_("clip"), max_length=200, blank=True)
    poster = models.CharField(_("poster"), max_length=200, blank=True)
    captions = models.CharField(_("captions"), max_length=200, blank=True)
    thumbhash = models.CharField(_("thumbhash"), max_length=64, blank=True)
    """Base64; a blurred placeholder of the poster."""
    width = models.PositiveSmallIntegerField(_("width"), default=0)
    height = models.PositiveSmallIntegerField(_("height"), default=0)
    duration = models.FloatField(_("duration"), default=0.0)
    """Seconds of the finished clip."""
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)

    created_at = models.DateTimeField(_("made"), default=timezone.now)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    """Asked for, or asked for again: an owner's jobs are taken in this order."""
    started_at = models.DateTimeField(_("begun"), null=True, blank=True)
    first_fragment_at = models.DateTimeField(_("first fragment"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    purged_at = models.DateTimeField(_("files removed"), null=True, blank=True)
    """When the files of a deleted generation were removed."""

    objects = GenerationQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("generation")
        verbose_name_plural = _("generations")
        constraints = [
            models.UniqueConstraint("owner", "idempotency_key", name="generation_once_per_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="generation_state_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="generation_stage_known"),
            models.CheckConstraint(
                condition=Q(shape__in=[shape.value for shape in Shape]), name="generation_shape_known"
            ),
            models.CheckConstraint(
                condition=Q(seconds__range=(MIN_SECONDS, MAX_SECONDS)), name="generation_seconds_range"
            ),
            models.CheckConstraint(condition=Q(progress__range=(0.0, 1.0)), name="generation_progress_range"),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="generation_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING) | Q(lease_until=None, lease_token=None),
                name="generation_lease_only_running",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.READY) | ~Q(clip=""), name="generation_ready_has_clip"
            ),
            models.CheckConstraint(condition=Q(cost__gt=0), name="generation_cost_positive"),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(problem=""), name="generation_failed_says_why"
            ),
        ]
        indexes = [
            models.Index("owner", F("created_at").desc(), name="generation_of_owner"),
            models.Index("owner", "queued_at", condition=Q(state="queued"), name="generation_queue"),
            models.Index("lease_until", condition=Q(state="running"), name="generation_leases"),
            models.Index("finished_at", condition=Q(state="ready"), name="generation_finished"),
            models.Index(
                "deleted_at",
                condition=Q(deleted_at__isnull=False, purged_at=None),
                name="generation_unpurged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Turn(models.Model):
    """A person's place in the fair queue, kept on a clock that counts compute-seconds handed out.

    ``next_start`` is the moment of that clock at which the person's next job may start: whoever has the
    smallest goes first, and taking a job moves it on by the job's cost. Somebody new, or somebody
    who had nothing waiting, starts at what the clock shows now (the largest ``last_start``), hence before
    the next job of those who are being served; nobody saves up for later, and nobody sheds a debt by
    coming back. See ``generation.decisions.queue``.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, verbose_name=_("owner")
    )
    next_start = models.FloatField(_("next start"), default=0.0)
    last_start = models.FloatField(_("last start"), default=0.0)

    class Meta(TypedModelMeta):
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        indexes = [models.Index(F("last_start").desc(), name="turn_clock")]

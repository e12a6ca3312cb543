"""Reports from people, and rulings by staff: facts that every reader of posts looks up.

A ruling never edits what it is about. Moderation does not know posts: a subject is a kind and a
public id, and the app that owns the kind describes it (see ``moderation.subjects``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import uuid6
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext.db.models import TypedModelMeta
else:
    TypedModelMeta = object


class SubjectKind(models.TextChoices):
    POST = "post", _("post")
    USER = "user", _("person")


class Reason(models.TextChoices):
    LIKENESS = "likeness", _("Somebody's face or voice without their consent")
    RIGHTS = "rights", _("Uses somebody's work without permission")
    SEXUAL = "sexual", _("Sexual content")
    VIOLENCE = "violence", _("Violence or cruelty")
    HATE = "hate", _("Hate or harassment")
    MINORS = "minors", _("Endangers a child")
    SPAM = "spam", _("Spam or deception")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    OPEN = "open", _("open")
    UPHELD = "upheld", _("acted on")
    DISMISSED = "dismissed", _("no action")


class Report(models.Model):
    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    subject_kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    subject_id = models.UUIDField()
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    details = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TypedModelMeta):
        constraints = [
            models.CheckConstraint(condition=Q(subject_kind__in=SubjectKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="report_closed_when_not_open",
            ),
            models.UniqueConstraint("reporter", "subject_kind", "subject_id", condition=Q(state="open"), name="report_once_while_open"),
        ]
        indexes = [models.Index("subject_kind", "subject_id", name="report_subject")]


class RulingKind(models.TextChoices):
    HIDE = "hide", _("Hide")
    AGE_LIMIT = "age_limit", _("Adults only")
    SUSPEND = "suspend", _("Suspend the author")


class RulingQuerySet(models.QuerySet["Ruling"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Ruling(models.Model):
    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    subject_kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=RulingKind.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    explanation = models.CharField(max_length=1000)
    """What the author is told."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rulings_made")
    made_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="rulings_lifted")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_explanation = models.CharField(max_length=1000, blank=True)

    objects = RulingQuerySet.as_manager()

    class Meta(TypedModelMeta):
        constraints = [
            models.CheckConstraint(condition=Q(subject_kind__in=SubjectKind.values), name="ruling_subject_known"),
            models.CheckConstraint(condition=Q(kind__in=RulingKind.values), name="ruling_kind_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="ruling_reason_known"),
            models.CheckConstraint(
                condition=Q(kind="suspend", subject_kind="user") | (~Q(kind="suspend") & Q(subject_kind="post")),
                name="ruling_fits_subject",
            ),
            models.CheckConstraint(condition=~Q(explanation=""), name="ruling_explains_itself"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="ruling_lifted_by_somebody",
            ),
            models.UniqueConstraint("subject_kind", "subject_id", "kind", condition=Q(lifted_at=None), name="ruling_once_in_force"),
        ]
        indexes = [models.Index("subject_id", "kind", condition=Q(lifted_at=None), name="ruling_in_force")]

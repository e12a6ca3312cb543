"""Reports from people, and rulings by staff: facts that every reader of posts looks up.

A ruling never edits what it is about. Moderation does not know posts: a subject is a kind and a
public id, and the app that owns the kind describes it (see ``moderation.subjects``).

Both tables only grow: the database refuses to delete a row or to rewrite what was said, and every
change that it does allow (closing a report, lifting a ruling) leaves a row in the event tables, which
nobody can change at all.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

import pghistory
import pgtrigger
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


def _any_change(*fields: str) -> pgtrigger.Q:
    """True for an UPDATE that gives one of the fields another value."""
    changed = [pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}) for field in fields]
    return reduce(or_, changed)


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(state=ReportState.OPEN)

    def about(self, kind: str, public_id: uuid.UUID) -> Self:
        return self.filter(subject_kind=kind, subject_id=public_id)

    def made_since(self, moment: dt.datetime) -> Self:
        return self.filter(created_at__gt=moment)


@pghistory.track(append_only=True, context_field=None)  # type: ignore[arg-type] # None is "no context": rows name who acted
class Report(models.Model):
    public_id = models.UUIDField(_("id"), default=uuid6.uuid7, unique=True, editable=False)
    subject_kind = models.CharField(_("about a"), max_length=8, choices=SubjectKind.choices)
    subject_id = models.UUIDField(_("id of the subject"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        verbose_name=_("reported by"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports_about",
        verbose_name=_("author"),
    )
    """Who made the subject, as it was when the report came in."""
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    details = models.CharField(_("details"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    closed_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports_closed",
        verbose_name=_("answered by"),
    )
    ruling = models.ForeignKey(
        "Ruling",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("ruling"),
    )
    """What an upheld report led to."""
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    """What the reporter is told when nothing was done."""

    objects = ReportQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_kind__in=SubjectKind.values), name="report_kind_known"
            ),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="report_closed_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_by=None) | (~Q(state="open") & Q(closed_by__isnull=False)),
                name="report_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="upheld", ruling__isnull=False) | (~Q(state="upheld") & Q(ruling=None)),
                name="report_upheld_by_ruling",
            ),
            models.UniqueConstraint(
                "reporter",
                "subject_kind",
                "subject_id",
                condition=Q(state="open"),
                name="report_once_while_open",
            ),
        ]
        indexes = [
            models.Index("subject_kind", "subject_id", name="report_subject"),
            models.Index("created_at", condition=Q(state="open"), name="report_open"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="said_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["reporter", "author", "state", "closed_at", "closed_by", "ruling", "answer"]
                ),
            ),
            pgtrigger.Protect(
                name="closed_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="open")
                & _any_change("state", "closed_at", "closed_by", "ruling", "answer"),
            ),
            pgtrigger.Protect(
                name="reporter_stays",
                operation=pgtrigger.Update,
                condition=_any_change("reporter") & pgtrigger.Q(new__reporter__isnull=False),
            ),
            pgtrigger.Protect(
                name="author_stays",
                operation=pgtrigger.Update,
                condition=_any_change("author") & pgtrigger.Q(new__author__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.reason}"


class RulingKind(models.TextChoices):
    HIDE = "hide", _("Hide")
    AGE_LIMIT = "age_limit", _("Adults only")
    SUSPEND = "suspend", _("Suspend the author")


class RulingQuerySet(models.QuerySet["Ruling"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def about(self, kind: str, public_id: uuid.UUID) -> Self:
        return self.filter(subject_kind=kind, subject_id=public_id)

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-pk")


@pghistory.track(append_only=True, context_field=None)  # type: ignore[arg-type] # None is "no context": rows name who acted
class Ruling(models.Model):
    public_id = models.UUIDField(_("id"), default=uuid6.uuid7, unique=True, editable=False)
    subject_kind = models.CharField(_("about a"), max_length=8, choices=SubjectKind.choices)
    subject_id = models.UUIDField(_("id of the subject"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="rulings",
        verbose_name=_("author"),
    )
    """Whom it concerns: the maker of the post, or the suspended person."""
    kind = models.CharField(_("kind"), max_length=10, choices=RulingKind.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    explanation = models.CharField(_("explanation"), max_length=1000)
    """What the author is told."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="rulings_made",
        verbose_name=_("decided by"),
    )
    made_at = models.DateTimeField(_("decided"), default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rulings_lifted",
        verbose_name=_("taken back by"),
    )
    lifted_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    lift_explanation = models.CharField(_("explanation of taking it back"), max_length=1000, blank=True)

    objects = RulingQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_kind__in=SubjectKind.values), name="ruling_subject_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=RulingKind.values), name="ruling_kind_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="ruling_reason_known"),
            models.CheckConstraint(
                condition=Q(kind="suspend", subject_kind="user")
                | (~Q(kind="suspend") & Q(subject_kind="post")),
                name="ruling_fits_subject",
            ),
            models.CheckConstraint(condition=~Q(explanation=""), name="ruling_explains_itself"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="ruling_lifted_by_somebody",
            ),
            models.UniqueConstraint(
                "subject_kind", "subject_id", "kind", condition=Q(lifted_at=None), name="ruling_once_in_force"
            ),
        ]
        indexes = [models.Index("subject_id", "kind", condition=Q(lifted_at=None), name="ruling_in_force")]
        permissions = [("rule", "Can decide about reported clips and people")]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="said_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["author", "lifted_by", "lifted_at", "lift_explanation"]
                ),
            ),
            pgtrigger.Protect(
                name="lifted_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False)
                & _any_change("lifted_by", "lifted_at", "lift_explanation"),
            ),
            pgtrigger.Protect(
                name="author_stays",
                operation=pgtrigger.Update,
                condition=_any_change("author") & pgtrigger.Q(new__author__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.kind}"

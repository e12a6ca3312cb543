"""Writes of moderation: each one transaction, each given the time.

A decision changes no post and no account. It leaves facts (reports, rulings) that the gates read, and
tells the people concerned.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from moderation import notices, rules
from moderation.models import Reason, Report, ReportState, Ruling, RulingKind, SubjectKind
from moderation.queries import is_suspended
from moderation.subjects import Subject, describe
from users.decisions import notify
from users.models import User


class Refused(Exception):
    """Nothing was changed. ``code`` is for programs, the message for people, ``status`` for HTTP."""

    code = "refused"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotThere(Refused):
    """No such thing, as far as this person may know."""

    code = "not_found"
    status = 404


class MayNot(Refused):
    code = "not_allowed"
    status = 403


class TooMany(Refused):
    code = "too_many"
    status = 429


class Unclear(Refused):
    """What was sent cannot be kept; ``field`` says where."""

    code = "unclear"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class Settled(Refused):
    """Somebody decided it already."""

    code = "settled"
    status = 409


@dataclass(frozen=True, slots=True)
class Received:
    """``new`` is False where the same person's earlier report is still open."""

    report: Report
    new: bool


def _checked_reason(reason: str) -> Reason:
    if reason not in Reason.values:
        raise Unclear(_("Choose what is wrong with it."), field="reason")
    return Reason(reason)


def _checked_text(text: str, *, field: str) -> str:
    words = rules.clean(text)
    if len(words) > rules.TEXT_MAX:
        raise Unclear(
            _("At most %(most)s characters fit here; this has %(length)s.")
            % {"most": rules.TEXT_MAX, "length": len(words)},
            field=field,
        )
    return words


def report(
    *,
    reporter: User | AnonymousUser,
    subject_kind: str,
    subject_id: uuid.UUID,
    reason: str,
    details: str,
    now: dt.datetime,
) -> Received:
    """Tell the staff that something is wrong with a thing that ``reporter`` can see.

    One report of a person about a thing is open at a time: a second one changes nothing and is answered
    like the first. Raises ``NotThere``, ``MayNot``, ``Unclear`` and ``TooMany``.
    """
    if not isinstance(reporter, User):
        raise MayNot(_("Log in to report something: then we can tell you what came of it."))
    chosen, words = _checked_reason(reason), _checked_text(details, field="details")
    with transaction.atomic():
        # The reporter's row orders the reports of one person, so that limit and "once" hold for all of them.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=reporter.pk)
        if is_suspended(reporter):
            raise MayNot(
                _("Your account is suspended, so you cannot report for now. The reason is in your inbox.")
            )
        subject = describe(subject_kind, subject_id)
        if subject is None or subject.gone or not subject.visible_to(reporter, now.date()):
            raise NotThere(_("There is nothing here that you could report."))
        if subject.author.pk == reporter.pk:
            raise MayNot(_("This is yours. You can change it or take it back yourself."))
        earlier = Report.objects.open().about(subject.kind, subject_id).filter(reporter=reporter).first()
        if earlier is not None:
            return Received(earlier, new=False)
        recent = Report.objects.made_since(now - dt.timedelta(hours=1)).filter(reporter=reporter).count()
        if recent >= rules.REPORTS_PER_HOUR:
            raise TooMany(
                _("You have sent many reports within an hour. We read every one; please send more later.")
            )
        made = Report.objects.create(
            subject_kind=subject.kind,
            subject_id=subject_id,
            reporter=reporter,
            author=subject.author,
            reason=chosen,
            details=words,
            created_at=now,
        )
    return Received(made, new=True)


def _refuse_outsiders(staff: User, *, concerned: User | None) -> None:
    if not (staff.is_staff and staff.has_perm("moderation.rule")):
        raise MayNot(_("You need the permission to decide about reports."))
    if concerned is not None and concerned.pk == staff.pk:
        raise MayNot(_("This concerns you. A colleague has to decide it."))


def _open_reports(*subjects: tuple[str, uuid.UUID]) -> list[Report]:
    """The open reports about the given things, locked in the order of their keys."""
    wanted = [Report.objects.open().about(kind, public_id).values("pk") for kind, public_id in subjects]
    keys = wanted[0].union(*wanted[1:]) if len(wanted) > 1 else wanted[0]
    rows = Report.objects.open().filter(pk__in=[row["pk"] for row in keys])
    return list(rows.select_for_update(of=("self",)).select_related("reporter").order_by("pk"))


def _close(
    reports: list[Report],
    *,
    staff: User,
    state: ReportState,
    ruling: Ruling | None,
    answer: str,
    now: dt.datetime,
) -> None:
    for row in reports:
        row.state, row.closed_at, row.closed_by, row.ruling, row.answer = state, now, staff, ruling, answer
        row.save(update_fields=["state", "closed_at", "closed_by", "ruling", "answer"])
        if row.reporter is not None:
            kind = notices.REPORT_UPHELD if state == ReportState.UPHELD else notices.REPORT_DISMISSED
            notify(user=row.reporter, kind=kind, data={"answer": answer}, url="", now=now)


def _told(words: str, *, standard: str, for_reader: str) -> str:
    """Standard words (or none) reach readers in their own language; the staff's own words stay as they are."""
    return for_reader if words in {"", standard} else words


def rule(
    *, staff: User, subject: Subject, kind: str, reason: str, explanation: str, now: dt.datetime
) -> Ruling:
    """Hide a clip, limit it to adults, or suspend its author. Closes every open report about it as upheld.

    An empty ``explanation`` becomes the standard one in the author's language. Suspending from a clip's
    case rules about its author. Raises ``MayNot``, ``Unclear`` and ``Settled``.
    """
    if kind not in RulingKind.values:
        raise Unclear(_("Choose what should happen."), field="kind")
    chosen, cause = RulingKind(kind), _checked_reason(reason)
    words = _checked_text(explanation, field="explanation")
    author = subject.author
    target_kind, target_id = (
        (SubjectKind.USER, author.public_id)
        if chosen == RulingKind.SUSPEND
        else (subject.kind, subject.public_id)
    )
    if not rules.fits(chosen, target_kind):
        raise Unclear(
            _("People can be suspended; only clips can be hidden or limited to adults."), field="kind"
        )
    _refuse_outsiders(staff, concerned=author)
    if chosen == RulingKind.SUSPEND and author.is_staff and not staff.is_superuser:
        raise MayNot(_("Only an administrator can suspend a member of the staff."))
    with translation.override(author.locale):
        for_author = rules.explanation_for(chosen, cause)
    told = _told(words, standard=rules.explanation_for(chosen, cause), for_reader=for_author)
    with transaction.atomic():
        reports = _open_reports((subject.kind, subject.public_id), (target_kind, target_id))
        try:
            with transaction.atomic():
                made = Ruling.objects.create(
                    subject_kind=target_kind,
                    subject_id=target_id,
                    author=author,
                    kind=chosen,
                    reason=cause,
                    explanation=told,
                    made_by=staff,
                    made_at=now,
                )
        except IntegrityError as error:
            if "ruling_once_in_force" not in str(error):
                raise
            raise Settled(_("This was decided already and is in force.")) from error
        _close(reports, staff=staff, state=ReportState.UPHELD, ruling=made, answer="", now=now)
        notify(
            user=author,
            kind=notices.RULED[chosen],
            data={"title": subject.title, "explanation": told},
            url=notices.rulings_path(),
            now=now,
        )
    return made


def dismiss(*, staff: User, subject: Subject, answer: str, now: dt.datetime) -> int:
    """Close the open reports about a thing without doing anything. Returns how many there were.

    An empty ``answer`` becomes the standard one in each reporter's language. The author hears nothing.
    Raises ``MayNot``, ``Unclear``, and ``Settled`` where no report is open.
    """
    words = _checked_text(answer, field="explanation")
    _refuse_outsiders(staff, concerned=subject.author)
    with transaction.atomic():
        reports = _open_reports((subject.kind, subject.public_id))
        if not reports:
            raise Settled(_("No report about this is open any more."))
        for row in reports:
            with translation.override(row.reporter.locale if row.reporter else None):
                for_reporter = str(rules.NOTHING_DONE)
            told = _told(words, standard=str(rules.NOTHING_DONE), for_reader=for_reporter)
            _close([row], staff=staff, state=ReportState.DISMISSED, ruling=None, answer=told, now=now)
    return len(reports)


def lift(*, staff: User, ruling: Ruling, explanation: str, now: dt.datetime) -> Ruling:
    """Take a ruling back: what it took away is there again, and the ruling stays on record as lifted.

    Raises ``MayNot``, ``Unclear``, and ``Settled`` where it was lifted already.
    """
    words = _checked_text(explanation, field="explanation")
    _refuse_outsiders(staff, concerned=ruling.author)
    with transaction.atomic():
        held = Ruling.objects.select_for_update(of=("self",)).select_related("author").get(pk=ruling.pk)
        if held.lifted_at is not None:
            raise Settled(_("This ruling was lifted already."))
        with translation.override(held.author.locale if held.author else None):
            for_author = rules.lift_explanation_for(held.kind)
        told = _told(words, standard=rules.lift_explanation_for(held.kind), for_reader=for_author)
        held.lifted_by, held.lifted_at, held.lift_explanation = staff, now, told
        held.save(update_fields=["lifted_by", "lifted_at", "lift_explanation"])
        if held.author is not None:
            subject = describe(held.subject_kind, held.subject_id)
            notify(
                user=held.author,
                kind=notices.LIFTED[RulingKind(held.kind)],
                data={"title": subject.title if subject else "", "explanation": told},
                url=notices.rulings_path(),
                now=now,
            )
    return held

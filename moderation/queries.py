"""What other apps and pages ask of moderation: who is suspended, what was ruled, what waits."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from moderation import rules
from moderation.models import Reason, Report, ReportState, Ruling, RulingKind, SubjectKind
from moderation.subjects import Subject, describe
from users.models import User


def suspension_of(user: User | AnonymousUser) -> Ruling | None:
    """The ruling that keeps a person from submitting, publishing, liking and reporting; None if there is none."""
    if not user.is_authenticated:
        return None
    return (
        Ruling.objects.in_force()
        .filter(subject_kind=SubjectKind.USER, subject_id=user.public_id, kind=RulingKind.SUSPEND)
        .first()
    )


def is_suspended(user: User | AnonymousUser) -> bool:
    """One indexed look-up; False for people without an account, who may do none of it anyway."""
    if not user.is_authenticated:
        return False
    return (
        Ruling.objects.in_force()
        .filter(subject_kind=SubjectKind.USER, subject_id=user.public_id, kind=RulingKind.SUSPEND)
        .exists()
    )


def rulings_for(user: User) -> QuerySet[Ruling]:
    """Everything that was ever ruled about a person's clips and account, newest first, lifted ones too."""
    return Ruling.objects.filter(author=user).newest_first()


def rulings_concerning(kind: SubjectKind, public_id: uuid.UUID, *, author: User) -> QuerySet[Ruling]:
    """What a case's screen can take back: rulings in force about the thing and about its author's account."""
    person = Q(subject_kind=SubjectKind.USER, subject_id=author.public_id)
    return (
        Ruling.objects.in_force().filter(Q(subject_kind=kind, subject_id=public_id) | person).newest_first()
    )


class Record(NamedTuple):
    """How often a person was reported, and what came of it."""

    reported: int
    upheld: int
    dismissed: int


def record_of(user: User) -> Record:
    counts = Report.objects.filter(author=user).aggregate(
        reported=Count("pk"),
        upheld=Count("pk", filter=Q(state=ReportState.UPHELD)),
        dismissed=Count("pk", filter=Q(state=ReportState.DISMISSED)),
    )
    return Record(**counts)


@dataclass(frozen=True, slots=True)
class Told:
    """A ruling as its author reads it; ``subject`` is None where nothing describes it any more."""

    ruling: Ruling
    subject: Subject | None


def told(rulings: list[Ruling]) -> list[Told]:
    return [Told(ruling, describe(ruling.subject_kind, ruling.subject_id)) for ruling in rulings]


@dataclass(frozen=True, slots=True)
class Case:
    """A thing with open reports."""

    kind: SubjectKind
    public_id: uuid.UUID
    reports: int
    oldest: dt.datetime
    reasons: tuple[str, ...]
    """Labels in the active language, each once."""
    urgent: bool

    @property
    def key(self) -> tuple[str, uuid.UUID]:
        return (self.kind, self.public_id)


def open_cases(*, limit: int = 200) -> list[Case]:
    """What waits for the staff: reasons that cannot wait first, then the most reports, then the oldest."""
    rows = (
        Report.objects.open()
        .values("subject_kind", "subject_id")
        .annotate(
            reports=Count("pk"),
            urgent=Count("pk", filter=Q(reason__in=rules.REASONS_FIRST)),
            oldest=Min("created_at"),
            reasons=ArrayAgg("reason", distinct=True, order_by="reason"),
        )
        .order_by("-urgent", "-reports", "oldest", "subject_id")[:limit]
    )
    return [
        Case(
            kind=SubjectKind(row["subject_kind"]),
            public_id=row["subject_id"],
            reports=row["reports"],
            oldest=row["oldest"],
            reasons=tuple(str(Reason(reason).label) for reason in row["reasons"]),
            urgent=row["urgent"] > 0,
        )
        for row in rows
    ]


def count_open_cases() -> int:
    return Report.objects.open().values("subject_kind", "subject_id").distinct().count()


def next_case(*, after: tuple[str, uuid.UUID] | None = None) -> Case | None:
    """The head of the queue; or, passing over ``after``, the case that follows it, round to the head again."""
    cases = open_cases()
    if after is None:
        return cases[0] if cases else None
    places = [index for index, case in enumerate(cases) if case.key == after]
    if places:
        cases = cases[places[0] + 1 :] + cases[: places[0]]
    return cases[0] if cases else None


_HAPPENED = {
    "reported": _("reported it: %(what)s"),
    "upheld": _("acted on a report: %(what)s"),
    "dismissed": _("closed a report without action: %(what)s"),
    "ruled": _("ruled: %(what)s"),
    "lifted": _("took a ruling back: %(what)s"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history."""

    at: dt.datetime
    who: str
    what: str
    """A word: reported, upheld, dismissed, ruled, lifted."""
    label: str
    """The reason of a report or the kind of a ruling, in the active language."""
    text: str

    @property
    def sentence(self) -> str:
        """What happened, to be read after the name of who did it."""
        return str(_HAPPENED[self.what]) % {"what": self.label}


def history_of(kind: SubjectKind, public_id: uuid.UUID) -> list[Entry]:
    """Everything that was said and decided about one thing, from the event tables, oldest first.

    Event rows cannot be changed, so this is what happened even where somebody edits the database by hand.
    """
    entries: list[Entry] = []
    reports = Report.pgh_event_model.objects.filter(subject_kind=kind, subject_id=public_id)  # type: ignore[attr-defined]
    seen: set[tuple[str, int]] = set()
    for row in reports.select_related("reporter", "closed_by").order_by("pgh_id"):
        step = row.state
        if (step, row.id) in seen:
            continue
        seen.add((step, row.id))
        if row.state == "open":
            entries.append(
                Entry(
                    row.created_at,
                    _name(row.reporter),
                    "reported",
                    str(Reason(row.reason).label),
                    row.details,
                )
            )
        else:
            entries.append(
                Entry(
                    row.closed_at, _name(row.closed_by), row.state, str(Reason(row.reason).label), row.answer
                )
            )
    rulings = Ruling.pgh_event_model.objects.filter(subject_kind=kind, subject_id=public_id)  # type: ignore[attr-defined]
    for row in rulings.select_related("made_by", "lifted_by").order_by("pgh_id"):
        step = "lifted" if row.lifted_at else "ruled"
        if (step, -row.id) in seen:
            continue
        seen.add((step, -row.id))
        kind_label = str(RulingKind(row.kind).label)
        if row.lifted_at:
            entries.append(
                Entry(row.lifted_at, _name(row.lifted_by), "lifted", kind_label, row.lift_explanation)
            )
        else:
            entries.append(Entry(row.made_at, _name(row.made_by), "ruled", kind_label, row.explanation))
    return sorted(entries, key=lambda entry: entry.at)


def _name(user: User | None) -> str:
    return "" if user is None else str(user)

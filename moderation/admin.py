"""The staff's desk: the queue of cases, one screen for each, and the records behind them.

Deciding happens only on a case's screen, through ``decisions``; the tables themselves are read-only here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from moderation import decisions, queries, rules
from moderation.forms import CaseForm
from moderation.models import Reason, Report, ReportState, Ruling, RulingKind, SubjectKind
from moderation.subjects import Subject, describe
from users.models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Model]
else:
    ModelAdmin = admin.ModelAdmin

SHOWN = 50
"""Reports and rulings of one case that are listed on its screen."""
FRAMES_SECONDS = 600
LOOKING_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done about a case, and the key that chooses it."""

    key: int
    value: str
    label: str
    hint: str
    icon: str
    therefore: str = ""
    """What follows the reason in the standard explanation of a ruling."""
    words: str = ""
    """The whole standard text where no reason belongs to it."""


def _acts(subject: Subject, in_force: Sequence[Ruling], *, open_reports: int) -> list[Act]:
    """What may be done now: rulings that are not in force yet, no action, and lifting those that are."""
    taken = {ruling.kind for ruling in in_force}
    offered: list[tuple[str, str, str, str, str, str]] = []
    for kind, hint, icon in (
        (RulingKind.HIDE, _("Only the author can see it."), "eye-off"),
        (RulingKind.AGE_LIMIT, _("People under 18 and guests do not see it."), "shield-alert"),
        (RulingKind.SUSPEND, _("The author can read, but not make, publish, like or report."), "user-x"),
    ):
        if kind not in taken and (subject.kind == SubjectKind.POST or kind == RulingKind.SUSPEND):
            offered.append((kind, str(kind.label), hint, icon, str(rules.THEREFORE[kind]), ""))
    if open_reports:
        hint = _("It stays. Those who reported it are told.")
        offered.append(("dismiss", _("No action"), hint, "check", "", str(rules.NOTHING_DONE)))
    for ruling in in_force:
        label = _("Take back: %(ruling)s") % {"ruling": ruling.get_kind_display()}
        hint = _("In force since %(day)s.") % {"day": timezone.localdate(ruling.made_at).isoformat()}
        words = rules.lift_explanation_for(ruling.kind)
        offered.append((f"lift:{ruling.public_id}", label, hint, "undo-2", "", words))
    return [Act(key, *act) for key, act in enumerate(offered[:9], start=1)]


class Records(ModelAdmin):
    """Rows that nobody adds, edits or deletes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(Records):
    list_display = ["created_at", "subject_kind", "reason", "reporter", "author", "state", "closed_by"]
    list_filter = ["state", "reason", "subject_kind"]
    list_select_related = ["reporter", "author", "closed_by"]
    date_hierarchy = "created_at"
    search_fields = ["subject_id", "reporter__handle", "author__handle"]
    ordering = ["-created_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        desk = self.admin_site.admin_view
        case = "case/<slug:kind>/<uuid:public_id>/"
        return [
            path("queue/", desk(require_safe(self.queue)), name="moderation_queue"),
            path(
                case, desk(require_http_methods(["GET", "HEAD", "POST"])(self.case)), name="moderation_case"
            ),
            path(f"{case}frames/<int:number>.jpg", desk(require_safe(self.frame)), name="moderation_frame"),
            *super().get_urls(),
        ]

    # --- the queue ----------------------------------------------------------------------------

    def queue(self, request: HttpRequest) -> HttpResponse:
        """Every case, the one that comes first on top; a case whose subject is gone for good stays decidable."""
        _refuse_without_permission(request)
        cases = queries.open_cases()
        rows = [
            (case, describe(case.kind, case.public_id), _case_path(case.kind, case.public_id))
            for case in cases[:SHOWN]
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cases"),
            "rows": rows,
            "total": queries.count_open_cases(),
            "first": rows[0][2] if rows else "",
        }
        return TemplateResponse(request, "admin/moderation/queue.html", context)

    # --- one case -----------------------------------------------------------------------------

    def case(self, request: HttpRequest, kind: str, public_id: uuid.UUID) -> HttpResponse:
        staff = _refuse_without_permission(request)
        subject = _subject(kind, public_id)
        if request.method != "POST":
            return self._screen(request, staff, subject, CaseForm(), problem="", status=200)
        form = CaseForm(request.POST)
        problem, status = "", 400
        if form.is_valid():
            try:
                done = _decide(staff, subject, **form.cleaned_data)
            except decisions.Refused as error:
                problem, status = error.message, error.status
            else:
                messages.success(request, done)
                following = queries.next_case(after=(subject.kind, subject.public_id))
                return HttpResponseRedirect(
                    _case_path(following.kind, following.public_id)
                    if following
                    else reverse("admin:moderation_queue")
                )
        return self._screen(request, staff, subject, form, problem=problem, status=status)

    def _screen(
        self,
        request: HttpRequest,
        staff: User,
        subject: Subject,
        form: CaseForm,
        *,
        problem: str,
        status: int,
    ) -> HttpResponse:
        reports = list(
            Report.objects.about(subject.kind, subject.public_id)
            .select_related("reporter")
            .order_by("-created_at")[:SHOWN]
        )
        still_open = [report for report in reports if report.state == ReportState.OPEN]
        in_force = list(queries.rulings_concerning(subject.kind, subject.public_id, author=subject.author))
        following = queries.next_case(after=(subject.kind, subject.public_id))
        counted = Counter(report.reason for report in still_open or reports)
        context = {
            **self.admin_site.each_context(request),
            "title": subject.title,
            "subject": subject,
            "form": form,
            "problem": problem,
            "reports": reports,
            "open_count": len(still_open),
            "in_force": in_force,
            "acts": _acts(subject, in_force, open_reports=len(still_open)),
            "reasons": [(value, label, rules.because(value)) for value, label in Reason.choices],
            "likely_reason": counted.most_common(1)[0][0] if counted else Reason.OTHER,
            "author_rulings": queries.told(list(queries.rulings_for(subject.author)[:10])),
            "author_record": queries.record_of(subject.author),
            "author_path": _case_path(SubjectKind.USER, subject.author.public_id),
            "trail": queries.history_of(subject.kind, subject.public_id),
            "frame_paths": _frame_paths(subject),
            "following": _case_path(following.kind, following.public_id) if following else "",
            "waiting": queries.count_open_cases(),
            "colleague": _colleague_looking(staff, subject),
        }
        return TemplateResponse(request, "admin/moderation/case.html", context, status=status)

    def frame(self, request: HttpRequest, kind: str, public_id: uuid.UUID, number: int) -> HttpResponse:
        """One still of the clip as JPEG, 404 past the last."""
        _refuse_without_permission(request)
        frames = _frames(_subject(kind, public_id))
        if number >= len(frames):
            raise Http404
        return HttpResponse(
            frames[number],
            content_type="image/jpeg",
            headers={"Cache-Control": f"private, max-age={FRAMES_SECONDS}"},
        )


@admin.register(Ruling)
class RulingAdmin(Records):
    list_display = [
        "made_at",
        "subject_kind",
        "kind",
        "reason",
        "author",
        "made_by",
        "lifted_at",
        "lifted_by",
    ]
    list_filter = ["kind", "reason", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["author", "made_by", "lifted_by"]
    date_hierarchy = "made_at"
    search_fields = ["subject_id", "author__handle", "made_by__handle"]
    ordering = ["-made_at", "-pk"]
    readonly_fields = ["case"]

    @admin.display(description=gettext_lazy("case"))
    def case(self, ruling: Ruling) -> str:
        return format_html(
            '<a href="{}">{}</a>', _case_path(ruling.subject_kind, ruling.subject_id), ruling.subject_id
        )


def _refuse_without_permission(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("moderation.rule"):
        raise PermissionDenied
    return user


def _subject(kind: str, public_id: uuid.UUID) -> Subject:
    subject = describe(kind, public_id)
    if subject is None:
        raise Http404
    return subject


def _case_path(kind: str, public_id: uuid.UUID) -> str:
    return reverse("admin:moderation_case", args=[kind, public_id])


def _decide(staff: User, subject: Subject, *, act: str, reason: str, explanation: str) -> str:
    """Do what was chosen on the screen; returns what the staff reads about it."""
    now = timezone.now()
    if act == "dismiss":
        closed = decisions.dismiss(staff=staff, subject=subject, answer=explanation, now=now)
        return ngettext(
            "No action; %(count)s report is answered.", "No action; %(count)s reports are answered.", closed
        ) % {"count": closed}
    if act.startswith("lift:"):
        wanted = act.removeprefix("lift:")
        in_force = queries.rulings_concerning(subject.kind, subject.public_id, author=subject.author)
        found = next((ruling for ruling in in_force if str(ruling.public_id) == wanted), None)
        if found is None:
            raise decisions.Settled(_("This ruling was lifted already."))
        decisions.lift(staff=staff, ruling=found, explanation=explanation, now=now)
        return _("Taken back: %(ruling)s. The author is told.") % {"ruling": found.get_kind_display()}
    made = decisions.rule(
        staff=staff, subject=subject, kind=act, reason=reason, explanation=explanation, now=now
    )
    return _("Done: %(ruling)s. The author is told why.") % {"ruling": made.get_kind_display()}


def _frames(subject: Subject) -> list[bytes]:
    """The stills, made once in ``FRAMES_SECONDS`` however many are asked for."""
    name = f"case-frames:{subject.kind}:{subject.public_id}"
    kept: list[bytes] | None = cache.get(name)
    if kept is None:
        kept = list(subject.frames())
        cache.set(name, kept, FRAMES_SECONDS)
    return kept


def _frame_paths(subject: Subject) -> list[str]:
    return [
        reverse("admin:moderation_frame", args=[subject.kind, subject.public_id, number])
        for number in range(len(_frames(subject)))
    ]


def _colleague_looking(staff: User, subject: Subject) -> str:
    """The handle of somebody else who opened this case within ``LOOKING_SECONDS``; empty if nobody did."""
    name = f"case-looking:{subject.kind}:{subject.public_id}"
    other: str = cache.get(name, "")
    if not other or other == staff.handle:
        cache.set(name, staff.handle, LOOKING_SECONDS)
        return ""
    return other

"""Pages of moderation for everybody: reporting something, and reading what was ruled about oneself."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from moderation import decisions, queries
from moderation.forms import ReportForm
from moderation.models import Report
from moderation.subjects import Subject, describe
from users.asking import person_of
from users.models import User

RULINGS_PAGE = 20


def _subject_for(viewer: User, kind: str, public_id: uuid.UUID) -> Subject:
    """The reported thing if ``viewer`` may see it; 404 otherwise, whether it exists or not."""
    subject = describe(kind, public_id)
    if subject is None or subject.gone or not subject.visible_to(viewer, timezone.localdate()):
        raise Http404
    return subject


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, public_id: uuid.UUID) -> HttpResponse:
    user = person_of(request)
    if request.method != "POST":
        subject = _subject_for(user, kind, public_id)
        page = {"subject": subject, "form": ReportForm(), "own": subject.author.pk == user.pk}
        return render(request, "moderation/report.html", page)
    form = ReportForm(request.POST)
    problem, status = "", 400
    if form.is_valid():
        try:
            decisions.report(
                reporter=user,
                subject_kind=kind,
                subject_id=public_id,
                reason=form.cleaned_data["reason"],
                details=form.cleaned_data["details"],
                now=timezone.now(),
            )
        except decisions.NotThere as error:
            raise Http404 from error
        except decisions.Refused as error:
            problem, status = error.message, error.status
        else:
            return redirect("moderation:thanks", kind=kind, public_id=public_id)
    subject = _subject_for(user, kind, public_id)
    page = {"subject": subject, "form": form, "problem": problem, "own": subject.author.pk == user.pk}
    return render(request, "moderation/report.html", page, status=status)


@never_cache
@login_required
@require_safe
def thanks(request: HttpRequest, kind: str, public_id: uuid.UUID) -> HttpResponse:
    """What happens next; only for somebody who did report it."""
    made = Report.objects.about(kind, public_id).filter(reporter_id=request.user.pk).order_by("-pk").first()
    if made is None:
        raise Http404
    return render(request, "moderation/thanks.html", {"report": made, "subject": describe(kind, public_id)})


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    page = Paginator(queries.rulings_for(user), RULINGS_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "told": queries.told(list(page.object_list)),
        "suspension": queries.suspension_of(user),
    }
    return render(request, "moderation/rulings.html", context)

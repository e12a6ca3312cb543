"""The composer, the live page, the drafts, and the media of one's own clips."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from generation import decisions, delivery, engines, files, queries, rules
from generation.forms import ComposerForm
from generation.models import Generation, State
from licensing.queries import as_mention
from moderation.queries import suspension_of
from users.asking import person_of
from users.models import User

_PER_PAGE = 24


def _own(request: HttpRequest, public_id: uuid.UUID) -> Generation:
    """One's own draft. Another's looks as if there were none."""
    return get_object_or_404(Generation.objects.owned_by(request.user), public_id=public_id)


@login_required
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    if request.method == "POST":
        return _submit(request, me)
    first = not Generation.objects.filter(owner=me).exists()
    asked = request.GET.get("prompt", "")[: settings.PROMPT_MAX_LENGTH * 2]
    form = ComposerForm(
        initial={
            "prompt": asked
            or (
                _("A red fox runs through a snowy forest at night. It says: “Wait for me!”") if first else ""
            ),
            "key": str(uuid.uuid4()),
            "shape": request.GET.get("shape", "9:16"),
            "seconds": request.GET.get("seconds", "5"),
            "style": request.GET.get("style", ""),
        }
    )
    return _composer(request, form)


def _submit(request: HttpRequest, me: User) -> HttpResponse:
    form = ComposerForm(request.POST)
    if not form.is_valid():
        return _composer(request, form, status=400)
    try:
        generation, _new = decisions.submit(
            owner=me, wish=form.wish(), idempotency_key=form.idempotency_key(), now=timezone.now()
        )
    except decisions.Invalid as error:
        form.show(error.faults)
        status = 400
    except decisions.IdempotencyConflict:
        form.add_error(None, _("This page had made a clip already. Press the button again to make another."))
        status = 409
    except decisions.TooMany as error:
        form.add_error(None, str(error))
        status = 429
    except decisions.Suspended as error:
        form.add_error(None, str(error))
        status = 403
    else:
        return redirect("generation:detail", generation.public_id)
    # The words stay; the key is new, since what comes next is another wish.
    form.data = {**request.POST.dict(), "key": str(uuid.uuid4())}
    return _composer(request, form, status=status)


def _composer(request: HttpRequest, form: ComposerForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "prompt_most": settings.PROMPT_MAX_LENGTH,
        "several_engines": len(engines.names()) > 1,
        "suspension": suspension_of(request.user),
        "examples": [
            _("Two pandas dance on the beach at sunset, watercolour"),
            _("A rocket flies past a purple planet, the camera zooms out"),
            _("一只小猫在雨中的城市里追蝴蝶"),
        ],
    }
    return render(request, "generation/create.html", context, status=status)


@login_required
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What is wrong with what stands in the composer now, whom it mentions, and what would be drawn."""
    form = ComposerForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": _("This cannot be read.")}, status=400)
    wish = form.wish()
    faults, characters = decisions.check(wish)
    prompt = rules.tidy(wish.prompt)
    return JsonResponse(
        {
            "length": len(prompt),
            "faults": [
                {"field": fault.field, "code": fault.code, "sentence": fault.sentence, "span": fault.span}
                for fault in faults
            ],
            "mentions": [as_mention(character) for character in characters],
            "notes": [] if faults else queries.understood(wish, characters),
            "prompt": prompt,
        }
    )


@login_required
@require_safe
@never_cache
def drafts(request: HttpRequest) -> HttpResponse:
    words, state = request.GET.get("q", "")[:200], request.GET.get("state", "")
    found = queries.drafts_of(person_of(request), words=words, state=state)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "state": state,
        "states": [
            ("", _("All")),
            ("active", _("In the making")),
            ("ready", _("Ready")),
            ("failed", _("Failed")),
        ],
        "any": bool(page.object_list) or Generation.objects.owned_by(request.user).exists(),
    }
    return render(request, "generation/drafts.html", context)


@login_required
@require_safe
@never_cache
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    generation = _own(request, public_id)
    snapshot = queries.snapshot(generation, now=timezone.now())
    context = {
        "generation": generation,
        "generation_id": generation.public_id,
        "snapshot": snapshot,
        "pieces": queries.marked_prompt(generation.prompt, snapshot["notes"]),
        "engine_label": engines.labels().get(generation.engine, generation.engine),
    }
    return render(request, "generation/detail.html", context)


@require_safe
@never_cache
def live(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """The live page's figures for browsers without a websocket; 401 tells a page that its session has ended."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": _("Please log in.")}, status=401)
    return JsonResponse(queries.snapshot(_own(request, public_id), now=timezone.now()))


@login_required
@require_POST
def cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    generation = _own(request, public_id)
    if decisions.cancel(generation=generation, now=timezone.now()):
        messages.success(request, _("Cancelled. It cost you nothing."))
    return redirect("generation:detail", public_id)


@login_required
@require_POST
def retry(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    generation = _own(request, public_id)
    try:
        decisions.retry(generation=generation, now=timezone.now())
    except decisions.Refused as error:
        messages.error(request, str(error))
    return redirect("generation:detail", public_id)


@login_required
@require_POST
def delete(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    generation = _own(request, public_id)
    try:
        decisions.delete(generation=generation, now=timezone.now())
    except decisions.StillNeeded as error:
        messages.error(request, str(error))
        return redirect("generation:detail", public_id)
    messages.success(request, _("Deleted."))
    return redirect("generation:drafts")


# --- media ------------------------------------------------------------------------------------


async def _reachable(request: HttpRequest, public_id: str, **limits: Any) -> Generation | None:
    """The owner's own generation, if the request comes from the owner."""
    user = await request.auser()
    return await Generation.objects.owned_by(user).filter(public_id=public_id, **limits).afirst()


@require_safe
async def media(request: HttpRequest, public_id: str, part: str) -> HttpResponseBase:
    """A finished part, for its owner or for whoever has a signed link that still works."""
    generation = await _reachable(request, public_id, state=State.READY)
    if generation is None and (key := request.GET.get("key", "")):
        linked = await Generation.objects.filter(public_id=public_id).afirst()
        if linked is not None and delivery.link_is_good(linked, part, key):
            generation = linked
    if generation is None:
        raise Http404
    return await delivery.send(
        request,
        delivery.stored_name(generation, part),
        content_type=delivery.TYPES[part],
        filename=f"{str(generation.public_id)[-12:]}-{part}",
        attachment="download" in request.GET,
    )


@require_safe
async def fragment(request: HttpRequest, public_id: str, take: str, number: str) -> HttpResponseBase:
    """A live fragment, for the owner. A take never changes, so a browser may keep its pieces."""
    generation = await _reachable(request, public_id)
    if generation is None or int(take) > generation.takes:
        raise Http404
    return await delivery.send(
        request,
        files.fragment_name(generation, int(number), take=int(take)),
        content_type=delivery.FRAGMENT_TYPE,
        filename=f"{number}.m4s",
        cache_control="private, max-age=3600, immutable",
    )

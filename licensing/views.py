"""The catalogue: which characters there are, on what terms, and what they look like. Open to everybody."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from licensing import drawings, queries
from licensing.models import Character

PAGE = 24
WORDS_MAX = 80
PICTURE_SECONDS = 3600


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:WORDS_MAX]
    page = Paginator(queries.catalogue(words), PAGE).get_page(request.GET.get("page"))
    return render(request, "licensing/catalogue.html", {"page": page, "words": words})


@require_safe
def picture(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A character's drawing as WebP; only of characters in the catalogue, never by a name from outside."""
    character = get_object_or_404(Character.objects.offered(), public_id=public_id)
    try:
        body = drawings.webp(character.drawing)
    except drawings.NoSuchDrawing as error:
        raise Http404 from error
    return HttpResponse(
        body,
        content_type="image/webp",
        headers={"Cache-Control": f"public, max-age={PICTURE_SECONDS}", "X-Content-Type-Options": "nosniff"},
    )


@require_safe
def mentions(request: HttpRequest) -> JsonResponse:
    """What ``@`` completes to: ``{"characters": [{handle, name, credit, terms, picture}]}``."""
    found = queries.mention_candidates(request.GET.get("q", "")[:WORDS_MAX])
    return JsonResponse({"characters": [queries.as_mention(character) for character in found]})

"""Pages of the feed, and the media of posts. Each view parses, asks one question or takes one decision, answers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feed import decisions, media, queries
from feed.forms import PublishForm
from feed.models import Visibility
from generation.delivery import TYPES, send
from users.asking import person_of
from users.models import User
from users.queries import invites_left


def _cursor(request: HttpRequest) -> queries.Cursor | None:
    """Raises ``BadCursor``."""
    text = request.GET.get("after", "")
    return queries.read_cursor(text) if text else None


def _bad_cursor() -> HttpResponse:
    return HttpResponseBadRequest(_("That address is not complete. Please start again from the feed."))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    try:
        page = queries.feed_page(request.user, after=_cursor(request), now=timezone.now())
    except queries.BadCursor:
        return _bad_cursor()
    welcome = "welcome" in request.GET and request.user.is_authenticated
    return render(request, "feed/home.html", {"page": page, "welcome": welcome})


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """The next clips alone, to be put under those that are there."""
    try:
        page = queries.feed_page(request.user, after=_cursor(request), now=timezone.now())
    except queries.BadCursor:
        return _bad_cursor()
    return render(request, "feed/_clips.html", {"page": page})


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    order = "liked" if request.GET.get("sort") == "liked" else "new"
    try:
        page = queries.explore_page(
            words,
            most_liked=order == "liked",
            viewer=request.user,
            after=_cursor(request),
            now=timezone.now(),
        )
    except queries.BadCursor:
        return _bad_cursor()
    context = {
        "page": page,
        "words": words,
        "order": order,
        "query": urlencode({"q": words} if words else {}),
    }
    return render(request, "feed/explore.html", context)


@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    person = get_object_or_404(User, handle__iexact=handle, is_active=True)
    if person.handle != handle:
        return redirect("feed:profile", person.handle, permanent=True)
    try:
        page = queries.profile_page(person, viewer=request.user, after=_cursor(request), now=timezone.now())
    except queries.BadCursor:
        return _bad_cursor()
    return render(
        request, "feed/profile.html", {"person": person, "page": page, "own": request.user == person}
    )


# --- one post ---------------------------------------------------------------------------------


@require_safe
def post(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The permalink. Posts that this person may not see look as if they had never been, except that
    what was taken back says so to its author."""
    now = timezone.now()
    page = queries.post_page(public_id, viewer=request.user, now=now)
    if page is None:
        draft = queries.taken_back(public_id, viewer=request.user)
        if draft is None:
            raise Http404
        return render(request, "feed/withdrawn.html", {"draft": draft}, status=410)
    clip = page.clip
    address = f"{settings.SITE_URL}{reverse('feed:post', args=[public_id])}"
    context: dict[str, Any] = {
        "page": page,
        "clip": clip,
        "address": address,
        "visibility": Visibility(clip.visibility).label,
        "start": _start(request, clip.duration),
        "video": media.link(clip, "clip.mp4", request.user),
        "poster": media.link(clip, "poster.jpg", request.user),
        "captions": media.link(clip, "captions.vtt", request.user) if clip.captions else "",
        "form": PublishForm(initial={"caption": clip.caption, "visibility": clip.visibility})
        if page.own
        else None,
        "described": _described(clip, address) if queries.is_public(clip) and page.for_everyone else "",
    }
    if page.own and "new" in request.GET:
        context |= {"new": True, "invites_left": invites_left(person_of(request), now=now)}
    response = render(request, "feed/post.html", context)
    if not (queries.is_public(clip) and page.for_everyone):
        response["X-Robots-Tag"] = "noindex"
    return response


def _start(request: HttpRequest, duration: float) -> float:
    """Seconds of ``?t=``; 0 for anything that is not a time within the clip."""
    try:
        start = float(request.GET.get("t", "0").removesuffix("s"))
    except ValueError:
        return 0.0
    return round(start, 1) if 0.0 < start < duration else 0.0


def _described(clip: queries.Clip, address: str) -> dict[str, Any]:
    """The clip in schema.org's words, for search engines."""
    return {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": clip.caption or _("A clip by %(name)s") % {"name": clip.name},
        "description": clip.caption,
        "url": address,
        "contentUrl": f"{settings.SITE_URL}{media.link(clip, 'clip.mp4')}",
        "thumbnailUrl": [f"{settings.SITE_URL}{media.link(clip, 'poster.jpg')}"],
        "uploadDate": clip.published_at.isoformat(),
        "duration": f"PT{clip.duration:.1f}S",
        "width": clip.width,
        "height": clip.height,
        "author": {"@type": "Person", "name": clip.name, "url": f"{settings.SITE_URL}/@{clip.handle}"},
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/LikeAction",
            "userInteractionCount": clip.like_count,
        },
        "digitalSourceType": "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    }


@require_safe
def oembed(request: HttpRequest) -> JsonResponse:
    """A preview of a permalink for other sites (oEmbed 1.0). A link with the poster: the player stays here."""
    found = re.fullmatch(
        rf"{re.escape(settings.SITE_URL)}/v/([0-9a-f-]{{36}})(?:\?.*)?", request.GET.get("url", "")
    )
    try:
        public_id = UUID(found[1]) if found else None
    except ValueError:
        public_id = None
    page = public_id and queries.post_page(public_id, viewer=AnonymousUser(), now=timezone.now())
    if not page or not queries.is_public(page.clip):
        raise Http404
    clip = page.clip
    return JsonResponse(
        {
            "version": "1.0",
            "type": "link",
            "title": clip.caption or clip.name,
            "author_name": clip.name,
            "author_url": f"{settings.SITE_URL}{reverse('feed:profile', args=[clip.handle])}",
            "provider_name": settings.SITE_NAME,
            "provider_url": settings.SITE_URL,
            "thumbnail_url": f"{settings.SITE_URL}{media.link(clip, 'poster.jpg')}",
            "thumbnail_width": clip.width,
            "thumbnail_height": clip.height,
            "cache_age": 3600,
        }
    )


@login_required
@require_POST
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """``public_id`` is the draft's."""
    try:
        made = decisions.publish(
            author=person_of(request),
            generation=public_id,
            caption=request.POST.get("caption", ""),
            visibility=request.POST.get("visibility", ""),
            now=timezone.now(),
        )
    except decisions.NotThere as error:
        raise Http404 from error
    except decisions.CannotPost as error:
        form = PublishForm(request.POST)
        form.add_error(error.field or None, error.message)
        context = {"form": form, "generation_id": public_id}
        return render(request, "feed/publish.html", context, status=403 if error.code == "suspended" else 400)
    return redirect(f"{reverse('feed:post', args=[made.public_id])}?new=1")


@login_required
@require_POST
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        decisions.edit(
            author=person_of(request),
            post=public_id,
            caption=request.POST.get("caption"),
            visibility=request.POST.get("visibility"),
            now=timezone.now(),
        )
    except decisions.NotThere as error:
        raise Http404 from error
    except decisions.CannotPost as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("feed:post", public_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        taken = decisions.withdraw(author=person_of(request), post=public_id, now=timezone.now())
    except decisions.NotThere as error:
        raise Http404 from error
    messages.success(request, _("Taken back. It is a draft again."))
    return redirect("generation:detail", taken.generation.public_id)


@login_required
@require_POST
def like(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For the permalink without JavaScript: ``liked`` says what it should be afterwards."""
    decide = decisions.like if request.POST.get("liked") == "yes" else decisions.unlike
    try:
        decide(user=person_of(request), post=public_id, now=timezone.now())
    except decisions.NotThere as error:
        raise Http404 from error
    except decisions.CannotPost as error:
        messages.error(request, error.message)
    return redirect("feed:post", public_id)


# --- media ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
async def post_media(request: HttpRequest, public_id: UUID, part: str) -> HttpResponseBase:
    """A post's clip, poster or captions, with ranges. Withdrawn or ruled away, it stops at once."""
    found = await sync_to_async(media.part_for)(
        public_id, part, viewer=await request.auser(), key=request.GET.get("key", ""), now=timezone.now()
    )
    if found is None:
        raise Http404
    return await send(
        request,
        found.name,
        content_type=TYPES[part],
        filename=f"{public_id}-{part}",
        cache_control="public, max-age=60, must-revalidate" if found.public else "private, no-store",
    )

"""Drawing many clips at once.

Twenty articles through the template engine cost more than all else on the page together. ``_clip.html``
and ``_tile.html`` are therefore rendered once for each language, with marks where a clip's own values
belong, and every clip is that text with its values, escaped, put in. What differs in shape and not only in
words (credits) is a template of its own, treated in the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from feed.forms import PublishForm
from feed.media import link
from feed.models import Visibility
from feed.queries import Clip, Viewer, address_of_draft, is_public

register = template.Library()

_ID = "ffffffff-ffff-7fff-bfff-ffffffffffff"
_HANDLE = "zZ_a_handle_Zz"


_NAMES = {
    "_clip.html": (
        "position loading priority shape caption likes liked published day name avatar width height seconds hash"
        " captions credits engine poster source"
    ),
    "_tile.html": "shape caption likes views name hash width height poster badge",
    "_badge.html": "label",
    "_credit.html": "credit",
}


def _stamp(name: str, _language: str | None) -> str:
    context: dict[str, object] = {word: f"\ue000{word}\ue001" for word in _NAMES[name].split()}
    context |= {"id": UUID(_ID), "handle": _HANDLE}
    text = render_to_string(f"feed/{name}", context).strip().replace("%", "%%")
    text = text.replace(_ID, "%(id)s").replace(_HANDLE, "%(handle)s")
    return re.sub("\ue000([a-z]+)\ue001", r"%(\1)s", text)


_cached_stamp = cache(_stamp)


def stamp(name: str) -> str:
    """The template as a format string in the language of the moment; values must come escaped."""
    make: Callable[[str, str | None], str] = _stamp if settings.DEBUG else _cached_stamp
    return make(name, get_language())


def shape_of(clip: Clip) -> str:
    if clip.width == clip.height:
        return "square"
    return "tall" if clip.height > clip.width else "wide"


def _credits(clip: Clip) -> str:
    if clip.references in ("[]", []):
        return ""
    piece = stamp("_credit.html")
    return "".join(
        piece % {"handle": escape(character["handle"]), "credit": escape(character["credit"])}
        for character in clip.credits
    )


@register.simple_tag
def clips(shown: Iterable[Clip], first: int = 1) -> SafeString:
    """The feed's articles; ``first`` is the place of the first one in the feed."""
    piece = stamp("_clip.html")
    drawn = []
    for position, clip in enumerate(shown, first):
        published = clip.published_at.isoformat(timespec="seconds")
        values = {
            "id": str(clip.public_id),
            "position": str(position),
            "loading": "eager" if position == 1 else "lazy",
            "priority": "high" if position == 1 else "auto",
            "shape": shape_of(clip),
            "caption": escape(clip.caption),
            "likes": f"{clip.like_count:,}",
            "liked": "true" if clip.liked else "false",
            "published": published,
            "day": published[:10],
            "handle": clip.handle,
            "name": escape(clip.name),
            "avatar": clip.avatar_url,
            "width": str(clip.width),
            "height": str(clip.height),
            "seconds": f"{clip.duration:g}",
            "hash": escape(clip.thumbhash),
            "captions": link(clip, "captions.vtt") if clip.captions else "",
            "credits": _credits(clip),
            "engine": escape(clip.engine_label),
            "poster": link(clip, "poster.jpg"),
            "source": link(clip, "clip.mp4"),
        }
        drawn.append(piece % values)
    return mark_safe("".join(drawn))  # noqa: S308 - every value above is escaped or made here


@register.simple_tag
def tiles(shown: Iterable[Clip], viewer: Viewer) -> SafeString:
    """Posters for a grid, each a link to its page. Posts that not everyone sees say so."""
    piece = stamp("_tile.html")
    drawn = []
    for clip in shown:
        badge = (
            ""
            if is_public(clip)
            else stamp("_badge.html") % {"label": escape(str(Visibility(clip.visibility).label))}
        )
        values = {
            "id": str(clip.public_id),
            "shape": shape_of(clip),
            "caption": escape(clip.caption) or escape(clip.name),
            "likes": f"{clip.like_count:,}",
            "views": f"{clip.view_count:,}",
            "name": escape(clip.name),
            "hash": escape(clip.thumbhash),
            "width": str(clip.width),
            "height": str(clip.height),
            "poster": link(clip, "poster.jpg", viewer),
            "badge": badge,
        }
        drawn.append(piece % values)
    return mark_safe("".join(drawn))  # noqa: S308 - every value above is escaped or made here


@register.simple_tag
def media_link(clip: Clip, part: str) -> str:
    return link(clip, part)


@register.simple_tag
def clip_shape(clip: Clip) -> str:
    return shape_of(clip)


@register.simple_tag
def publish_form() -> PublishForm:
    """An empty form, for pages of drafts that include ``feed/_publish.html``."""
    return PublishForm(initial={"visibility": Visibility.PUBLIC})


@register.simple_tag
def standing_post(generation_id: UUID) -> str:
    """The address of the post that shows a draft; empty while there is none."""
    return address_of_draft(generation_id)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """A data block for search engines: no browser runs it, so a strict content policy lets it be."""
    text = json.dumps(data, ensure_ascii=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - cannot end the block

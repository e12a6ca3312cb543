"""Small pieces of every page."""

from __future__ import annotations

import json
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@cache
def _icons() -> dict[str, str]:
    path = settings.NODE_MODULES / "@iconify-json" / "lucide" / "icons.json"
    return {name: icon["body"] for name, icon in json.loads(path.read_text("utf-8"))["icons"].items()}


@register.simple_tag
def icon(name: str, size: int = 24) -> SafeString:
    """An icon of the one set (Lucide), drawn in the text's colour and silent to screen readers."""
    body = mark_safe(_icons()[name])  # noqa: S308 - the set is a pinned package, not input
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{1}</svg>',
        size,
        body,
    )

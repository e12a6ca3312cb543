"""Pictures of the vector set that plays the characters: Fluent Emoji, from the installed package.

Knows names and pixels of the set, not what a drawing stands for, and not how the engine colours and
moves it. The package's file has 100 MB: it is searched in place and never loaded whole.
"""

from __future__ import annotations

import io
import json
import mmap
import re
from pathlib import Path

import resvg_py
from django.conf import settings
from django.core.cache import cache
from PIL import Image

EDGE = 256
"""Pixels of the pictures, which are square."""
_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEEP_SECONDS = 7 * 24 * 3600
_VERSION = 1
_ALIASES_DEEP = 4


class NoSuchDrawing(LookupError):
    """The set has no drawing of that name."""


def _body(name: str) -> str:
    """The SVG body of a drawing; an alias gives its target's. Raises ``NoSuchDrawing``."""
    path = Path(settings.NODE_MODULES) / "@iconify-json" / "fluent-emoji" / "icons.json"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        for _step in range(_ALIASES_DEEP):
            if _FORM.fullmatch(name) is None:
                raise NoSuchDrawing(name)
            at = text.find(f'\n\t\t"{name}": {{'.encode())
            if at < 0:
                raise NoSuchDrawing(name)
            start = text.find(b"{", at)
            entry = json.loads(text[start : text.find(b"\n\t\t}", start) + 4])
            if "body" in entry:
                return str(entry["body"])
            name = entry["parent"]
    raise NoSuchDrawing(name)


def exists(name: str) -> bool:
    try:
        _body(name)
    except NoSuchDrawing:
        return False
    return True


def webp(name: str) -> bytes:
    """The drawing as WebP with transparency, ``EDGE`` pixels wide and high. Raises ``NoSuchDrawing``."""
    key = f"drawing:{_VERSION}:{EDGE}:{name}"
    if _FORM.fullmatch(name) is None:
        raise NoSuchDrawing(name)
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = _drawn(_body(name))
        cache.set(key, kept, _KEEP_SECONDS)
    return kept


def _drawn(body: str) -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 32 32">{body}</svg>'
    )
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=EDGE, height=EDGE, skip_system_fonts=True))
    with Image.open(io.BytesIO(png)) as picture, io.BytesIO() as out:
        picture.save(out, "WEBP", quality=88, method=4)
        return out.getvalue()

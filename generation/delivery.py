"""Sending files of the media storage: ranges, constant memory, and links that expire.

Knows which parts a generation has and what type each part is; a type is never guessed from a name or from the
bytes. Who may see a part is decided by the caller (``views`` for the owner and for signed links, the feed for posts).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, TimestampSigner
from django.db import connections
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date

from generation.models import Generation

CHUNK_BYTES = 256 * 1024
TYPES = {
    "clip.mp4": "video/mp4",
    "poster.jpg": "image/jpeg",
    "captions.vtt": "text/vtt; charset=utf-8",
}
FRAGMENT_TYPE = "video/mp4"
_SALT = "generation.media"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def stored_name(generation: Generation, part: str) -> str:
    """The name in the storage of a part of ``TYPES``; empty if the generation has none."""
    match part:
        case "clip.mp4":
            return generation.clip
        case "poster.jpg":
            return generation.poster
        case "captions.vtt":
            return generation.captions
    return ""


def path_of(generation: Generation, part: str) -> str:
    """Path on this site of a part, for the owner's own session."""
    return reverse("generation:media", args=[generation.public_id, part])


def signed_link(generation: Generation, part: str) -> str:
    """Path of a part that works for whoever has it, for ``MEDIA_LINK_SECONDS``."""
    key = TimestampSigner(salt=_SALT).sign(f"{generation.public_id}/{part}").partition(":")[2]
    return f"{path_of(generation, part)}?key={key}"


def link_is_good(generation: Generation, part: str, key: str) -> bool:
    """Whether ``key`` was made by us, for this part, not too long ago."""
    try:
        TimestampSigner(salt=_SALT).unsign(
            f"{generation.public_id}/{part}:{key}", max_age=dt.timedelta(seconds=settings.MEDIA_LINK_SECONDS)
        )
    except BadSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` up to and including ``end`` of a file."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1


class Unsatisfiable(ValueError):
    """The range asked for lies outside the file."""


def span_of(header: str, size: int) -> Span | None:
    """What a Range header asks of a file of ``size`` bytes (RFC 9110, 14). None: send it whole, as for
    several ranges and for what is not understood. Raises ``Unsatisfiable``."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        if int(found[2]) == 0 or size == 0:
            raise Unsatisfiable
        return Span(max(0, size - int(found[2])), size - 1)
    start = int(found[1])
    if found[2] and int(found[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(int(found[2]), size - 1) if found[2] else size - 1)


async def send(
    request: HttpRequest,
    name: str,
    *,
    content_type: str,
    filename: str,
    attachment: bool = False,
    cache_control: str = "private, max-age=3600",
) -> HttpResponseBase:
    """Send the stored file ``name`` as ``content_type``; ``filename`` is what a download is called.

    From a folder: by ranges, 256 kB at a time (or by nginx, where ``MEDIA_ACCEL_PREFIX`` names its internal location).
    From elsewhere: a redirect to a link that the storage signs. Raises ``Http404``.
    """
    if not name:
        raise Http404
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        link = await asyncio.to_thread(default_storage.url, name)
        response: HttpResponseBase = HttpResponseRedirect(link)
        response["Cache-Control"] = "private, max-age=60"
        return response
    try:
        status = await asyncio.to_thread(path.stat)
    except FileNotFoundError as error:
        raise Http404 from error
    if settings.MEDIA_ACCEL_PREFIX:
        response = HttpResponse(
            headers={"X-Accel-Redirect": f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{quote(name)}"}
        )
    else:
        response = await _from_folder(request, path, size=status.st_size, modified=status.st_mtime)
    response["Cache-Control"] = cache_control
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code not in (304, 416):
        response["Content-Type"] = content_type
        response["Content-Disposition"] = f'{"attachment" if attachment else "inline"}; filename="{filename}"'
    return response


async def _from_folder(request: HttpRequest, path: Path, *, size: int, modified: float) -> HttpResponseBase:
    etag = f'"{int(modified * 1e6):x}-{size:x}"'
    headers = {"ETag": etag, "Last-Modified": http_date(modified), "Accept-Ranges": "bytes"}
    if _is_known(request, etag, modified):
        return HttpResponseNotModified(headers=headers)
    span: Span | None = None
    asked = request.headers.get("Range", "")
    if asked and _may_be_partial(request, etag, modified):
        try:
            span = span_of(asked, size)
        except Unsatisfiable:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    whole = span or Span(0, size - 1)
    headers["Content-Length"] = str(whole.length)
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.end}/{size}"
    if request.method == "HEAD":
        return HttpResponse(status=206 if span else 200, headers=headers)
    try:
        source = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    # A slow reader must not hold one of the database's connections while the file trickles out.
    await sync_to_async(_let_go_of_the_database)()
    return StreamingHttpResponse(_pieces(source, whole), status=206 if span else 200, headers=headers)


def _let_go_of_the_database() -> None:
    """As at the end of a request, unless somebody around us is in a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _is_known(request: HttpRequest, etag: str, modified: float) -> bool:
    """Whether the browser has this very file already (RFC 9110, 13.1)."""
    if (tags := request.headers.get("If-None-Match")) is not None:
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = _date(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(modified) <= since


def _may_be_partial(request: HttpRequest, etag: str, modified: float) -> bool:
    """If-Range: a part only if the rest, which the browser has, is of the same file."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag
    return _date(condition) == int(modified)


def _date(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (TypeError, ValueError):
        return None


async def _pieces(source: BinaryIO, span: Span) -> AsyncIterator[bytes]:
    left = span.length
    try:
        await asyncio.to_thread(source.seek, span.start)
        while left > 0:
            piece = await asyncio.to_thread(source.read, min(CHUNK_BYTES, left))
            if not piece:  # it has shrunk under us; the browser sees that bytes are missing
                return
            left -= len(piece)
            yield piece
    finally:
        source.close()

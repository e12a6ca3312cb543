"""What happens to a request before any app sees it."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Awaitable, Callable
from typing import cast

import redis.exceptions
from asgiref.sync import iscoroutinefunction
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
_OUTAGES = (
    OperationalError,
    InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"""

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def is_outage(error: BaseException) -> bool:
    """Whether a service or the disk is at fault, and not the request or our code."""
    return isinstance(error, _OUTAGES) or (isinstance(error, OSError) and error.errno in _DISK)


def _answer(request: HttpRequest, error: Exception) -> HttpResponse:
    first = next(iter(str(error).splitlines()), "") or type(error).__name__
    log.error("%s %s: a service is out of reach: %s", request.method, request.path, first)
    title = _("Back in a moment")
    text = _("Part of the site is out of reach. Nothing is lost. Please try again soon.")
    if request.path.startswith("/api/"):
        body = json.dumps({"detail": text, "code": "outage"})
        response = HttpResponse(body, status=503, content_type="application/json")
    else:
        page = format_html(_PAGE, language=get_language() or "en", title=title, text=text)
        response = HttpResponse(page, status=503)
    response["Retry-After"] = "5"
    return response


@sync_and_async_middleware
def plain_outage(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Database, Valkey or disk out of reach: a plain 503 and one log line, whatever was asked.

    Outermost, so that it also speaks for the middleware below. ``process_exception`` sees what views
    raise, before Django turns it into a 500.
    """
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            try:
                return await cast("AsyncHandler", get_response)(request)
            except Exception as error:
                if is_outage(error):
                    return _answer(request, error)
                raise

        handler: Handler | AsyncHandler = handle_async
    else:

        def handle(request: HttpRequest) -> HttpResponseBase:
            try:
                return cast("Handler", get_response)(request)
            except Exception as error:
                if is_outage(error):
                    return _answer(request, error)
                raise

        handler = handle

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _answer(request, error) if is_outage(error) else None

    handler.process_exception = process_exception  # type: ignore[union-attr]
    return handler


@sync_and_async_middleware
def refuse_nul(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """What cannot be read is refused before it becomes a 500: U+0000 in paths and queries, which PostgreSQL's
    text cannot hold, and JSON nested so deeply that Python's decoder gives up (in packages' views as in ours).
    """

    def carries_nul(request: HttpRequest) -> bool:
        return "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")

    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            if carries_nul(request):
                return HttpResponseBadRequest("NUL characters are not allowed")
            return await cast("AsyncHandler", get_response)(request)

        handler: Handler | AsyncHandler = handle_async
    else:

        def handle(request: HttpRequest) -> HttpResponseBase:
            if carries_nul(request):
                return HttpResponseBadRequest("NUL characters are not allowed")
            return cast("Handler", get_response)(request)

        handler = handle

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RecursionError) and "decoding a JSON" in str(error):
            return JsonResponse(
                {"detail": _("This is nested too deeply."), "code": "parse_error"}, status=400
            )
        return None

    handler.process_exception = process_exception  # type: ignore[union-attr]
    return handler

"""What happens to a request before any app sees it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import cast

import redis.exceptions
from asgiref.sync import iscoroutinefunction
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
OUTAGES = (OperationalError, InterfaceError, redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"""


def _outage(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s: a service is out of reach: %s", request.method, request.path, str(error).splitlines()[0] if str(error) else type(error).__name__)
    title, text = _("Back in a moment"), _("Part of the site is out of reach. Nothing is lost. Please try again soon.")
    if request.path.startswith("/api/"):
        response = HttpResponse(f'{{"detail": "{text}"}}', status=503, content_type="application/json")
    else:
        response = HttpResponse(PAGE.format(title=title, text=text), status=503)
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
            except OUTAGES as error:
                return _outage(request, error)

        handler: Handler | AsyncHandler = handle_async
    else:

        def handle(request: HttpRequest) -> HttpResponseBase:
            try:
                return cast("Handler", get_response)(request)
            except OUTAGES as error:
                return _outage(request, error)

        handler = handle

    handler.process_exception = lambda request, error: _outage(request, error) if isinstance(error, OUTAGES) else None  # type: ignore[union-attr]
    return handler


@sync_and_async_middleware
def refuse_nul(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """PostgreSQL text cannot hold U+0000: refuse it in paths and queries before it becomes a 500."""

    def carries_nul(request: HttpRequest) -> bool:
        return "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")

    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            if carries_nul(request):
                return HttpResponseBadRequest("NUL characters are not allowed")
            return await cast("AsyncHandler", get_response)(request)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        if carries_nul(request):
            return HttpResponseBadRequest("NUL characters are not allowed")
        return cast("Handler", get_response)(request)

    return handle

"""Pages in the language that a person chose, before the browser's wish."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def _activate(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.user.locale:
        translation.activate(request.user.locale)
        request.LANGUAGE_CODE = translation.get_language()


@sync_and_async_middleware
def language_of_user(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            await sync_to_async(_activate)(request)
            return await cast("AsyncHandler", get_response)(request)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        _activate(request)
        return cast("Handler", get_response)(request)

    return handle

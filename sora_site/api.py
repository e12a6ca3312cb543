"""The API's root: every app's routes, and one shape for every refusal."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import exception_handler


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals as ``{"detail": sentence, "code": word}``, or field errors as DRF writes them."""
    response = exception_handler(error, context)
    if response is not None and isinstance(response.data, dict) and "detail" in response.data:
        detail = response.data["detail"]
        response.data["code"] = getattr(detail, "code", "error")
    return response


urlpatterns = [
    path("", include("users.api_urls")),
    path("", include("generation.api_urls")),
    path("", include("feed.api_urls")),
    path("", include("licensing.api_urls")),
    path("", include("moderation.api_urls")),
]

"""Who asks, for views and API views that turn everybody else away before."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from users.models import User


def person_of(request: HttpRequest | Request) -> User:
    """The person who is logged in, or whose token it is. Only behind a decorator or permission that asks for one."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - for the type checker: nobody else comes this far
    return user

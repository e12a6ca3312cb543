"""A websocket client that speaks ASGI to the site's own application, and log-ins for it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings as site
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from sora_site.asgi import application
from users.models import User

ORIGIN = b"http://localhost"


def session_of(user: User) -> bytes:
    """A log-in cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = site.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{site.SESSION_COOKIE_NAME}={session.session_key}".encode()


class Socket(ApplicationCommunicator):
    """One connection to the live page of a generation."""

    def __init__(self, public_id: uuid.UUID, cookie: bytes, origin: bytes = ORIGIN) -> None:
        scope = {
            "type": "websocket",
            "path": f"/ws/generations/{public_id}/",
            "query_string": b"",
            "subprotocols": [],
            "headers": [(b"origin", origin), (b"host", b"localhost"), (b"cookie", cookie)],
        }
        super().__init__(application, scope)

    async def connect(self) -> tuple[bool, int]:
        """Whether we are let in, and the code if not."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(5)
        return answer["type"] == "websocket.accept", answer.get("code", 0)

    async def hear(self, seconds: float = 5) -> dict[str, Any]:
        answer = await self.receive_output(seconds)
        assert answer["type"] == "websocket.send", answer
        message: dict[str, Any] = json.loads(answer["text"])
        return message

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)

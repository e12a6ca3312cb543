"""The websocket of a live page: a snapshot first, then news, until the clip is ready and beyond.

Nothing is asked of the client: it fetches the fragments that it lacks by their numbers. News comes through the channel
layer; every few seconds the row is read again, so lost news only comes late.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from typing import Any, ClassVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.cache import cache
from django.db import Error as DatabaseFault
from django.utils import timezone, translation
from redis.exceptions import RedisError

from generation import news, queries
from generation.models import Generation, State
from users.models import User

log = logging.getLogger(__name__)
NO_SESSION, NOT_THERE, TOO_MANY, TOO_BIG, GONE, LATER = 4401, 4404, 4429, 1009, 4410, 4503
CONNECTIONS_PER_USER = 12
MESSAGE_BYTES = 1024
MESSAGES = 30
"""How many messages one connection may send: the page sends none."""
LOOK_AGAIN_SECONDS = 5.0
_SLOT_SECONDS = 30


class GenerationConsumer(AsyncWebsocketConsumer):
    groups: ClassVar[list[str]] = []

    async def connect(self) -> None:
        self.user: User | None = self.scope.get("user")
        self.public_id: uuid.UUID = self.scope["url_route"]["kwargs"]["public_id"]
        self.slot = ""
        self.last: dict[str, Any] = {}
        self.heard = 0
        self.watch: asyncio.Task[None] | None = None
        self.joined: list[str] = []
        self.moved = asyncio.Event()
        if self.user is None or not self.user.is_authenticated:
            await self.close(NO_SESSION)
            return
        try:
            first = await self._snapshot()
            if first is None:
                await self.close(NOT_THERE)
                return
            if not await self._take_slot():
                await self.close(TOO_MANY)
                return
            for group in (news.group_of(self.public_id), news.QUEUE_GROUP):
                await self.channel_layer.group_add(group, self.channel_name)
                self.joined.append(group)
        except (DatabaseFault, RedisError, OSError) as error:
            log.warning("a live page cannot be served: %s", error)
            await self.close(LATER)
            return
        await self.accept()
        # Again, after joining the group: nothing that happened in between is missed.
        await self._show()
        self.watch = asyncio.create_task(self._look_again())

    async def disconnect(self, code: int) -> None:
        if self.watch is not None:
            self.watch.cancel()
        with contextlib.suppress(RedisError, OSError):
            for group in self.joined:
                await self.channel_layer.group_discard(group, self.channel_name)
            if self.slot:
                await cache.adelete(self.slot)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages say nothing. What comes is counted, so that nobody can keep us busy."""
        self.heard += 1
        if len(text_data or bytes_data or "") > MESSAGE_BYTES:
            await self.close(TOO_BIG)
        elif self.heard > MESSAGES:
            await self.close(TOO_MANY)

    # --- news from the channel layer ---------------------------------------------------------------

    async def generation_news(self, event: dict[str, Any]) -> None:
        figures = event["figures"]
        if figures.keys() & {"state", "storyboard", "deleted"} or not self.last:
            await self._show()
            return
        self.last |= figures
        await self._send({"type": "progress", **figures})

    async def queue_moved(self, event: dict[str, Any]) -> None:
        if self.last.get("state") == State.QUEUED:
            self.moved.set()

    # --- inside -----------------------------------------------------------------------------------

    async def _look_again(self) -> None:
        """Now and then, and soon after the queue has moved: read the row, tell what is new, hold the slot."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.moved.wait(), LOOK_AGAIN_SECONDS)
                await asyncio.sleep(0.3)  # many jobs may move at once; one look serves them all
            self.moved.clear()
            try:
                await self._show()
                if self.slot:
                    await cache.atouch(self.slot, _SLOT_SECONDS)
            except (DatabaseFault, RedisError, OSError) as error:
                log.warning("a live page looks again later: %s", error)

    async def _show(self) -> None:
        snapshot = await self._snapshot()
        if snapshot is None:
            await self.close(GONE)
        elif snapshot != self.last:
            self.last = snapshot
            await self._send({"type": "snapshot", **snapshot})

    async def _send(self, content: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(content, ensure_ascii=False))

    @database_sync_to_async
    def _snapshot(self) -> dict[str, Any] | None:
        """What the page should show; None when there is nothing (any more) for this person."""
        user = User.objects.filter(pk=self.user.pk, is_active=True).first() if self.user else None
        if user is None:
            return None
        generation = Generation.objects.owned_by(user).filter(public_id=self.public_id).first()
        if generation is None:
            return None
        with translation.override(user.locale or None):
            return queries.snapshot(generation, now=timezone.now())

    async def _take_slot(self) -> bool:
        """One of the person's few connections; kept in Valkey, so that all web processes count together."""
        user = self.user
        if user is None:
            return False
        for number in range(CONNECTIONS_PER_USER):
            slot = f"generation.watch.{user.pk}.{number}"
            if await cache.aadd(slot, self.channel_name, _SLOT_SECONDS):
                self.slot = slot
                return True
        return False

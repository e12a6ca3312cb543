"""News of a generation to the pages that watch it, sent without ever waiting for anybody.

News says *that* something moved, with the figures that a page draws; the row in the database remains the truth, and
pages read it again now and then. So news may be lost (Valkey out of reach): it is logged once a while, never raised.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import uuid
from typing import Any

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)
QUEUE_GROUP = "generations.queue"
_SEND_SECONDS = 3.0
_MOST_WAITING = 1000


def group_of(public_id: uuid.UUID) -> str:
    """The channel-layer group of everybody who watches one generation."""
    return f"generation.{public_id.hex}"


def tell(public_id: uuid.UUID, **figures: Any) -> None:
    """Tell the watchers of one generation. Returns at once; figures are plain JSON values."""
    _sender().put(group_of(public_id), {"type": "generation.news", "figures": figures})


def tell_queue() -> None:
    """Tell everybody who waits in the queue that it has moved."""
    _sender().put(QUEUE_GROUP, {"type": "queue.moved"})


class _Sender:
    """One thread with one event loop and thus one connection, whoever sends from whatever thread."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._waiting: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="news", daemon=True).start()

    def put(self, group: str, message: dict[str, Any]) -> None:
        self._loop.call_soon_threadsafe(self._put, group, message)

    def _put(self, group: str, message: dict[str, Any]) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()  # the oldest news is worth least
        self._waiting.put_nowait((group, message))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._pump())

    async def _pump(self) -> None:
        silent = False
        while True:
            group, message = await self._waiting.get()
            layer = get_channel_layer()
            if layer is None:
                continue
            try:
                await asyncio.wait_for(layer.group_send(group, message), _SEND_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever the layer's client raises, news is never worth more than a line
                if not silent:
                    log.warning("live news cannot be sent: %s", str(error) or type(error).__name__)
                silent = True
            else:
                silent = False


_lock = threading.Lock()
_only: _Sender | None = None


def _sender() -> _Sender:
    global _only
    with _lock:
        if _only is None or _only.pid != os.getpid():
            _only = _Sender()
        return _only

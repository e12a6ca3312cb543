"""What workers do. A message is a wake-up; what there is to do stands in the database."""

from __future__ import annotations

import logging
import threading
from typing import Any

import dramatiq
from django.db import close_old_connections
from django.utils import timezone
from dramatiq.middleware import Middleware

from generation import decisions, engines, files
from generation.models import Generation
from generation.studio import producer
from generation.studio.room import ProcessLost, Room

log = logging.getLogger(__name__)
RENDER_QUEUE = "render"
IDLE_MS = 100
_WEEK_MS = 7 * 24 * 3600 * 1000


class Studio(Middleware):
    """The one drawing room of a worker process: warm from its start, closed at its end.

    One clip at a time per process, however many threads it has: who wants more starts more processes.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._busy = threading.Lock()
        self._room: Room | None = None

    def before_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        # An idle worker asks the queue at ever longer intervals, up to this; a second would be half of what
        # a person waits for the first picture.
        worker.worker_timeout = min(worker.worker_timeout, IDLE_MS)

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        queues = worker.consumer_whitelist
        if not queues or RENDER_QUEUE in queues:
            try:
                self.room().start()
            except ProcessLost as error:
                log.warning("no warm start: %s", error)

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        self.stopping.set()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        if self._room is not None:
            self._room.close()

    def room(self) -> Room:
        if self._room is None:
            self._room = Room(engines.default_spec(), files.engine_cache())
        return self._room

    def work(self) -> None:
        """Make clips until nothing waits. Returns at once if another thread is at it already."""
        while not self.stopping.is_set():
            if not self._busy.acquire(blocking=False):
                return
            try:
                self._work_off()
            finally:
                self._busy.release()
            # A wake-up may have come between the last look and the release, and found us busy.
            if not Generation.objects.queued().exists():
                return

    def _work_off(self) -> None:
        room = self.room()
        while not self.stopping.is_set():
            generation = decisions.claim_next(worker=producer.worker_name(), now=timezone.now())
            if generation is None:
                return
            producer.produce(generation=generation, room=room, stopping=self.stopping)
            close_old_connections()
            if not self.stopping.is_set():
                room.rest()


studio = Studio()
dramatiq.get_broker().add_middleware(studio)


@dramatiq.actor(queue_name=RENDER_QUEUE, max_retries=0, time_limit=_WEEK_MS)
def render_next() -> None:
    """Something waits in the queue."""
    studio.work()


@dramatiq.actor(max_retries=3)
def purge_deleted(generation_id: int) -> None:
    """Remove the files of a deleted generation."""
    generation = Generation.objects.filter(pk=generation_id, deleted_at__isnull=False, purged_at=None).first()
    if generation is not None:
        files.remove_tree(files.folder_of(generation))
        decisions.record_purged(generation=generation, now=timezone.now())

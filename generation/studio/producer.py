"""One job, from the claim to the stored file: what the worker's thread does while its child draws.

It keeps the lease, hears cancellations, stores what the child makes, and reports through ``decisions``. A database
or Valkey that is away for a moment delays reports; the lease decides whether the work still counts.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import assert_never

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from generation import decisions, engines, files
from generation.engine.protocol import Request
from generation.engine.storyboard import Shape
from generation.models import Generation, Stage, State
from generation.rules import reference_of, style_or_none
from generation.studio.messages import Broken, Drawn, Made, Planned, Report, Stopped
from generation.studio.room import ProcessLost, Room

log = logging.getLogger(__name__)
LISTEN_SECONDS = 0.25
"""How long one wait for the child may take: cancellation and shutdown are seen as often."""
STOP_SECONDS = 0.4
"""How long a cancelled child may take to stop by itself; then it is killed."""
_FINISH_SECONDS = 300.0
_NEARLY_DONE = 0.8
"""A background clip of which so much is drawn is finished even if a person waits: it takes a moment."""
_WORK_PREFIX = "clip-"


class _NotOurs(Exception):
    """Cancelled, deleted, or taken up by another worker."""


class _ShuttingDown(Exception):
    """The worker has to end."""


class _GivesWay(Exception):
    """Nobody waits for this job, and somebody waits for the worker."""


class _TooSlow(Exception):
    """The job has used up its time."""


def request_of(generation: Generation) -> Request:
    """The row as the engine wants it."""
    return Request(
        prompt=generation.prompt,
        shape=Shape(generation.shape),
        seconds=generation.seconds,
        short_side=generation.short_side,
        style=style_or_none(generation.style),
        seed=generation.seed,
        references=tuple(reference_of(each) for each in generation.references),
    )


def produce(*, generation: Generation, room: Room, stopping: threading.Event) -> None:
    """Make the clip of a generation that this worker has claimed, and report what became of it.

    Raises nothing that belongs to the job; an outage that outlasts every patience is raised, and the sweep gives
    the job to somebody else when its lease is over.
    """
    job = _Job(generation, room, stopping)
    problem = ""
    try:
        with _work_folder(generation) as folder:
            job.make(folder)
            return
    except _NotOurs:
        log.info("%s: given up, it is not ours any more", generation.public_id)
        room.stop(seconds=STOP_SECONDS, until=_is_an_end)
    except _ShuttingDown:
        room.close()
        _discard(generation)
        decisions.give_back(generation=generation, now=timezone.now())
        return
    except _GivesWay:
        log.info("%s: put back, a person is waiting", generation.public_id)
        room.stop(seconds=STOP_SECONDS, until=_is_an_end)
        _discard(generation)
        decisions.give_back(generation=generation, now=timezone.now())
        return
    except ProcessLost as error:
        log.warning("%s: %s", generation.public_id, error)
        _discard(generation)
        code = "out_of_memory" if "SIGKILL" in str(error) else "engine_broke"
        decisions.lose(generation=generation, problem=code, now=timezone.now())
        return
    except _TooSlow:
        room.stop(seconds=STOP_SECONDS, until=_is_an_end)
        problem = "too_slow"
    except _Failed as error:
        problem = error.problem
    except OSError as error:
        log.exception("%s: the storage refused", generation.public_id)
        room.stop(seconds=STOP_SECONDS, until=_is_an_end)
        problem = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "storage_down"
    except DatabaseError:
        room.stop(seconds=STOP_SECONDS, until=_is_an_end)
        raise
    _discard(generation)
    if problem:
        decisions.fail(generation=generation, problem=problem, now=timezone.now())


class _Failed(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def _discard(generation: Generation) -> None:
    """Remove what this take stored, unless the clip counts after all: a database that went away at the
    very moment of the commit may have kept it."""
    kept = Generation.objects.filter(
        pk=generation.pk, state=State.READY, takes=generation.takes, deleted_at=None
    )
    if not kept.exists():
        files.discard_take(generation)


def _is_an_end(report: Report) -> bool:
    return isinstance(report, Stopped | Made | Broken)


class _Job:
    def __init__(self, generation: Generation, room: Room, stopping: threading.Event) -> None:
        self.generation = generation
        self.room = room
        self.stopping = stopping
        self.fragments = 0
        self.progress = 0.0
        started = generation.started_at or timezone.now()
        self.deadline = started + dt.timedelta(seconds=settings.GENERATION_TIME_LIMIT_SECONDS)
        self.lease_seen = time.monotonic()

    def make(self, folder: Path) -> None:
        spec = engines.spec_of(self.generation.engine)
        if spec is None:
            raise _Failed("unknown_engine")
        self.room.order(engine=spec, request=request_of(self.generation), folder=folder)
        while True:
            report = self.room.hear(seconds=LISTEN_SECONDS)
            self.keep_lease()
            match report:
                case None | Stopped():
                    continue
                case Planned():
                    self.report(
                        partial(
                            decisions.record_storyboard,
                            generation=self.generation,
                            storyboard=report.storyboard,
                        )
                    )
                case Drawn():
                    self.drawn(report)
                case Made():
                    self.made(report)
                    return
                case Broken():
                    log.error("%s: %s: %s", self.generation.public_id, report.problem, report.detail)
                    raise _Failed(report.problem)
                case _:
                    # Ready is swallowed by the room.
                    assert_never(report)  # type: ignore[arg-type]

    def keep_lease(self) -> None:
        """Prolong the lease, and find out whether the job is still wanted."""
        if self.stopping.is_set():
            raise _ShuttingDown
        now = timezone.now()
        if now > self.deadline:
            raise _TooSlow
        if time.monotonic() - self.lease_seen < LISTEN_SECONDS:
            return
        self.lease_seen = time.monotonic()
        self.report(partial(decisions.heartbeat, generation=self.generation))
        if self.generation.background and self.progress < _NEARLY_DONE and decisions.somebody_waits():
            raise _GivesWay

    def report(self, write: Callable[..., bool]) -> None:
        """Write to our row. A database that is away is told of by the next heartbeat that works."""
        close_old_connections()
        try:
            held = write(now=timezone.now())
        except DatabaseError as error:
            log.warning("%s: the database is out of reach: %s", self.generation.public_id, _line(error))
            return
        if not held:
            raise _NotOurs

    def drawn(self, report: Drawn) -> None:
        self.progress = report.progress
        if report.init:
            default_storage.save(files.fragment_name(self.generation, 0), ContentFile(report.init))
        for number, data in enumerate(report.fragments, start=report.first + 1):
            default_storage.save(files.fragment_name(self.generation, number), ContentFile(data))
            self.fragments = number
        stage = Stage.FINISH if report.progress >= 1 else Stage.RENDER
        if report.fragments:
            self.report(
                partial(
                    decisions.record_fragment,
                    generation=self.generation,
                    count=self.fragments,
                    mime=report.mime,
                    progress=report.progress,
                )
            )
        else:
            self.report(
                partial(
                    decisions.record_progress,
                    generation=self.generation,
                    progress=report.progress,
                    stage=stage,
                )
            )

    def made(self, report: Made) -> None:
        size = report.clip.stat().st_size
        clip = self.store(report.clip, "clip.mp4")
        poster = self.store(report.poster, "poster.jpg")
        captions = self.store(report.captions, "captions.vtt") if report.captions else ""
        waited_until = time.monotonic() + _FINISH_SECONDS
        while True:
            close_old_connections()
            try:
                won = decisions.finish(
                    generation=self.generation,
                    clip=clip,
                    poster=poster,
                    captions=captions,
                    thumbhash=report.thumbhash,
                    width=report.width,
                    height=report.height,
                    duration=report.seconds,
                    size=size,
                    now=timezone.now(),
                )
            except DatabaseError as error:
                # All is made and stored: wait for the database rather than make it again.
                log.warning(
                    "%s: finished, but the database is out of reach: %s",
                    self.generation.public_id,
                    _line(error),
                )
                if self.stopping.wait(1.0) or time.monotonic() > waited_until:
                    raise
                continue
            if not won:
                raise _NotOurs
            return

    def store(self, path: Path, part: str) -> str:
        with path.open("rb") as source:
            return default_storage.save(files.part_name(self.generation, part), File(source))


@contextlib.contextmanager
def _work_folder(generation: Generation) -> Iterator[Path]:
    """A folder for the child's files. What a killed worker left there goes with the next sweep."""
    base = files.work_base()
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_WORK_PREFIX}{generation.public_id.hex[-12:]}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def worker_name() -> str:
    """Host and process, for the row and the log."""
    return f"{os.uname().nodename}:{os.getpid()}"


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

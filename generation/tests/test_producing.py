"""From a claimed job to stored files, by a real drawing process; and every way in which that can go wrong."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from generation import decisions, files, sweeping
from generation.engine import still
from generation.models import Generation, State
from generation.studio import producer
from generation.studio.room import Room
from generation.tests.conftest import ask, wait_until
from users.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FLIPBOOK = "generation.tests.flipbook:Flipbook"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(FLIPBOOK, tmp_path)
    yield room
    room.close()


def claim() -> Generation:
    job = decisions.claim_next(worker=producer.worker_name(), now=timezone.now())
    assert job is not None
    return job


def make(owner: User, room: Room, prompt: str = "A ball rolls", **fields: Any) -> Generation:
    """Ask, claim, produce; the row as it is afterwards."""
    ask(owner, prompt, now=timezone.now(), **fields)
    job = claim()
    producer.produce(generation=job, room=room, stopping=threading.Event())
    job.refresh_from_db()
    return job


def stored(generation: Generation) -> set[str]:
    """Every file of a generation, below its folder."""
    base = Path(default_storage.path(files.folder_of(generation)))
    return {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}


class Making(threading.Thread):
    """A job being produced in a worker's thread of its own."""

    def __init__(self, job: Generation, room: Room) -> None:
        super().__init__()
        self.job, self.room, self.stopping = job, room, threading.Event()
        self.start()

    def run(self) -> None:
        try:
            producer.produce(generation=self.job, room=self.room, stopping=self.stopping)
        finally:
            connections.close_all()


def drawing(job: Generation) -> bool:
    return Generation.objects.filter(pk=job.pk, fragments__gte=1).exists()


def test_a_clip_with_all_its_parts(alice: User, room: Room) -> None:
    done = make(alice, room, 'A ball rolls and says "hello there"', seconds=3.5)
    assert (done.state, done.problem) == (State.READY, "")
    assert (done.width, done.height, done.duration, done.progress) == (64, 114, 3.5, 1.0)
    assert done.started_at is not None
    assert done.first_fragment_at is not None
    assert done.finished_at is not None
    assert done.started_at < done.first_fragment_at <= done.finished_at
    clip = still.probe(Path(default_storage.path(done.clip)))
    assert (clip.size, clip.starts_fast, clip.sound is not None) == (done.bytes, True, True)
    assert clip.seconds == pytest.approx(3.5, abs=0.05)
    assert "hello there" in default_storage.open(done.captions).read().decode()
    assert done.thumbhash
    assert done.storyboard is not None
    assert [note["outcome"] for note in done.storyboard["notes"]] == ["shown", "approximated", "not_shown"]
    live = {f"1/live/{n:05d}.m4s" for n in range(1, done.fragments + 1)} | {"1/live/init.mp4"}
    assert stored(done) == live | {"1/clip.mp4", "1/poster.jpg", "1/captions.vtt"}
    assert not list(files.work_base().iterdir())


def test_fragments_make_a_playable_stream(alice: User, room: Room, tmp_path: Path) -> None:
    """Init and fragments, one after another, are what Media Source gets: together they are the clip."""
    done = make(alice, room)
    names = [files.fragment_name(done, n) for n in range(done.fragments + 1)]
    stream = tmp_path / "stream.mp4"
    stream.write_bytes(b"".join(default_storage.open(name).read() for name in names))
    from generation.engine import boxes

    data = stream.read_bytes()
    assert {track.handler for track in boxes.tracks(data)} == {"vide", "soun"}
    assert data.count(b"moof") == done.fragments
    assert done.fragment_mime.startswith('video/mp4; codecs="avc1.')


@pytest.mark.parametrize(
    ("prompt", "problem"), [("It refuses", "cannot_render"), ("It breaks", "engine_broke")]
)
def test_an_engine_that_cannot(alice: User, room: Room, prompt: str, problem: str) -> None:
    failed = make(alice, room, prompt)
    assert (failed.state, failed.problem) == (State.FAILED, problem)
    assert stored(failed) == set()
    warm = room.pid
    assert make(alice, room).state == State.READY, "the same process goes on"
    assert room.pid == warm


def test_a_crash_is_contained_and_tried_once_more(alice: User, room: Room) -> None:
    lost = make(alice, room, "It crashes")
    assert (lost.state, lost.attempts) == (State.QUEUED, 1)
    producer.produce(generation=claim(), room=room, stopping=threading.Event())
    lost.refresh_from_db()
    assert (lost.state, lost.problem, lost.attempts) == (State.FAILED, "engine_broke", 2)
    assert stored(lost) == set()
    assert make(alice, room).state == State.READY


def test_an_engine_that_is_not_installed_any_more(alice: User, room: Room) -> None:
    ask(alice, now=timezone.now())
    Generation.objects.update(engine="sora-9000")
    job = claim()
    producer.produce(generation=job, room=room, stopping=threading.Event())
    job.refresh_from_db()
    assert (job.state, job.problem) == (State.FAILED, "unknown_engine")


@pytest.mark.parametrize("how", ["pace=0.1", "hangs"])
def test_cancel_stops_the_drawing_within_a_second(alice: User, room: Room, how: str) -> None:
    """Also where the engine does not come back to look: then its process is killed."""
    ask(alice, f"A ball {how}", seconds=30.0, now=timezone.now())
    job = claim()
    making = Making(job, room)
    assert wait_until(lambda: drawing(job) or (how == "hangs" and bool(stored_progress(job))))
    assert decisions.cancel(generation=job, now=timezone.now())
    began = time.monotonic()
    making.join(10)
    assert time.monotonic() - began < 1.0
    assert not making.is_alive()
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert stored(job) == set()
    assert make(alice, room).state == State.READY


def stored_progress(job: Generation) -> float:
    return Generation.objects.values_list("progress", flat=True).get(pk=job.pk)


def test_deleting_while_it_is_drawn_leaves_no_file(alice: User, room: Room) -> None:
    ask(alice, "A ball pace=0.1", seconds=30.0, now=timezone.now())
    job = claim()
    making = Making(job, room)
    assert wait_until(lambda: drawing(job))
    decisions.delete(generation=job, now=timezone.now())
    making.join(10)
    assert not making.is_alive()
    assert stored(job) == set()


def test_a_worker_that_ends_gives_its_job_back(alice: User, room: Room) -> None:
    ask(alice, "A ball pace=0.1", seconds=30.0, now=timezone.now())
    job = claim()
    making = Making(job, room)
    assert wait_until(lambda: drawing(job))
    making.stopping.set()
    making.join(5)
    assert not making.is_alive()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.fragments) == (State.QUEUED, 0, 0)
    assert stored(job) == set()


def test_a_job_that_takes_too_long_ends(alice: User, room: Room, settings: Settings) -> None:
    settings.GENERATION_TIME_LIMIT_SECONDS = 1
    failed = make(alice, room, "It hangs")
    assert (failed.state, failed.problem) == (State.FAILED, "too_slow")
    assert stored(failed) == set()


def test_the_lease_is_kept_through_a_long_chunk(alice: User, room: Room, settings: Settings) -> None:
    """The engine is silent for longer than a lease; the worker's thread is not."""
    settings.GENERATION_LEASE_SECONDS = 1
    ask(alice, "A ball pace=2.5", seconds=3.0, now=timezone.now())
    job = claim()
    making = Making(job, room)
    swept = []
    while making.is_alive() and len(swept) < 4:
        making.join(0.7)
        swept.append(sweeping.sweep(now=timezone.now())["abandoned"])
    assert swept == [0] * len(swept)
    decisions.cancel(generation=job, now=timezone.now())
    making.join(5)


def test_a_killed_drawing_process_does_not_take_the_worker_along(alice: User, room: Room) -> None:
    ask(alice, "A ball pace=0.1", seconds=30.0, now=timezone.now())
    job = claim()
    making = Making(job, room)
    assert wait_until(lambda: drawing(job))
    assert room.pid is not None
    os.kill(room.pid, signal.SIGKILL)
    making.join(5)
    assert not making.is_alive()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.QUEUED, 1)


class SmallDisk(FileSystemStorage):
    """A disk with room for so many bytes; what does not fit is left half-written, as on a real one."""

    room: ClassVar[int] = 0

    def _save(self, name: str, content: Any) -> str:
        data = content.read()
        fits = data[: SmallDisk.room]
        SmallDisk.room -= len(fits)
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fits)
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return name


@pytest.mark.parametrize("room_bytes", [100, 9_000])
def test_a_full_disk_fails_clearly_and_keeps_nothing(
    alice: User, room: Room, settings: Settings, tmp_path: Path, room_bytes: int
) -> None:
    options = {"location": tmp_path / "small"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{SmallDisk.__module__}.SmallDisk", "OPTIONS": options},
    }
    SmallDisk.room = room_bytes
    failed = make(alice, room)
    assert (failed.state, failed.problem, failed.clip) == (State.FAILED, "disk_full", "")
    assert stored(failed) == set()
    SmallDisk.room = 10_000_000
    again = decisions.retry(generation=failed, now=timezone.now())
    producer.produce(generation=claim(), room=room, stopping=threading.Event())
    again.refresh_from_db()
    assert again.state == State.READY


def test_the_process_is_replaced_after_so_many_jobs(
    alice: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.studio.room.JOBS_PER_PROCESS", 2)
    make(alice, room)
    room.rest()
    first = room.pid
    make(alice, room)
    room.rest()
    assert room.pid != first
    assert room.wait_until_ready()


def test_the_process_ends_with_its_worker(room: Room) -> None:
    room.start()
    assert room.wait_until_ready()
    pid = room.pid
    assert pid is not None
    assert room._pipe is not None
    room._pipe.close()  # what the kernel does when the worker is killed
    assert wait_until(
        lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def test_fragments_go_after_a_while_and_the_clip_stays(alice: User, room: Room, settings: Settings) -> None:
    done = make(alice, room)
    kept = {"1/clip.mp4", "1/poster.jpg"}
    assert sweeping.sweep(now=timezone.now())["tidied"] == 0
    assert stored(done) > kept
    settings.FRAGMENT_KEEP_MINUTES = 0
    assert sweeping.sweep(now=timezone.now())["tidied"] == 1
    assert stored(done) == kept
    done.refresh_from_db()
    assert (done.fragments, done.state) == (0, State.READY)


def test_an_overdue_job_of_a_deaf_worker_is_ended(alice: User, settings: Settings) -> None:
    ask(alice, now=timezone.now())
    job = claim()
    late = timezone.now() + dt.timedelta(seconds=settings.GENERATION_TIME_LIMIT_SECONDS + 31)
    decisions.heartbeat(generation=job, now=late)
    assert sweeping.sweep(now=late)["overdue"] == 1
    job.refresh_from_db()
    assert (job.state, job.problem) == (State.FAILED, "too_slow")


def in_background(owner: User, prompt: str) -> Generation:
    ask(owner, prompt, now=timezone.now(), background=True)
    return claim()


def test_a_background_clip_gives_way_to_a_person(alice: User, bob: User, room: Room) -> None:
    making = Making(in_background(alice, "A ball rolls pace=0.5"), room)
    assert wait_until(lambda: drawing(making.job))
    ask(bob, now=timezone.now())
    making.join(timeout=5)
    assert not making.is_alive()
    making.job.refresh_from_db()
    assert (making.job.state, making.job.attempts, making.job.fragments) == (State.QUEUED, 0, 0)
    assert stored(making.job) == set()
    persons = claim()
    assert persons.owner == bob
    producer.produce(generation=persons, room=room, stopping=threading.Event())
    persons.refresh_from_db()
    assert persons.state == State.READY
    again = claim()
    assert again.pk == making.job.pk


def test_a_background_clip_does_not_give_way_to_the_background(alice: User, bob: User, room: Room) -> None:
    making = Making(in_background(alice, "A ball rolls pace=0.2"), room)
    assert wait_until(lambda: drawing(making.job))
    ask(bob, now=timezone.now(), background=True)
    making.join(timeout=30)
    making.job.refresh_from_db()
    assert making.job.state == State.READY


def test_a_person_does_not_give_way_to_another(alice: User, bob: User, room: Room) -> None:
    ask(alice, "A ball rolls pace=0.2", now=timezone.now())
    making = Making(claim(), room)
    assert wait_until(lambda: drawing(making.job))
    ask(bob, now=timezone.now())
    making.join(timeout=30)
    making.job.refresh_from_db()
    assert making.job.state == State.READY

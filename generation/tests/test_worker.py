"""Real worker processes on the real queue: killed in the middle, taken up by another, never running for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from generation import decisions, files, sweeping
from generation.models import Generation, State
from generation.tests.conftest import ask, wait_until
from users.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Start workers on this test's database, queue and storage; each is ended with the test."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = os.environ | {
        "DATABASE_URL": url,
        "STORAGE_URL": (tmp_path / "media").as_uri(),
        "DATA_DIR": str(tmp_path / "data"),
        "EXTRA_APPS": "generation.tests.plugged.FlipbookConfig",
        "DEFAULT_ENGINE": "flipbook",
        "GENERATION_LEASE_SECONDS": "3",
    }
    workers: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dramatiq",
                "sora_site.worker",
                "--processes",
                "1",
                "--threads",
                "2",
                "--queues",
                "render",
            ],
            env=env,
            cwd=site.BASE_DIR,
            start_new_session=True,
        )
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGTERM)
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()


def drawing(generation: Generation) -> bool:
    return Generation.objects.filter(pk=generation.pk, state=State.RUNNING, fragments__gte=1).exists()


def in_state(generation: Generation, *states: State) -> bool:
    return Generation.objects.filter(pk=generation.pk, state__in=states).exists()


def kill_all_of(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_killed_worker_loses_nothing_and_leaves_nothing_running(
    alice: User, start_worker: StartWorker
) -> None:
    generation = ask(alice, "A ball pace=0.3", seconds=12.0, now=timezone.now())
    first = start_worker()
    assert wait_until(lambda: drawing(generation), seconds=40)
    drawers = studio_processes(first)
    assert drawers
    kill_all_of(first)
    assert wait_until(lambda: not any(alive(pid) for pid in drawers)), (
        "drawing processes end with their worker"
    )
    assert in_state(generation, State.RUNNING)
    assert wait_until(lambda: sweeping.sweep(now=timezone.now())["abandoned"] == 1, seconds=10)
    assert in_state(generation, State.QUEUED)
    Generation.objects.filter(pk=generation.pk).update(prompt="A ball")
    start_worker()
    assert wait_until(lambda: in_state(generation, State.READY), seconds=60)
    generation.refresh_from_db()
    assert (generation.attempts, generation.takes) == (2, 2)
    assert default_storage.exists(generation.clip)


def test_a_job_whose_worker_dies_twice_fails_where_everybody_sees_it(
    alice: User, start_worker: StartWorker
) -> None:
    generation = ask(alice, "A ball pace=0.3", seconds=30.0, now=timezone.now())
    for _ in range(2):
        worker = start_worker()
        assert wait_until(lambda: drawing(generation), seconds=60)
        kill_all_of(worker)
        assert wait_until(lambda: sweeping.sweep(now=timezone.now())["abandoned"] == 1, seconds=10)
    generation.refresh_from_db()
    assert (generation.state, generation.problem) == (State.FAILED, "worker_lost")


def test_a_worker_that_is_asked_to_end_gives_its_job_back_at_once(
    alice: User, start_worker: StartWorker
) -> None:
    generation = ask(alice, "A ball pace=0.3", seconds=30.0, now=timezone.now())
    worker = start_worker()
    assert wait_until(lambda: drawing(generation), seconds=40)
    worker.send_signal(signal.SIGTERM)
    worker.wait(20)
    generation.refresh_from_db()
    assert (generation.state, generation.attempts) == (State.QUEUED, 0)
    assert not default_storage.exists(f"{files.folder_of(generation)}/1/live/init.mp4")


def test_a_worker_makes_what_waits_fairly_and_stays_warm(
    alice: User, bob: User, start_worker: StartWorker
) -> None:
    mine = [ask(alice, now=timezone.now()) for _ in range(3)]
    his = ask(bob, now=timezone.now())
    start_worker()
    assert wait_until(lambda: Generation.objects.filter(state=State.READY).count() == 4, seconds=60)
    order = list(Generation.objects.order_by("started_at").values_list("pk", flat=True))
    assert order.index(his.pk) <= 1
    assert [pk for pk in order if pk != his.pk] == [each.pk for each in mine]
    again = ask(alice, now=timezone.now())
    assert wait_until(lambda: in_state(again, State.READY), seconds=20), "a wake-up reaches an idle worker"


def test_cancelling_at_a_worker(alice: User, start_worker: StartWorker) -> None:
    generation = ask(alice, "A ball pace=0.3", seconds=30.0, now=timezone.now())
    start_worker()
    assert wait_until(lambda: drawing(generation), seconds=40)
    assert decisions.cancel(generation=generation, now=timezone.now())
    live = f"{files.folder_of(generation)}/1/live/init.mp4"
    assert wait_until(lambda: not default_storage.exists(live), seconds=2)
    after = ask(alice, now=timezone.now())
    assert wait_until(lambda: in_state(after, State.READY), seconds=20)


def studio_processes(worker: subprocess.Popen[bytes]) -> list[int]:
    """Drawing processes below a worker's processes."""
    found, parents = [], {worker.pid}
    for _ in range(4):
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) in parents:
                parents.add(int(entry.name))
                if b"generation.studio.child" in command and int(entry.name) not in found:
                    found.append(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False

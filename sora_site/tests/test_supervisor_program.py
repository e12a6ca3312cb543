"""Programs are kept up with patience, and never silently started over and over."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sora_site.embedded import ServiceError
from sora_site.embedded.process import alive, send, wait_until
from sora_site.supervisor.program import FAST_CRASHES, Kept, Program

Make = Callable[[str], Kept]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Keep up a Python program given as text."""
    made: list[Kept] = []

    def keep(text: str) -> Kept:
        program = Program(
            [sys.executable, "-c", text],
            log=tmp_path / f"{len(made)}.log",
            env=os.environ,
            ready_line="here I am",
        )
        made.append(Kept("program", program, grace=5))
        return made[-1]

    yield keep
    for kept in made:
        kept.part.kill()


def ended(kept: Kept) -> bool:
    return wait_until(lambda: not kept.part.running(), seconds=20)


def test_a_program_that_runs_is_left_alone(make: Make) -> None:
    kept = make("print('here I am', flush=True); import sys; sys.stdin.read(); import signal; signal.pause()")
    kept.begin(now=0)
    assert wait_until(kept.part.ready, seconds=20)
    pid = kept.part.process.pid if kept.part.process else 0
    assert kept.look(now=1) == ""
    assert kept.part.process is not None
    assert kept.part.process.pid == pid


def test_a_killed_program_is_started_again_after_a_pause(make: Make) -> None:
    kept = make("import signal; signal.pause()")
    kept.begin(now=0)
    assert kept.part.process is not None
    first = kept.part.process.pid
    send(first, signal.SIGKILL)
    assert ended(kept)
    assert kept.look(now=100).startswith("was ended by SIGKILL; starting it again in 0.5 s")
    assert kept.look(now=100.4) == ""
    assert not kept.part.running()
    assert kept.look(now=100.6) == ""
    assert kept.part.running()
    assert kept.part.process.pid != first


def test_five_crashes_in_a_row_are_told_with_the_last_words(make: Make) -> None:
    kept = make("raise SystemExit('the reason')")
    now = 0.0
    kept.begin(now=now)
    pauses = []
    for _ in range(FAST_CRASHES - 1):
        assert ended(kept)
        told = kept.look(now=now)
        pauses.append(float(told.split(" again in ")[1].split(" s ")[0]))
        now += pauses[-1]
        assert kept.look(now=now) == ""  # started again
    assert pauses == [0.5, 1, 2, 4]
    assert ended(kept)
    last = kept.look(now=now)
    assert "ended with status 1 5 times in a row: left stopped" in last
    assert "the reason" in last
    assert kept.given_up
    assert kept.look(now=now + 1000) == ""
    assert not kept.part.running()


def test_rare_crashes_do_not_add_up(make: Make) -> None:
    kept = make("raise SystemExit(1)")
    now = 0.0
    kept.begin(now=now)
    for _ in range(FAST_CRASHES * 2):
        assert ended(kept)
        now += 60
        assert "again in 0.5 s" in kept.look(now=now)
        now += 1
        assert kept.look(now=now) == ""
    assert not kept.given_up


def test_stopping_reaches_the_whole_family(make: Make, tmp_path: Path) -> None:
    """A master that ignores SIGTERM, with a child that does so too."""
    kept = make(
        "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); child = os.fork()\n"
        "if child: print(child, flush=True); print('here I am', flush=True)\n"
        "while True: signal.pause()"
    )
    kept.begin(now=0)
    assert wait_until(kept.part.ready, seconds=20)
    child = int(kept.part.words()[0])
    assert alive(child)
    kept.part.stop(seconds=0.2)
    assert wait_until(lambda: not alive(child), seconds=5)


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="could not be started"):
        Program([tmp_path / "missing"], log=tmp_path / "log", env={}).begin()


def test_a_program_is_asked_to_stop_only_once(make: Make) -> None:
    """A second SIGTERM tells dramatiq to drop what it is doing."""
    kept = make(
        "import signal, sys\n"
        "asked = []\n"
        "def hear(*_):\n"
        "    asked.append(1)\n"
        "signal.signal(signal.SIGTERM, hear)\n"
        "print('here I am', flush=True)\n"
        "while not asked: signal.pause()\n"
        "signal.alarm(1); signal.signal(signal.SIGALRM, lambda *_: sys.exit(f'asked {len(asked)} times'))\n"
        "while True: signal.pause()"
    )
    kept.begin(now=0)
    assert wait_until(kept.part.ready, seconds=20)
    assert isinstance(kept.part, Program)
    kept.part.ask_to_stop()
    kept.part.stop(seconds=20)
    assert kept.part.words()[-1] == "asked 1 times"

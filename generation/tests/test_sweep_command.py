"""``manage.py sweep`` outlives outages, and says what a single round did."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings as site
from django.core.management import call_command

from generation.tests.conftest import NOW, ask
from users.models import User


@pytest.mark.django_db
def test_one_round_says_what_it_did(alice: User) -> None:
    ask(alice, now=NOW)
    out = io.StringIO()
    call_command("sweep", "--once", stdout=out)
    assert "woken 1" in out.getvalue()
    assert "abandoned 0" in out.getvalue()


@pytest.mark.slow
def test_it_outlives_database_and_broker() -> None:
    """Neither is there; after several rounds it still runs, with a line for each failure and no traceback."""
    sweeper = subprocess.Popen(
        [sys.executable, "manage.py", "sweep", "--every", "0.2"],
        env=os.environ
        | {
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "PYTHONUNBUFFERED": "1",
        },
        cwd=site.BASE_DIR,
        stderr=subprocess.PIPE,
        text=True,
    )
    stop = threading.Timer(40, sweeper.kill)
    stop.start()
    lines: list[str] = []
    try:
        assert sweeper.stderr is not None
        for line in sweeper.stderr:
            lines.append(line)
            if sum("sweep: abandoned" in each for each in lines) >= 3:
                break
        assert sweeper.poll() is None
    finally:
        stop.cancel()
        sweeper.terminate()
        sweeper.wait(10)
    assert sum("sweep: abandoned" in line for line in lines) >= 3
    assert not any("Traceback" in line for line in lines)

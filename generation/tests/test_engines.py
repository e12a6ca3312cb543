"""What the web process says about engines is true, and costs it no drawing library."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site

from generation import engines
from generation.studio.child import load, warm_in_background
from generation.studio.room import Room
from generation.tests.flipbook import Flipbook


@pytest.mark.parametrize("name", ["animatic", "flipbook"])
def test_what_is_said_of_an_engine_is_what_it_says_itself(name: str, tmp_path: Path) -> None:
    spec = engines.spec_of(name)
    assert spec is not None
    engine = load(spec, tmp_path)
    assert engine.capabilities == engines.capabilities()[name]
    assert (engine.name, engine.label) == (name, engines.labels()[name])


def test_unknown_engines() -> None:
    assert engines.spec_of("sora-9000") is None
    for spec in ("sora-9000", "generation.tests.flipbook:CAPABILITIES", "no.such.module:Engine"):
        with pytest.raises((LookupError, TypeError, ImportError)):
            load(spec, Path())


def test_a_web_process_loads_no_model_and_draws_nothing() -> None:
    program = (
        "import django; django.setup(); import sys, sora_site.urls, generation.actors\n"
        "from generation import engines; from generation.engine.protocol import Request\n"
        "assert engines.read('animatic', Request('A fox runs')).notes\n"
        "print([name for name in ('torch', 'thorvg_python') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "sora_site.settings"},
        cwd=site.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_what_only_some_clips_need_is_loaded_once_the_process_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "warmed"
    os.mkfifo(pipe)
    monkeypatch.setenv("WARMED", str(pipe))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    room = Room("generation.tests.flipbook:WarmedFlipbook", tmp_path)
    try:
        room.start()
        assert room.wait_until_ready()
        assert select.select([reader], [], [], 20)[0], "the engine was not warmed"
        assert os.read(reader, 16) == b"warm"
    finally:
        room.close()
        os.close(reader)


def test_an_engine_with_nothing_to_warm_is_left_alone() -> None:
    assert warm_in_background(Flipbook()) is None


def test_a_warming_that_fails_harms_nothing() -> None:
    class Broken(Flipbook):
        def warm(self) -> None:
            raise RuntimeError("no model here")

    thread = warm_in_background(Broken())
    assert thread is not None
    thread.join(10)
    assert not thread.is_alive()

"""The cast: alice owns, bob waits beside her, charlie is the outsider. Files go to a folder of the test."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from pytest_django import Settings

from generation import decisions, engines
from generation.models import Generation, State
from generation.rules import Wish
from generation.tests import plugged
from licensing.models import Character, Property, RightsHolder
from users.models import User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
Submit = Callable[..., Generation]


@pytest.fixture(autouse=True)
def _place(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Own storage, own work folder, the test engine beside the real one, an empty cache and empty queues."""
    monkeypatch.setattr(engines, "_known", dict(engines._known))
    plugged.register()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
    }
    settings.DATA_DIR = tmp_path / "data"
    cache.clear()
    dramatiq.get_broker().flush_all()
    assert Path(default_storage.path("x")).is_relative_to(tmp_path)
    yield
    dramatiq.get_broker().flush_all()


@pytest.fixture
def now() -> dt.datetime:
    return NOW


def _person(handle: str, **fields: Any) -> User:
    return User.objects.create_user(f"{handle}@example.org", handle, None, **fields)


@pytest.fixture
def alice(db: None) -> User:
    return _person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return _person("bobby")


@pytest.fixture
def charlie(db: None) -> User:
    return _person("charlie")


@pytest.fixture
def staff(db: None) -> User:
    return _person("sandra", is_staff=True, is_superuser=True)


@pytest.fixture
def mochi(db: None) -> Character:
    holder = RightsHolder.objects.create(name="Tanuki Works")
    work = Property.objects.create(rights_holder=holder, name="Mochi Days")
    return Character.objects.create(
        work=work, handle="mochi", name="Mochi", drawing="raccoon", colour="brown", terms="Be kind to Mochi."
    )


def wish(prompt: str = "A ball rolls over a meadow", **fields: Any) -> Wish:
    """A wish for the test engine, small and quick."""
    return Wish(prompt=prompt, **({"engine": "flipbook", "short_side": 64, "seconds": 3.0} | fields))


def ask(
    owner: User, prompt: str = "A ball rolls over a meadow", *, now: dt.datetime = NOW, **fields: Any
) -> Generation:
    """Submit through the front door."""
    generation, new = decisions.submit(
        owner=owner, wish=wish(prompt, **fields), idempotency_key=str(uuid.uuid4()), now=now
    )
    assert new
    return generation


def make_ready(generation: Generation, *, now: dt.datetime = NOW) -> Generation:
    """Bring a queued generation to its end by the decisions that a worker calls, with small files in the storage."""
    from django.core.files.base import ContentFile

    claimed = decisions.claim_next(worker="test", now=now)
    assert claimed is not None
    assert claimed.pk == generation.pk
    base = f"generations/{claimed.public_id}/{claimed.takes}"
    names = {
        part: default_storage.save(f"{base}/{part}", ContentFile(body))
        for part, body in {
            "clip.mp4": b"clip" * 1000,
            "poster.jpg": b"poster",
            "captions.vtt": b"WEBVTT\n",
        }.items()
    }
    assert decisions.finish(
        generation=claimed,
        clip=names["clip.mp4"],
        poster=names["poster.jpg"],
        captions=names["captions.vtt"],
        thumbhash="",
        width=64,
        height=114,
        duration=3.0,
        size=4000,
        now=now,
    )
    claimed.refresh_from_db()
    assert claimed.state == State.READY
    return claimed


def wait_until(happened: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    """Ask again and again, 20 times a second, for something that another process does."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.05)
    return True

"""The cast: alice makes things, bob likes them, charlie is the outsider, tina is too young for some of it."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from feed import decisions
from feed.models import Post
from generation.engine.mux import ffmpeg_binary
from generation.models import Generation, State
from moderation.models import Ruling, RulingKind, SubjectKind
from users.models import User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
ADULT, TEEN = dt.date(1990, 1, 1), dt.date(2011, 1, 1)
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n"
HASH = "IQgSHwRJiIeAiHiIiIeIiHdw+HeI"
Drafted = Callable[..., Generation]
Posted = Callable[..., Post]


@pytest.fixture(autouse=True)
def _own_world(settings, tmp_path):
    """Files and counters of one test are not those of another."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid.uuid4()}"}}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
    }
    settings.SITE_URL = "http://testserver"


@pytest.fixture
def now() -> dt.datetime:
    return NOW


def _person(handle: str, birth_date: dt.date | None = ADULT, **fields: object) -> User:
    return User.objects.create_user(f"{handle}@example.org", handle, birth_date=birth_date, **fields)


@pytest.fixture
def alice(db: None) -> User:
    return _person("alice", display_name="Alice <3")


@pytest.fixture
def bob(db: None) -> User:
    return _person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return _person("charlie")


@pytest.fixture
def tina(db: None) -> User:
    return _person("tina", TEEN)


@pytest.fixture
def staff(db: None) -> User:
    return _person("morgan", is_staff=True, is_superuser=True)


@pytest.fixture
def enter() -> Callable[[User | None], Client]:
    def log_in(user: User | None) -> Client:
        client = Client(HTTP_USER_AGENT="Mozilla/5.0 (a browser)")
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A real clip of one second with sound, and its first frame."""
    folder: Path = tmp_path_factory.mktemp("film")
    ffmpeg = [ffmpeg_binary(), "-nostdin", "-v", "error"]
    pictures = ["-f", "lavfi", "-i", "testsrc2=s=90x160:d=1:r=24", "-f", "lavfi", "-i", "sine=f=440:d=1"]
    codecs = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-movflags",
        "+faststart",
    ]
    subprocess.run([*ffmpeg, *pictures, *codecs, str(folder / "clip.mp4")], check=True)
    subprocess.run(
        [*ffmpeg, "-i", str(folder / "clip.mp4"), "-frames:v", "1", str(folder / "poster.jpg")], check=True
    )
    return (folder / "clip.mp4").read_bytes(), (folder / "poster.jpg").read_bytes()


@pytest.fixture
def drafted(film: tuple[bytes, bytes]) -> Drafted:
    """A finished draft, with its files."""
    numbers = itertools.count(1)

    def make(owner: User, *, files: bool = False, spoken: bool = False, **fields: object) -> Generation:
        number = next(numbers)
        facts: dict[str, object] = {
            "prompt": "A dog runs along the beach",
            "engine": "animatic",
            "seed": number,
            "state": State.READY,
            "clip": f"clips/{number}.mp4",
            "poster": f"clips/{number}.jpg",
            "captions": f"clips/{number}.vtt" if spoken else "",
            "thumbhash": HASH,
            "width": 540,
            "height": 960,
            "duration": 5.0,
            "created_at": NOW,
            "finished_at": NOW,
        }
        if files:
            clip, poster = film
            facts["clip"] = default_storage.save(str(facts["clip"]), ContentFile(clip))
            facts["poster"] = default_storage.save(str(facts["poster"]), ContentFile(poster))
            if spoken:
                facts["captions"] = default_storage.save(str(facts["captions"]), ContentFile(VTT))
        return Generation.objects.create(owner=owner, idempotency_key=f"draft-{number}", **(facts | fields))

    return make


@pytest.fixture
def posted(drafted: Drafted) -> Posted:
    def make(
        author: User,
        *,
        caption: str = "Look!",
        visibility: str = "public",
        at: dt.datetime = NOW,
        **draft: object,
    ) -> Post:
        generation = drafted(author, **draft)
        return decisions.publish(
            author=author, generation=generation.public_id, caption=caption, visibility=visibility, now=at
        )

    return make


@pytest.fixture
def rule(staff: User) -> Callable[..., Ruling]:
    """The staff decides about a post or a person."""

    def decide(subject: Post | User, kind: RulingKind) -> Ruling:
        return Ruling.objects.create(
            subject_kind=SubjectKind.USER if isinstance(subject, User) else SubjectKind.POST,
            subject_id=subject.public_id,
            kind=kind,
            reason="spam",
            explanation="This sells <watches>.",
            made_by=staff,
            made_at=NOW,
        )

    return decide

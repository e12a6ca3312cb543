"""The cast: alice owns, bob was invited by her, charlie is an outsider, staff looks after the site."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from users import decisions
from users.models import Invite, User

PASSWORD = "a quiet harbour 7"
ADULT = dt.date(1990, 5, 17)


@pytest.fixture(autouse=True)
def _own_world(settings, tmp_path):
    """Counters, pictures and mail of one test are not those of another; hashing is cheap."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid.uuid4()}"}}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SIGNUP_MODE = "invite"
    settings.MINIMUM_AGE = 13
    settings.INVITES_PER_USER = 4


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


Joined = Callable[..., User]


@pytest.fixture
def joined(db, now) -> Joined:
    """Somebody who came in by the front door, with an invite of the site's own."""

    def join(handle: str, **fields: object) -> User:
        invite = decisions.make_invite(by=None, max_uses=1, now=now)
        facts: dict[str, object] = {
            "email": f"{handle}@example.org",
            "handle": handle,
            "password": PASSWORD,
            "birth_date": ADULT,
            "invite_code": invite.code,
            "now": now,
        }
        return decisions.sign_up(**(facts | fields))  # type: ignore[arg-type]

    return join


@pytest.fixture
def alice(joined) -> User:
    return joined("alice", display_name="Alice Moon")


@pytest.fixture
def free_invite(alice) -> Invite:
    return alice.invites.order_by("pk").first()


@pytest.fixture
def bob(joined, free_invite) -> User:
    return joined("bobby", invite_code=free_invite.code)


@pytest.fixture
def charlie(joined) -> User:
    return joined("charlie")


@pytest.fixture
def staff(joined) -> User:
    user = joined("keeper")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**changes: object) -> dict[str, object]:
    """What somebody types who joins."""
    return {
        "email": "dora@example.org",
        "password1": PASSWORD,
        "handle": "dora_d",
        "birth_date": "1991-02-03",
    } | changes


def world() -> tuple[int, int, int]:
    """What must not move when something is refused: people, places taken, redemptions."""
    from users.models import Redemption

    return (
        User.objects.count(),
        sum(Invite.objects.values_list("uses", flat=True)),
        Redemption.objects.count(),
    )

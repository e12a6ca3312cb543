"""The cast: Alice made things, Bob saw them, Charlie is nobody's friend, and two people of the staff."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission

from users.models import User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def person(handle, **fields):
    return User.objects.create_user(f"{handle}@example.org", handle, birth_date=dt.date(1990, 1, 1), **fields)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def alice(db):
    return person("alice")


@pytest.fixture
def bob(db):
    return person("bob")


@pytest.fixture
def charlie(db):
    return person("charlie")


@pytest.fixture
def staff(db):
    moderator = person("morgan", is_staff=True)
    moderator.user_permissions.add(
        Permission.objects.get(codename="rule", content_type__app_label="moderation")
    )
    return moderator


@pytest.fixture
def clerk(db):
    """Staff without the permission to decide."""
    return person("clerk_kim", is_staff=True)


@pytest.fixture
def boss(db):
    return person("boss_bea", is_staff=True, is_superuser=True)

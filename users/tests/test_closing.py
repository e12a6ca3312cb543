"""Leaving: what goes, what stays, and who cannot leave yet."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken
from PIL import Image

from users import avatars, decisions, events
from users.models import Invite, Notice, Redemption, User
from users.tests.conftest import ADULT, PASSWORD, logged_in
from users.tests.test_settings_pages import proven

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich_alice(alice, now):
    """Alice with a picture, a token and a session elsewhere."""
    out = io.BytesIO()
    Image.new("RGB", (50, 50)).save(out, "PNG")
    decisions.set_avatar(user=alice, picture=avatars.redraw(out, size=10))
    decisions.make_token(user=alice, name="t", now=now)
    decisions.edit_profile(user=alice, bio="Foxes", country="CN")
    return alice


def test_the_person_is_forgotten_everywhere(rich_alice, bob, django_capture_on_commit_callbacks):
    alice, old_picture, gone = rich_alice, rich_alice.avatar.name, []
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})

    def hear(sender, user_id, **kwargs):
        gone.append(user_id)

    events.account_closed.connect(hear)
    client = proven(alice)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/settings/close", {"handle": "@Alice"})
    finally:
        events.account_closed.disconnect(hear)
    assert response["Location"] == reverse("users:closed")
    assert gone == [alice.pk]
    left = User.objects.get(pk=alice.pk)
    assert (left.display_name, left.bio, left.country, left.birth_date, left.avatar.name) == (
        "",
        "",
        "",
        None,
        "",
    )
    assert "alice" not in f"{left.email}{left.handle}"
    assert not left.is_active
    assert not left.has_usable_password()
    assert left.closed_at is not None
    assert not default_storage.exists(old_picture)
    for model in (EmailAddress, AuthToken, Notice):
        assert not model.objects.filter(user=alice).exists()
    assert not Invite.objects.filter(created_by=alice, uses=0, revoked_at=None).exists()
    assert Redemption.objects.get(user=bob).invite.created_by_id == alice.pk  # who invited whom stays
    assert client.get("/settings").status_code == 302
    assert elsewhere.get("/settings").status_code == 302
    assert (
        elsewhere.post(
            reverse("account_login"), {"login": "alice@example.org", "password": PASSWORD}
        ).status_code
        == 200
    )
    assert "_auth_user_id" not in elsewhere.session


def test_nobody_can_pose_as_who_left_but_the_address_is_free(alice, now, joined):
    decisions.close_account(user=alice, now=now)
    for handle in ("alice", "Alice", "al1ce"):
        with pytest.raises(decisions.HandleTaken):
            joined(handle, email="new@example.org")
    assert joined("alina", email="alice@example.org").email == "alice@example.org"


@pytest.mark.parametrize("typed", ["", "bob", "alice2"])
def test_it_takes_the_right_handle(alice, typed):
    assert proven(alice).post("/settings/close", {"handle": typed}).status_code == 422
    assert User.objects.get(pk=alice.pk).is_active


def test_it_takes_the_password_again(alice):
    response = logged_in(alice).post("/settings/close", {"handle": "alice"})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert User.objects.get(pk=alice.pk).is_active


def test_the_only_administrator_stays(staff, alice, now):
    with pytest.raises(decisions.LastAdministrator):
        decisions.close_account(user=staff, now=now)
    assert User.objects.get(pk=staff.pk).is_active
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    decisions.close_account(user=staff, now=now)
    assert not User.objects.get(pk=staff.pk).is_active


def test_closing_twice_changes_nothing_more(alice, now):
    decisions.close_account(user=alice, now=now)
    first = User.objects.values().get(pk=alice.pk)
    decisions.close_account(user=alice, now=now)
    assert User.objects.values().get(pk=alice.pk) == first


def test_the_database_keeps_a_closed_account_empty(alice, now):
    decisions.close_account(user=alice, now=now)
    for change in ({"is_active": True}, {"birth_date": ADULT}, {"bio": "back"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=alice.pk).update(**change)

"""Log-ins from elsewhere: a provider says who somebody is, never that they may join."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.dummy.provider import DummyProvider
from django.test import Client
from django.urls import reverse

from users import decisions
from users.models import Redemption, User
from users.tests.conftest import PASSWORD, world

pytestmark = [pytest.mark.django_db, pytest.mark.urls("users.tests.urls_with_provider")]
FIELDS = {"email": "dora@example.org", "handle": "dora_d", "birth_date": "1991-02-03"}


@pytest.fixture(autouse=True)
def _provider(monkeypatch):
    monkeypatch.setitem(registry.provider_map, "dummy", DummyProvider)


def arrive(client: Client, email: str = "dora@example.org", *, verified: bool = True):
    """Press the button, and let the provider say who it is."""
    away = client.post(reverse("dummy_login"))
    return client.post(
        away["Location"], {"id": "42", "email": email, "email_verified": "on" if verified else ""}
    )


def test_with_an_invite_a_provider_is_enough_but_for_handle_and_birthday(alice, free_invite):
    client = Client()
    assert "Go on with Dummy" in client.get(free_invite.path).content.decode()
    response = arrive(client)
    assert response["Location"] == reverse("socialaccount_signup")
    assert "dora@example.org" in client.get(response["Location"]).content.decode()
    assert client.post(response["Location"], FIELDS).status_code == 302
    dora = User.objects.get(handle="dora_d")
    assert not dora.has_usable_password()
    assert Redemption.objects.get(user=dora).invite == free_invite
    assert EmailAddress.objects.get(user=dora).verified
    assert SocialAccount.objects.get().user == dora
    assert client.session["_auth_user_id"] == str(dora.pk)


def test_without_one_it_is_no_way_round(alice):
    before = world()
    client = Client()
    assert "needs an invite" in arrive(client).content.decode()
    client.post(reverse("socialaccount_signup"), FIELDS)
    assert world() == before
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


def test_an_invite_that_ended_on_the_way_is_refused(alice, free_invite, now):
    client = Client()
    client.get(free_invite.path)
    arrive(client)
    decisions.revoke(code=free_invite.code, by=alice, now=now)
    before = world()
    assert "needs an invite" in client.post(reverse("socialaccount_signup"), FIELDS).content.decode()
    assert world() == before
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"handle": "al1ce"},
        {"handle": "admin"},
        {"birth_date": "2025-01-01"},
        {"birth_date": ""},
        {"email": "alice@example.org"},
    ],
)
def test_the_same_rules_hold(alice, free_invite, change):
    before = world()
    client = Client()
    client.get(free_invite.path)
    arrive(client)
    client.post(reverse("socialaccount_signup"), FIELDS | change)
    assert world() == before
    assert not SocialAccount.objects.exists()
    assert client.post(reverse("socialaccount_signup"), FIELDS).status_code == 302
    assert User.objects.filter(handle="dora_d").exists()


def test_an_address_that_the_provider_did_not_check_is_not_proven(alice, free_invite):
    client = Client()
    client.get(free_invite.path)
    arrive(client, verified=False)
    client.post(reverse("socialaccount_signup"), FIELDS)
    assert not EmailAddress.objects.get(user__handle="dora_d").verified


def test_a_claimed_address_does_not_open_somebody_elses_account(alice):
    client = Client()
    arrive(client, "alice@example.org")
    assert "_auth_user_id" not in client.session
    assert alice.check_password(PASSWORD)
    assert not SocialAccount.objects.exists()


def test_no_buttons_where_no_provider_is_set_up(alice, monkeypatch):
    monkeypatch.delitem(registry.provider_map, "dummy")
    assert "Go on with" not in Client().get(reverse("account_login")).content.decode()

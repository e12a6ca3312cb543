"""People in the API: tokens, me, invites."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from knox.models import AuthToken

from users import decisions
from users.models import Invite, User
from users.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def ask(method: str, path: str, token: str | None = None, **body: object):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().generic(
        method, f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
    )


@pytest.fixture
def token(alice, now) -> str:
    return decisions.make_token(user=alice, name="test", now=now)


@pytest.fixture
def secret(alice, rf) -> str:
    """Alice with an authenticator app."""
    key = totp.generate_totp_secret()
    totp.TOTP.activate(alice, key)
    return key


def code_now(key: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(key, next(totp.yield_hotp_counters_from_time())))


def test_a_password_is_exchanged_for_a_token_that_works(alice):
    answer = ask("POST", "/auth/token", email="ALICE@example.org", password=PASSWORD, name="laptop")
    assert answer.status_code == 201
    assert not answer.cookies
    assert ask("GET", "/me", answer.json()["token"]).json()["handle"] == "alice"
    assert AuthToken.objects.get().label.name == "laptop"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "alice@example.org", "password": "wrong"}, 401),
        ({"email": "nobody@example.org", "password": PASSWORD}, 401),
        ({"email": "alice@example.org"}, 400),
        ({"email": "alice", "password": PASSWORD}, 400),
        ({"email": "alice@example.org", "password": "a\x00b"}, 400),
        ({}, 400),
    ],
)
def test_anything_else_is_not(alice, body, status):
    assert ask("POST", "/auth/token", **body).status_code == status
    assert not AuthToken.objects.exists()


def test_broken_json_is_a_400(alice):
    assert Client().post("/api/v1/auth/token", "{", content_type="application/json").status_code == 400


def test_guessing_is_stopped_also_for_the_right_password(alice):
    for _guess in range(5):
        assert ask("POST", "/auth/token", email="alice@example.org", password="wrong").status_code == 401
    assert ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD).status_code == 429
    assert not AuthToken.objects.exists()


def test_a_network_gets_so_many_tries(alice):
    answers = [
        ask("POST", "/auth/token", email=f"p{number}@example.org", password="x").status_code
        for number in range(14)
    ]
    assert answers[-2:] == [429, 429]


def test_inactive_people_get_none(alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD).status_code == 401
    assert not AuthToken.objects.exists()


def test_two_step_log_in_holds_here_too(alice, secret):
    without = ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD)
    assert (without.status_code, without.json()["code"]) == (401, "code_needed")
    wrong = ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD, code="abcdef")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    assert not AuthToken.objects.exists()
    code = code_now(secret)
    assert (
        ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD, code=code).status_code == 201
    )
    assert (
        ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD, code=code).status_code == 401
    )  # once
    assert AuthToken.objects.count() == 1


def test_a_recovery_code_works_once(alice, secret):
    RecoveryCodes.activate(alice)
    code = Authenticator.objects.get(user=alice, type="recovery_codes").wrap().get_unused_codes()[0]
    assert (
        ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD, code=code).status_code == 201
    )
    assert (
        ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD, code=code).status_code == 401
    )


def test_where_mail_must_be_confirmed_it_must_be_here(alice, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD).status_code == 403
    assert not AuthToken.objects.exists()
    EmailAddress.objects.filter(user=alice).update(verified=True)
    assert ask("POST", "/auth/token", email="alice@example.org", password=PASSWORD).status_code == 201


def test_a_token_can_be_handed_back(alice, token):
    assert ask("DELETE", "/auth/token", token).status_code == 204
    assert ask("GET", "/me", token).status_code == 401
    assert ask("DELETE", "/auth/token").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/me"), ("PATCH", "/me"), ("GET", "/invites"), ("POST", "/invites/x/revoke")]
)
@pytest.mark.parametrize("token", [None, "nonsense", "a" * 64, ""])
def test_without_a_token_there_is_nothing(db, method, path, token):
    assert ask(method, path, token).status_code == 401


def test_a_profile_is_changed_within_its_bounds(alice, token):
    answer = ask(
        "PATCH",
        "/me",
        token,
        display_name="Ali\u202ece",
        bio="Foxes",
        country="CN",
        handle="king",
        email="x@example.org",
    )
    assert answer.status_code == 200
    alice.refresh_from_db()
    assert (alice.display_name, alice.bio, alice.country, alice.handle, alice.email) == (
        "Alice",
        "Foxes",
        "CN",
        "alice",
        "alice@example.org",
    )
    for body in (
        {"country": "ZZ"},
        {"country": "china"},
        {"locale": "xx"},
        {"display_name": "x" * 61},
        {"bio": "a\x00b"},
    ):
        assert ask("PATCH", "/me", token, **body).status_code == 400
    alice.refresh_from_db()
    assert (alice.display_name, alice.country, alice.locale) == ("Alice", "CN", "en")


def test_the_birthday_is_nobodys_business(alice, token):
    assert "1990" not in ask("GET", "/me", token).content.decode().replace(alice.date_joined.isoformat(), "")


def test_my_invites_and_nobody_elses(alice, bob, charlie, token, free_invite):
    rows = ask("GET", "/invites", token).json()
    assert [row["state"] for row in rows] == ["free", "free", "free", "used"]
    assert rows[3]["used_by"] == ["bobby"]
    theirs = charlie.invites.first()
    assert ask("POST", f"/invites/{theirs.code}/revoke", token).status_code == 404
    assert Invite.objects.get(pk=theirs.pk).revoked_at is None
    assert ask("POST", f"/invites/{rows[0]['code']}/revoke", token).status_code == 204
    assert ask("POST", f"/invites/{rows[0]['code']}/revoke", token).status_code == 409
    assert ask("POST", f"/invites/{free_invite.code}/revoke", token).status_code == 409

"""Two-step log-in."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from users.tests.conftest import PASSWORD, logged_in
from users.tests.test_settings_pages import proven

pytestmark = pytest.mark.django_db


def code_now(key: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(key, next(totp.yield_hotp_counters_from_time())))


def test_turning_it_on_takes_a_confirmed_address_a_password_and_a_right_code(alice):
    url = reverse("mfa_activate_totp")
    assert proven(alice).get(url).status_code == 302  # not confirmed
    EmailAddress.objects.filter(user=alice).update(verified=True)
    assert logged_in(alice).get(url).status_code == 302  # password
    client = proven(alice)
    page = client.get(url)
    assert page.status_code == 200
    assert client.post(url, {"code": "000000x"}).status_code == 200
    assert not Authenticator.objects.exists()
    key = client.session["mfa.totp.secret"]
    assert client.post(url, {"code": code_now(key)}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_the_password_alone_is_then_not_enough(alice):
    key = totp.generate_totp_secret()
    totp.TOTP.activate(alice, key)
    client = Client()
    response = client.post(reverse("account_login"), {"login": "alice@example.org", "password": PASSWORD})
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/settings").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "wrong"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(key)}).status_code == 302
    assert client.get("/settings").status_code == 200


def test_the_admin_has_no_door_of_its_own(staff):
    totp.TOTP.activate(staff, totp.generate_totp_secret())
    client = Client()
    client.post("/admin/login/", {"username": staff.email, "password": PASSWORD})
    client.post(reverse("account_login"), {"login": staff.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302

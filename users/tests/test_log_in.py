"""Logging in and asking for a new password: limits, redirects, and what the answers give away."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from users.models import User
from users.tests.conftest import PASSWORD, logged_in

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str = "alice@example.org", password: str = PASSWORD, **fields: str):
    return client.post(reverse("account_login"), {"login": email, "password": password} | fields)


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@Example.org", " alice@example.org "])
def test_the_address_counts_whatever_its_case(alice, email):
    client = Client()
    assert log_in(client, email).status_code == 302
    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("alice@example.org", "")],
)
def test_wrong_credentials_get_in_nowhere(alice, email, password):
    client = Client()
    assert log_in(client, email, password).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_refusal_does_not_say_which_was_wrong(alice):
    known = log_in(Client(), "alice@example.org", "wrong").context["form"].errors
    unknown = log_in(Client(), "nobody@example.org", "wrong").context["form"].errors
    assert known == unknown


def test_guessing_is_stopped_and_the_right_password_waits_too(alice):
    for _guess in range(5):
        log_in(Client(), password="wrong")
    client = Client()
    response = log_in(client)
    assert "Too many attempts" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_count_is_in_the_shared_cache_not_in_the_process(alice):
    """Another process knows it by the same cache; forgetting it there is the one way to forget it."""
    for _guess in range(5):
        log_in(Client(), password="wrong")
    cache.clear()
    assert log_in(Client()).status_code == 302


def test_one_address_cannot_spend_the_tries_of_another(alice, charlie):
    for _guess in range(5):
        log_in(Client(), password="wrong")
    assert log_in(Client(), "charlie@example.org").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
    ],
)
def test_next_never_leads_off_the_site(alice, target):
    response = log_in(Client(), next=target)
    assert response.status_code == 302
    assert response["Location"] == reverse("feed:home")


def test_next_leads_on_within_the_site(alice):
    assert log_in(Client(), next="/inbox")["Location"] == "/inbox"


def test_a_closed_account_is_no_way_in(alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    client = Client()
    log_in(client)
    assert "_auth_user_id" not in client.session


def test_logging_out_takes_a_post(alice):
    client = logged_in(alice)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_asking_for_a_new_password_answers_alike(alice):
    known = Client().post(reverse("account_reset_password"), {"email": "alice@example.org"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    to_alice, to_nobody = mail.outbox
    assert (to_alice.to, to_nobody.to) == (["alice@example.org"], ["nobody@example.org"])
    assert "/accounts/password/reset/key/" in to_alice.body
    assert "/accounts/password/reset/key/" not in to_nobody.body


def test_a_new_password_by_mail_works_once(alice):
    Client().post(reverse("account_reset_password"), {"email": "alice@example.org"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body).group(1)
    client = Client()
    form_url = client.get(link)["Location"]
    new = "another harbour 8"
    assert client.post(form_url, {"password1": new, "password2": new}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)
    again = Client().get(link)
    assert again.status_code == 200
    assert "no longer works" in again.content.decode()


def test_a_new_address_counts_when_it_is_confirmed(alice):
    EmailAddress.objects.filter(user=alice).update(verified=True)
    client = logged_in(alice)
    assert (
        client.post(reverse("account_email"), {"email": "moon@example.org", "action_add": ""}).status_code
        == 302
    )
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", mail.outbox[-1].body).group(1)
    assert "Is moon@example.org yours?" in client.get(link).content.decode()
    client.post(link)
    alice.refresh_from_db()
    assert alice.email == "moon@example.org"


def test_somebody_elses_address_is_not_taken_over(alice, charlie):
    EmailAddress.objects.update(verified=True)
    logged_in(charlie).post(reverse("account_email"), {"email": "alice@example.org", "action_add": ""})
    charlie.refresh_from_db()
    assert charlie.email == "charlie@example.org"
    assert EmailAddress.objects.get(email="alice@example.org", verified=True).user == alice


@pytest.mark.parametrize("field", ["login", "password"])
def test_nul_characters_are_a_wrong_form_not_an_error(alice, field):
    response = Client().post(
        reverse("account_login"), {"login": "alice@example.org", "password": PASSWORD, field: "a\x00b"}
    )
    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "users:door",
        "account_email_verification_sent",
        "account_inactive",
    ],
)
def test_pages_outside_hold_no_script_and_no_style_of_their_own(name):
    page = Client().get(reverse(name)).content.decode()
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize(
    "name",
    [
        "users:settings",
        "users:settings-account",
        "users:settings-tokens",
        "users:settings-data",
        "users:invites",
        "users:inbox",
        "mfa_index",
        "account_email",
        "account_change_password",
        "usersessions_list",
        "socialaccount_connections",
        "mfa_list_webauthn",
    ],
)
def test_pages_inside_need_a_log_in_and_hold_no_script_of_their_own(alice, name):
    assert Client().get(reverse(name)).status_code == 302
    response = logged_in(alice).get(reverse(name))
    assert response.status_code == 200
    page = response.content.decode()
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)

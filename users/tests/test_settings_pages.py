"""One's own settings: profile, language, tokens, data."""

import json
import time

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from users import decisions
from users.models import User
from users.tests.conftest import PASSWORD, logged_in

pytestmark = pytest.mark.django_db


def proven(user: User) -> Client:
    """Logged in, and asked for the password again just now."""
    client = logged_in(user)
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return client


def test_name_and_words_about_oneself_are_cleaned_and_kept(alice):
    response = logged_in(alice).post("/settings", {"display_name": " Ali\u202ece ", "bio": "Foxes,\nmostly."})
    assert response.status_code == 302
    alice.refresh_from_db()
    assert (alice.display_name, alice.bio) == ("Alice", "Foxes, mostly.")


@pytest.mark.parametrize(
    "fields", [{"display_name": "x" * 61}, {"bio": "x" * 301}, {"display_name": "a\x00b"}]
)
def test_what_is_too_long_or_broken_is_refused(alice, fields):
    assert logged_in(alice).post("/settings", {"display_name": "New", "bio": ""} | fields).status_code == 422
    alice.refresh_from_db()
    assert alice.display_name == "Alice Moon"


def test_a_form_cannot_smuggle_other_fields(alice):
    logged_in(alice).post(
        "/settings",
        {
            "display_name": "A",
            "bio": "",
            "is_staff": "1",
            "handle": "king",
            "email": "x@example.org",
            "birth_date": "1980-01-01",
        },
    )
    logged_in(alice).post(
        "/settings/account", {"locale": "en", "country": "", "is_superuser": "1", "is_staff": "1"}
    )
    before = (alice.handle, alice.email, alice.birth_date)
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)
    assert (alice.handle, alice.email, alice.birth_date) == before


def test_pages_come_in_the_language_that_one_chose(alice):
    client = logged_in(alice)
    assert client.post("/settings/account", {"locale": "zh-hans", "country": "CN"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.locale, alice.country) == ("zh-hans", "CN")
    page = client.get("/settings/account", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="zh-hans"' in page
    assert "中国" in page


@pytest.mark.parametrize("fields", [{"locale": "xx"}, {"country": "ZZ"}, {"country": "Atlantis"}])
def test_unknown_places_are_refused(alice, fields):
    assert (
        logged_in(alice).post("/settings/account", {"locale": "en", "country": ""} | fields).status_code
        == 422
    )
    alice.refresh_from_db()
    assert (alice.locale, alice.country) == ("en", "")


def test_a_token_is_shown_once_and_works(alice):
    client = proven(alice)
    page = client.post("/settings/tokens", {"name": "My script"})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in client.get("/settings/tokens").content.decode()
    assert AuthToken.objects.get().digest != secret
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["handle"] == "alice"


def test_a_token_needs_the_password_again(alice):
    response = logged_in(alice).post("/settings/tokens", {"name": "My script"})
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not AuthToken.objects.exists()


def test_nobody_revokes_somebody_elses_token(alice, charlie, now):
    decisions.make_token(user=alice, name="mine", now=now)
    digest = AuthToken.objects.get().digest
    assert logged_in(charlie).post(reverse("users:revoke-token", args=[digest])).status_code == 404
    assert AuthToken.objects.count() == 1
    assert logged_in(alice).post(reverse("users:revoke-token", args=[digest])).status_code == 302
    assert not AuthToken.objects.exists()


def test_there_is_a_most_number_of_tokens(alice, now, settings):
    for number in range(settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]):
        decisions.make_token(user=alice, name=f"t{number}", now=now)
    with pytest.raises(decisions.TooManyTokens):
        decisions.make_token(user=alice, name="one more", now=now)
    assert AuthToken.objects.count() == settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]


def test_ones_data_is_all_there_and_nobody_elses(alice, bob, charlie):
    response = proven(alice).get("/settings/data/download")
    assert response["Content-Disposition"].startswith('attachment; filename="alice-')
    told = json.loads(response.content)["account"]
    assert (told["email"], told["birth_date"], len(told["invites"])) == ("alice@example.org", "1990-05-17", 4)
    assert "charlie" not in response.content.decode()
    assert "password" not in told


def test_the_download_needs_the_password_again_and_has_a_limit(alice):
    assert logged_in(alice).get("/settings/data/download").status_code == 302
    client = proven(alice)
    assert [client.get("/settings/data/download").status_code for _try in range(8)] == [200] * 6 + [429] * 2


def test_the_proof_grows_old(alice, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    client = proven(alice)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 301
    session.save()
    assert client.get("/settings/data/download").status_code == 302

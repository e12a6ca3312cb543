"""The operator's first start, and all later ones."""

import json
import stat

import pytest
from django.core.management import call_command
from django.test import Client

from users import decisions
from users.models import Invite, User
from users.tests.conftest import PASSWORD, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def welcome(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path / "data"
    settings.SITE_URL = "https://clips.example"

    def run() -> dict[str, str | None]:
        call_command("welcome", "--json")
        return json.loads(capsys.readouterr().out)

    return run


def test_the_first_start_makes_an_administrator_and_a_link(welcome, settings):
    told = welcome()
    assert told["admin_email"] == "admin@localhost"
    admin = User.objects.get()
    assert admin.is_superuser
    assert admin.check_password(told["admin_password"])
    file = settings.DATA_DIR / "admin-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told["invite_url"].startswith("https://clips.example/join/")
    path = told["invite_url"].removeprefix("https://clips.example")
    for number in range(2):
        assert (
            Client()
            .post(path, form(email=f"d{number}@example.org", handle=f"dora{'xy'[number]}"))
            .status_code
            == 302
        )


def test_the_administrator_can_log_in_with_what_was_printed(welcome):
    told = welcome()
    client = Client()
    client.post("/accounts/login/", {"login": told["admin_email"], "password": told["admin_password"]})
    assert client.get("/admin/").status_code == 200


def test_later_starts_say_the_same_until_the_password_is_changed(welcome, settings):
    first = welcome()
    assert welcome() == first
    assert User.objects.count() == Invite.objects.count() == 1
    admin = User.objects.get()
    admin.set_password(PASSWORD)
    admin.save()
    assert welcome() == first | {"admin_password": None}
    assert not (settings.DATA_DIR / "admin-password").exists()
    assert welcome() == first | {"admin_password": None}


def test_a_crash_between_file_and_account_is_made_good(welcome, settings):
    settings.DATA_DIR.mkdir()
    (settings.DATA_DIR / "admin-password").write_text("half-way there\n")
    assert welcome()["admin_password"] == "half-way there"
    assert User.objects.get().check_password("half-way there")


def test_an_administrator_that_is_there_already_is_left_alone(welcome, staff):
    before = User.objects.values().get(pk=staff.pk)
    told = welcome()
    assert (told["admin_email"], told["admin_password"]) == (staff.email, None)
    assert User.objects.count() == 1
    assert User.objects.values().get(pk=staff.pk) == before


def test_a_used_up_link_is_followed_by_another(welcome, now):
    first = welcome()["invite_url"]
    code = first.rpartition("/")[2]
    decisions.revoke(code=code, by=User.objects.get(), now=now)
    assert welcome()["invite_url"] != first

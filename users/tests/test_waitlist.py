"""The waitlist: leaving an address tells nothing, and staff can let people in."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from users import decisions
from users.models import Invite, User, WaitlistEntry
from users.tests.conftest import form, logged_in, world

pytestmark = pytest.mark.django_db
URL = "/waitlist"


@pytest.fixture(autouse=True)
def _waitlist(settings):
    settings.SIGNUP_MODE = "waitlist"


def test_the_answer_is_the_same_for_new_known_and_members(alice):
    answers = [
        Client().post(URL, {"email": email})
        for email in ("new@example.org", "NEW@example.org", "alice@example.org")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(WaitlistEntry.objects.values_list("email", flat=True)) == [
        "alice@example.org",
        "new@example.org",
    ]
    assert not mail.outbox


@pytest.mark.parametrize("email", ["", "nobody", "a@b\x00.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_not_kept(email):
    assert Client().post(URL, {"email": email}).status_code == 422
    assert not WaitlistEntry.objects.exists()


def test_where_there_is_no_waitlist_nobody_is_put_on_it(settings):
    for mode in ("invite", "open"):
        settings.SIGNUP_MODE = mode
        assert Client().post(URL, {"email": "new@example.org"}).status_code == 302
    assert not WaitlistEntry.objects.exists()


def test_it_is_limited(alice):
    codes = [Client().post(URL, {"email": f"p{number}@example.org"}).status_code for number in range(8)]
    assert codes == [200] * 6 + [429] * 2
    assert WaitlistEntry.objects.count() == 6


def test_joining_still_needs_the_invite():
    before = world()
    Client().post(URL, {"email": "dora@example.org"})
    Client().post(reverse("account_signup"), form())
    assert world() == before


def test_staff_invite_from_the_list_by_mail(staff, django_capture_on_commit_callbacks):
    Client().post(URL, {"email": "dora@example.org"}, headers={"Accept-Language": "en"})
    entry = WaitlistEntry.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        response = logged_in(staff).post(
            reverse("admin:users_waitlistentry_changelist"),
            {"action": "invite", "_selected_action": [entry.pk]},
        )
    assert response.status_code == 302
    invite = Invite.objects.get(email="dora@example.org")
    [letter] = mail.outbox
    assert letter.to == ["dora@example.org"]
    assert invite.url in letter.body
    assert Client().post(invite.path, form()).status_code == 302
    assert User.objects.filter(handle="dora_d").exists()


def test_nobody_is_invited_twice(staff, now, django_capture_on_commit_callbacks):
    decisions.wait(email="dora@example.org", locale="en", now=now)
    entry = WaitlistEntry.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert decisions.invite_from_waitlist(entry_id=entry.pk, by=staff, now=now)
        assert not decisions.invite_from_waitlist(entry_id=entry.pk, by=staff, now=now)
    assert len(mail.outbox) == 1
    assert Invite.objects.filter(email="dora@example.org").count() == 1


def test_others_cannot(alice, now):
    decisions.wait(email="dora@example.org", locale="en", now=now)
    entry = WaitlistEntry.objects.get()
    for client in (logged_in(alice), Client()):
        client.post(
            reverse("admin:users_waitlistentry_changelist"),
            {"action": "invite", "_selected_action": [entry.pk]},
        )
    assert WaitlistEntry.objects.get().invited_at is None
    assert not mail.outbox

"""Joining with an invite, and everything that keeps somebody out."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from users import decisions
from users.models import Invite, Notice, Redemption, User
from users.tests.conftest import ADULT, PASSWORD, form, logged_in, world

pytestmark = pytest.mark.django_db


def join(code: str, client: Client | None = None, language: str = "en", **changes: object):
    return (client or Client()).post(
        reverse("users:join", args=[code]), form(**changes), headers={"Accept-Language": language}
    )


def test_an_invite_a_password_a_handle_and_a_birthday_are_enough(alice, free_invite):
    client = Client()
    page = client.get(free_invite.path)
    assert page.status_code == 200
    assert "Alice Moon" in page.content.decode()
    response = join(free_invite.code, client, language="zh-CN,zh;q=0.9")
    assert response.status_code == 302
    assert response["Location"] == "/?welcome=1"
    first = client.get(response["Location"])
    assert [str(message) for message in first.context["messages"]] == []
    dora = User.objects.get(handle="dora_d")
    assert dora.check_password(PASSWORD)
    assert (dora.email, dora.birth_date, dora.locale, dora.country) == (
        "dora@example.org",
        dt.date(1991, 2, 3),
        "zh-hans",
        "CN",
    )
    assert client.session["_auth_user_id"] == str(dora.pk)
    assert Redemption.objects.get(user=dora).invite == free_invite
    assert dora.invites.count() == 4
    address = EmailAddress.objects.get(user=dora)
    assert (address.email, address.primary, address.verified) == ("dora@example.org", True, False)
    assert [notice.kind for notice in Notice.objects.filter(user=dora)] == ["welcome"]
    heard = Notice.objects.get(user=alice, kind="invite_used")
    assert heard.data == {"handle": "dora_d"}
    assert [sent.to for sent in mail.outbox] == [["dora@example.org"]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"handle": "al"}, "at least 3"),
        ({"handle": "a" * 30}, "at most 24"),
        ({"handle": "9dora"}, "Start with a letter"),
        ({"handle": "dora d"}, "letters a–z"),
        ({"handle": "dora\x00d"}, "Null characters"),
        ({"handle": "admin"}, "kept for the site"),
        ({"handle": "m0derat0r"}, "kept for the site"),
        ({"handle": "ALICE"}, "Somebody already has"),
        ({"handle": "al1ce"}, "Somebody already has"),
        ({"handle": "a_l_i_c_e"}, "Somebody already has"),
        ({"email": "ALICE@example.org"}, "already an account"),
        ({"email": "nobody"}, "valid email"),
        ({"email": ""}, "required"),
        ({"password1": "short7"}, "too short"),
        ({"password1": "password"}, "too common"),
        ({"password1": "123456789012"}, "entirely numeric"),
        ({"password1": "dora@example.org"}, "too similar"),
        ({"birth_date": "2199-01-01"}, "cannot be a birthday"),
        ({"birth_date": "1899-01-01"}, "cannot be a birthday"),
        ({"birth_date": "yesterday"}, "valid date"),
        ({"birth_date": ""}, "required"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_happens(alice, free_invite, change, sentence):
    before = world()
    response = join(free_invite.code, **change)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert world() == before
    assert free_invite.state_at(free_invite.created_at) == "free"
    assert join(free_invite.code).status_code == 302  # the same setup lets a fitting form in


def test_the_young_are_turned_away_without_a_trace(alice, free_invite, now):
    before = world()
    born = (now.date() - dt.timedelta(days=12 * 365)).isoformat()
    response = join(free_invite.code, birth_date=born)
    assert response.status_code == 403
    assert "at least 13 years old" in response.content.decode()
    assert not response.cookies
    assert world() == before
    assert not mail.outbox


def test_on_the_thirteenth_birthday_the_door_opens(alice, free_invite, now):
    today = now.date()
    born = (
        today.replace(year=today.year - 13)
        if (today.month, today.day) != (2, 29)
        else dt.date(today.year - 13, 3, 1)
    )
    assert join(free_invite.code, birth_date=(born + dt.timedelta(days=1)).isoformat()).status_code == 403
    assert join(free_invite.code, birth_date=born.isoformat()).status_code == 302


def test_two_who_want_one_handle_at_once_get_the_sentence_not_an_error(alice, free_invite, now, monkeypatch):
    """The check before saw a free handle; the constraint sees the truth."""
    before = world()
    monkeypatch.setattr("users.decisions.joining.refuse_unfit_handle", lambda handle: None)
    with pytest.raises(decisions.HandleTaken):
        decisions.sign_up(
            email="x@example.org",
            handle="Alice",
            password=PASSWORD,
            birth_date=ADULT,
            invite_code=free_invite.code,
            now=now,
        )
    with pytest.raises(decisions.HandleTaken):
        decisions.sign_up(
            email="x@example.org",
            handle="al1ce",
            password=PASSWORD,
            birth_date=ADULT,
            invite_code=free_invite.code,
            now=now,
        )
    with pytest.raises(decisions.EmailTaken):
        decisions.sign_up(
            email="ALICE@example.org",
            handle="dora_d",
            password=PASSWORD,
            birth_date=ADULT,
            invite_code=free_invite.code,
            now=now,
        )
    assert world() == before
    monkeypatch.setattr("users.forms.decisions.refuse_unfit_handle", lambda handle: None)
    response = join(free_invite.code, handle="Alice")
    assert response.status_code == 422
    assert "Somebody already has that handle" in response.content.decode()
    assert world() == before


def test_the_database_itself_keeps_handles_apart(alice):
    for change in (
        {"handle": "ALICE", "handle_skeleton": "x"},
        {"handle": "other", "handle_skeleton": alice.handle_skeleton},
        {"handle": "b d"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(email="y@example.org", **({"handle_skeleton": "yy"} | change))
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Alice@Example.org", handle="other", handle_skeleton="other")


def test_an_address_that_was_only_claimed_is_free_for_its_owner(alice, bob, free_invite):
    EmailAddress.objects.create(user=bob, email="dora@example.org", verified=False)
    other = alice.invites.exclude(pk=free_invite.pk).first()
    assert join(other.code).status_code == 302


def test_allauths_own_sign_up_page_is_no_way_round(alice, free_invite):
    before = world()
    client = Client()
    for response in (
        client.get(reverse("account_signup")),
        client.post(reverse("account_signup"), form()),
        client.post(reverse("users:door"), form()),
    ):
        assert "csrfmiddlewaretoken" not in response.content.decode() or response.status_code == 422
    assert world() == before
    client.get(free_invite.path)  # having looked at an invite is not holding one
    client.post(reverse("account_signup"), form())
    assert world() == before
    assert "_auth_user_id" not in client.session


def test_the_decision_needs_an_invite_whatever_page_asks(now, settings):
    facts = {
        "email": "x@example.org",
        "handle": "xenia",
        "password": PASSWORD,
        "birth_date": ADULT,
        "now": now,
    }
    for mode in ("invite", "waitlist"):
        settings.SIGNUP_MODE = mode
        with pytest.raises(decisions.InviteNeeded):
            decisions.sign_up(**facts, invite_code=None)
        with pytest.raises(decisions.InviteUnusable):
            decisions.sign_up(**facts, invite_code="nonsense")
    assert not User.objects.exists()
    settings.SIGNUP_MODE = "open"
    assert decisions.sign_up(**facts, invite_code=None).handle == "xenia"


def test_the_api_has_no_way_to_join():
    before = world()
    for path in ("/api/v1/users", "/api/v1/auth/signup", "/api/v1/auth/register"):
        assert Client().post(path, form()).status_code == 404
    assert world() == before


def test_an_open_site_lets_anybody_in(settings):
    settings.SIGNUP_MODE = "open"
    client = Client()
    assert client.get(reverse("users:door")).status_code == 200
    assert client.post(reverse("users:door"), form()).status_code == 302
    assert User.objects.filter(handle="dora_d").exists()


def test_on_an_open_site_a_dead_link_does_not_stop_anybody(settings, alice, free_invite, now):
    settings.SIGNUP_MODE = "open"
    decisions.revoke(code=free_invite.code, by=alice, now=now)
    assert join(free_invite.code).status_code == 302
    assert not Redemption.objects.filter(user__handle="dora_d").exists()


def test_who_is_in_already_is_sent_on(alice, free_invite):
    before = world()
    assert logged_in(alice).get(free_invite.path).status_code == 302
    assert join(free_invite.code, logged_in(alice)).status_code == 302
    assert world() == before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leads_off_the_site(alice, free_invite, target):
    response = Client().post(f"{free_invite.path}?next={target}", form(next=target))
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


def test_with_mandatory_mail_a_known_address_gets_the_same_answer(settings, alice, free_invite):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    before = world()
    known = join(free_invite.code, email="alice@example.org")
    assert world() == before
    new = join(free_invite.code, email="dora@example.org")
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert Client().get(known["Location"]).status_code == 200
    assert [sent.to[0] for sent in mail.outbox] == ["alice@example.org", "dora@example.org"]


@pytest.mark.parametrize(
    ("handle", "fine"),
    [
        ("dora_d", True),
        ("ALICE", False),
        ("al1ce", False),
        ("admin", False),
        ("x", False),
        ("", False),
        ("@dora_d", True),
    ],
)
def test_the_form_asks_while_one_types(alice, handle, fine):
    answer = Client().get(reverse("users:handle"), {"handle": handle}).json()
    assert answer["fine"] is fine
    assert answer["sentence"]


def test_an_invite_that_was_mailed_proves_the_address(now):
    invite = decisions.make_invite(by=None, max_uses=1, now=now, email="Dora@example.org")
    assert join(invite.code).status_code == 302
    assert EmailAddress.objects.get(user__handle="dora_d").verified
    assert Invite.objects.get(pk=invite.pk).uses == 1

"""Invites: whose they are, what becomes of them, and who may withdraw them."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from users import decisions, queries
from users.models import Invite, User
from users.tests.conftest import ADULT, PASSWORD, form, logged_in, world

pytestmark = pytest.mark.django_db


def test_everybody_gets_four_links_once(alice, now, settings):
    assert alice.invites.count() == 4
    assert {invite.max_uses for invite in alice.invites.all()} == {1}
    assert {invite.expires_at - invite.created_at for invite in alice.invites.all()} == {
        dt.timedelta(days=settings.INVITE_DAYS)
    }
    assert decisions.grant_invites(user=alice, now=now) == []
    assert alice.invites.count() == 4


def test_codes_carry_128_bits_and_differ(alice):
    codes = {invite.code for invite in alice.invites.all()}
    assert len(codes) == 4
    assert all(len(code) >= 22 for code in codes)


def test_a_used_code_cannot_be_replayed(alice, bob, free_invite):
    before = world()
    page = Client().get(free_invite.path)
    answer = Client().post(free_invite.path, form())
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "has been used" in answer.content.decode()
    assert world() == before


def test_an_expired_code_is_refused_to_the_second(alice, free_invite):
    expiry = free_invite.expires_at
    facts = {
        "email": "d@example.org",
        "handle": "dora_d",
        "password": PASSWORD,
        "birth_date": ADULT,
        "invite_code": free_invite.code,
    }
    before = world()
    with pytest.raises(decisions.InviteUnusable, match="expired"):
        decisions.sign_up(**facts, now=expiry)
    assert world() == before
    assert decisions.sign_up(**facts, now=expiry - dt.timedelta(seconds=1)).handle == "dora_d"


def test_a_withdrawn_code_is_refused(alice, free_invite, now):
    decisions.revoke(code=free_invite.code, by=alice, now=now)
    before = world()
    answer = Client().post(free_invite.path, form())
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()
    assert world() == before


@pytest.mark.parametrize("code", ["nonsense", "a" * 200, "%00", "..", "' OR 1=1"])
def test_an_unknown_code_is_not_found(alice, code):
    before = world()
    assert Client().get(f"/join/{code}").status_code in {400, 404}
    assert Client().post(f"/join/{code}", form()).status_code in {400, 404}
    assert world() == before


def test_pasting_a_link_leads_to_it(alice, free_invite):
    response = Client().post(reverse("users:door"), {"code": f" {free_invite.url}/ "})
    assert response.status_code == 302
    assert response["Location"] == free_invite.path
    assert Client().post(reverse("users:door"), {"code": "https://evil.example/?x"}).status_code == 422


def test_the_owner_sees_what_became_of_each(alice, bob, free_invite, now):
    withdrawn = alice.invites.exclude(pk=free_invite.pk).first()
    decisions.revoke(code=withdrawn.code, by=alice, now=now)
    rows = queries.invites_of(alice, now=now)
    assert [row.state for row in rows] == ["free", "free", "used", "revoked"]
    assert [redemption.user.handle for redemption in rows[2].redemptions] == ["bobby"]
    page = logged_in(alice).get(reverse("users:invites")).content.decode()
    assert "@bobby" in page
    assert "You can bring 2 more people" in page
    assert page.count("data-copy") == 2


def test_the_list_costs_the_same_however_long_it_is(alice, bob, now, django_assert_num_queries):
    for _number in range(20):
        decisions.make_invite(by=alice, max_uses=3, now=now)
    with django_assert_num_queries(2):
        queries.invites_of(alice, now=now)


def test_an_outsider_sees_and_withdraws_nothing_of_alices(alice, charlie, free_invite, now):
    assert free_invite.code not in logged_in(charlie).get(reverse("users:invites")).content.decode()
    response = logged_in(charlie).post(reverse("users:revoke-invite", args=[free_invite.code]))
    assert response.status_code == 404
    assert (
        Client().post(reverse("users:revoke-invite", args=[free_invite.code])).status_code == 302
    )  # to the log-in
    assert Invite.objects.get(pk=free_invite.pk).revoked_at is None
    assert logged_in(alice).post(reverse("users:revoke-invite", args=[free_invite.code])).status_code == 302
    assert Invite.objects.get(pk=free_invite.pk).revoked_at is not None


def test_staff_may_withdraw_anybodys(alice, staff, free_invite, now):
    decisions.revoke(code=free_invite.code, by=staff, now=now)
    assert Invite.objects.get(pk=free_invite.pk).revoked_at == now


def test_what_is_over_cannot_be_withdrawn(alice, bob, free_invite, now):
    """Bob has joined with it; a second free one is withdrawn twice; a third has expired."""
    _used, twice, old, *_rest = alice.invites.order_by("pk")
    decisions.revoke(code=twice.code, by=alice, now=now)
    for code, at in (
        (free_invite.code, now),
        (twice.code, now + dt.timedelta(days=1)),
        (old.code, old.expires_at),
    ):
        with pytest.raises(decisions.InviteGone):
            decisions.revoke(code=code, by=alice, now=at)
    assert Invite.objects.get(pk=twice.pk).revoked_at == now
    assert Invite.objects.get(pk=free_invite.pk).revoked_at is None


def test_looking_never_uses_a_place(alice, free_invite):
    before = world()
    for _look in range(3):
        assert Client().get(free_invite.path).status_code == 200
    assert world() == before


def test_the_database_refuses_an_overdrawn_invite(alice, free_invite):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=free_invite.pk).update(uses=F("max_uses") + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=free_invite.pk).update(max_uses=0)


def test_the_tree_shows_who_brought_whom(alice, bob, charlie, joined):
    dora = joined("dora_d", invite_code=bob.invites.first().code)
    joined("erik_e", invite_code=dora.invites.first().code)
    lines = [(guest.handle, guest.depth, guest.brought) for guest in queries.invite_tree()]
    assert lines == [("alice", 0, 3), ("bobby", 1, 2), ("dora_d", 2, 1), ("erik_e", 3, 0), ("charlie", 0, 0)]
    assert [guest.handle for guest in queries.invite_tree(root=bob)] == ["bobby", "dora_d", "erik_e"]
    assert [host.handle for host in queries.line_of(User.objects.get(handle="erik_e"))] == [
        "dora_d",
        "bobby",
        "alice",
    ]


def test_the_tree_is_for_staff(alice, bob, staff):
    url = reverse("admin:users_user_tree")
    page = logged_in(staff).get(url)
    assert page.status_code == 200
    assert "@bobby" in page.content.decode()
    assert logged_in(alice).get(url).status_code in {302, 403}
    assert Client().get(url).status_code == 302

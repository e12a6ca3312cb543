"""The staff's view of people."""

import datetime as dt

import pytest
from django.urls import reverse

from users import decisions
from users.models import Invite, User
from users.tests.conftest import logged_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["user", "invite", "redemption", "waitlistentry"])
def test_lists_open_and_can_be_searched(staff, alice, bob, now, name, django_assert_max_num_queries):
    decisions.wait(email="dora@example.org", locale="en", now=now)
    url = reverse(f"admin:users_{name}_changelist")
    client = logged_in(staff)
    with django_assert_max_num_queries(14):
        assert client.get(url, {"q": "a"}).status_code == 200
    assert logged_in(alice).get(url).status_code == 302


def test_an_age_band_stands_where_the_birthday_would(staff, alice):
    page = logged_in(staff).get(reverse("admin:users_user_change", args=[alice.pk])).content.decode()
    assert "18+" in page
    assert "1990" not in page


def test_only_administrators_make_staff(staff, alice, charlie):
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.refresh_from_db()
    from django.contrib.auth.models import Permission

    charlie.user_permissions.set(Permission.objects.filter(content_type__app_label="users"))
    url = reverse("admin:users_user_change", args=[alice.pk])
    change = {
        "display_name": "Al",
        "bio": "",
        "locale": "en",
        "country": "",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
    }
    assert logged_in(charlie).post(url, change).status_code == 302
    alice.refresh_from_db()
    assert (alice.display_name, alice.is_staff, alice.is_superuser) == ("Al", False, False)
    assert logged_in(staff).post(url, change).status_code == 302
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (True, True)


def test_nobody_revives_a_closed_account(staff, alice, now):
    decisions.close_account(user=alice, now=now)
    logged_in(staff).post(
        reverse("admin:users_user_change", args=[alice.pk]), {"is_active": "on", "display_name": "Al"}
    )
    alice.refresh_from_db()
    assert (alice.is_active, alice.display_name) == (False, "")


def test_staff_make_a_link_for_many(staff, now):
    def add(expires: dt.datetime, places: str):
        fields = {
            "max_uses": places,
            "expires_at_0": f"{expires:%Y-%m-%d}",
            "expires_at_1": f"{expires:%H:%M:%S}",
            "note": "the fair",
        }
        return logged_in(staff).post(reverse("admin:users_invite_add"), fields)

    assert add(now - dt.timedelta(days=1), "30").status_code == 200
    assert add(now + dt.timedelta(days=9), "0").status_code == 200
    assert not Invite.objects.filter(note="the fair").exists()
    assert add(now + dt.timedelta(days=9), "30").status_code == 302
    made = Invite.objects.get(note="the fair")
    assert (made.created_by, made.max_uses) == (staff, 30)
    assert logged_in(staff).get(reverse("admin:users_invite_change", args=[made.pk])).status_code == 200


def test_staff_withdraw_what_is_left(staff, alice, bob, free_invite):
    chosen = list(Invite.objects.filter(created_by=alice).values_list("pk", flat=True))
    logged_in(staff).post(
        reverse("admin:users_invite_changelist"), {"action": "revoke", "_selected_action": chosen}
    )
    assert Invite.objects.filter(created_by=alice, revoked_at__isnull=False).count() == 3
    assert Invite.objects.get(pk=free_invite.pk).revoked_at is None


def test_nothing_of_it_can_be_deleted(staff, alice, free_invite):
    client = logged_in(staff)
    assert (
        client.post(reverse("admin:users_user_delete", args=[alice.pk]), {"post": "yes"}).status_code == 403
    )
    assert (
        client.post(reverse("admin:users_invite_delete", args=[free_invite.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert User.objects.filter(pk=alice.pk).exists()

"""Administrators make moderators through a group that is already there."""

import pytest
from django.contrib.auth.models import Group

from moderation.staff import GROUP, keep_group
from users.models import User

pytestmark = pytest.mark.django_db


def test_the_group_lets_its_people_decide_and_nobody_else():
    group = Group.objects.get(name=GROUP)
    mona = User.objects.create_user("mona@example.org", "mona", is_staff=True)
    otto = User.objects.create_user("otto@example.org", "otto", is_staff=True)
    mona.groups.add(group)
    assert mona.has_perms(["moderation.rule", "moderation.view_report", "moderation.view_ruling"])
    assert not otto.has_perm("moderation.rule")
    assert not mona.has_perm("users.change_user")


def test_what_an_administrator_took_away_stays_away():
    from django.apps import apps

    group = Group.objects.get(name=GROUP)
    group.permissions.clear()
    keep_group(apps.get_app_config("moderation"), using="default")
    assert not group.permissions.exists()


def test_an_administrator_can_put_somebody_in_the_group(client):
    client.force_login(User.objects.create_superuser("bea@example.org", "boss_bea"))
    mona = User.objects.create_user("mona@example.org", "mona", is_staff=True)
    page = client.get(f"/admin/users/user/{mona.pk}/change/")
    assert page.status_code == 200
    assert GROUP in page.content.decode()

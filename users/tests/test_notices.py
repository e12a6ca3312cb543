"""The inbox: what it says, what is new, and that it is one's own."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from users import decisions, notices, queries
from users.models import Notice, User
from users.tests.conftest import logged_in

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_what_is_new_stands_first_and_is_read_by_looking(alice, bob):
    assert fresh(alice).unread_notices == 2
    page = logged_in(alice).get("/inbox").content.decode()
    assert "@bobby joined with your invite." in page
    assert "Welcome! Your 4 invites are ready" in page
    assert fresh(alice).unread_notices == 0


def test_one_sees_and_reads_only_ones_own(alice, bob, charlie, now):
    page = logged_in(charlie).get("/inbox").content.decode()
    assert "bobby" not in page
    assert Client().get("/inbox").status_code == 302
    ids = list(Notice.objects.filter(user=alice).values_list("pk", flat=True))
    assert decisions.read_notices(user=charlie, ids=ids, now=now) == 0
    assert fresh(alice).unread_notices == 2


def test_unread_before_read_and_new_before_old(alice, now):
    Notice.objects.all().delete()
    made = [
        decisions.notify(user=alice, kind="invite_used", data={"handle": f"h{number}"}, url="", now=now)
        for number in range(4)
    ]
    decisions.read_notices(user=alice, ids=[made[3].pk, made[1].pk], now=now)
    assert [row.notice.pk for row in queries.inbox(alice)] == [made[2].pk, made[0].pk, made[3].pk, made[1].pk]


def test_more_than_a_page_can_be_leafed_through(alice, now):
    for number in range(60):
        decisions.notify(user=alice, kind="invite_used", data={"handle": f"h{number}"}, url="", now=now)
    client = logged_in(alice)
    first = client.get("/inbox")
    assert len(first.context["rows"]) == 50
    second = client.get("/inbox", {"before": first.context["older"]})
    assert len(second.context["rows"]) == 0  # what is left is unread and waits on the first page
    assert len(client.get("/inbox").context["rows"]) == 50


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1.5", "٣"])
def test_a_forged_page_is_the_first_page(alice, before):
    assert logged_in(alice).get("/inbox", {"before": before}).status_code == 200


def test_the_count_is_one_cheap_query_capped(alice, now):
    Notice.objects.bulk_create(
        Notice(user=alice, kind="welcome", data={"invites": 1}, read_at=None if number < 150 else now)
        for number in range(5000)
    )
    user = fresh(alice)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert user.unread_notices == 99
        assert user.unread_notices == 99
    assert len(caught) == 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE users_notice")
        cursor.execute("EXPLAIN " + caught[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "notice_unread" in plan


def test_an_unknown_kind_cannot_be_sent(alice, now):
    before = Notice.objects.count()
    with pytest.raises(ValueError, match="not a kind"):
        decisions.notify(user=alice, kind="surprise", data={}, url="", now=now)
    assert Notice.objects.count() == before


def test_a_kind_whose_app_is_gone_does_not_break_the_inbox(alice):
    Notice.objects.create(user=alice, kind="of_old", data={})
    Notice.objects.create(user=alice, kind="invite_used", data={})
    assert logged_in(alice).get("/inbox").content.decode().count("There is news for you.") == 2


def test_apps_add_their_kinds_and_cannot_overwrite_others(alice, now, monkeypatch):
    monkeypatch.setattr(notices, "_kinds", dict(notices._kinds))
    notices.register("cake", _("@%(handle)s baked a cake."), icon="cake")
    notices.register("cake", _("@%(handle)s baked a cake."), icon="cake")
    with pytest.raises(ValueError, match="already"):
        notices.register("cake", "Something else", icon="cake")
    decisions.notify(user=alice, kind="cake", data={"handle": "bob"}, url="/invites", now=now)
    assert notices.read_out("cake", {"handle": "bob"}) == "@bob baked a cake."
    assert 'href="/invites"' in logged_in(alice).get("/inbox").content.decode()


def test_what_a_notice_names_is_text_not_markup(alice, now):
    decisions.notify(
        user=alice, kind="invite_used", data={"handle": "<script>alert(1)</script>"}, url="", now=now
    )
    assert "<script>alert" not in logged_in(alice).get("/inbox").content.decode()


@pytest.mark.parametrize(
    "url", ["https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example", "inbox"]
)
def test_a_notice_leads_nowhere_but_here(alice, url):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=alice, kind="welcome", data={"invites": 1}, url=url)


def test_notices_read_in_the_readers_language():
    with translation.override("zh-hans"):
        assert notices.read_out("invite_used", {"handle": "bob"})

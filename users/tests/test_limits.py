"""How often, and by whose address."""

import datetime as dt
import threading

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from users import limits

NOW = dt.datetime(2026, 3, 1, 12, 0, 30, tzinfo=dt.UTC)
TWO = limits.Limit("two", 2, 60)


@pytest.fixture(autouse=True)
def _one_window(monkeypatch):
    """The clock stands at the start of this minute, so that no test runs over the border of a window."""
    moment = timezone.now().replace(second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_it_counts_within_a_window_and_forgets_in_the_next():
    assert [limits.spend(TWO, "a", now=NOW) for _try in range(3)] == [True, True, False]
    assert limits.spend(TWO, "b", now=NOW)
    assert limits.spend(TWO, "a", now=NOW + dt.timedelta(seconds=60))


def test_a_crowd_at_once_gets_no_more_than_the_limit():
    ten = limits.Limit("ten", 10, 60)
    passed = []

    def go():
        passed.extend(limits.spend(ten, "a", now=NOW) for _try in range(10))

    crowd = [threading.Thread(target=go) for _one in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(passed) == 80
    assert sum(passed) == 10


def test_an_emptied_cache_starts_the_count_again():
    assert [limits.spend(TWO, "a", now=NOW) for _try in range(3)] == [True, True, False]
    cache.clear()
    assert limits.spend(TWO, "a", now=NOW)


@pytest.mark.parametrize(
    ("behind", "forwarded", "address"),
    [
        (False, "203.0.113.9", "198.51.100.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (True, "203.0.113.9, junk", limits.NOWHERE),
        (True, None, "198.51.100.1"),
    ],
)
def test_only_the_last_hop_before_our_own_proxy_is_believed(settings, behind, forwarded, address):
    settings.BEHIND_PROXY = behind
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.1", **extra)
    assert limits.address_of(request) == address


def test_an_ipv6_household_counts_as_one():
    one, other, stranger = (
        RequestFactory().get("/", REMOTE_ADDR=ip) for ip in ("2001:db8::1", "2001:db8::ffff", "2001:db8:1::1")
    )
    assert limits.network_of(one) == limits.network_of(other) != limits.network_of(stranger)


@pytest.mark.django_db
def test_a_forged_header_does_not_reset_the_count(alice):
    answers = [
        Client().get("/join/nonsense", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(62)
    ]
    assert answers == [404] * 60 + [429] * 2


@pytest.mark.django_db
def test_asking_for_handles_is_limited():
    answers = [Client().get(reverse("users:handle"), {"handle": "dora_d"}).status_code for _try in range(92)]
    assert answers == [200] * 90 + [429] * 2


@pytest.mark.django_db
def test_signing_up_is_limited(alice, free_invite):
    answers = [Client().post(free_invite.path, {}).status_code for _try in range(22)]
    assert answers == [422] * 20 + [429] * 2

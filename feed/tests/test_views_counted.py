from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as some

from feed import decisions, rules, visits
from feed.decisions import Viewing
from feed.models import Post, View

VISIT, OTHER = "a" * 64, "b" * 64


def record(viewer, post, now, *, visit=VISIT, watched_ms=4000, completed=False, muted=True):
    viewing = Viewing(post=post.public_id, watched_ms=watched_ms, completed=completed, muted=muted)
    return decisions.record_views(viewer=viewer, visit=visit, viewings=[viewing], now=now)


def test_once_an_hour_for_a_visit_and_the_longest_viewing_stays(alice, bob, posted, now):
    post = posted(alice)
    assert record(bob, post, now) == 1
    assert record(bob, post, now, watched_ms=2000, completed=True, muted=False) == 0
    row = View.objects.get()
    assert (row.viewer, row.watched_ms, row.completed, row.muted) == (bob, 4000, True, False)
    assert record(bob, post, now, visit=OTHER) == 1
    assert record(bob, post, now + dt.timedelta(hours=1)) == 1
    post.refresh_from_db()
    assert post.view_count == View.objects.count() == 3


def test_what_a_visitor_may_not_see_is_not_counted(alice, posted, now):
    private = posted(alice, visibility="private")
    unknown = Viewing(post=uuid.uuid4(), watched_ms=1000, completed=False, muted=True)
    assert record(AnonymousUser(), private, now) == 0
    assert decisions.record_views(viewer=AnonymousUser(), visit=VISIT, viewings=[unknown], now=now) == 0
    assert not View.objects.exists()


def test_ones_own_views_are_not_counted(alice, posted, now):
    assert record(alice, posted(alice), now) == 0
    assert Post.objects.get().view_count == 0


def test_watching_is_bounded_by_the_clip(alice, bob, posted, now):
    record(bob, posted(alice, duration=2.0), now, watched_ms=86_400_000)
    assert View.objects.get().watched_ms == 2000 * rules.LOOPS_COUNTED


@given(some.integers(-(2**40), 2**40), some.floats(0, 60))
def test_counted_milliseconds_never_leave_their_bounds(watched, duration):
    counted = rules.counted_ms(watched_ms=watched, duration=duration)
    assert 0 <= counted <= 60_000 * rules.LOOPS_COUNTED
    assert counted <= max(0, watched)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_visit_count_once_and_do_not_wait_for_each_other(alice, bob, posted, now):
    posts = [posted(alice) for _ in range(6)]
    barrier, failures, counted = threading.Barrier(16), [], []

    def send(order):
        try:
            barrier.wait(30)
            viewings = [
                Viewing(post=post.public_id, watched_ms=1000, completed=False, muted=True) for post in order
            ]
            counted.append(decisions.record_views(viewer=bob, visit=VISIT, viewings=viewings, now=now))
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[posts if n % 2 else posts[::-1]]) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sum(counted) == 6
    assert set(Post.objects.values_list("view_count", flat=True)) == {1}


@pytest.mark.parametrize(
    ("browser", "machine"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126 Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", True),
        ("curl/8.1", True),
        ("python-requests/2.34", True),
        ("", True),
    ],
)
def test_machines_that_say_so(browser, machine):
    assert rules.is_a_machine(browser) is machine


def test_a_visit_says_nothing_of_who_it_was(now):
    request = RequestFactory().get("/", headers={"user-agent": "Mozilla/5.0"}, REMOTE_ADDR="203.0.113.9")
    request.session = type("Session", (), {"session_key": None})()
    visit = visits.visit_of(request, now=now)
    assert len(visit) == 64
    assert "203" not in visit
    assert visit == visits.visit_of(request, now=now)
    assert visit != visits.visit_of(request, now=now + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"views": []},
        {"views": [{"post": "x", "watched_ms": 1}]},
        {"views": [{"post": str(uuid.uuid4()), "watched_ms": -1}]},
        [],
    ],
)
def test_views_that_are_nonsense(db, enter, body):
    answer = enter(None).post("/api/v1/views", body, content_type="application/json")
    assert answer.status_code == 400
    assert not View.objects.exists()


def test_machines_are_answered_but_not_counted(alice, posted, enter):
    post = posted(alice)
    body = {"views": [{"post": str(post.public_id), "watched_ms": 900}]}
    machine = enter(None).post(
        "/api/v1/views", body, content_type="application/json", HTTP_USER_AGENT="curl/8"
    )
    assert (machine.status_code, machine.json()) == (200, {"counted": 0})
    person = enter(None).post("/api/v1/views", body, content_type="application/json")
    assert person.json() == {"counted": 1}
    assert View.objects.count() == 1


def test_too_many_batches_are_refused(db, enter, alice, posted):
    post = posted(alice)
    body = {"views": [{"post": str(post.public_id), "watched_ms": 900}]}
    client = enter(None)
    codes = {
        client.post("/api/v1/views", body, content_type="application/json").status_code for _ in range(62)
    }
    assert codes == {200, 429}
    assert View.objects.count() == 1

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feed import decisions
from feed.models import Like, Post
from moderation.models import RulingKind
from users.models import User


def test_liking_twice_is_liking_once(alice, bob, posted, now):
    post = posted(alice)
    assert decisions.like(user=bob, post=post.public_id, now=now) == 1
    assert decisions.like(user=bob, post=post.public_id, now=now) == 1
    assert decisions.unlike(user=bob, post=post.public_id, now=now) == 0
    assert decisions.unlike(user=bob, post=post.public_id, now=now) == 0
    assert not Like.objects.exists()


def test_what_one_cannot_see_one_cannot_like(alice, bob, posted, rule, now):
    private, hidden = posted(alice, visibility="private"), posted(alice)
    rule(hidden, RulingKind.HIDE)
    for post in (private, hidden):
        with pytest.raises(decisions.NotThere):
            decisions.like(user=bob, post=post.public_id, now=now)
        with pytest.raises(decisions.NotThere):
            decisions.unlike(user=bob, post=post.public_id, now=now)
    assert not Like.objects.exists()
    assert set(Post.objects.values_list("like_count", flat=True)) == {0}


def test_a_like_can_be_taken_back_from_a_hidden_post(alice, bob, posted, rule, now):
    post = posted(alice)
    decisions.like(user=bob, post=post.public_id, now=now)
    rule(post, RulingKind.HIDE)
    assert decisions.unlike(user=bob, post=post.public_id, now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_counted_right(posted, alice, now):
    post = posted(alice)
    people = [User.objects.create_user(f"p{n}@example.org", f"person_{n:02}ab") for n in range(25)]
    barrier, failures = threading.Barrier(50), []

    def act(user):
        try:
            barrier.wait(30)
            decisions.like(user=user, post=post.public_id, now=now)
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connection.close()

    # Everybody twice: one like each must win.
    threads = [threading.Thread(target=act, args=[user]) for user in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    post.refresh_from_db()
    assert post.like_count == Like.objects.filter(post=post).count() == 25


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_minds_breaks_nothing(posted, alice, bob, now):
    """Two windows, one liking and one taking it back: every answer is a number, and the count is right."""
    post = posted(alice)
    barrier, failures = threading.Barrier(8), []

    def act(decide):
        try:
            barrier.wait(30)
            for _time in range(25):
                decide(user=bob, post=post.public_id, now=now)
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=[decide]) for decide in (decisions.like, decisions.unlike) * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    post.refresh_from_db()
    assert post.like_count == Like.objects.filter(post=post).count() <= 1


@pytest.mark.parametrize("decide", [decisions.like, decisions.unlike])
def test_the_post_is_locked_before_its_likes_are_touched(alice, bob, posted, now, decide):
    """Else two windows in two minds may find neither a row nor a free place for it, and one of them an error."""
    post = posted(alice)
    with CaptureQueriesContext(connection) as told:
        decide(user=bob, post=post.public_id, now=now)
    statements = [query["sql"] for query in told.captured_queries]
    locks = [at for at, sql in enumerate(statements) if sql.endswith("FOR NO KEY UPDATE")]
    touches = [
        at for at, sql in enumerate(statements) if '"feed_like"' in sql and 'FROM "feed_post"' not in sql
    ]
    assert len(locks) == 1
    assert locks[0] < min(touches)

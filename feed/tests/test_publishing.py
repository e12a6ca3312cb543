from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from feed import decisions
from feed.models import Like, Post
from generation.models import State
from moderation.models import RulingKind

LATER = dt.timedelta(hours=3)


def publish(author, draft, now, caption="Look!", visibility="public"):
    return decisions.publish(
        author=author, generation=draft.public_id, caption=caption, visibility=visibility, now=now
    )


def test_a_finished_draft_becomes_a_post(alice, drafted, now):
    draft = drafted(alice)
    post = publish(alice, draft, now, caption="  Hello\r\nworld  ")
    post.refresh_from_db()
    assert (post.author, post.generation, post.caption) == (alice, draft, "Hello\nworld")
    assert (post.visibility, post.was_public, post.published_at) == ("public", True, now)


def test_only_the_owner_may(alice, bob, drafted, now):
    draft = drafted(alice)
    with pytest.raises(decisions.NotThere):
        publish(bob, draft, now)
    with pytest.raises(decisions.NotThere):
        decisions.publish(author=alice, generation=uuid.uuid4(), caption="", visibility="public", now=now)
    assert not Post.objects.exists()


def test_a_deleted_draft_is_not_there(alice, drafted, now):
    draft = drafted(alice, deleted_at=now)
    with pytest.raises(decisions.NotThere):
        publish(alice, draft, now)
    assert not Post.objects.exists()


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.CANCELLED])
def test_an_unfinished_draft_waits(alice, drafted, now, state):
    draft = drafted(alice, state=state, problem="engine_broke" if state == State.FAILED else "", clip="")
    with pytest.raises(decisions.CannotPost) as refused:
        publish(alice, draft, now)
    assert refused.value.code == "not_ready"
    assert not Post.objects.exists()


def test_once_only(alice, drafted, now):
    draft = drafted(alice)
    post = publish(alice, draft, now, caption="First")
    with pytest.raises(decisions.CannotPost) as refused:
        publish(alice, draft, now, caption="Second")
    assert refused.value.code == "already_published"
    post.refresh_from_db()
    assert post.caption == "First"
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(author=alice, generation=draft)


def test_the_suspended_may_take_away_but_not_add(alice, bob, drafted, posted, rule, now):
    post, other, draft = posted(alice), posted(bob), drafted(alice)
    rule(alice, RulingKind.SUSPEND)
    for attempt in (
        lambda: publish(alice, draft, now),
        lambda: decisions.edit(author=alice, post=post.public_id, caption="New", visibility=None, now=now),
        lambda: decisions.like(user=alice, post=other.public_id, now=now),
    ):
        with pytest.raises(decisions.CannotPost) as refused:
            attempt()
        assert refused.value.code == "suspended"
    assert list(Post.objects.order_by("pk").values_list("caption", flat=True)) == ["Look!", "Look!"]
    assert not Like.objects.exists()
    decisions.withdraw(author=alice, post=post.public_id, now=now)
    assert not Post.objects.by(alice).exists()


@pytest.mark.parametrize(
    ("caption", "code"),
    [
        ("a\x00b", "hidden_characters"),
        ("a\x1bb", "hidden_characters"),
        ("a\x85b", "hidden_characters"),
        ("safe\u202egpj.exe", "hidden_characters"),
        ("\u2066hm", "hidden_characters"),
        ("\ud800", "hidden_characters"),
        ("x" * 301, "caption_too_long"),
        ("跑" * 301, "caption_too_long"),
    ],
)
def test_captions_that_are_refused(alice, drafted, posted, now, caption, code):
    draft, post = drafted(alice), posted(alice)
    with pytest.raises(decisions.CannotPost) as refused:
        publish(alice, draft, now, caption=caption)
    assert (refused.value.code, refused.value.field) == (code, "caption")
    with pytest.raises(decisions.CannotPost):
        decisions.edit(author=alice, post=post.public_id, caption=caption, visibility=None, now=now)
    assert list(Post.objects.values_list("caption", flat=True)) == ["Look!"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("   \n ", ""),
        ("👩‍👩‍👧‍👦 family", "👩‍👩‍👧‍👦 family"),
        ("cafe\u0301", "café"),
        ("שלום \u200fworld", "שלום \u200fworld"),
        ("x" * 300 + "  ", "x" * 300),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_captions_as_they_are_kept(alice, drafted, now, typed, kept):
    post = publish(alice, drafted(alice), now, caption=typed)
    post.refresh_from_db()
    assert post.caption == kept


def test_an_unknown_audience_is_refused(alice, drafted, now):
    with pytest.raises(decisions.CannotPost) as refused:
        publish(alice, drafted(alice), now, visibility="friends")
    assert (refused.value.code, refused.value.field) == ("unknown_visibility", "visibility")
    assert not Post.objects.exists()


def test_taken_back_and_published_again_it_is_the_same_post(alice, bob, drafted, rule, now):
    draft = drafted(alice)
    first = publish(alice, draft, now)
    decisions.like(user=bob, post=first.public_id, now=now)
    rule(first, RulingKind.HIDE)
    decisions.withdraw(author=alice, post=first.public_id, now=now)
    assert not Post.objects.by(alice).exists()
    again = publish(alice, draft, now + LATER, caption="Again")
    again.refresh_from_db()
    assert (again.pk, again.public_id, again.like_count) == (first.pk, first.public_id, 1)
    assert (again.caption, again.deleted_at) == ("Again", None)
    assert again.published_at == now, "publishing again does not push it to the top"
    assert not Post.objects.visible_to(bob, today=now.date()).exists(), "what was ruled stays ruled"


def test_it_is_new_when_everyone_sees_it_first(alice, drafted, now):
    post = publish(alice, drafted(alice), now, visibility="private")
    assert not post.was_public
    shown = decisions.edit(
        author=alice, post=post.public_id, caption=None, visibility="public", now=now + LATER
    )
    assert shown.published_at == now + LATER
    decisions.edit(author=alice, post=post.public_id, caption=None, visibility="private", now=now + 2 * LATER)
    back = decisions.edit(
        author=alice, post=post.public_id, caption=None, visibility="public", now=now + 3 * LATER
    )
    assert back.published_at == now + LATER


def test_only_the_author_edits_and_takes_back(alice, bob, posted, now):
    post = posted(alice)
    with pytest.raises(decisions.NotThere):
        decisions.edit(author=bob, post=post.public_id, caption="Mine", visibility="private", now=now)
    with pytest.raises(decisions.NotThere):
        decisions.withdraw(author=bob, post=post.public_id, now=now)
    post.refresh_from_db()
    assert (post.caption, post.visibility, post.deleted_at) == ("Look!", "public", None)


def test_a_published_clip_cannot_be_deleted_before_it_is_taken_back(alice, posted, now):
    from generation import decisions as making

    post = posted(alice)
    with pytest.raises(making.StillNeeded):
        making.delete(generation=post.generation, now=now)
    post.generation.refresh_from_db()
    assert post.generation.deleted_at is None
    decisions.withdraw(author=alice, post=post.public_id, now=now)
    assert making.delete(generation=post.generation, now=now)


def test_whoever_leaves_takes_everything_along(alice, bob, posted, now, django_capture_on_commit_callbacks):
    from users.decisions import close_account

    posted(alice), posted(alice), posted(bob)
    with django_capture_on_commit_callbacks(execute=True):
        close_account(user=alice, now=now)
    assert set(Post.objects.standing().values_list("author__handle", flat=True)) <= {"bob"}
    assert Post.objects.by(bob).count() == 1

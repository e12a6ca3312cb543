"""The one gate, and every door behind it: for each kind of post, each viewer and each ruling."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from feed import decisions, media, queries
from feed.models import Post
from moderation.models import RulingKind

VIEWERS = ("author", "adult", "teen", "nobody", "ageless")
CASES = [
    (visibility, ruled, viewer)
    for visibility in ("public", "unlisted", "private")
    for ruled in (
        None,
        "hide",
        "age_limit",
        "suspend",
        "withdrawn",
        "clip deleted",
        "author closed",
        "lifted",
    )
    for viewer in VIEWERS
]


def expected(visibility: str, ruled: str | None, viewer: str) -> bool:
    """The rules in words, written down a second time."""
    if ruled in {"withdrawn", "clip deleted"}:
        return False
    if viewer == "author":
        return True
    if visibility == "private" or ruled in {"hide", "suspend", "author closed"}:
        return False
    return ruled != "age_limit" or viewer == "adult"


@pytest.fixture
def viewers(alice, bob, tina, charlie):
    charlie.birth_date = None
    charlie.save()
    return {"author": alice, "adult": bob, "teen": tina, "nobody": AnonymousUser(), "ageless": charlie}


@pytest.fixture
def made(posted, rule, alice, now):
    def make(visibility: str, ruled: str | None) -> Post:
        post = posted(alice, visibility=visibility, files=True)
        match ruled:
            case "hide" | "age_limit":
                rule(post, RulingKind(ruled))
            case "suspend":
                rule(alice, RulingKind.SUSPEND)
            case "lifted":
                ruling = rule(post, RulingKind.HIDE)
                ruling.lifted_at, ruling.lifted_by = now, ruling.made_by
                ruling.save()
            case "withdrawn":
                decisions.withdraw(author=alice, post=post.public_id, now=now)
            case "clip deleted":
                post.generation.deleted_at = now
                post.generation.save()
            case "author closed":
                alice.is_active = False
                alice.save()
        return post

    return make


@pytest.mark.parametrize(("visibility", "ruled", "viewer"), CASES)
def test_the_gate(visibility, ruled, viewer, viewers, made, now):
    post, who = made(visibility, ruled), viewers[viewer]
    today = now.date()
    seen = expected(visibility, ruled, viewer)
    assert Post.objects.visible_to(who, today=today).filter(pk=post.pk).exists() is seen
    assert (queries.clip_of(post.public_id, viewer=who, now=now) is not None) is seen

    listed = seen and visibility == "public" and ruled != "hide"
    feed = {clip.public_id for clip in queries.feed_page(who, after=None, now=now).clips}
    slow = set(queries.feed_posts(who, after=None, today=today).values_list("public_id", flat=True))
    assert feed == slow == ({post.public_id} if listed else set())
    for most_liked in (False, True):
        found = queries.explore_page("look", most_liked=most_liked, viewer=who, after=None, now=now)
        assert bool(found.clips) is listed
    profile = queries.profile_page(post.author, viewer=who, after=None, now=now).clips
    assert bool(profile) is (seen if viewer == "author" else listed)


# A closed account has no session to come with.
DOORS = [case for case in CASES if case[1:] != ("author closed", "author")]


@pytest.mark.parametrize(("visibility", "ruled", "viewer"), DOORS)
def test_media_open_exactly_where_the_page_does(visibility, ruled, viewer, viewers, made, now, enter):
    post, who = made(visibility, ruled), viewers[viewer]
    seen = expected(visibility, ruled, viewer)
    client = enter(None if viewer == "nobody" else who)
    for part in media.PARTS:
        if part == "captions.vtt":
            continue
        answer = client.get(media.link(post, part, who))
        assert answer.status_code == (200 if seen else 404), part
        plain = client.get(f"/media/p/{post.public_id}/{part}")
        assert plain.status_code == (200 if seen and visibility == "public" else 404), part
    assert client.get(post.get_absolute_url()).status_code == (
        200 if seen else 410 if viewer == "author" and ruled == "withdrawn" else 404
    )


def test_a_birthday_opens_the_gate(posted, rule, alice, tina, now):
    post = posted(alice)
    rule(post, RulingKind.AGE_LIMIT)
    birthday = dt.date(2029, 1, 1)
    assert not Post.objects.visible_to(tina, today=birthday - dt.timedelta(days=1)).exists()
    assert Post.objects.visible_to(tina, today=birthday).exists()

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from feed import decisions
from feed.management.commands import load_demo
from feed.models import DemoWish, Like, Post
from generation.events import generation_ready
from generation.models import Generation, State
from licensing.models import Character, Property, RightsHolder
from users.models import User


@pytest.fixture
def loaded(db):
    call_command("load_demo")


def finish(generation, now):
    for field, value in {
        "state": State.READY,
        "clip": "c.mp4",
        "poster": "p.jpg",
        "width": 540,
        "height": 960,
        "duration": 5.0,
        "finished_at": now,
    }.items():
        setattr(generation, field, value)
    generation.save()


def test_a_new_site_gets_a_catalogue_people_and_wishes(loaded):
    assert (RightsHolder.objects.count(), Property.objects.count(), Character.objects.count()) == (3, 5, 10)
    people = User.objects.filter(email__endswith=f"@{decisions.DEMO_DOMAIN}")
    assert people.count() == 8
    for person in people:
        assert not person.has_usable_password()
        assert "demo" in person.bio or "演示" in person.bio
        assert person.avatar
    clips = Generation.objects.all()
    assert clips.count() == DemoWish.objects.count() == 30
    assert {clip.background for clip in clips} == {True}
    assert {clip.state for clip in clips} == {State.QUEUED}
    assert sum(bool(clip.references) for clip in clips) >= 8
    assert len({clip.seed for clip in clips}) == 30
    assert not Post.objects.exists(), "nothing is shown before it is made"


def test_loading_again_changes_nothing(loaded, now):
    generation = Generation.objects.first()
    finish(generation, now)
    post = decisions.grant_wish(generation=generation, now=now)
    decisions.withdraw(author=post.author, post=post.public_id, now=now)
    Character.objects.filter(handle="mochi").update(terms="Ask first.")
    counts = (User.objects.count(), Generation.objects.count(), Like.objects.count())
    call_command("load_demo")
    assert counts == (User.objects.count(), Generation.objects.count(), Like.objects.count())
    post.refresh_from_db()
    assert post.deleted_at is not None, "what was taken back stays so"
    assert Character.objects.get(handle="mochi").terms == "Ask first."


def test_a_clip_is_published_when_it_is_ready(loaded, now):
    generation = Generation.objects.get(idempotency_key="demo-corgi")
    finish(generation, now)
    generation_ready.send(sender=Generation, generation=generation)
    generation_ready.send(sender=Generation, generation=generation)
    post = Post.objects.get()
    assert (post.author.handle, post.visibility) == ("noor_films", "public")
    assert post.caption == "He has never caught it. He has never minded."
    assert 0 < post.like_count == Like.objects.count() < 8
    assert not Like.objects.filter(user=post.author).exists()


def test_what_became_ready_unheard_is_published_by_the_next_start(loaded, now):
    for generation in Generation.objects.order_by("pk")[:3]:
        finish(generation, now)
    call_command("load_demo")
    assert Post.objects.count() == 3


def test_other_peoples_clips_are_never_published_for_them(loaded, alice, drafted, now):
    generation = drafted(alice, background=True)
    generation_ready.send(sender=Generation, generation=generation)
    assert not Post.objects.exists()


def test_a_taken_handle_is_left_to_its_owner(db):
    User.objects.create_user("real@example.org", "meimei")
    call_command("load_demo")
    assert User.objects.filter(email__endswith=f"@{decisions.DEMO_DOMAIN}").count() == 7
    assert not Generation.objects.filter(owner__handle="meimei").exists()


def test_the_files_agree_with_each_other():
    handles = {told["handle"] for told in json.loads((load_demo.DEMO / "creators.json").read_text("utf-8"))}
    clips = json.loads((load_demo.DEMO / "clips.json").read_text("utf-8"))
    assert {clip["by"] for clip in clips} == handles
    assert len({clip["key"] for clip in clips}) == len(clips)
    chinese = sum(any("\u4e00" <= letter <= "\u9fff" for letter in clip["caption"]) for clip in clips)
    assert chinese >= len(clips) // 2

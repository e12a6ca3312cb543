from __future__ import annotations

import datetime as dt
import json
import re
import uuid

import pytest

from feed import decisions
from feed.models import Like, Post
from moderation.models import RulingKind
from users.models import Invite

NOTES = {
    "language": "en",
    "notes": [
        {"phrase": "a dog", "start": 0, "end": 5, "outcome": "shown", "used": "dog"},
        {"phrase": "purple <smoke>", "start": 6, "end": 20, "outcome": "not_shown", "used": ""},
        {"phrase": "leopard", "start": 21, "end": 28, "outcome": "approximated", "used": "cat"},
    ],
}


def metas(page):
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))


def test_the_permalink_previews_itself(alice, posted, enter):
    post = posted(alice, caption="He <never> caught it")
    answer = enter(None).get(post.get_absolute_url())
    page = answer.content.decode()
    told = metas(page)
    address = f"http://testserver/v/{post.public_id}"
    assert told["og:url"] == address
    assert told["og:image"] == f"http://testserver/media/p/{post.public_id}/poster.jpg"
    assert told["og:video"] == f"http://testserver/media/p/{post.public_id}/clip.mp4"
    assert (told["og:image:width"], told["og:image:height"]) == ("540", "960")
    assert told["og:title"] == "He &lt;never&gt; caught it"
    assert told["twitter:card"] == "summary_large_image"
    assert f'<link rel="canonical" href="{address}">' in page
    assert "X-Robots-Tag" not in answer
    block = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert (block["@type"], block["contentUrl"]) == ("VideoObject", told["og:video"])
    assert block["name"] == "He <never> caught it"


def test_the_permalink_works_without_scripts(alice, posted, enter):
    post = posted(alice, spoken=True)
    page = enter(None).get(post.get_absolute_url()).content.decode()
    video = re.search(r"<video[^>]*>.*?</video>", page, re.DOTALL)[0]
    assert " controls " in video
    assert f'poster="/media/p/{post.public_id}/poster.jpg"' in video
    assert f'src="/media/p/{post.public_id}/clip.mp4"' in video
    assert '<track kind="captions"' in video
    assert not re.search(r"<script(?![^>]*(\ssrc=|ld\+json))|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize(
    ("asked", "fragment"),
    [
        ("2.5", "#t=2.5"),
        ("2s", "#t=2.0"),
        ("-1", ""),
        ("99", ""),
        ("nan", ""),
        ("inf", ""),
        ("x", ""),
        ("1e1000", ""),
    ],
)
def test_a_start_time(alice, posted, enter, asked, fragment):
    post = posted(alice, duration=5.0)
    page = enter(None).get(post.get_absolute_url(), {"t": asked}).content.decode()
    assert re.search(r'<video[^>]* src="[^"#]*([^"]*)"', page)[1] == fragment


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_what_is_not_public_is_not_previewed(alice, posted, enter, visibility):
    post = posted(alice, visibility=visibility)
    answer = enter(alice).get(post.get_absolute_url())
    assert answer["X-Robots-Tag"] == "noindex"
    if visibility == "private":
        assert "og:image" not in answer.content.decode()
    assert "ld+json" not in answer.content.decode()


def test_a_limited_clip_is_not_previewed_either(alice, bob, posted, rule, enter):
    post = posted(alice)
    rule(post, RulingKind.AGE_LIMIT)
    answer = enter(bob).get(post.get_absolute_url())
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
    assert "og:image" not in answer.content.decode()
    assert enter(None).get("/oembed", {"url": f"http://testserver/v/{post.public_id}"}).status_code == 404


def test_removed_says_why_to_the_author_and_nothing_to_others(alice, bob, posted, rule, enter):
    post = posted(alice)
    rule(post, RulingKind.HIDE)
    mine = enter(alice).get(post.get_absolute_url())
    assert mine.status_code == 200
    assert "This sells &lt;watches&gt;." in mine.content.decode()
    gone = enter(bob).get(post.get_absolute_url())
    never = enter(bob).get(f"/v/{uuid.uuid4()}")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert re.sub(r"[0-9a-f-]{36}", "", gone.content.decode()) == re.sub(
        r"[0-9a-f-]{36}", "", never.content.decode()
    )
    assert "watches" not in gone.content.decode()


def test_rulings_are_told_to_the_author_alone(alice, bob, posted, rule, enter):
    post = posted(alice)
    rule(post, RulingKind.AGE_LIMIT)
    assert "watches" in enter(alice).get(post.get_absolute_url()).content.decode()
    assert "watches" not in enter(bob).get(post.get_absolute_url()).content.decode()


def test_what_was_asked_and_what_became_of_it(alice, posted, enter):
    post = posted(alice, prompt="a dog <b>", storyboard=NOTES)
    page = enter(None).get(post.get_absolute_url()).content.decode()
    assert "a dog &lt;b&gt;" in page
    assert "purple &lt;smoke&gt;” is not shown" in page
    assert "“leopard” is shown as cat" in page
    assert page.count("<li>“") == 2


def test_taken_back_leads_its_author_to_the_draft(alice, bob, posted, enter, now):
    post = posted(alice)
    decisions.withdraw(author=alice, post=post.public_id, now=now)
    answer = enter(alice).get(post.get_absolute_url())
    assert answer.status_code == 410
    assert f"/drafts/{post.generation.public_id}" in answer.content.decode()
    assert enter(bob).get(post.get_absolute_url()).status_code == 404


def test_oembed(alice, posted, enter):
    post = posted(alice)
    told = enter(None).get("/oembed", {"url": f"http://testserver/v/{post.public_id}?t=2"}).json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "link", "Look!")
    assert told["thumbnail_url"] == f"http://testserver/media/p/{post.public_id}/poster.jpg"
    private = posted(alice, visibility="unlisted")
    for url in (
        f"http://testserver/v/{private.public_id}",
        "http://elsewhere/v/x",
        "",
        f"http://testserver/v/{'-' * 36}",
    ):
        assert enter(None).get("/oembed", {"url": url}).status_code == 404


# --- the author's buttons ---


def test_publishing_from_the_draft(alice, drafted, enter):
    draft = drafted(alice)
    answer = enter(alice).post(f"/publish/{draft.public_id}", {"caption": "Hi", "visibility": "unlisted"})
    post = Post.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{post.get_absolute_url()}?new=1"
    assert (post.caption, post.visibility) == ("Hi", "unlisted")


def test_what_was_just_published_leads_on_to_friends(alice, bob, posted, enter, now):
    Invite.objects.create(created_by=alice, max_uses=4, uses=1, expires_at=now + dt.timedelta(days=999))
    Invite.objects.create(
        created_by=alice, expires_at=now + dt.timedelta(days=999), revoked_at=now + dt.timedelta(days=1)
    )
    public, hidden = posted(alice), posted(alice, visibility="unlisted")
    page = enter(alice).get(f"/v/{public.public_id}?new=1").content.decode()
    assert "It is in the feed now." in page
    assert "You can bring 3 friends here." in page
    quiet = enter(alice).get(f"/v/{hidden.public_id}?new=1").content.decode()
    assert "Only who you chose can see it." in quiet
    assert "friends here" not in quiet
    for reader, address in ((alice, ""), (bob, "?new=1"), (None, "?new=1")):
        page = enter(reader).get(f"/v/{public.public_id}{address}").content.decode()
        assert "It is in the feed now." not in page
        assert "friends here" not in page


def test_the_first_page_after_joining_says_what_to_do(alice, posted, enter):
    posted(alice)
    assert "Make my first clip" in enter(alice).get("/?welcome=1").content.decode()
    assert "Make my first clip" not in enter(alice).get("/").content.decode()
    assert "Make my first clip" not in enter(None).get("/?welcome=1").content.decode()


def test_the_draft_offers_to_publish_until_it_is(alice, drafted, enter, now):
    draft = drafted(alice, files=True)
    page = enter(alice).get(f"/drafts/{draft.public_id}").content.decode()
    assert f'action="/publish/{draft.public_id}"' in page
    post = decisions.publish(
        author=alice, generation=draft.public_id, caption="", visibility="private", now=now
    )
    page = enter(alice).get(f"/drafts/{draft.public_id}").content.decode()
    assert f'action="/publish/{draft.public_id}"' not in page
    assert post.get_absolute_url() in page


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"caption": "x" * 301, "visibility": "public"}, 400),
        ({"caption": "", "visibility": "all"}, 400),
        ({}, 400),
    ],
)
def test_publishing_nonsense_says_so(alice, drafted, enter, data, status):
    answer = enter(alice).post(f"/publish/{drafted(alice).public_id}", data)
    assert answer.status_code == status
    assert "errorlist" in answer.content.decode()
    assert not Post.objects.exists()


def test_somebody_elses_draft_is_not_there(alice, bob, drafted, enter):
    draft = drafted(alice)
    assert (
        enter(bob).post(f"/publish/{draft.public_id}", {"caption": "", "visibility": "public"}).status_code
        == 404
    )
    assert enter(None).post(f"/publish/{draft.public_id}", {"visibility": "public"}).status_code == 302
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("verb", "data"), [("edit", {"caption": "Mine", "visibility": "private"}), ("withdraw", {})]
)
def test_others_cannot_press_the_authors_buttons(alice, bob, posted, enter, verb, data):
    post = posted(alice)
    assert enter(bob).post(f"/v/{post.public_id}/{verb}", data).status_code == 404
    assert enter(None).post(f"/v/{post.public_id}/{verb}", data).status_code == 302
    assert enter(alice).get(f"/v/{post.public_id}/{verb}").status_code == 405
    post.refresh_from_db()
    assert (post.caption, post.visibility, post.deleted_at) == ("Look!", "public", None)
    page = enter(bob).get(post.get_absolute_url()).content.decode()
    assert f"/v/{post.public_id}/{verb}" not in page


def test_the_author_edits_and_takes_back(alice, posted, enter):
    post = posted(alice)
    client = enter(alice)
    client.post(f"/v/{post.public_id}/edit", {"caption": "New", "visibility": "private"})
    post.refresh_from_db()
    assert (post.caption, post.visibility) == ("New", "private")
    assert (
        client.post(f"/v/{post.public_id}/edit", {"caption": "\u202e", "visibility": "private"}).status_code
        == 302
    )
    post.refresh_from_db()
    assert post.caption == "New"
    answer = client.post(f"/v/{post.public_id}/withdraw")
    assert answer["Location"] == f"/drafts/{post.generation.public_id}"
    post.refresh_from_db()
    assert post.deleted_at is not None


def test_liking_without_scripts(alice, bob, posted, enter):
    post = posted(alice)
    client = enter(bob)
    assert client.post(f"/v/{post.public_id}/like", {"liked": "yes"}).status_code == 302
    assert Like.objects.filter(user=bob).exists()
    client.post(f"/v/{post.public_id}/like", {"liked": "no"})
    assert not Like.objects.exists()
    assert enter(None).post(f"/v/{post.public_id}/like", {"liked": "yes"}).status_code == 302
    assert not Like.objects.exists()


# --- people ---


def test_profiles_show_to_each_what_is_theirs_to_see(alice, bob, posted, enter):
    posted(alice, caption="For all"), posted(alice, caption="For me", visibility="private")
    posted(alice, caption="By link", visibility="unlisted")
    mine, theirs = enter(alice).get("/@alice").content.decode(), enter(bob).get("/@alice").content.decode()
    for caption in ("For all", "For me", "By link"):
        assert caption in mine
    assert "Only me" in mine
    assert "/drafts" in mine
    assert "For all" in theirs
    assert "For me" not in theirs
    assert "By link" not in theirs
    assert 'class="tabs"' not in theirs


def test_profiles_have_one_address(alice, enter):
    answer = enter(None).get("/@ALICE")
    assert (answer.status_code, answer["Location"]) == (301, "/@alice")
    assert enter(None).get("/@nobody_here").status_code == 404


def test_closed_accounts_have_no_profile(alice, enter):
    alice.is_active = False
    alice.save()
    assert enter(None).get("/@alice").status_code == 404


def test_explore_says_what_it_did_not_find(db, enter):
    page = enter(None).get("/explore", {"q": "<zebra>"}).content.decode()
    assert "No caption says “&lt;zebra&gt;”" in page


def test_the_staff_reads_and_cannot_write(alice, staff, posted, rule, enter):
    post = posted(alice)
    rule(post, RulingKind.HIDE)
    client = enter(staff)
    assert client.get("/admin/feed/post/").status_code == 200
    page = client.get(f"/admin/feed/post/{post.pk}/change/")
    assert page.status_code == 200
    assert "/admin/moderation/ruling/" in page.content.decode()
    assert client.post(f"/admin/feed/post/{post.pk}/change/", {"caption": "x"}).status_code == 403
    assert client.post(f"/admin/feed/post/{post.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/feed/post/add/").status_code == 403
    assert enter(alice).get("/admin/feed/post/").status_code == 302
    post.refresh_from_db()
    assert post.caption == "Look!"

from __future__ import annotations

import uuid

import pytest
from rest_framework.test import APIClient

from feed import decisions
from feed.models import Like, Post
from moderation.models import RulingKind


@pytest.fixture
def api():
    def client(user=None):
        made = APIClient(HTTP_USER_AGENT="Mozilla/5.0")
        if user is not None:
            made.force_authenticate(user)
        return made

    return client


def test_the_feed_as_json(api, alice, bob, posted, now, django_assert_max_num_queries):
    for n in range(5):
        posted(
            alice,
            caption=f"n{n}",
            spoken=bool(n % 2),
            references=[{"handle": "mochi", "name": "Mochi", "credit": "Mochi © T", "terms": "long"}],
        )
    decisions.like(user=bob, post=Post.objects.last().public_id, now=now)
    with django_assert_max_num_queries(1):
        page = api(bob).get("/api/v1/feed", {"limit": 3}).json()
    assert [post["caption"] for post in page["results"]] == ["n4", "n3", "n2"]
    first = page["results"][0]
    assert (first["liked"], first["like_count"], first["author"]["handle"]) == (True, 1, "alice")
    assert first["credits"] == [{"handle": "mochi", "name": "Mochi", "credit": "Mochi © T"}]
    assert (first["captions"] is None, page["results"][1]["captions"] is None) == (True, False)
    rest = api().get("/api/v1/feed", {"after": page["after"]}).json()
    assert [post["caption"] for post in rest["results"]] == ["n1", "n0"]
    assert rest["after"] is None


@pytest.mark.parametrize("limit", ["0", "51", "-1", "x", "1.5", "９", "9" * 400])
def test_limits_that_are_none(api, db, limit):
    assert api().get("/api/v1/feed", {"limit": limit}).status_code == 400


def test_publishing(api, alice, drafted):
    draft = drafted(alice)
    answer = api(alice).post(
        "/api/v1/posts", {"generation": str(draft.public_id), "caption": " Hi "}, format="json"
    )
    assert answer.status_code == 201
    assert answer.json()["caption"] == "Hi"
    assert answer["Location"] == f"/api/v1/posts/{answer.json()['id']}"
    again = api(alice).post("/api/v1/posts", {"generation": str(draft.public_id)}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_published")
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"generation": "x"}, 400),
        ({"caption": "x" * 301}, 400),
        ({"caption": "a\u202eb"}, 400),
        ({"visibility": "friends"}, 400),
    ],
)
def test_publishing_nonsense(api, alice, drafted, body, status):
    wish = ({"generation": str(drafted(alice).public_id)} if body and "generation" not in body else {}) | body
    assert api(alice).post("/api/v1/posts", wish, format="json").status_code == status
    assert not Post.objects.exists()


def test_who_may_publish(api, alice, bob, drafted, rule):
    wish = {"generation": str(drafted(alice).public_id)}
    assert api().post("/api/v1/posts", wish, format="json").status_code == 401
    assert api(bob).post("/api/v1/posts", wish, format="json").status_code == 404
    assert api(bob).post("/api/v1/posts", {"generation": str(uuid.uuid4())}, format="json").status_code == 404
    rule(alice, RulingKind.SUSPEND)
    refused = api(alice).post("/api/v1/posts", wish, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "suspended")
    assert not Post.objects.exists()


def test_reading_changing_and_taking_back(api, alice, bob, posted):
    post = posted(alice)
    address = f"/api/v1/posts/{post.public_id}"
    assert api().get(address).json()["caption"] == "Look!"
    assert (
        api(alice).patch(address, {"visibility": "private"}, format="json").json()["visibility"] == "private"
    )
    assert api(alice).patch(address, {"caption": "x" * 301}, format="json").status_code == 400
    assert (api().get(address).status_code, api(bob).get(address).status_code) == (404, 404)
    signed = api(alice).get(address).json()
    assert "?key=" in signed["clip"]
    assert api(alice).delete(address).status_code == 204
    assert api(alice).get(address).status_code == 404


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_others_may_not(api, alice, bob, posted, method):
    post = posted(alice)
    address = f"/api/v1/posts/{post.public_id}"
    assert getattr(api(bob), method)(address, {"caption": "Mine"}, format="json").status_code == 404
    assert getattr(api(), method)(address, {"caption": "Mine"}, format="json").status_code == 401
    post.refresh_from_db()
    assert (post.caption, post.deleted_at) == ("Look!", None)


def test_likes(api, alice, bob, posted):
    post = posted(alice)
    address = f"/api/v1/posts/{post.public_id}/like"
    for _ in range(2):
        assert api(bob).put(address).json() == {"liked": True, "like_count": 1}
    for _ in range(2):
        assert api(bob).delete(address).json() == {"liked": False, "like_count": 0}
    assert api().put(address).status_code == 401
    assert api(bob).put(f"/api/v1/posts/{uuid.uuid4()}/like").status_code == 404
    assert not Like.objects.exists()


def test_a_page_of_the_browser_needs_the_token(alice, bob, posted, client):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    post = posted(alice)
    assert browser.put(f"/api/v1/posts/{post.public_id}/like").status_code == 403
    assert not Like.objects.exists()


def test_somebodys_posts(api, alice, bob, posted):
    posted(alice, caption="all"), posted(alice, caption="me", visibility="private")
    assert [post["caption"] for post in api(bob).get("/api/v1/users/alice/posts").json()["results"]] == [
        "all"
    ]
    assert [post["caption"] for post in api(alice).get("/api/v1/users/Alice/posts").json()["results"]] == [
        "me",
        "all",
    ]
    assert api().get("/api/v1/users/nobody_here/posts").status_code == 404

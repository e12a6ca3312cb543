from __future__ import annotations

import uuid

import pytest
from asgiref.sync import async_to_sync
from django.core import signing
from django.test import AsyncClient

from feed import decisions, media
from moderation.models import RulingKind


def test_a_public_clip_is_cached_briefly_and_typed_by_us(alice, posted, film, enter):
    post = posted(alice, files=True, spoken=True)
    for part, kind in (
        ("clip.mp4", "video/mp4"),
        ("poster.jpg", "image/jpeg"),
        ("captions.vtt", "text/vtt; charset=utf-8"),
    ):
        answer = enter(None).get(f"/media/p/{post.public_id}/{part}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["ETag"]
        again = enter(None).get(
            f"/media/p/{post.public_id}/{part}", headers={"if-none-match": answer["ETag"]}
        )
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("wanted", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None)]
)
def test_ranges(alice, posted, film, enter, wanted, start, end):
    post = posted(alice, files=True)
    answer = enter(None).get(f"/media/p/{post.public_id}/clip.mp4", headers={"range": wanted})
    assert answer.status_code == 206
    assert _drain(answer) == film[0][start:end]
    assert answer["Content-Range"].endswith(f"/{len(film[0])}")


def _drain(answer):
    async def read():
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()


def test_a_range_outside_is_refused(alice, posted, film, enter):
    post = posted(alice, files=True)
    answer = enter(None).get(
        f"/media/p/{post.public_id}/clip.mp4", headers={"range": f"bytes={len(film[0])}-"}
    )
    assert answer.status_code == 416


def test_a_link_is_for_one_person_one_post_and_a_while(alice, bob, posted, enter, settings):
    post, other = (
        posted(alice, visibility="private", files=True),
        posted(alice, visibility="private", files=True),
    )
    key = media.link(post, "clip.mp4", alice).partition("?key=")[2]
    address = f"/media/p/{post.public_id}/clip.mp4"
    client = enter(None)  # the player may be anywhere: the link carries who it is for
    assert client.get(address, {"key": key}).status_code == 200
    assert client.get(address, {"key": key})["Cache-Control"] == "private, no-store"
    assert client.get(f"/media/p/{other.public_id}/clip.mp4", {"key": key}).status_code == 404
    for wrong in (
        "",
        "x",
        key[:-1],
        key + "A",
        signing.TimestampSigner(salt="other").sign(f"{post.public_id}:{alice.pk}"),
    ):
        assert client.get(address, {"key": wrong}).status_code == 404
    assert client.get(media.link(post, "clip.mp4", bob)).status_code == 404
    assert client.get(media.link(post, "clip.mp4", None)).status_code == 404
    settings.MEDIA_LINK_SECONDS = -1
    assert client.get(address, {"key": key}).status_code == 404


def test_a_link_stops_when_the_post_does(alice, posted, rule, enter, now):
    post = posted(alice, visibility="unlisted", files=True)
    link = media.link(post, "clip.mp4", None)
    client = enter(None)
    assert client.get(link).status_code == 200
    ruling = rule(post, RulingKind.HIDE)
    assert client.get(link).status_code == 404
    ruling.lifted_at, ruling.lifted_by = now, ruling.made_by
    ruling.save()
    assert client.get(link).status_code == 200
    decisions.withdraw(author=alice, post=post.public_id, now=now)
    assert client.get(link).status_code == 404


def test_withdrawn_from_public_it_stops_at_once(alice, posted, enter, now):
    post = posted(alice, files=True)
    address = f"/media/p/{post.public_id}/clip.mp4"
    assert enter(None).get(address).status_code == 200
    decisions.withdraw(author=alice, post=post.public_id, now=now)
    assert enter(None).get(address).status_code == 404


def test_a_limited_clip_is_never_cached_for_all(alice, bob, posted, rule, enter):
    post = posted(alice, files=True)
    rule(post, RulingKind.AGE_LIMIT)
    assert enter(bob).get(f"/media/p/{post.public_id}/clip.mp4")["Cache-Control"] == "private, no-store"
    assert enter(None).get(f"/media/p/{post.public_id}/clip.mp4").status_code == 404


@pytest.mark.parametrize(
    "tail",
    [
        "../../secret",
        "clip.mp4/..",
        "clip.mov",
        "",
        "captions.vtt",
        "%2e%2e/clip.mp4",
        "CLIP.MP4",
        "clip.mp4%00",
    ],
)
def test_other_names_are_nothing(alice, posted, enter, tail):
    post = posted(alice, files=True)
    assert enter(None).get(f"/media/p/{post.public_id}/{tail}").status_code in {400, 404}
    assert enter(None).get(f"/media/p/{uuid.uuid4()}/clip.mp4").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_it_streams_under_asgi(alice, posted, film):
    post = posted(alice, files=True)

    async def fetch():
        answer = await AsyncClient().get(
            f"/media/p/{post.public_id}/clip.mp4", headers={"range": "bytes=10-"}
        )
        return answer.status_code, b"".join([piece async for piece in answer.streaming_content])

    assert async_to_sync(fetch)() == (206, film[0][10:])

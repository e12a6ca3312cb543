"""The websocket of a live page: who is let in, what they hear, and that coming back continues."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone

from generation import consumers, decisions, news
from generation.models import Generation, Stage, State
from generation.tests.conftest import NOW, ask, make_ready
from generation.tests.sockets import ORIGIN, Socket, session_of
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


async def hear(live: Socket, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first message that is wanted; others are let pass."""
    async with asyncio.timeout(8):
        while True:
            message: dict[str, Any] = await live.hear(8)
            if wanted(message):
                return message


def run(story: Callable[[], Awaitable[None]]) -> None:
    async_to_sync(story)()


async def refused(public_id: uuid.UUID, cookie: bytes, origin: bytes = ORIGIN) -> int:
    live = Socket(public_id, cookie, origin)
    connected, code = await live.connect()
    assert not connected
    return code


def test_who_is_not_let_in(alice: User, charlie: User) -> None:
    generation, gone = ask(alice), ask(alice)
    decisions.delete(generation=gone, now=NOW)
    mine, theirs, forged = session_of(alice), session_of(charlie), b"sessionid=guessed"

    async def story() -> None:
        assert await refused(generation.public_id, b"") == consumers.NO_SESSION
        assert await refused(generation.public_id, forged) == consumers.NO_SESSION
        assert await refused(generation.public_id, theirs) == consumers.NOT_THERE
        assert await refused(uuid.uuid4(), mine) == consumers.NOT_THERE
        assert await refused(gone.public_id, mine) == consumers.NOT_THERE
        for origin in (b"https://evil.example", b"null", b"http://localhost.evil.example"):
            await refused(generation.public_id, mine, origin)
        live = Socket(generation.public_id, mine)
        assert (await live.connect())[0]
        await live.leave()

    run(story)
    alice.is_active = False
    alice.save()

    async def later() -> None:
        assert await refused(generation.public_id, mine) in (consumers.NO_SESSION, consumers.NOT_THERE)

    run(later)


def test_the_whole_way_of_a_clip(alice: User, bob: User) -> None:
    ask(bob, seconds=30.0, now=timezone.now())
    generation = ask(alice, now=timezone.now())
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(generation.public_id, cookie)
        assert (await live.connect())[0]
        first = await live.hear()
        assert first["type"] == "snapshot"
        assert (first["state"], first["position"]) == ("queued", 2)
        assert first["eta"] > 0
        his = await sync_to_async(decisions.claim_next)(worker="w", now=timezone.now())
        assert (await hear(live, lambda message: message.get("position") == 1))["state"] == "queued"
        await sync_to_async(decisions.cancel)(generation=his, now=timezone.now())
        job = await sync_to_async(decisions.claim_next)(worker="w", now=timezone.now())
        assert (await hear(live, lambda message: message.get("state") == "running"))["take"] == 1
        board = {
            "shots": [SHOT],
            "notes": [{"phrase": "A", "start": 0, "end": 1, "outcome": "shown", "used": ""}],
        }
        await sync_to_async(decisions.record_storyboard)(generation=job, storyboard=board, now=timezone.now())
        told = await hear(live, lambda message: bool(message.get("shots")))
        assert told["shots"][0]["setting"] == "a meadow"
        assert told["notes"][0]["outcome"] == "shown"
        await sync_to_async(decisions.record_fragment)(
            generation=job, count=2, mime="video/mp4", progress=0.4, now=timezone.now()
        )
        told = await hear(live, lambda message: message.get("fragments") == 2)
        assert (told["progress"], told["mime"]) == (0.4, "video/mp4")
        await live.leave()

        # Coming back continues: the snapshot says how far it is, without being asked.
        live = Socket(generation.public_id, cookie)
        assert (await live.connect())[0]
        again = await live.hear()
        assert (again["fragments"], again["state"], again["base"]) == (
            2,
            "running",
            f"/media/g/{generation.public_id}/live/1/",
        )
        await sync_to_async(decisions.record_progress)(
            generation=job, progress=0.8, stage=Stage.RENDER, now=timezone.now()
        )
        assert (await hear(live, lambda message: message["type"] == "progress"))["progress"] == 0.8
        await sync_to_async(decisions.fail)(generation=job, problem="too_slow", now=timezone.now())
        ended = await hear(live, lambda message: message.get("state") == "failed")
        assert "longer than a clip may take" in ended["problem_sentence"]
        await live.leave()

    run(story)


SHOT = {
    "seconds": 3.0,
    "setting": "meadow",
    "time": "day",
    "weather": "clear",
    "camera": {"move": "still", "framing": "wide"},
    "subjects": [{"noun": "ball", "count": 1, "actions": [{"verb": "roll"}]}],
    "lines": [],
}


def test_one_hears_nothing_of_others(alice: User, bob: User) -> None:
    mine, his = ask(alice, now=timezone.now()), ask(bob, now=timezone.now())
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(mine.public_id, cookie)
        await live.connect()
        await live.hear()
        news.tell(his.public_id, progress=0.5)
        news.tell(mine.public_id, progress=0.25)
        assert (await live.hear())["progress"] == 0.25
        await live.leave()

    run(story)


def test_a_chatterbox_is_shown_the_door(alice: User) -> None:
    generation = ask(alice)
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(generation.public_id, cookie)
        await live.connect()
        await live.hear()
        await live.say("x" * (consumers.MESSAGE_BYTES + 1))
        assert (await live.receive_output(5))["code"] == consumers.TOO_BIG
        live = Socket(generation.public_id, cookie)
        await live.connect()
        await live.hear()
        for _ in range(consumers.MESSAGES + 1):
            await live.say("{]")
        assert (await live.receive_output(5))["code"] == consumers.TOO_MANY

    run(story)
    assert Generation.objects.get().state == State.QUEUED


def test_connections_are_few_per_person_and_free_again_when_closed(alice: User, bob: User) -> None:
    generation, his = ask(alice), ask(bob)
    cookie, other = session_of(alice), session_of(bob)

    async def story() -> None:
        open_ = [Socket(generation.public_id, cookie) for _ in range(consumers.CONNECTIONS_PER_USER)]
        for live in open_:
            assert (await live.connect())[0]
        assert await refused(generation.public_id, cookie) == consumers.TOO_MANY
        theirs = Socket(his.public_id, other)
        assert (await theirs.connect())[0]
        await open_.pop().leave()
        again = Socket(generation.public_id, cookie)
        assert (await again.connect())[0]
        for live in (*open_, again, theirs):
            await live.leave()

    run(story)


@pytest.mark.parametrize("what", ["deleted", "closed account"])
def test_what_is_gone_ends_the_connection(alice: User, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "LOOK_AGAIN_SECONDS", 0.2)
    generation = ask(alice)
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(generation.public_id, cookie)
        await live.connect()
        await live.hear()
        if what == "deleted":
            await sync_to_async(decisions.delete)(generation=generation, now=timezone.now())
        else:
            await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
        async with asyncio.timeout(5):
            while (message := await live.receive_output(5))["type"] != "websocket.close":
                pass
        assert message["code"] == consumers.GONE

    run(story)


def test_lost_news_only_comes_late(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that no news told of (Valkey was away) is seen at the next look."""
    monkeypatch.setattr(consumers, "LOOK_AGAIN_SECONDS", 0.2)
    generation = ask(alice)
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(generation.public_id, cookie)
        await live.connect()
        await live.hear()
        await Generation.objects.filter(pk=generation.pk).aupdate(state="cancelled")
        assert (await hear(live, lambda message: message.get("state") == "cancelled"))["type"] == "snapshot"
        await live.leave()

    run(story)


def test_sentences_come_in_the_owners_language(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(locale="zh-hans")
    done = make_ready(ask(alice))
    cookie = session_of(alice)

    async def story() -> None:
        live = Socket(done.public_id, cookie)
        await live.connect()
        snapshot = await live.hear()
        assert snapshot["state"] == "ready"
        assert snapshot["clip"] == f"/media/g/{done.public_id}/clip.mp4"
        await live.leave()

    run(story)

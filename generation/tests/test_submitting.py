"""A wish becomes a row in the queue, once, and within the limits; or nothing at all."""

from __future__ import annotations

import datetime as dt
import math
import threading
import uuid

import dramatiq
import pytest
import redis
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from generation import decisions, sweeping
from generation.models import Generation, State
from generation.tests.conftest import NOW, ask, make_ready, wish
from licensing.models import Character
from moderation.models import Reason, Ruling, RulingKind, SubjectKind
from users.models import User

pytestmark = pytest.mark.django_db


def codes(owner: User, *, key: str = "k", **fields: object) -> list[tuple[str, str]]:
    """Faults of a wish; asserts that nothing was written."""
    before = Generation.objects.count()
    with pytest.raises(decisions.Invalid) as caught:
        decisions.submit(owner=owner, wish=wish(**fields), idempotency_key=key, now=NOW)  # type: ignore[arg-type]
    assert Generation.objects.count() == before
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_a_wish_is_kept_as_asked(alice: User, mochi: Character) -> None:
    generation, new = decisions.submit(
        owner=alice,
        wish=wish("  @Mochi rolls\r\na ball, Cafe\u0301 ", seconds=4.02, style="noir", seed=7),
        idempotency_key="one",
        now=NOW,
    )
    assert new
    assert (generation.state, generation.prompt) == (State.QUEUED, "@Mochi rolls\na ball, Café")
    assert (generation.seed, generation.style, generation.owner) == (7, "noir", alice)
    assert generation.seconds == 4.0, "whole frames"
    assert generation.references == [
        {
            "handle": "mochi",
            "name": "Mochi",
            "drawing": "raccoon",
            "colour": "brown",
            "credit": "Mochi © Tanuki Works",
            "terms": "Be kind to Mochi.",
        }
    ]


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("", "empty"),
        (" \n\t  ", "empty"),
        ("\u200b\u2060\ufeff", "empty"),
        ("\u3164\u2800", "empty"),
        ("x" * 10_000, "too_long"),
        ("x" * 2_001, "too_long"),
        ("a cat\x07", "control_character"),
        ("a cat\x00", "control_character"),
        ("a\x85cat", "control_character"),
        ("a \ud83d cat", "control_character"),
        ("a cat \u202egnp.exe", "direction_mark"),
        ("\u2066a cat\u2069", "direction_mark"),
        ("@nobody runs", "unknown_mention"),
    ],
)
def test_bad_prompts_are_refused_by_name(alice: User, prompt: str, code: str) -> None:
    assert ("prompt", code) in codes(alice, prompt=prompt)


@pytest.mark.parametrize(
    "prompt",
    ["🦊🌲❄️", "👨‍👩‍👧‍👦", "x" * 2_000, "قطة تركض", "一只猫在跑", "mail me@example.com", "two\nlines"],
)
def test_unusual_prompts_are_welcome(alice: User, prompt: str) -> None:
    assert ask(alice, prompt).state == State.QUEUED


@pytest.mark.parametrize("seconds", [2.99, 30.1, -5, 0, math.nan, math.inf])
def test_seconds_out_of_range(alice: User, seconds: float) -> None:
    assert codes(alice, seconds=seconds) == [("seconds", "seconds_out_of_range")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"engine": "sora-9000"}, ("engine", "unknown_engine")),
        ({"shape": "4:3"}, ("shape", "unknown_shape")),
        ({"short_side": 4320}, ("short_side", "unknown_size")),
        ({"style": "cubist"}, ("style", "unknown_style")),
        ({"style": "neon"}, ("style", "unknown_style")),
        ({"seed": -1}, ("seed", "seed_out_of_range")),
        ({"seed": 2**63}, ("seed", "seed_out_of_range")),
    ],
)
def test_what_the_engine_cannot_is_refused(
    alice: User, fields: dict[str, object], expected: tuple[str, str]
) -> None:
    assert codes(alice, **fields) == [expected]


def test_people_are_not_cameos_yet_and_withdrawn_characters_are_gone(
    alice: User, bob: User, mochi: Character
) -> None:
    assert codes(alice, prompt="@bobby dances") == [("prompt", "person_mentioned")]
    mochi.offered = False
    mochi.save()
    assert codes(alice, prompt="@mochi dances") == [("prompt", "unknown_mention")]


def test_every_fault_is_named_at_once(alice: User) -> None:
    assert codes(alice, prompt=" ", seconds=99, shape="5:4") == [
        ("prompt", "empty"),
        ("shape", "unknown_shape"),
        ("seconds", "seconds_out_of_range"),
    ]


def test_the_same_key_makes_one_clip(alice: User, bob: User) -> None:
    first, new = decisions.submit(owner=alice, wish=wish(), idempotency_key="k", now=NOW)
    again, renewed = decisions.submit(owner=alice, wish=wish(), idempotency_key="k", now=NOW)
    assert (new, renewed, again.pk) == (True, False, first.pk)
    other, theirs = decisions.submit(owner=bob, wish=wish(), idempotency_key="k", now=NOW)
    assert theirs
    assert other.pk != first.pk


@pytest.mark.parametrize("change", [{"prompt": "another"}, {"seconds": 4.0}, {"seed": 1}, {"shape": "1:1"}])
def test_a_key_with_another_body_is_refused(alice: User, change: dict[str, object]) -> None:
    first, _new = decisions.submit(owner=alice, wish=wish(), idempotency_key="k", now=NOW)
    with pytest.raises(decisions.IdempotencyConflict):
        decisions.submit(owner=alice, wish=wish(**change), idempotency_key="k", now=NOW)  # type: ignore[arg-type]
    assert list(Generation.objects.values_list("pk", "prompt")) == [(first.pk, first.prompt)]


@pytest.mark.parametrize("key", ["", "x" * 65, "tab\there", "schlüssel"])
def test_bad_keys(alice: User, key: str) -> None:
    assert codes(alice, key=key) == [("idempotency_key", "bad_key")]


def test_suspended_people_do_not_submit(alice: User, staff: User) -> None:
    failed = ask(alice)
    decisions.cancel(generation=failed, now=NOW)
    Ruling.objects.create(
        subject_kind=SubjectKind.USER,
        subject_id=alice.public_id,
        kind=RulingKind.SUSPEND,
        reason=Reason.SPAM,
        explanation="Spam.",
        made_by=staff,
    )
    with pytest.raises(decisions.Suspended):
        decisions.submit(owner=alice, wish=wish(), idempotency_key="k", now=NOW)
    with pytest.raises(decisions.Suspended):
        decisions.retry(generation=failed, now=NOW)
    failed.refresh_from_db()
    assert failed.state == State.CANCELLED
    assert Generation.objects.count() == 1


def test_clips_at_once_are_limited(alice: User, bob: User, settings: Settings) -> None:
    settings.MAX_ACTIVE_GENERATIONS = 2
    first, _second = ask(alice), ask(alice)
    with pytest.raises(decisions.TooMany) as caught:
        ask(alice)
    assert caught.value.code == "too_many_active"
    assert Generation.objects.filter(owner=alice).count() == 2
    ask(bob)
    ask(alice, background=True)
    decisions.cancel(generation=first, now=NOW)
    assert ask(alice).state == State.QUEUED


def test_clips_a_day_are_limited_and_failures_do_not_count(alice: User, settings: Settings) -> None:
    settings.MAX_DAILY_GENERATIONS = 2
    made = make_ready(ask(alice))
    lost = ask(alice)
    claimed = decisions.claim_next(worker="w", now=NOW)
    assert claimed is not None
    decisions.fail(generation=claimed, problem="engine_broke", now=NOW)
    taken_back = ask(alice)
    decisions.cancel(generation=taken_back, now=NOW)
    make_ready(ask(alice))
    with pytest.raises(decisions.TooMany) as caught:
        ask(alice)
    assert caught.value.code == "too_many_today"
    with pytest.raises(decisions.TooMany):
        decisions.retry(generation=lost, now=NOW)
    decisions.delete(generation=made, now=NOW)
    with pytest.raises(decisions.TooMany):  # deleting does not buy another
        ask(alice)
    assert ask(alice, now=NOW + dt.timedelta(days=1, seconds=1)).state == State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_submits_at_the_same_moment_do_not_overshoot(alice: User, settings: Settings) -> None:
    settings.MAX_ACTIVE_GENERATIONS = 3
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def submit() -> None:
        try:
            start.wait()
            decisions.submit(owner=alice, wish=wish(), idempotency_key=str(uuid.uuid4()), now=timezone.now())
            outcomes.append("made")
        except decisions.TooMany:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["made"] * 3 + ["refused"] * 5
    assert Generation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_many_times_at_once_makes_one_clip(alice: User) -> None:
    start = threading.Barrier(6)
    made: list[tuple[int, bool]] = []

    def submit() -> None:
        try:
            start.wait()
            generation, new = decisions.submit(
                owner=alice, wish=wish(), idempotency_key="k", now=timezone.now()
            )
            made.append((generation.pk, new))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({pk for pk, _new in made}) == 1
    assert sorted(new for _pk, new in made) == [False] * 5 + [True]


@pytest.mark.django_db(transaction=True)
def test_a_broker_out_of_reach_loses_nothing(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    """The queue's server is away at submit: the wish stands, and the sweep sends the wake-up later."""
    broker = dramatiq.get_broker()
    working = broker.client
    broker.client = redis.Redis(host="127.0.0.1", port=1)
    broker.scripts, scripts = (
        {name: broker.client.register_script(script.script) for name, script in broker.scripts.items()},
        broker.scripts,
    )
    try:
        generation = ask(alice, now=timezone.now() - dt.timedelta(seconds=10))
    finally:
        broker.client, broker.scripts = working, scripts
    assert "was not sent" in caplog.text
    assert Generation.objects.get(pk=generation.pk).state == State.QUEUED
    assert broker.client.llen("dramatiq:render") == 0
    assert sweeping.sweep(now=timezone.now())["woken"] == 1
    assert broker.client.llen("dramatiq:render") == 1


def test_retry_starts_afresh_and_only_from_an_end(alice: User) -> None:
    generation = ask(alice)
    with pytest.raises(decisions.NotNow):
        decisions.retry(generation=generation, now=NOW)
    claimed = decisions.claim_next(worker="w", now=NOW)
    assert claimed is not None
    decisions.record_fragment(generation=claimed, count=2, mime="video/mp4", progress=0.5, now=NOW)
    decisions.fail(generation=claimed, problem="engine_broke", now=NOW)
    later = NOW + dt.timedelta(minutes=1)
    again = decisions.retry(generation=claimed, now=later)
    assert (again.state, again.attempts, again.progress, again.fragments, again.problem) == (
        State.QUEUED,
        0,
        0,
        0,
        "",
    )
    assert (again.queued_at, again.takes) == (later, 1)
    done = make_ready(again)
    with pytest.raises(decisions.NotNow):
        decisions.retry(generation=done, now=NOW)
    done.refresh_from_db()
    assert done.state == State.READY


def test_retry_of_a_character_that_was_withdrawn(alice: User, mochi: Character) -> None:
    generation = ask(alice, "@mochi rolls")
    decisions.cancel(generation=generation, now=NOW)
    mochi.offered = False
    mochi.save()
    with pytest.raises(decisions.Invalid):
        decisions.retry(generation=generation, now=NOW)
    generation.refresh_from_db()
    assert generation.state == State.CANCELLED

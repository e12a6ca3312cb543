"""What the holder of a job may write, and that nobody else may; deleting, and what objects to it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import actors, decisions, events, files, sweeping
from generation.models import TRANSITIONS, Generation, Stage, State
from generation.tests.conftest import NOW, ask, make_ready
from users import exports
from users.decisions import close_account
from users.models import Notice, User

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)


def claim() -> Generation:
    job = decisions.claim_next(worker="host:1", now=NOW)
    assert job is not None
    return job


def finish(job: Generation) -> bool:
    return decisions.finish(
        generation=job,
        clip="c",
        poster="p",
        captions="",
        thumbhash="",
        width=2,
        height=2,
        duration=3,
        size=1,
        now=NOW,
    )


WRITES: dict[str, Callable[[Generation], Any]] = {
    "heartbeat": lambda job: decisions.heartbeat(generation=job, now=NOW),
    "storyboard": lambda job: decisions.record_storyboard(generation=job, storyboard={"shots": []}, now=NOW),
    "progress": lambda job: decisions.record_progress(
        generation=job, progress=0.9, stage=Stage.RENDER, now=NOW
    ),
    "fragment": lambda job: decisions.record_fragment(
        generation=job, count=9, mime="m", progress=0.9, now=NOW
    ),
    "finish": finish,
    "fail": lambda job: decisions.fail(generation=job, problem="too_slow", now=NOW),
    "give_back": lambda job: decisions.give_back(generation=job, now=NOW),
    "lose": lambda job: decisions.lose(generation=job, problem="engine_broke", now=NOW),
}


@pytest.mark.parametrize("name", WRITES)
def test_the_holder_may_write(alice: User, name: str) -> None:
    ask(alice)
    assert WRITES[name](claim())


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("loss", ["cancelled", "deleted", "taken over", "forged"])
def test_whoever_lost_the_job_changes_nothing(alice: User, name: str, loss: str) -> None:
    ask(alice)
    job = claim()
    match loss:
        case "cancelled":
            assert decisions.cancel(generation=job, now=NOW)
        case "deleted":
            assert decisions.delete(generation=job, now=NOW)
        case "taken over":
            assert decisions.abandon(generation=job, now=LATER) == State.QUEUED
            assert claim().lease_token != job.lease_token
        case "forged":
            job.lease_token = uuid.uuid4()
    before = Generation.objects.filter(pk=job.pk).values().get()
    assert not WRITES[name](job)
    assert Generation.objects.filter(pk=job.pk).values().get() == before


def test_silence_is_forgiven_once(alice: User) -> None:
    generation = ask(alice)
    first = claim()
    assert decisions.abandon(generation=first, now=NOW) is None, "its lease still holds"
    assert decisions.abandon(generation=first, now=LATER) == State.QUEUED
    second = claim()
    assert (second.attempts, second.takes) == (2, 2)
    assert decisions.abandon(generation=second, now=LATER) == State.FAILED
    generation.refresh_from_db()
    assert (generation.state, generation.problem, generation.lease_token) == (
        State.FAILED,
        "worker_lost",
        None,
    )


def test_a_heartbeat_keeps_a_job_from_being_swept(alice: User) -> None:
    ask(alice)
    job = claim()
    assert decisions.heartbeat(generation=job, now=LATER)
    assert sweeping.sweep(now=LATER)["abandoned"] == 0
    assert sweeping.sweep(now=LATER + dt.timedelta(minutes=1))["abandoned"] == 1


def test_cancel_wins_once(alice: User) -> None:
    generation = ask(alice)
    claim()
    assert decisions.cancel(generation=generation, now=NOW)
    assert not decisions.cancel(generation=generation, now=NOW)
    done = make_ready(ask(alice))
    assert not decisions.cancel(generation=done, now=NOW)
    done.refresh_from_db()
    assert done.state == State.READY


def test_no_decision_leaves_the_table_of_transitions() -> None:
    """States without a way out are ends for good; every other one leads somewhere."""
    assert {state for state, targets in TRANSITIONS.items() if not targets} == {State.READY}
    assert set(TRANSITIONS) == set(State)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "running"},
        {"state": "ready", "clip": ""},
        {"state": "failed", "problem": ""},
        {"state": "lost"},
        {"stage": "lunch"},
        {"shape": "4:3"},
        {"seconds": 31},
        {"progress": 1.01},
        {"cost": 0},
        {"lease_token": uuid.uuid4()},
    ],
)
def test_the_database_refuses_nonsense(alice: User, fields: dict[str, Any]) -> None:
    generation = ask(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Generation.objects.filter(pk=generation.pk).update(**fields)


@pytest.mark.django_db(transaction=True)
def test_owners_are_told(alice: User) -> None:
    make_ready(ask(alice, "A ball rolls"))
    ask(alice, "A cube rolls")
    decisions.fail(generation=claim(), problem="engine_broke", now=NOW)
    ask(alice, "For the demo", background=True)
    decisions.fail(generation=claim(), problem="engine_broke", now=NOW)
    assert [
        (notice.kind, notice.data["title"]) for notice in Notice.objects.filter(user=alice).order_by("id")
    ] == [
        ("clip_ready", "A ball rolls"),
        ("clip_failed", "A cube rolls"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_raises_stops_nobody(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    def broken(**kwargs: Any) -> None:
        raise RuntimeError("receiver is ill")

    events.generation_ready.connect(broken)
    try:
        done = make_ready(ask(alice))
    finally:
        events.generation_ready.disconnect(broken)
    assert done.state == State.READY
    assert "receiver is ill" in caplog.text
    assert Notice.objects.filter(user=alice, kind="clip_ready").count() == 1


@pytest.fixture
def published() -> Iterator[None]:
    def object_to_it(**kwargs: Any) -> None:
        raise events.MustStay("It is published: take the post back first.")

    events.generation_deleting.connect(object_to_it)
    yield
    events.generation_deleting.disconnect(object_to_it)


@pytest.mark.usefixtures("published")
def test_what_is_still_needed_stays(alice: User) -> None:
    done = make_ready(ask(alice))
    with pytest.raises(decisions.StillNeeded, match="take the post back first"):
        decisions.delete(generation=done, now=NOW)
    done.refresh_from_db()
    assert done.deleted_at is None
    assert default_storage.exists(done.clip)


def test_deleting_removes_the_files_and_the_row_from_sight(alice: User) -> None:
    done, other = make_ready(ask(alice)), make_ready(ask(alice))
    assert decisions.delete(generation=done, now=NOW)
    assert not decisions.delete(generation=done, now=NOW)
    assert not Generation.objects.owned_by(alice).filter(pk=done.pk).exists()
    actors.purge_deleted.fn(generation_id=done.pk)
    done.refresh_from_db()
    assert done.purged_at is not None
    assert not default_storage.exists(files.folder_of(done))
    assert default_storage.exists(other.clip)


def test_a_purge_that_was_lost_is_made_good(alice: User) -> None:
    done = make_ready(ask(alice))
    decisions.delete(generation=done, now=NOW)
    assert sweeping.sweep(now=LATER)["purged"] == 1
    assert not default_storage.exists(files.folder_of(done))
    assert sweeping.sweep(now=LATER)["purged"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_closed_account_leaves_nothing_behind(alice: User, bob: User) -> None:
    done, other = make_ready(ask(alice, "My secret")), make_ready(ask(bob))
    waiting = ask(alice)
    assert [each["prompt"] for each in exports.collect(alice)["generations"]] == ["My secret", waiting.prompt]  # type: ignore[attr-defined]
    close_account(user=alice, now=NOW)
    assert not Generation.objects.kept().filter(owner=alice).exists()
    assert not Generation.objects.filter(owner=alice).exclude(prompt="").exists()
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    assert sweeping.sweep(now=timezone.now() + dt.timedelta(minutes=5))["purged"] == 2
    assert not default_storage.exists(done.clip)
    assert default_storage.exists(other.clip)


def test_what_a_crash_left_of_a_closed_account_is_swept(alice: User, bob: User) -> None:
    """The account is closed, but nobody hears of it: what follows a commit never runs within this test's transaction."""
    done, deleted, other = make_ready(ask(alice, "My secret")), make_ready(ask(alice)), ask(bob)
    decisions.delete(generation=deleted, now=NOW)
    close_account(user=alice, now=NOW)
    assert Generation.objects.kept().filter(pk=done.pk, prompt="My secret").exists()
    assert sweeping.sweep(now=LATER)["forgotten"] == 1
    assert not Generation.objects.filter(owner=alice).exclude(prompt="").exists()
    assert not Generation.objects.kept().filter(owner=alice).exists()
    assert Generation.objects.kept().filter(pk=other.pk, prompt=other.prompt).exists()
    assert sweeping.sweep(now=LATER)["forgotten"] == 0
    assert not Generation.objects.left_behind().exists()


def test_purging_a_clip_that_was_not_deleted_does_nothing(alice: User) -> None:
    done = make_ready(ask(alice))
    actors.purge_deleted.fn(generation_id=done.pk)
    assert default_storage.exists(done.clip)

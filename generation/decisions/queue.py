"""The fair queue, and what the worker who holds a job may write.

**Fairness.** Each person has a ``Turn`` on a clock that counts compute-seconds handed out (start-time fair queueing, Goyal,
Vin and Cheng 1996: deficit round robin with an infinitely small quantum, so no rounds have to be walked). The
person whose ``next_start`` is smallest is served; a job moves it on by the job's cost. Over time everybody who waits gets
the same compute, within one job of each. Somebody who comes while another's jobs run enters at the clock's present
time, hence before that other's next job: a hundred jobs of one person delay a single job of another by at most the one
that is running (a ring with newcomers at its tail would take two).

**Who holds a job** is said by ``lease_token``; each write of a worker is an UPDATE guarded by state and token, and tells
whether it happened. A worker that lost its lease can change nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from dramatiq import Actor

from generation import events, news
from generation.models import TRANSITIONS, Generation, Stage, State, Turn

log = logging.getLogger(__name__)
ATTEMPTS = 2
"""How often a job is begun before its loss becomes visible."""


def move(rows: QuerySet[Generation], *, to: State, **fields: Any) -> bool:
    """Move the rows to a state, if they are in one that may become it. True if at least one did.

    Leaving "running" gives the lease up.
    """
    sources = [state for state, targets in TRANSITIONS.items() if to in targets]
    if to is not State.RUNNING:
        fields |= {"lease_until": None, "lease_token": None}
    return rows.filter(state__in=sources).update(state=to, **fields) > 0


def enqueue(actor: Actor[Any, Any], **arguments: Any) -> None:
    """Send a message; an outage of the broker is logged, for ``sweep`` to make good."""
    try:
        actor.send(**arguments)
    except Exception as error:  # noqa: BLE001 - each broker raises its own; nothing acknowledged may be lost by it
        log.warning("%s was not sent, sweep will: %s", actor.actor_name, str(error) or type(error).__name__)


def wake_worker() -> None:
    """Say that something waits in the queue. One wake-up too many does no harm."""
    from generation import actors

    enqueue(actors.render_next)


def join(*, owner_id: int) -> None:
    """Take a place in the queue, inside the transaction that queues the job.

    Somebody who has nothing waiting enters at the clock's present time, or later if they owe; the
    place of somebody who waits already is left alone by the same rule, since it is never earlier.
    """
    clock = Turn.objects.aggregate(clock=Coalesce(Max("last_start"), 0.0))["clock"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO generation_turn AS turn (owner_id, next_start, last_start) VALUES (%s, %s, 0)"
            " ON CONFLICT (owner_id) DO UPDATE SET next_start = GREATEST(turn.next_start, excluded.next_start)",
            [owner_id, clock],
        )


def claim_next(*, worker: str, now: dt.datetime) -> Generation | None:
    """Take the job that is due, for ``worker`` (host and process). None if there is none to take.

    Background jobs wait until no other job does. Turns and jobs that another claims at the same moment are skipped.
    """
    for background in (False, True):
        passed: set[int] = set()
        while True:
            with transaction.atomic():
                turn = _due_turn(background=background, passed=passed)
                if turn is None:
                    break
                job = (
                    Generation.objects.queued()
                    .filter(owner_id=turn.owner_id, background=background)
                    .order_by("queued_at", "id")
                    .select_for_update(skip_locked=True)
                    .first()
                )
                if job is None:
                    passed.add(turn.owner_id)
                    continue
                Turn.objects.filter(owner_id=turn.owner_id).update(
                    last_start=F("next_start"), next_start=F("next_start") + job.cost
                )
                move(
                    Generation.objects.filter(pk=job.pk),
                    to=State.RUNNING,
                    stage=Stage.STORYBOARD,
                    progress=0.0,
                    fragments=0,
                    fragment_mime="",
                    attempts=F("attempts") + 1,
                    takes=F("takes") + 1,
                    worker=worker[:120],
                    lease_token=uuid.uuid4(),
                    lease_until=now + dt.timedelta(seconds=settings.GENERATION_LEASE_SECONDS),
                    started_at=now,
                    first_fragment_at=None,
                )
                job.refresh_from_db()
                transaction.on_commit(partial(_tell_claimed, job))
                return job
    return None


def somebody_waits() -> bool:
    """Whether a person, and not only the background, has a job in the queue."""
    return Generation.objects.queued().filter(background=False).exists()


def _due_turn(*, background: bool, passed: set[int]) -> Turn | None:
    """Lock the turn that is due; of several at one moment, the one that has waited longest.

    Somebody else may have moved it between being seen and being locked, so look again, with a fresh snapshot,
    whether an earlier one stands there now.
    """
    waiting = (
        Generation.objects.queued()
        .filter(owner_id=OuterRef("owner_id"), background=background)
        .order_by("queued_at", "id")
    )
    turns = (
        Turn.objects.filter(Exists(waiting))
        .exclude(owner_id__in=passed)
        .annotate(since=Subquery(waiting.values("queued_at")[:1]), head=Subquery(waiting.values("id")[:1]))
        .order_by("next_start", "since", "head")
        .select_for_update(skip_locked=True, of=("self",))
    )
    due = turns.first()
    while due is not None:
        earlier = turns.filter(next_start__lt=due.next_start).first()
        if earlier is None or earlier.next_start >= due.next_start:
            break
        due = earlier
    return due


def heartbeat(*, generation: Generation, now: dt.datetime) -> bool:
    """Prolong the lease. False: the job is not ours any more."""
    until = now + dt.timedelta(seconds=settings.GENERATION_LEASE_SECONDS)
    return Generation.objects.held_by(generation).filter(deleted_at=None).update(lease_until=until) > 0


def record_storyboard(*, generation: Generation, storyboard: dict[str, Any], now: dt.datetime) -> bool:
    """Keep what the engine understood, as the JSON of a Storyboard; drawing begins."""
    won = Generation.objects.held_by(generation).update(storyboard=storyboard, stage=Stage.RENDER) > 0
    if won:
        news.tell(generation.public_id, stage=Stage.RENDER.value, storyboard=True)
    return won


def record_progress(*, generation: Generation, progress: float, stage: Stage, now: dt.datetime) -> bool:
    """How far it is, 0..1 of the frames."""
    progress = min(max(progress, 0.0), 1.0)
    won = Generation.objects.held_by(generation).update(progress=progress, stage=stage) > 0
    if won:
        news.tell(generation.public_id, stage=stage.value, progress=round(progress, 4))
    return won


def record_fragment(
    *, generation: Generation, count: int, mime: str, progress: float, now: dt.datetime
) -> bool:
    """``count`` live fragments of this take are in storage, the init segment besides."""
    won = (
        Generation.objects.held_by(generation).update(
            fragments=count,
            fragment_mime=mime,
            progress=min(max(progress, 0.0), 1.0),
            first_fragment_at=Coalesce(F("first_fragment_at"), now),
        )
        > 0
    )
    if won:
        news.tell(
            generation.public_id,
            take=generation.takes,
            fragments=count,
            mime=mime,
            progress=round(progress, 4),
        )
    return won


def finish(
    *,
    generation: Generation,
    clip: str,
    poster: str,
    captions: str,
    thumbhash: str,
    width: int,
    height: int,
    duration: float,
    size: int,
    now: dt.datetime,
) -> bool:
    """The clip is whole and in storage. ``clip``, ``poster`` and ``captions`` are names in the storage
    (``captions`` may be empty), ``duration`` is seconds, ``size`` bytes."""
    with transaction.atomic():
        won = move(
            Generation.objects.held_by(generation),
            to=State.READY,
            stage=Stage.FINISH,
            progress=1.0,
            clip=clip,
            poster=poster,
            captions=captions,
            thumbhash=thumbhash,
            width=width,
            height=height,
            duration=duration,
            bytes=size,
            finished_at=now,
        )
        if won:
            transaction.on_commit(partial(_tell_ended, generation, events.generation_ready))
    return won


def fail(*, generation: Generation, problem: str, now: dt.datetime) -> bool:
    """It cannot be made; ``problem`` is a code of ``rules.PROBLEMS``."""
    with transaction.atomic():
        won = move(Generation.objects.held_by(generation), to=State.FAILED, problem=problem, finished_at=now)
        if won:
            transaction.on_commit(partial(_tell_ended, generation, events.generation_failed))
    return won


def give_back(*, generation: Generation, now: dt.datetime) -> bool:
    """Put the job back unharmed: its worker has to stop. Costs the owner nothing, not even an attempt."""
    with transaction.atomic():
        won = move(
            Generation.objects.held_by(generation),
            to=State.QUEUED,
            stage=Stage.WAITING,
            progress=0.0,
            fragments=0,
            attempts=F("attempts") - 1,
            started_at=None,
        )
        if won:
            _refund(generation)
            transaction.on_commit(partial(_tell_requeued, generation))
    return won


def record_purged(*, generation: Generation, now: dt.datetime) -> bool:
    """The files of a deleted generation are gone."""
    return (
        Generation.objects.filter(pk=generation.pk, deleted_at__isnull=False, purged_at=None).update(
            purged_at=now
        )
        > 0
    )


def record_fragments_gone(*, generation: Generation) -> bool:
    """The live fragments of a finished clip are gone."""
    return Generation.objects.filter(pk=generation.pk, state=State.READY).update(fragments=0) > 0


def lose(*, generation: Generation, problem: str, now: dt.datetime) -> State | None:
    """The drawing process died under it: queue it again, or fail it with ``problem`` when that has happened
    before. Returns the state that it went to; None if the job was not ours any more."""
    return _again_or_fail(Generation.objects.held_by(generation), generation, problem=problem, now=now)


def abandon(*, generation: Generation, now: dt.datetime) -> State | None:
    """Its worker fell silent: queue it again, or fail it when that has happened before.

    Returns the state that it went to; None if it was not abandoned after all.
    """
    rows = Generation.objects.abandoned(now=now).filter(pk=generation.pk, lease_token=generation.lease_token)
    return _again_or_fail(rows, generation, problem="worker_lost", now=now)


def _again_or_fail(
    rows: QuerySet[Generation], generation: Generation, *, problem: str, now: dt.datetime
) -> State | None:
    with transaction.atomic():
        again = rows.filter(attempts__lt=ATTEMPTS)
        if move(again, to=State.QUEUED, stage=Stage.WAITING, progress=0.0, fragments=0, started_at=None):
            _refund(generation)
            transaction.on_commit(partial(_tell_requeued, generation))
            return State.QUEUED
        if move(rows, to=State.FAILED, problem=problem, finished_at=now):
            transaction.on_commit(partial(_tell_ended, generation, events.generation_failed))
            return State.FAILED
    return None


def _refund(generation: Generation) -> None:
    Turn.objects.filter(owner_id=generation.owner_id).update(next_start=F("next_start") - generation.cost)


def _tell_claimed(generation: Generation) -> None:
    news.tell(generation.public_id, state=State.RUNNING.value, stage=generation.stage, take=generation.takes)
    news.tell_queue()


def _tell_requeued(generation: Generation) -> None:
    wake_worker()
    news.tell(generation.public_id, state=State.QUEUED.value)
    news.tell_queue()


def _tell_ended(generation: Generation, signal: Any) -> None:
    generation.refresh_from_db()
    news.tell(generation.public_id, state=generation.state)
    news.tell_queue()
    for receiver, answer in signal.send_robust(sender=Generation, generation=generation):
        if isinstance(answer, Exception):
            log.error(
                "a receiver of news about %s failed: %r", generation.public_id, receiver, exc_info=answer
            )

"""One round of putting things right. Every step may be done twice, by two sweepers at once, or not at all for a while.

It takes up abandoned jobs, ends those that take too long, sends wake-ups that were lost, forgets what people who left had made,
and removes files that nobody needs.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, transaction

from generation import decisions, files
from generation.decisions import queue
from generation.models import Generation, State
from generation.queries import waiting_without_turn

log = logging.getLogger(__name__)
_BATCH = 200
_GRACE = dt.timedelta(seconds=30)
"""A worker ends an over-long job itself; the sweep does it for one that does not."""


def sweep(*, now: dt.datetime) -> dict[str, int]:
    """One round. Returns how many of what; errors are the caller's."""
    return {step.__name__.strip("_"): step(now) for step in _STEPS}


def sweep_and_survive(*, now: dt.datetime) -> dict[str, int]:
    """One round in which each step that fails is logged, and the others are done all the same."""
    done = {}
    for step in _STEPS:
        try:
            close_old_connections()
            done[step.__name__.strip("_")] = step(now)
        except Exception as error:  # noqa: BLE001 - it must outlive every outage; each is a line in the log
            text = str(error).splitlines() or [type(error).__name__]
            log.warning("sweep: %s: %s", step.__name__.strip("_"), text[0])
    if any(count for name, count in done.items() if name != "woken"):
        log.info("sweep: %s", ", ".join(f"{name} {count}" for name, count in done.items() if count))
    return done


def _abandoned(now: dt.datetime) -> int:
    """Jobs whose worker fell silent."""
    return sum(
        decisions.abandon(generation=generation, now=now) is not None
        for generation in Generation.objects.abandoned(now=now)[:_BATCH]
    )


def _overdue(now: dt.datetime) -> int:
    """Jobs that run past their time although their worker keeps the lease."""
    limit = now - dt.timedelta(seconds=settings.GENERATION_TIME_LIMIT_SECONDS) - _GRACE
    return sum(
        decisions.fail(generation=generation, problem="too_slow", now=now)
        for generation in Generation.objects.filter(state=State.RUNNING, started_at__lt=limit)[:_BATCH]
    )


def _lined_up(now: dt.datetime) -> int:
    """Waiting jobs whose owner has no place in the queue."""
    owners = set(waiting_without_turn().values_list("owner_id", flat=True)[:_BATCH])
    for owner_id in owners:
        with transaction.atomic():
            queue.join(owner_id=owner_id)
    return len(owners)


def _woken(now: dt.datetime) -> int:
    """A wake-up for jobs that wait although a worker may be idle: the message may have been lost."""
    if not Generation.objects.queued().filter(queued_at__lt=now - dt.timedelta(seconds=2)).exists():
        return 0
    queue.wake_worker()
    return 1


def _forgotten(now: dt.datetime) -> int:
    """Clips and words of people who left: whoever was to forget them may have been killed."""
    owners = set(Generation.objects.left_behind().values_list("owner_id", flat=True)[:_BATCH])
    return sum(decisions.forget_owner(owner_id=owner_id, now=now) for owner_id in owners)


def _purged(now: dt.datetime) -> int:
    """Files of deleted generations."""
    count = 0
    for generation in Generation.objects.filter(
        deleted_at__lt=now - dt.timedelta(seconds=60), purged_at=None
    )[:_BATCH]:
        files.remove_tree(files.folder_of(generation))
        count += decisions.record_purged(generation=generation, now=now)
    return count


def _tidied(now: dt.datetime) -> int:
    """Live fragments of clips that have been finished for a while."""
    limit = now - dt.timedelta(minutes=settings.FRAGMENT_KEEP_MINUTES)
    count = 0
    for generation in Generation.objects.kept().filter(
        state=State.READY, fragments__gt=0, finished_at__lt=limit
    )[:_BATCH]:
        files.keep_only_take(generation)
        count += decisions.record_fragments_gone(generation=generation)
    return count


def _cleared(now: dt.datetime) -> int:
    """Work folders of killed workers."""
    return files.clear_work(older_than=settings.GENERATION_TIME_LIMIT_SECONDS + 600)


_STEPS: tuple[Callable[[dt.datetime], int], ...] = (
    _abandoned,
    _overdue,
    _lined_up,
    _woken,
    _forgotten,
    _purged,
    _tidied,
    _cleared,
)

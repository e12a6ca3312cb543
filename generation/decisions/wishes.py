"""What an owner wishes: submit, cancel, retry, delete.

Submits of one person run one after another (their row in ``users`` is locked), so that limits hold
whatever arrives at once. Enqueueing comes after the commit and may fail: the row is what counts, and ``sweep`` wakes
a worker for it later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation import engines, events, news, rules
from generation.decisions import queue
from generation.engine.storyboard import Shape
from generation.models import ACTIVE, Generation, Stage, State
from generation.rules import Wish
from licensing.models import Character
from moderation.queries import is_suspended
from users.models import User

log = logging.getLogger(__name__)
_KEY_LENGTH = 64


class Refused(Exception):
    """A wish that is not granted; the message is for its owner. ``code`` names the reason."""

    code = "refused"


class Invalid(Refused):
    """Something in the wish is wrong; ``faults`` say what."""

    code = "invalid"

    def __init__(self, faults: Sequence[rules.Fault]) -> None:
        super().__init__(" ".join(fault.sentence for fault in faults))
        self.faults = tuple(faults)


class Suspended(Refused):
    code = "suspended"


class TooMany(Refused):
    """A limit of clips at once (``code`` "too_many_active") or a day ("too_many_today") is reached."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class IdempotencyConflict(Refused):
    """The key was used before, for another wish."""

    code = "key_reused"


class NotNow(Refused):
    """The generation is in a state from which this cannot be done."""

    code = "not_now"


class StillNeeded(Refused):
    """Somebody above still needs the clip: it is published."""

    code = "still_needed"


def check(wish: Wish) -> tuple[list[rules.Fault], list[Character]]:
    """What is wrong with a wish, and the characters that it mentions. Reads, and writes nothing."""
    prompt = rules.tidy(wish.prompt)
    faults = rules.prompt_faults(prompt)
    characters: list[Character] = []
    if not faults:
        found = rules.mentions(prompt)
        handles = {mention.handle for mention in found}
        if handles:
            by_handle = {
                each.handle.lower(): each
                for each in Character.objects.offered()
                .annotate(lower=Lower("handle"))
                .filter(lower__in=handles)
                .select_related("work__rights_holder")
            }
            people = set(
                User.objects.annotate(lower=Lower("handle"))
                .filter(lower__in=handles - by_handle.keys())
                .values_list("lower", flat=True)
            )
            faults += rules.mention_faults(found, offered=by_handle, people=people)
            characters = list(
                {
                    mention.handle: by_handle[mention.handle]
                    for mention in found
                    if mention.handle in by_handle
                }.values()
            )
    faults += rules.shape_faults(
        engine=wish.engine,
        shape=wish.shape,
        seconds=wish.seconds,
        short_side=wish.short_side,
        style=wish.style,
        engines=engines.capabilities(),
    )
    if wish.seed is not None and not 0 <= wish.seed < 2**63:
        faults.append(
            rules.Fault("seed", "seed_out_of_range", _("A seed is a whole number from 0 up to 2^63 - 1."))
        )
    return faults, characters


def submit(*, owner: User, wish: Wish, idempotency_key: str, now: dt.datetime) -> tuple[Generation, bool]:
    """Queue a wish. Returns the generation, and whether it is new: the same key with the same wish
    returns what the first call made.

    Raises ``Invalid``, ``Suspended``, ``TooMany`` or ``IdempotencyConflict``; then nothing is written.
    """
    if (
        not 0 < len(idempotency_key) <= _KEY_LENGTH
        or not idempotency_key.isascii()
        or not idempotency_key.isprintable()
    ):
        raise Invalid(
            [
                rules.Fault(
                    "idempotency_key",
                    "bad_key",
                    _("An idempotency key is 1 to 64 printable ASCII characters."),
                )
            ]
        )
    request_hash = _hash(wish)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        earlier = Generation.objects.filter(owner=locked, idempotency_key=idempotency_key).first()
        if earlier is not None:
            if earlier.request_hash != request_hash or earlier.deleted_at is not None:
                raise IdempotencyConflict(_("This key was already used for another clip."))
            return earlier, False
        _refuse_suspended(locked)
        faults, characters = check(wish)
        if faults:
            raise Invalid(faults)
        if not wish.background:
            _refuse_too_many(locked, now=now)
        shape, seconds = Shape(wish.shape), rules.whole_frames(wish.seconds)
        generation = Generation.objects.create(
            owner=locked,
            idempotency_key=idempotency_key,
            request_hash=request_hash,
            prompt=rules.tidy(wish.prompt),
            shape=shape,
            seconds=seconds,
            short_side=wish.short_side,
            style=wish.style,
            engine=wish.engine,
            seed=secrets.randbelow(2**31) if wish.seed is None else wish.seed,
            references=[rules.frozen(each) for each in characters],
            background=wish.background,
            cost=rules.cost(shape=shape, seconds=seconds, short_side=wish.short_side),
            created_at=now,
            queued_at=now,
        )
        queue.join(owner_id=locked.pk)
        transaction.on_commit(partial(_queued, generation))
    return generation, True


def cancel(*, generation: Generation, now: dt.datetime) -> bool:
    """Take a wish back: True if it was waiting or being made. Its worker stops within a second."""
    won = queue.move(
        Generation.objects.kept().filter(pk=generation.pk, state__in=ACTIVE),
        to=State.CANCELLED,
        finished_at=now,
    )
    if won:
        news.tell(generation.public_id, state=State.CANCELLED.value)
        news.tell_queue()
    return won


def retry(*, generation: Generation, now: dt.datetime) -> Generation:
    """Queue a failed or cancelled generation again, as it was asked for.

    Raises ``NotNow``, ``Invalid`` (a character of it is not on offer any more), ``Suspended`` or ``TooMany``.
    """
    with transaction.atomic():
        owner = User.objects.select_for_update(no_key=True).get(pk=generation.owner_id)
        _refuse_suspended(owner)
        faults, _characters = check(
            Wish(
                prompt=generation.prompt,
                shape=generation.shape,
                seconds=generation.seconds,
                short_side=generation.short_side,
                style=generation.style,
                engine=generation.engine,
                seed=generation.seed,
            )
        )
        if faults:
            raise Invalid(faults)
        if not generation.background:
            _refuse_too_many(owner, now=now)
        won = queue.move(
            Generation.objects.kept().filter(pk=generation.pk, state__in=(State.FAILED, State.CANCELLED)),
            to=State.QUEUED,
            stage=Stage.WAITING,
            attempts=0,
            progress=0.0,
            fragments=0,
            fragment_mime="",
            problem="",
            storyboard=None,
            queued_at=now,
            started_at=None,
            first_fragment_at=None,
            finished_at=None,
        )
        if not won:
            raise NotNow(_("Only a clip that failed or was cancelled can be made again."))
        generation.refresh_from_db()
        queue.join(owner_id=owner.pk)
        transaction.on_commit(partial(_queued, generation))
    return generation


def delete(*, generation: Generation, now: dt.datetime) -> bool:
    """Delete a generation of any state; its files go a little later. True if this call did it.

    Raises ``StillNeeded`` if an app above objects.
    """
    from generation import actors

    with transaction.atomic():
        found = Generation.objects.kept().select_for_update().filter(pk=generation.pk).first()
        if found is None:
            return False
        try:
            events.generation_deleting.send(sender=Generation, generation=found)
        except events.MustStay as error:
            raise StillNeeded(str(error)) from error
        queue.move(
            Generation.objects.filter(pk=found.pk, state__in=ACTIVE), to=State.CANCELLED, finished_at=now
        )
        Generation.objects.filter(pk=found.pk).update(deleted_at=now)
        transaction.on_commit(partial(queue.enqueue, actors.purge_deleted, generation_id=found.pk))
    news.tell(generation.public_id, deleted=True)
    news.tell_queue()
    return True


def forget_owner(*, owner_id: int, now: dt.datetime) -> int:
    """Delete all that a closed account has made, its words too. Returns how many generations went."""
    count = 0
    for generation in Generation.objects.kept().filter(owner_id=owner_id):
        try:
            count += delete(generation=generation, now=now)
        except StillNeeded as error:
            log.error("%s of a closed account stays: %s", generation.public_id, error)  # noqa: TRY400 - no fault of ours
    Generation.objects.filter(owner_id=owner_id, deleted_at__isnull=False).update(
        prompt="", storyboard=None, references=[]
    )
    return count


def _queued(generation: Generation) -> None:
    queue.wake_worker()
    news.tell(generation.public_id, state=State.QUEUED.value)
    news.tell_queue()


def _refuse_suspended(owner: User) -> None:
    if not owner.is_active or is_suspended(owner):
        raise Suspended(_("Your account is suspended, so it cannot make clips. Your inbox says why."))


def _refuse_too_many(owner: User, *, now: dt.datetime) -> None:
    mine = Generation.objects.filter(owner=owner, background=False)
    if mine.active().count() >= settings.MAX_ACTIVE_GENERATIONS:
        most = settings.MAX_ACTIVE_GENERATIONS
        raise TooMany(
            ngettext(
                "You have %(most)s clip in the making already. Wait until it is ready, or cancel it.",
                "You have %(most)s clips in the making already. Wait until one is ready, or cancel one.",
                most,
            )
            % {"most": most},
            "too_many_active",
        )
    if mine.of_last_day(now=now).count() >= settings.MAX_DAILY_GENERATIONS:
        raise TooMany(
            _("You have made %(most)s clips in the last 24 hours, the most that this site allows.")
            % {"most": settings.MAX_DAILY_GENERATIONS},
            "too_many_today",
        )


def _hash(wish: Wish) -> str:
    """SHA-256 of the wish as tidied: two spellings of one request are one request."""
    body = asdict(wish) | {"prompt": rules.tidy(wish.prompt), "seconds": float(wish.seconds)}
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

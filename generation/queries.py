"""What pages and watchers ask: how the queue stands, and one generation as JSON."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import deque
from collections.abc import Iterable
from typing import Any, TypedDict

from django.core.cache import cache
from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Extract
from django.urls import reverse

from generation import delivery, engines, rules
from generation.engine.protocol import CannotRender, Request
from generation.engine.storyboard import CameraMove, Setting, Shape, TimeOfDay, Verb, Weather
from generation.models import Generation, Stage, State, Turn
from generation.words import stand_in, word
from licensing.models import Character
from users.models import User

_LINE_SECONDS = 1
_MOST_SIMULATED = 2_000
_DEFAULT_SPEED = 1.6
"""Seconds of wall time per unit of cost where nothing has been made yet (2 cores, 540x960)."""
_SPEED_CLIPS = 20


class Place(TypedDict):
    """``position`` 1 is next; ``eta`` is seconds until the clip is ready, roughly."""

    position: int
    eta: float


def speed() -> float:
    """Seconds of wall time per unit of cost: the median of the clips made last."""
    recent = (
        Generation.objects.filter(state=State.READY, started_at__isnull=False, finished_at__isnull=False)
        .annotate(took=Extract(F("finished_at") - F("started_at"), "epoch"))
        .annotate(rate=ExpressionWrapper(F("took") / F("cost"), output_field=FloatField()))
        .order_by(F("finished_at").desc())
        .values_list("rate", flat=True)[:_SPEED_CLIPS]
    )
    rates = sorted(rate for rate in recent if rate > 0)
    return rates[len(rates) // 2] if rates else _DEFAULT_SPEED


def line(*, now: dt.datetime) -> dict[int, Place]:
    """Every waiting job's place, by primary key: the queue played forward on paper.

    Past the first 2,000 jobs nobody is told a place. Asked for often, so it is kept for a second.
    """
    kept: dict[int, Place] | None = cache.get("generation.line")
    if kept is None:
        kept = _play_forward(now=now)
        cache.set("generation.line", kept, _LINE_SECONDS)
    return kept


def _play_forward(*, now: dt.datetime) -> dict[int, Place]:
    waiting = list(
        Generation.objects.queued()
        .order_by("queued_at", "id")
        .values_list("pk", "owner_id", "cost", "background")[:_MOST_SIMULATED]
    )
    if not waiting:
        return {}
    rate = speed()
    running = list(Generation.objects.filter(state=State.RUNNING).values_list("cost", "started_at"))
    # When each of the workers we see at work is free again, in seconds from now.
    free = [
        max(0.5, cost * rate - (now - started).total_seconds()) for cost, started in running if started
    ] or [0.0]
    heapq.heapify(free)
    owners = {owner for _pk, owner, _cost, _background in waiting}
    turns = dict(Turn.objects.filter(owner_id__in=owners).values_list("owner_id", "next_start"))
    places: dict[int, Place] = {}
    for pk, cost in order_of(waiting, turns):
        done = heapq.heappop(free) + cost * rate
        heapq.heappush(free, done)
        places[pk] = {"position": len(places) + 1, "eta": round(done, 1)}
    return places


def order_of(
    waiting: Iterable[tuple[int, int, float, bool]], turns: dict[int, float]
) -> Iterable[tuple[int, float]]:
    """In which order ``claim_next`` would take jobs if nobody came: (key, cost) in turn.

    ``waiting``: key, owner, cost, background, oldest first. ``turns``: owner -> next start. Pure.
    """
    jobs: dict[tuple[bool, int], deque[tuple[int, int, float]]] = {}
    for rank, (pk, owner, cost, background) in enumerate(waiting):
        jobs.setdefault((background, owner), deque()).append((rank, pk, cost))
    starts = dict(turns)
    for background in (False, True):
        ring = [
            (starts.get(owner, 0.0), line[0][0], owner)
            for (flag, owner), line in jobs.items()
            if flag is background
        ]
        heapq.heapify(ring)
        while ring:
            start, _rank, owner = heapq.heappop(ring)
            mine = jobs[background, owner]
            _rank, pk, cost = mine.popleft()
            yield pk, cost
            starts[owner] = start + cost
            if mine:
                heapq.heappush(ring, (start + cost, mine[0][0], owner))


def drafts_of(owner: User, *, words: str = "", state: str = "") -> QuerySet[Generation]:
    """An owner's drafts, newest first; those whose prompt holds every word, in one state if named."""
    found = Generation.objects.owned_by(owner)
    for each in words.split()[:8]:
        found = found.filter(prompt__icontains=each)
    if state == "active":
        found = found.active()
    elif state in State.values:
        found = found.filter(state=state)
    return found.order_by(F("created_at").desc(), F("id").desc())


def older_than(found: QuerySet[Generation], last: Generation) -> QuerySet[Generation]:
    """What comes after ``last`` in the order of ``drafts_of``."""
    return found.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.pk))


def marked_prompt(prompt: str, notes: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The prompt cut at its notes: ``{"text", "outcome", "used"}``, outcome empty for words between notes.

    Notes that overlap an earlier one, or that lie outside the prompt, are left out.
    """
    pieces: list[dict[str, str]] = []
    at = 0
    for note in sorted(notes, key=lambda note: (note["start"], -note["end"])):
        start, end = note["start"], note["end"]
        if start < at or end > len(prompt):
            continue
        if start > at:
            pieces.append({"text": prompt[at:start], "outcome": "", "used": ""})
        pieces.append({"text": prompt[start:end], "outcome": note["outcome"], "used": note["used"]})
        at = end
    if at < len(prompt):
        pieces.append({"text": prompt[at:], "outcome": "", "used": ""})
    return pieces


def waiting_without_turn() -> QuerySet[Generation]:
    """Queued jobs whose owner has no place in the queue: there should never be one."""
    return Generation.objects.queued().filter(Q(owner__turn=None))


def snapshot(generation: Generation, *, now: dt.datetime) -> dict[str, Any]:
    """One generation as its live page and the API show it: plain JSON values, sentences in the active language."""
    place = line(now=now).get(generation.pk) if generation.state == State.QUEUED else None
    eta = place["eta"] if place else None
    if generation.state == State.RUNNING and generation.started_at is not None:
        eta = round(max(0.0, generation.cost * speed() - (now - generation.started_at).total_seconds()), 1)
    board = generation.storyboard or {}
    ready = generation.state == State.READY
    return {
        "id": str(generation.public_id),
        "state": generation.state,
        "state_label": str(State(generation.state).label),
        "stage": generation.stage,
        "stage_label": str(Stage(generation.stage).label),
        "progress": round(generation.progress, 4),
        "position": place["position"] if place else None,
        "eta": eta,
        "take": generation.takes,
        "fragments": generation.fragments,
        "mime": generation.fragment_mime,
        "base": reverse("generation:fragment", args=[generation.public_id, generation.takes, 0]).removesuffix(
            "0"
        ),
        "clip": delivery.path_of(generation, "clip.mp4") if ready else "",
        "poster": delivery.path_of(generation, "poster.jpg") if ready and generation.poster else "",
        "captions": delivery.path_of(generation, "captions.vtt") if ready and generation.captions else "",
        "width": generation.width,
        "height": generation.height,
        "duration": generation.duration,
        "shots": [_shot(shot) for shot in board.get("shots", [])],
        "notes": [_told(note) for note in board.get("notes", [])],
        "problem": generation.problem,
        "problem_sentence": rules.problem_sentence(generation.problem),
    }


def understood(wish: rules.Wish, characters: Iterable[Character]) -> list[dict[str, Any]]:
    """What would become of each phrase of a wish that has no fault, as notes in JSON; empty where the
    engine cannot tell without drawing."""
    request = Request(
        prompt=rules.tidy(wish.prompt),
        shape=Shape(wish.shape),
        seconds=wish.seconds,
        short_side=wish.short_side,
        style=rules.style_or_none(wish.style),
        references=tuple(rules.reference_of(rules.frozen(each)) for each in characters),
    )
    try:
        board = engines.read(wish.engine, request)
    except CannotRender:
        return []
    return [] if board is None else [_told(note.model_dump(mode="json")) for note in board.notes]


def _told(note: dict[str, Any]) -> dict[str, Any]:
    return {**note, "used": stand_in(note["used"])}


def _shot(shot: dict[str, Any]) -> dict[str, Any]:
    """What a shot card says, in the active language."""
    return {
        "seconds": shot["seconds"],
        "setting": word(Setting, shot["setting"]),
        "time": word(TimeOfDay, shot["time"]),
        "weather": word(Weather, shot["weather"]),
        "camera": word(CameraMove, shot["camera"]["move"]),
        "subjects": [
            {
                "noun": subject["noun"],
                "count": subject["count"],
                "actions": [word(Verb, action["verb"]) for action in subject["actions"]],
            }
            for subject in shot["subjects"]
        ],
        "lines": [line["text"] for line in shot["lines"]],
    }

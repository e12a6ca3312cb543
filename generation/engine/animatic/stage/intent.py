"""What a relation asks of the two before anybody is placed: who chases must run, who is ridden must move."""

from __future__ import annotations

from dataclasses import replace

from generation.engine.animatic.stage.bodies import TRAVELS, Body, Deed
from generation.engine.animatic.understanding.lexicon import Kind
from generation.engine.storyboard import Direction, RelationKind, Verb


def travelling(body: Body) -> Deed | None:
    return next((deed for deed in body.deeds if deed.verb in TRAVELS), None)


def imply(kind: RelationKind, subject: Body, other: Body) -> None:
    """Give the two the travelling that their relation needs."""
    if kind in (RelationKind.CHASES, RelationKind.FOLLOWS):
        default = Verb.RUN if kind is RelationKind.CHASES else Verb.WALK
        leader = travelling(other) or travelling(subject)
        direction = (leader.direction if leader else None) or Direction.RIGHT
        if direction not in (Direction.LEFT, Direction.RIGHT):
            direction = Direction.RIGHT
        for body in (subject, other):
            own = travelling(body)
            verb = own.verb if own else _own_way(body, default)
            pace = own.pace if own else 1.0
            last = body.deeds[-1].last
            body.deeds = [Deed(verb, 0, last, direction, pace)]
    elif kind in (RelationKind.RIDES, RelationKind.ON, RelationKind.INSIDE):
        own, carried = travelling(subject), travelling(other)
        if own and not carried:
            verb = _own_way(other, own.verb)
            other.deeds = [
                replace(deed, verb=verb) if deed.verb in TRAVELS else deed for deed in subject.deeds
            ]
        elif kind is RelationKind.RIDES and not carried:
            last = other.deeds[-1].last
            other.deeds = [Deed(_own_way(other, Verb.RUN), 0, last, Direction.RIGHT, 0.8)]
        subject.deeds = [
            Deed(Verb.STAND, deed.first, deed.last, deed.direction, deed.pace)
            if deed.verb in TRAVELS
            else deed
            for deed in subject.deeds
        ]


def _own_way(body: Body, otherwise: Verb) -> Verb:
    """How a body of this kind gets about."""
    if body.kind in (Kind.VEHICLE, Kind.BOAT):
        return Verb.DRIVE
    if body.kind is Kind.AIRCRAFT or (
        body.drawing and body.drawing.flies and otherwise in (Verb.FLY, Verb.STAND)
    ):
        return Verb.FLY
    if (
        body.kind in (Kind.BIRD, Kind.INSECT)
        and otherwise is Verb.RUN
        and body.drawing
        and body.drawing.flies
    ):
        return Verb.FLY
    if body.kind is Kind.BALL:
        return Verb.ROLL
    if body.kind is Kind.FISH:
        return Verb.SWIM
    return Verb.DRIVE if body.kind is Kind.OBJECT and otherwise in (Verb.RUN, Verb.WALK) else otherwise

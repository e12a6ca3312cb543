"""Where bodies stand: sizes, slots from left to right, rows from front to back, resting heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.engine.animatic.stage.bodies import AIRY, SCALES, Body, Deed
from generation.engine.animatic.stage.relations import ATTACHED, EDGES, OVERHEAD
from generation.engine.animatic.understanding.lexicon import NATURAL, Kind
from generation.engine.storyboard import Direction, Relation, RelationKind, Setting, Size, Verb

EDGE = 285.0
"""View box of a drawing alone in a frame, in design units: about two fifths of a portrait's width in ink."""

ALOFT = frozenset({
    "sun", "sun-with-face", "full-moon", "full-moon-face", "crescent-moon", "new-moon", "new-moon-face",
    "first-quarter-moon", "last-quarter-moon", "waxing-crescent-moon", "star", "glowing-star", "shooting-star",
    "comet", "ringed-planet", "globe-showing-europe-africa", "globe-showing-americas",
    "globe-showing-asia-australia", "milky-way", "cloud", "cloud-with-lightning", "cloud-with-rain",
    "cloud-with-snow", "cloud-with-lightning-and-rain", "sun-behind-cloud", "sun-behind-rain-cloud", "rainbow",
    "snowflake", "high-voltage", "fireworks", "sparkles", "satellite", "flying-saucer", "balloon", "parachute", "kite",
})  # fmt: skip
"""Drawings whose place is in the sky unless they are told otherwise."""

READABLE = 0.2
"""Share of the frame's width that one of up to three subjects gets at least."""

CLOSE = 0.68
"""Share of the frame's width that the subject of a close-up fills."""

WATER_LEVEL = 46.0
"""Height of a pool's surface above the ground line."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is in view: ``width`` units across, ``ground`` units from the top of the frame to the feet."""

    width: float
    height: float
    ground: float

    def head(self, body: Body) -> float:
        return max(40.0, self.ground - 26 - body.height - body.row)


def place_bodies(
    bodies: Sequence[Body],
    relations: Sequence[Relation],
    measures: Measures,
    setting: Setting,
    close: str | None = None,
) -> None:
    """Set ``edge``, ``home``, ``row`` and ``z`` of every body. ``close`` is the subject of a close-up."""
    if not bodies:
        return
    guests = _guests(relations)
    hosts = [body for body in bodies if body.subject.id not in guests]
    hosts = hosts or list(bodies)
    slots = _ordered(hosts, relations)
    per_row = max(2, round(measures.width / 190))
    rows = 1 if len(slots) <= per_row else 2 if len(slots) <= per_row * 2.5 else 3
    columns = -(-len(slots) // rows)
    fit = measures.width * 0.94 / (columns + (0.28 if rows > 1 else 0.0)) * (1.08 if rows > 1 else 1.0)
    tallest = measures.ground * 0.62
    edge = min(EDGE, max(46.0, fit * 1.06), tallest)
    if len(slots) > 1:
        edge = min(edge, EDGE * 0.9)
    factor = _factors(bodies, relations)
    crowd = sum(max(0.55, factor[body.subject.id]) for body in slots[:columns])
    if crowd > columns > 1:
        edge *= columns / crowd
    for body in bodies:
        body.edge = max(
            30.0, min(edge * factor[body.subject.id], measures.ground * 0.8, measures.width * 0.9)
        )
    _fill_rows(slots, rows, columns, edge, measures.width * 0.94 / columns)
    _seat_guests(bodies, hosts, guests)
    _set_apart(bodies, relations, aloft=not guests)
    _keep_readable(hosts, measures)
    _lift_over(bodies)
    if close is not None:
        _close_up(bodies, close, measures)


def _fill_rows(slots: Sequence[Body], rows: int, columns: int, edge: float, wide: float) -> None:
    """Give everybody a place from left to right, row behind row; big ones need more of a row than small ones."""
    for row in range(rows):
        members = slots[row * columns : (row + 1) * columns]
        weights = [max(0.55, body.edge / edge) for body in members]
        left = -wide * columns / 2 * (len(members) / columns)
        span = -2 * left
        total = sum(weights)
        stagger = wide * 0.25 * (1 if row % 2 else -1) if rows > 1 and len(members) == columns else 0.0
        for body, weight in zip(members, weights, strict=True):
            share = span * weight / total
            body.home = left + share / 2 + stagger
            body.row = row * 62.0
            body.z = -row * 100.0 + body.copy * 0.1
            left += share
            if row:
                body.edge *= 0.88


def _set_apart(bodies: Sequence[Body], relations: Sequence[Relation], *, aloft: bool) -> None:
    """What is jumped over stands on the ground, be it the moon; what else belongs into the sky hangs behind all."""
    obstacles = {relation.object for relation in relations if relation.kind is RelationKind.JUMPS_OVER}
    for body in bodies:
        body.grounded = body.subject.id in obstacles
        if aloft and body.subject.drawing in ALOFT and body.does(Verb.STAND, Verb.FLOAT, Verb.SPIN):
            body.z -= 500


def _seat_guests(bodies: Sequence[Body], hosts: Sequence[Body], guests: dict[str, str]) -> None:
    """Those without a slot of their own begin where their hosts are."""
    homes = {(body.subject.id, body.copy): body for body in hosts}
    for body in bodies:
        if body in hosts:
            continue
        host_id = guests[body.subject.id]
        peers = [host for (ident, _), host in homes.items() if ident == host_id]
        if peers:
            host = peers[body.copy % len(peers)]
            body.home, body.row, body.z = host.home, host.row, host.z + 1


def _keep_readable(hosts: Sequence[Body], measures: Measures) -> None:
    if len(hosts) > 3:
        return
    for body in hosts:
        if body.subject.size in (Size.NORMAL, Size.BIG, Size.HUGE) and body.kind is not Kind.INSECT:
            body.edge = max(body.edge, READABLE * measures.width / body.outline.width)


def _lift_over(bodies: Sequence[Body]) -> None:
    """Who flies, flies above what stands there, and in front of it."""
    still = [body for body in bodies if body.kind in (Kind.BUILDING, Kind.PLANT, Kind.CELESTIAL)]
    for body in bodies:
        if still and body not in still and body.does(Verb.FLY):
            body.over = 0.92 * max(other.height for other in still)
            body.z += 40


def _close_up(bodies: Sequence[Body], close: str, measures: Measures) -> None:
    """Make the subject of a close-up fill the frame, in its middle; the others keep their places about it."""
    main = next(body for body in bodies if body.subject.id == close)
    many = main.subject.count
    across = (CLOSE if many == 1 else CLOSE * 1.2 / many) * measures.width / main.outline.width
    rises = main.does(Verb.SURF, Verb.JUMP, Verb.BOUNCE, Verb.FLY, Verb.FLOAT)
    upright = (0.55 if rises else 0.74) * measures.ground / main.outline.height
    grown = min(across, upright) / main.edge
    middle = main.home if many == 1 else 0.0
    for body in bodies:
        body.edge = min(body.edge * grown, measures.width * 1.5)
        body.home = (body.home - middle) * max(1.0, grown)
        body.row *= 0.5


def _guests(relations: Sequence[Relation]) -> dict[str, str]:
    """Who has no slot of their own, and whose they share."""
    guests: dict[str, str] = {}
    for relation in relations:
        if relation.kind in ATTACHED:
            guest, host = relation.subject, relation.object
            if relation.kind is RelationKind.HOLDING:
                guest, host = host, guest
            if guests.get(host) != guest:
                guests.setdefault(guest, host)
    # Nobody may be everybody's guest: follow each to a host that has a slot.
    for guest in list(guests):
        seen, host = {guest}, guests[guest]
        while host in guests and host not in seen:
            seen.add(host)
            host = guests[host]
        if host in seen:
            del guests[guest]
        else:
            guests[guest] = host
    return guests


def _ordered(hosts: Sequence[Body], relations: Sequence[Relation]) -> list[Body]:
    """Left to right: a chaser trails, a collider starts on the left, neighbours stand together."""
    order = list(hosts)
    for relation in relations:
        if relation.kind not in (
            RelationKind.CHASES,
            RelationKind.FOLLOWS,
            RelationKind.COLLIDES_WITH,
            RelationKind.NEXT_TO,
        ):
            continue
        first = [body for body in order if body.subject.id == relation.subject]
        second = [body for body in order if body.subject.id == relation.object]
        if not first or not second:
            continue
        leftwards = (
            second[0].deeds[0].direction is Direction.LEFT and relation.kind is not RelationKind.COLLIDES_WITH
        )
        at = order.index(second[0])
        order = [body for body in order if body not in first and body not in second]
        at = min(at, len(order))
        order[at:at] = [*second, *first] if leftwards else [*first, *second]
    return order


def _factors(bodies: Sequence[Body], relations: Sequence[Relation]) -> dict[str, float]:
    factor = {body.subject.id: SCALES[body.subject.size] for body in bodies}
    for body in bodies:
        if body.copy:
            continue
        if body.kind is Kind.BUILDING:
            factor[body.subject.id] *= 1.35
        elif body.kind is Kind.INSECT and body.subject.size.value == "normal":
            factor[body.subject.id] *= 0.7
    sized = [body for body in bodies if body.copy == 0 and (body.alive or body.kind in _SIZED)]
    if len({body.subject.drawing for body in sized}) > 1:
        natural = {body.subject.id: _natural(body) for body in sized}
        largest = max(natural.values())
        for ident, size in natural.items():
            factor[ident] *= size / min(1.0, largest)
    counts = {body.subject.id: body.subject.count for body in bodies}
    for relation in relations:
        guest, host = relation.subject, relation.object
        if relation.kind is RelationKind.HOLDING:
            guest, host = host, guest
            factor[guest] *= min(1.0, factor[host])
            if guest.startswith(OVERHEAD):
                factor[guest] *= 1.9
        if relation.kind is RelationKind.RIDES and host.startswith(_BOARDS):
            factor[host] *= 0.74
        if relation.kind in ATTACHED and counts[guest] > counts[host]:
            factor[guest] *= max(0.5, 1 - 0.14 * (counts[guest] - counts[host]))
        sizes = EDGES.get(relation.kind)
        if sizes and not (relation.kind is RelationKind.UNDER and relation.object in ALOFT):
            factor[relation.subject] *= sizes[0]
            factor[relation.object] *= sizes[1]
    return factor


_BOARDS = ("skateboard", "kick-scooter", "sled", "roller-skate", "skis")
_SIZED = frozenset({Kind.VEHICLE, Kind.BOAT, Kind.AIRCRAFT, Kind.BALL})


def _natural(body: Body) -> float:
    return 0.62 if body.kind is Kind.BALL else NATURAL.get(body.subject.drawing, 1.0)


def rest_height(
    body: Body, deed: Deed, setting: Setting, measures: Measures, carried: bool
) -> tuple[float, bool]:
    """Height at which a deed's motion happens, and whether that is off the ground."""
    head = measures.head(body)
    if carried:
        return 0.0, False
    if setting is Setting.UNDERWATER:
        floats = body.kind is Kind.FISH or deed.verb in (Verb.SWIM, Verb.FLOAT, Verb.FLY)
        return (head * (0.34 + 0.16 * (body.copy % 3 - 1)), True) if floats else (0.0, False)
    if deed.verb is Verb.SWIM or body.wants_water(setting):
        return WATER_LEVEL - body.height * (0.34 if body.kind is not Kind.BOAT else 0.2), False
    if deed.verb is Verb.SURF:
        return 26.0, False
    if deed.verb is Verb.FLY:
        usual = head * (0.4 + 0.13 * (body.copy % 3 - 1))
        return min(max(usual, body.over), head * 0.94), True
    if deed.verb is Verb.FLOAT:
        return min(max(body.height * 0.55, head * 0.3), head * 0.6), True
    if (
        body.subject.drawing in ALOFT
        and not body.grounded
        and deed.verb
        in (
            Verb.STAND,
            Verb.SPIN,
            Verb.GROW,
            Verb.SHAKE,
            Verb.EXPLODE,
        )
    ):
        return head * 0.62, True
    if setting in AIRY and body.kind in (Kind.BIRD, Kind.AIRCRAFT, Kind.INSECT) and deed.verb is Verb.STAND:
        return head * 0.36, True
    return 0.0, False

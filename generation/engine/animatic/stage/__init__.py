"""The stage: a shot becomes tracks (where every body is in every frame), puffs and sound cues.

``direct`` simulates a whole shot up front; it draws nothing. All of it is a function of the shot and
the seed, so a render may start at any frame.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from generation.engine.animatic.sprites import Outline
from generation.engine.animatic.stage.bodies import TRAVELS, Body, Deed, Pose, Puff, Sound, Track, Values
from generation.engine.animatic.stage.cues import flashes, heard, hidden, in_world, voices
from generation.engine.animatic.stage.doing import Doing, smooth
from generation.engine.animatic.stage.intent import imply
from generation.engine.animatic.stage.layout import WATER_LEVEL, Measures, place_bodies, rest_height
from generation.engine.animatic.stage.relations import ATTACHED, ORDER, Pair, join, spread, turned
from generation.engine.animatic.stage.verbs import GRAVITY, SPEEDS, VERBS
from generation.engine.animatic.understanding.lexicon import Drawing
from generation.engine.protocol import Cue
from generation.engine.storyboard import (
    CameraMove,
    Direction,
    Framing,
    Line,
    RelationKind,
    Setting,
    Shot,
    Subject,
    Verb,
)

__all__ = ["WATER_LEVEL", "Body", "Drawn", "Measures", "Puff", "Scene", "Track", "direct", "flashes"]

MAX_BODIES = 30


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the stage must know of a drawing."""

    drawing: Drawing | None
    outline: Outline


@dataclass(frozen=True, slots=True)
class Scene:
    """A directed shot. ``follow`` is how far the camera has gone along with the bodies, in units."""

    bodies: tuple[Body, ...]
    tracks: tuple[Track, ...]
    puffs: tuple[Puff, ...]
    cues: tuple[Cue, ...]
    """Times are seconds from the start of the shot."""
    follow: Values
    water: bool
    """A pool stands in front of the ground: somebody swims or surfs where there is no sea."""


def direct(
    shot: Shot, frames: int, fps: int, measures: Measures, drawn: Callable[[str], Drawn], seed: str
) -> Scene:
    """Simulate ``frames`` frames of a shot. ``drawn`` looks a drawing up by its id."""
    bodies = _bodies(shot, frames, fps, drawn, seed)
    for relation in sorted(shot.relations, key=lambda r: list(RelationKind).index(r.kind)):
        for one, other in _pairs(bodies, relation.subject, relation.object):
            imply(relation.kind, one, other)
    place_bodies(bodies, shot.relations, measures, shot.setting, _closest(shot))
    gravity = GRAVITY * (
        0.34 if shot.setting is Setting.SPACE else 0.6 if shot.setting is Setting.UNDERWATER else 1.0
    )
    stage = _Stage(shot, frames, fps, measures, gravity, _is_wet(shot.setting, bodies))
    travels, follow = stage.travel(bodies)
    sounds: list[tuple[Body, Sound]] = []
    puffs: list[tuple[Body, Puff]] = []
    tracks = []
    for body, travel in zip(bodies, travels, strict=True):
        track, own_sounds, own_puffs = stage.act(body, travel)
        tracks.append(track)
        sounds += [(body, sound) for sound in own_sounds]
        puffs += [(body, puff) for puff in own_puffs]
    shared: list[Puff] = []
    _relate(shot, bodies, tracks, stage, sounds, shared, puffs)
    _face_each_other(bodies, tracks, shot)
    for line in shot.lines:
        _speak(line, bodies, tracks, fps)
    sounds += voices(bodies, tracks, frames, fps)
    placed = [
        in_world(puff, tracks[body.index], fps)
        for body, puff in puffs
        if not hidden(tracks[body.index], puff, fps)
    ]
    return Scene(
        bodies=tuple(bodies),
        tracks=tuple(tracks),
        puffs=tuple(sorted((*placed, *shared), key=lambda puff: puff.start)),
        cues=heard(sounds, tracks, follow, measures, fps, frames, shot),
        follow=follow,
        water=stage.wet,
    )


def _closest(shot: Shot) -> str | None:
    """Who fills a close-up: the speaker, else the first that is named."""
    if shot.camera.framing is not Framing.CLOSE_UP or not shot.subjects:
        return None
    speakers = [line.speaker for line in shot.lines if line.speaker is not None]
    if len(set(speakers)) > 1:
        return None  # both stay in the picture
    return speakers[0] if speakers else shot.subjects[0].id


def _bodies(shot: Shot, frames: int, fps: int, drawn: Callable[[str], Drawn], seed: str) -> list[Body]:
    bodies: list[Body] = []
    for subject in shot.subjects:
        known = drawn(subject.drawing)
        deeds = _deeds(subject, frames, fps)
        for copy in range(subject.count):
            if len(bodies) >= MAX_BODIES:
                return bodies
            bodies.append(
                Body(
                    subject=subject,
                    index=len(bodies),
                    copy=copy,
                    drawing=known.drawing,
                    outline=known.outline,
                    dice=random.Random(f"{seed}:{subject.id}:{copy}"),
                    deeds=list(deeds),
                    phase=(copy * 0.382) % 1.0,
                )
            )
    return bodies


def _deeds(subject: Subject, frames: int, fps: int) -> list[Deed]:
    """Actions as frame spans that cover the shot: the later action wins, gaps are stood through."""
    owner: list[int] = [-1] * frames
    for index, action in enumerate(subject.actions):
        first = min(frames, round(action.start * fps))
        last = frames if action.end is None else min(frames, round(action.end * fps))
        for frame in range(first, last):
            owner[frame] = index
    deeds: list[Deed] = []
    start = 0
    for frame in range(1, frames + 1):
        if frame == frames or owner[frame] != owner[start]:
            acted = subject.actions[owner[start]] if owner[start] >= 0 else None
            deeds.append(
                Deed(acted.verb, start, frame, acted.direction, acted.pace)
                if acted
                else Deed(Verb.STAND, start, frame, None, 1.0)
            )
            start = frame
    return deeds


def _pairs(bodies: list[Body], subject: str, other: str) -> list[tuple[Body, Body]]:
    firsts = [body for body in bodies if body.subject.id == subject]
    seconds = [body for body in bodies if body.subject.id == other]
    if not firsts or not seconds:
        return []
    many = max(len(firsts), len(seconds))
    return [(firsts[index % len(firsts)], seconds[index % len(seconds)]) for index in range(many)]


@dataclass(frozen=True, slots=True)
class _Stage:
    shot: Shot
    frames: int
    fps: int
    measures: Measures
    gravity: float
    wet: bool

    def travel(self, bodies: list[Body]) -> tuple[list[Values], Values]:
        """World x of every body in every frame, and how far the camera goes along."""
        guests = {
            relation.object if relation.kind is RelationKind.HOLDING else relation.subject
            for relation in self.shot.relations
            if relation.kind in ATTACHED
        }
        raw = [self._raw(body) for body in bodies]
        colliding = {
            ident
            for relation in self.shot.relations
            if relation.kind is RelationKind.COLLIDES_WITH
            for ident in (relation.subject, relation.object)
        }
        free = [body for body in bodies if body.subject.id not in guests and body.subject.id not in colliding]
        movers = [body for body in free if np.ptp(raw[body.index]) > 20]
        half = self.measures.width / 2
        follow = np.zeros(self.frames)
        xs = [np.full(self.frames, body.home) for body in bodies]
        if not movers:
            return xs, follow
        ways = {math.copysign(1, raw[body.index][-1]) for body in movers}
        lead = raw[movers[0].index]
        total = abs(float(lead[-1]))
        track = self.shot.camera.move is CameraMove.TRACK
        left = min(body.home - body.width / 2 for body in movers)
        right = max(body.home + body.width / 2 for body in movers)
        slack = max(10.0, half - max(-left, right) - 10)
        goes_along = len(ways) == 1 and (len(movers) == len(free) or track) and total > 1.4 * slack
        if goes_along:
            way = ways.pop()
            shift = way * slack * (2 * np.abs(lead) / total - 1)
            follow = lead - (shift - shift[0])
            if track and len(movers) < len(free):
                follow *= min(1.0, 0.5 * half / max(1.0, float(np.abs(follow).max())))
            for body in movers:
                xs[body.index] = body.home + shift + follow
            return xs, follow
        for body in movers:
            reach = max(6.0, half - body.width * 0.5 - 6)
            xs[body.index] = _within(raw[body.index], body.home, reach)
        return xs, follow

    def _raw(self, body: Body) -> Values:
        """Distance travelled along x if nothing were in the way."""
        speed = np.zeros(self.frames)
        size = (body.edge / 200.0) ** 0.35
        for deed in body.deeds:
            if deed.direction in (Direction.UP, Direction.DOWN, Direction.TOWARDS, Direction.AWAY):
                continue
            way = -1.0 if deed.direction is Direction.LEFT else 1.0
            if deed.verb in TRAVELS:
                speed[deed.first : deed.last] = way * SPEEDS[deed.verb] * deed.pace * size
            elif deed.direction and deed.verb in (Verb.JUMP, Verb.BOUNCE, Verb.FLOAT, Verb.SPIN, Verb.DANCE):
                speed[deed.first : deed.last] = (
                    way * (85.0 if deed.verb is not Verb.FLOAT else 40.0) * deed.pace
                )
        if not speed.any():
            return np.zeros(self.frames)
        # Nobody starts or stops at once; a shot may begin in full motion.
        ramp = max(2, round(self.fps * 0.35))
        padded = np.concatenate(
            [np.full(ramp // 2, speed[0]), speed, np.full(ramp - ramp // 2 - 1, speed[-1])]
        )
        eased = np.convolve(padded, np.ones(ramp) / ramp, mode="valid")
        return np.concatenate([[0.0], np.cumsum(eased)[:-1]]) / self.fps

    def act(self, body: Body, x: Values) -> tuple[Track, list[Sound], list[Puff]]:
        """Perform all deeds of a body along its way."""
        track = Track.still(self.frames)
        sounds: list[Sound] = []
        puffs: list[Puff] = []
        carried = any(
            relation.subject == body.subject.id
            and relation.kind in (RelationKind.ON, RelationKind.RIDES, RelationKind.INSIDE)
            for relation in self.shot.relations
        )
        rest = np.zeros(self.frames)
        pieces: list[tuple[Deed, Pose]] = []
        turn = 0.0
        for deed in body.deeds:
            height, airborne = rest_height(body, deed, self.shot.setting, self.measures, carried)
            span = slice(deed.first, deed.last)
            rest[span] = height
            doing = Doing(
                body=body,
                deed=deed,
                fps=self.fps,
                t=np.arange(deed.last - deed.first) / self.fps,
                travel=x[span] - x[deed.first],
                head=max(30.0, self.measures.head(body) - (height if deed.verb is not Verb.FLY else 0.0))
                if deed.direction not in (Direction.UP, Direction.DOWN)
                else self.measures.head(body) - 10,
                gravity=self.gravity,
                setting=self.shot.setting,
                airborne=airborne,
            )
            pose = VERBS[deed.verb](doing)
            if deed.direction in (Direction.UP, Direction.DOWN) and deed.verb in (
                Verb.FLY,
                Verb.FLOAT,
                Verb.SWIM,
            ):
                rest[span] = 0.0 if deed.verb is not Verb.FLY else self.measures.head(body) * 0.3
            _depth(pose, doing)
            if self.wet:
                _drench(pose)
            if deed.verb is Verb.ROLL:
                pose.turn = pose.turn + turn
                turn = float(pose.turn[-1])
            pieces.append((deed, pose))
            sounds += pose.sounds
            puffs += pose.puffs
        for name in ("y", "turn", "wide", "tall", "scale", "alpha"):
            getattr(track, name)[:] = _spliced(
                [(deed, getattr(pose, name)) for deed, pose in pieces], self.frames, name, self.fps
            )
        offset = _spliced([(deed, pose.x) for deed, pose in pieces], self.frames, "x", self.fps)
        depth = _spliced([(deed, pose.depth) for deed, pose in pieces], self.frames, "depth", self.fps)
        track.x[:] = x + offset
        track.ground[:] = body.row + depth
        track.y += _eased(rest, round(self.fps * 0.8)) + track.ground
        track.z[:] = body.z - depth
        flips = np.concatenate([pose.flip for _, pose in pieces])
        track.face[:] = self._faces(body, x) * flips
        return track, sounds, puffs

    def _faces(self, body: Body, x: Values) -> Values:
        if body.looks == 0:
            return np.ones(self.frames)
        way = np.zeros(self.frames)
        speed = np.gradient(x) if self.frames > 1 else np.zeros(self.frames)
        facing = 0.0
        for deed in body.deeds:
            if deed.direction in (Direction.LEFT, Direction.RIGHT):
                facing = -1.0 if deed.direction is Direction.LEFT else 1.0
                break
        if not facing:
            facing = float(body.looks) if abs(body.home) < 20 else -math.copysign(1.0, body.home)
        for frame in range(self.frames):
            if abs(speed[frame]) > 0.35:
                facing = math.copysign(1.0, speed[frame])
            way[frame] = facing
        if abs(speed).max() > 0.35:
            first = int(np.argmax(np.abs(speed) > 0.35))
            way[:first] = way[first]
        return turned(way * body.looks)


def _is_wet(setting: Setting, bodies: list[Body]) -> bool:
    """Whether water stands in front: somebody swims or surfs, or could not be here without it."""
    if setting is Setting.UNDERWATER:
        return False
    return any(body.does(Verb.SWIM, Verb.SURF) or body.wants_water(setting) for body in bodies)


def _drench(pose: Pose) -> None:
    """What would raise dust on land splashes in water."""
    pose.sounds = [replace(sound, kind="splash") if sound.kind == "land" else sound for sound in pose.sounds]
    pose.puffs = [
        replace(
            puff,
            kind="drop",
            vx=puff.vx * 1.3,
            vy=140 + puff.vy * 6,
            pull=900,
            size=puff.size * 0.55,
            swell=0.6,
            alpha=0.9,
            y=40,
        )
        if puff.kind == "dust"
        else puff
        for puff in pose.puffs
    ]


def _depth(pose: Pose, doing: Doing) -> None:
    """Towards the viewer or away: size, and where on the ground."""
    if doing.deed.direction not in (Direction.TOWARDS, Direction.AWAY):
        return
    way = smooth(doing.t / max(0.8, float(doing.t[-1])))
    if doing.deed.direction is Direction.TOWARDS:
        room = max(1.05, min(1.7, (doing.head + doing.body.height) / doing.body.height))
        pose.scale = pose.scale * (0.72 + (room - 0.72) * way)
        pose.depth = pose.depth + 34 - 74 * way
    else:
        pose.scale = pose.scale * (1.12 - 0.66 * way)
        pose.depth = pose.depth - 26 + 96 * way


def _spliced(pieces: list[tuple[Deed, Values]], frames: int, name: str, fps: int) -> Values:
    """Join deeds end to end; a jump between two is smoothed away over a quarter of a second."""
    out = np.concatenate([values for _, values in pieces])[:frames]
    if name == "alpha":
        return out
    for (_, before), (deed, _) in pairwise(pieces):
        gap = float(before[-1]) - float(out[deed.first])
        if name == "turn":
            gap = (gap + 180) % 360 - 180
        span = min(round(fps * 0.25), deed.last - deed.first)
        fade = 1 - smooth(np.arange(1, span + 1) / (span + 1))
        out[deed.first : deed.first + span] += gap * fade
    return out


def _eased(values: Values, span: int) -> Values:
    if np.ptp(values) < 1e-9:
        return values
    padded = np.concatenate(
        [np.full(span // 2, values[0]), values, np.full(span - span // 2 - 1, values[-1])]
    )
    once = np.convolve(padded, np.ones(span) / span, mode="valid")
    return np.asarray(once)


def _within(raw: Values, home: float, reach: float) -> Values:
    """Lay a journey into ``-reach .. reach``: centred if it fits, to and fro if it is long, else slower."""
    total = float(raw[-1])
    room = 2 * reach
    longest = float(np.abs(raw).max())
    if longest <= room:
        start = min(
            max(home - total / 2, -reach - min(0.0, float(raw.min()))), reach - max(0.0, float(raw.max()))
        )
        return start + raw
    if longest > 1.7 * room:
        phase = np.mod(np.abs(raw), 2 * room)
        way = np.where(phase <= room, phase, 2 * room - phase)
        return (way - reach) if total >= 0 else (reach - way)  # to and fro, from the edge behind
    return raw * (room / longest) - math.copysign(reach, total)


def _relate(
    shot: Shot,
    bodies: list[Body],
    tracks: list[Track],
    stage: _Stage,
    sounds: list[tuple[Body, Sound]],
    shared: list[Puff],
    puffs: list[tuple[Body, Puff]],
) -> None:
    ordered = sorted(
        (relation for relation in shot.relations if relation.kind in ORDER),
        key=lambda relation: ORDER.index(relation.kind),
    )
    for relation in ordered:
        replaced = {relation.subject} if relation.kind is RelationKind.JUMPS_OVER else set()
        if relation.kind is RelationKind.COLLIDES_WITH:
            replaced = {relation.subject, relation.object}
        sounds[:] = [pair for pair in sounds if pair[0].subject.id not in replaced]
        puffs[:] = [pair for pair in puffs if pair[0].subject.id not in replaced]
        pairs = _pairs(bodies, relation.subject, relation.object)
        for one, other in pairs:
            join(
                Pair(
                    kind=relation.kind,
                    subject=one,
                    object=other,
                    one=tracks[one.index],
                    other=tracks[other.index],
                    fps=stage.fps,
                    half_width=stage.measures.width / 2,
                    head=stage.measures.head(one),
                    gravity=stage.gravity,
                    sounds=sounds,
                    puffs=shared,
                )
            )
        spread(relation.kind, pairs, tracks, stage.measures.width / 2)


def _face_each_other(bodies: list[Body], tracks: list[Track], shot: Shot) -> None:
    """Standing neighbours look at one another rather than past."""
    related = {relation.subject for relation in shot.relations} | {
        relation.object for relation in shot.relations
    }
    still = [
        body
        for body in bodies
        if body.looks and np.ptp(tracks[body.index].x) < 30 and not body.does(Verb.DANCE, Verb.SPIN)
    ]
    if len({body.subject.id for body in bodies}) < 2:
        return
    for body in still:
        if body.subject.id in related and body.row == 0 and len(bodies) > 1:
            others = [other for other in bodies if other.subject.id != body.subject.id]
            nearest = min(others, key=lambda other: abs(tracks[other.index].x[0] - tracks[body.index].x[0]))
            gap = float(tracks[nearest.index].x[0] - tracks[body.index].x[0])
            if abs(gap) > 40:
                tracks[body.index].face[:] = math.copysign(1.0, gap) * body.looks


def _speak(line: Line, bodies: list[Body], tracks: list[Track], fps: int) -> None:
    """The speaker bobs while talking. How long is estimated: the voice is made elsewhere."""
    each = 0.22 if line.language in ("zh", "ja", "ko") else 0.068
    seconds = max(1.1, len(line.text) * each + 0.2)
    for body in bodies:
        if body.subject.id != line.speaker or body.copy:
            continue
        track = tracks[body.index]
        t = np.arange(len(track.x)) / fps - line.start
        talking = smooth(t / 0.12) * smooth((seconds - t) / 0.15)
        syllable = np.abs(np.sin(t * 3.6 * math.pi)) * (0.6 + 0.4 * np.sin(t * 5.1) ** 2)
        track.tall = track.tall * (1 + 0.055 * syllable * talking)
        track.wide = track.wide * (1 - 0.03 * syllable * talking)
        track.turn = track.turn + 2.4 * np.sin(t * 4.4) * talking
        track.talk = np.maximum(track.talk, talking)

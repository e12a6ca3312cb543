"""Verbs that go somewhere: walk, run, roll, swim, fly, float, drive, surf."""

from __future__ import annotations

import math

import numpy as np

from generation.engine.animatic.stage.bodies import Pose, Puff, Sound
from generation.engine.animatic.stage.doing import Doing, breathe, bubbles, rise_of, smooth, spray
from generation.engine.animatic.understanding.lexicon import Kind
from generation.engine.storyboard import Direction, Setting


def walk(doing: Doing) -> Pose:
    return _steps(doing, rate=1.9, lift=0.045, waddle=4.5, lean=1.5, gain=0.45)


def run(doing: Doing) -> Pose:
    pose = _steps(doing, rate=3.3, lift=0.12, waddle=5.0, lean=6.0, gain=0.75)
    for sound in pose.sounds[::2]:
        t = (sound.frame - doing.deed.first) / doing.fps
        for index in range(2):
            pose.puffs.append(
                Puff(
                    "dust", doing.second(t), 0.55, -doing.heading * doing.body.width * (0.2 + 0.12 * index), 5,
                    -doing.heading * 40, 34 + 20 * index, size=20 + 9 * index, swell=2.0, alpha=0.5,
                )
            )  # fmt: skip
    return pose


def _steps(doing: Doing, rate: float, lift: float, waddle: float, lean: float, gain: float) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    rate *= doing.pace**0.6 * (200 / max(60.0, body.edge)) ** 0.35
    stepping = doing.t * rate + body.phase * 2
    arc = np.abs(np.sin(math.pi * stepping))
    easy = smooth(doing.t / 0.25)
    pose.y = arc * lift * body.height * easy
    pose.turn = (waddle * np.sin(math.pi * stepping) + doing.heading * lean) * easy
    land = np.clip(1 - arc * 3.2, 0, 1)
    pose.tall = 1 - land * 0.055 * easy + arc * 0.02
    pose.wide = 1 + land * 0.045 * easy - arc * 0.015
    first = math.ceil(body.phase * 2)
    for number in range(first, int(stepping[-1]) + 1):
        t = (number - body.phase * 2) / rate
        if 0.05 < t < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(t), "footstep", gain * (0.85 + 0.15 * (number % 2))))
    return pose


def roll(doing: Doing) -> Pose:
    """Rolls without slipping: degrees turned are distance over radius."""
    pose = Pose.of(doing.count)
    radius = max(8.0, (doing.body.height + doing.body.width) / 4)
    pose.turn = np.degrees(doing.travel / radius)
    pose.y = 1.6 * np.abs(np.sin(doing.travel / radius * 1.5))
    pose.sounds.append(Sound(doing.at(0), "roll", 0.6, float(doing.t[-1])))
    return pose


def floating(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    rise = np.zeros(doing.count)
    if doing.deed.direction in (Direction.UP, Direction.DOWN):
        rise = rise_of(doing, 0.9)
    pose.y = rise + body.height * 0.075 * np.sin((doing.t * 0.34 * doing.pace + body.phase) * math.tau)
    pose.x = body.width * 0.09 * np.sin((doing.t * 0.19 * doing.pace + body.phase) * math.tau)
    pose.turn = 5.0 * np.sin((doing.t * 0.26 * doing.pace + body.phase + 0.2) * math.tau)
    pose.wide, pose.tall = breathe(body, doing.t, 0.02, 0.34)
    if doing.setting is Setting.UNDERWATER:
        pose.puffs += bubbles(doing, 1.3)
    return pose


def swim(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    stroke = doing.t * 1.25 * doing.pace + body.phase
    wave = np.sin(doing.t * 0.42 * math.tau + body.phase * math.tau)
    slope = np.cos(doing.t * 0.42 * math.tau + body.phase * math.tau)
    deep = doing.airborne
    pose.y = wave * body.height * (0.16 if deep else 0.03)
    if doing.deed.direction in (Direction.UP, Direction.DOWN):
        pose.y += rise_of(doing, 0.8)
    pose.turn = -doing.heading * slope * (9 if deep else 3) + 2.5 * np.sin(stroke * math.tau)
    beat = np.sin(stroke * math.tau)
    pose.wide = 1 + 0.045 * beat
    pose.tall = 1 - 0.035 * beat
    every = 1.25 / doing.pace
    for index in range(int(doing.t[-1] / every) + 1):
        at = index * every + 0.2
        if at < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(at), "swim", 0.5))
            if not deep:
                pose.puffs += spray(doing, at, 3, 0.6)
    if deep:
        pose.puffs += bubbles(doing, 1.0)
    return pose


def fly(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    winged = body.kind in (Kind.BIRD, Kind.INSECT) or (
        body.drawing is not None and body.drawing.flies and body.alive
    )
    glide = np.sin((doing.t * 0.24 * doing.pace + body.phase) * math.tau)
    slope = np.cos((doing.t * 0.24 * doing.pace + body.phase) * math.tau)
    pose.y = glide * body.height * 0.14
    if doing.deed.direction in (Direction.UP, Direction.DOWN):
        pose.y += rise_of(doing, 0.55) - doing.head * 0.2
    pose.turn = doing.heading * (-6.5 * slope - (3 if not winged else 0))
    if winged:
        rate = (8.0 if body.kind is Kind.INSECT else 3.1) * doing.pace**0.5
        beat = np.sin((doing.t * rate + body.phase) * math.tau)
        pose.tall = 1 + 0.11 * beat
        pose.wide = 1 - 0.05 * beat
        pose.y += body.height * 0.035 * np.sin((doing.t * rate + body.phase - 0.25) * math.tau)
        kind, every = ("buzz", 1.6) if body.kind is Kind.INSECT else ("flap", 2 / rate)
        for index in range(int(doing.t[-1] / every) + 1):
            pose.sounds.append(Sound(doing.at(index * every), kind, 0.45))
    else:
        pose.sounds.append(
            Sound(doing.at(0), "engine" if body.kind is Kind.AIRCRAFT else "whoosh", 0.55, float(doing.t[-1]))
        )
        for index in range(int(doing.t[-1] / 0.12)):
            pose.puffs.append(
                Puff(
                    "smoke", doing.second(index * 0.12), 0.9, -doing.heading * body.width * 0.46, body.height * 0.42,
                    0, 6, size=17, swell=2.1, alpha=0.4, front=False,
                )
            )  # fmt: skip
    return pose


def drive(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    bump = np.sin(doing.travel / 23) * 1.4 + np.sin(doing.travel / 61) * 2.0
    pose.y = np.abs(bump) * (body.edge / 200)
    speed = np.gradient(doing.travel) * doing.fps if doing.count > 1 else np.zeros(doing.count)
    push = np.gradient(speed) * doing.fps if doing.count > 1 else speed
    pose.turn = np.clip(-push / 260, -4, 4) + 0.7 * np.sin(doing.travel / 37)
    pose.tall = 1 + 0.012 * np.sin(doing.t * 9 * math.tau)
    if body.kind in (Kind.VEHICLE, Kind.OBJECT, Kind.BOAT):
        engine = body.kind is not Kind.OBJECT
        pose.sounds.append(Sound(doing.at(0), "engine" if engine else "roll", 0.6, float(doing.t[-1])))
        if engine and doing.t[-1] > 2:
            pose.sounds.append(Sound(doing.at(1.1 + body.phase), "horn", 0.45))
        for index in range(int(doing.t[-1] / 0.16)):
            pose.puffs.append(
                Puff(
                    "smoke" if engine else "dust", doing.second(index * 0.16), 0.8, -doing.heading * body.width * 0.5, 14,
                    -doing.heading * 25, 26, size=15, swell=2.4, alpha=0.32,
                )
            )  # fmt: skip
    return pose


def surf(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    swell = doing.t * 0.38 * doing.pace + body.phase
    pose.y = body.height * (0.24 + 0.13 * np.sin(swell * math.tau))
    pose.x = body.width * 0.12 * np.sin(swell * math.tau * 0.5)
    pose.turn = -doing.heading * (7 * np.cos(swell * math.tau) + 5)
    pose.tall = 1 + 0.03 * np.sin(swell * math.tau * 2)
    pose.sounds.append(Sound(doing.at(0), "surf", 0.8, float(doing.t[-1])))
    for index in range(int(doing.t[-1] / 0.14)):
        pose.puffs += spray(doing, index * 0.14, 2, 0.9)
    return pose

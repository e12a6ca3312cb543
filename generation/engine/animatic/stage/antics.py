"""Verbs that stay where they are: stand, sit, sleep, jump, bounce, fall, spin, dance, grow, shake, explode, cheer."""

from __future__ import annotations

import math

import numpy as np

from generation.engine.animatic.stage.bodies import Pose, Puff, Sound
from generation.engine.animatic.stage.doing import Doing, breathe, landing, smooth
from generation.engine.animatic.understanding.lexicon import Kind


def stand(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    if body.alive:
        pose.wide, pose.tall = breathe(body, doing.t)
        pose.turn = 1.1 * np.sin((doing.t * 0.23 + body.phase) * math.tau)
    elif body.kind is Kind.PLANT:
        pose.turn = 1.4 * np.sin((doing.t * 0.3 + body.phase) * math.tau)
    if doing.airborne:
        pose.y = body.height * 0.035 * np.sin((doing.t * 0.3 + body.phase) * math.tau)
    return pose


def sit(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    down = smooth(doing.t / 0.35)
    settle = np.exp(-doing.t * 5) * np.sin(doing.t * 18) * 0.05
    wide, tall = breathe(doing.body, doing.t, 0.018)
    pose.tall = tall * (1 - 0.1 * down + settle)
    pose.wide = wide * (1 + 0.06 * down - settle)
    pose.turn = 2.2 * np.sin((doing.t * 0.18 + doing.body.phase) * math.tau) * down
    return pose


def sleep(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    down = smooth(doing.t / 0.7)
    breath = np.sin(doing.t * 0.36 * math.tau) * 0.035
    pose.tall = 1 - 0.2 * down + breath
    pose.wide = 1 + 0.1 * down - breath * 0.6
    pose.turn = -2.5 * doing.body.looks * down
    every = 2.78
    for index in range(int(doing.t[-1] / every) + 1):
        at = 0.9 + index * every
        if at < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(at), "snore", 0.6))
    for index in range(int(doing.t[-1] / 0.95) + 1):
        at = 0.8 + index * 0.95
        pose.puffs.append(
            Puff(
                "zzz",
                doing.second(at),
                2.2,
                doing.body.width * 0.26,
                doing.body.height * 0.8,
                26,
                58,
                size=30,
                swell=1.7,
            )
        )
    return pose


def jump(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    high = min(body.height * 0.95 * doing.pace**0.5, doing.head * 0.92)
    speed = math.sqrt(2 * doing.gravity * high)
    air = 2 * speed / doing.gravity
    crouch, land, rest = 0.24, 0.2, 0.22 / doing.pace
    period = crouch + air + land + rest
    local = doing.t - body.phase * 0.5 * period
    beat = np.mod(local, period)
    beat = np.where(local < 0, period - 1e-6, beat)
    into = np.clip(beat / crouch, 0, 1)
    flight = np.clip(beat - crouch, 0, air)
    flying = (beat > crouch) & (beat < crouch + air)
    after = np.clip((beat - crouch - air) / land, 0, 1)
    pose.y = np.where(flying, speed * flight - doing.gravity * flight**2 / 2, 0.0)
    velocity = np.where(flying, np.abs(speed - doing.gravity * flight) / speed, 0.0)
    squash = np.where(beat <= crouch, np.sin(into * math.pi / 2) * 0.2, 0.0)
    squash = np.where(
        beat >= crouch + air, 0.26 * np.exp(-after * 2.2) * np.cos(after * 4.2) * (1 - after), squash
    )
    pose.tall = 1 - squash + velocity * 0.13
    pose.wide = 1 + squash * 0.8 - velocity * 0.09
    pose.turn = np.where(flying, doing.heading * 5 * np.cos(np.clip(flight / air, 0, 1) * math.pi) * -1, 0.0)
    starts = int(local[-1] / period) + 1
    for number in range(max(0, starts)):
        leave = number * period + crouch + body.phase * 0.5 * period
        if leave < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(leave), "hop", 0.8))
        if leave + air < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(leave + air), "land", 0.85))
            pose.puffs += landing(doing, leave + air, 1.0)
    return pose


def bounce(doing: Doing) -> Pose:
    """Thrown up, it falls and rebounds with restitution 0.8; when it has come to rest it is thrown again."""
    pose = Pose.of(doing.count)
    body = doing.body
    restitution = 0.8 if body.kind in (Kind.BALL, Kind.OBJECT, Kind.FOOD) else 0.74
    high = min(body.height * 1.5 * doing.pace**0.5, doing.head * 0.92)
    throw = math.sqrt(2 * doing.gravity * high)
    t, speed = body.phase * 0.3, throw
    squash = np.zeros(doing.count)
    while t < doing.t[-1]:
        air = 2 * speed / doing.gravity
        flight = doing.t - t
        flying = (flight >= 0) & (flight < air)
        pose.y = np.where(flying, speed * flight - doing.gravity * flight**2 / 2, pose.y)
        fast = np.abs(speed - doing.gravity * flight) / throw
        pose.tall = np.where(flying, 1 + fast * 0.12, pose.tall)
        pose.wide = np.where(flying, 1 - fast * 0.08, pose.wide)
        t += air
        if t < doing.t[-1]:
            force = speed / throw
            pose.sounds.append(Sound(doing.at(t), "bounce", 0.25 + 0.75 * force))
            if force > 0.5:
                pose.puffs += landing(doing, t, force * 0.8)
            since = doing.t - t
            squash = np.maximum(
                squash, np.where(np.abs(since) < 0.09, (1 - np.abs(since) / 0.09) * 0.3 * force, 0)
            )
        speed *= restitution
        if speed < throw * 0.26:
            speed = throw
            t += 0.25
    pose.tall -= squash
    pose.wide += squash * 0.8
    pose.turn = (
        np.asarray(doing.heading * 40 * np.sin(doing.t * 0.8)) if body.kind is Kind.BALL else pose.turn
    )
    return pose


def fall(doing: Doing) -> Pose:
    """Falls from the top of the frame, strikes the ground and rebounds twice."""
    pose = Pose.of(doing.count)
    body = doing.body
    drop = doing.head * 0.96
    gravity = doing.gravity * 0.62
    t, speed = math.sqrt(2 * drop / gravity), 0.0
    start = doing.t < t
    pose.y = np.where(start, drop - gravity * doing.t**2 / 2, 0.0)
    fast = np.where(start, gravity * doing.t / math.sqrt(2 * gravity * drop), 0.0)
    pose.tall, pose.wide = 1 + 0.12 * fast, 1 - 0.08 * fast
    tumble = doing.heading * 300.0
    pose.turn = tumble * np.clip(doing.t / t, 0, 1) ** 1.2 + doing.heading * 60 * smooth((doing.t - t) / 0.5)
    pose.sounds.append(Sound(doing.at(0), "fall", 0.7, t))
    speed, first = math.sqrt(2 * gravity * drop), True
    while speed > 90 and t < doing.t[-1]:
        force = speed / math.sqrt(2 * gravity * drop)
        pose.sounds.append(
            Sound(doing.at(t), "crash" if first and body.mass > 1.6 else "land", 0.3 + 0.7 * force)
        )
        pose.puffs += landing(doing, t, 0.5 + force)
        since = np.abs(doing.t - t)
        squash = np.where(since < 0.11, (1 - since / 0.11) * 0.34 * force, 0)
        pose.tall = pose.tall - squash
        pose.wide = pose.wide + squash
        speed *= 0.42
        flight = doing.t - t
        air = 2 * speed / gravity
        pose.y = np.where((flight >= 0) & (flight < air), speed * flight - gravity * flight**2 / 2, pose.y)
        t, first = t + air, False
    return pose


def spin(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    rate = 0.85 * doing.pace
    turns = smooth(doing.t / 0.5) * doing.t * rate
    if doing.body.kind in (Kind.BALL, Kind.OBJECT, Kind.FOOD, Kind.CELESTIAL, Kind.PLANT):
        pose.turn = turns * 360
    else:
        pose.flip = np.cos(turns * math.tau)
        pose.y = doing.body.height * 0.03 * np.abs(np.sin(turns * math.tau))
        pose.turn = 3 * np.sin(turns * math.tau)
    for index in range(int(doing.t[-1] * rate) + 1):
        pose.sounds.append(Sound(doing.at(0.3 + index / rate), "spin", 0.55))
    return pose


def dance(doing: Doing) -> Pose:
    """Two beats a second: down on the beat, up between, leaning left and right by turns."""
    pose = Pose.of(doing.count)
    body = doing.body
    beat = doing.t * 2.0 * doing.pace**0.5
    up = np.abs(np.sin(math.pi * beat))
    pose.y = up * body.height * 0.11
    pose.turn = 11 * np.sin(math.pi * beat + 0.4)
    pose.x = body.width * 0.13 * np.sin(math.pi * beat / 2)
    pose.tall = 1 - 0.11 * (1 - up) ** 2 + 0.05 * up
    pose.wide = 1 + 0.09 * (1 - up) ** 2 - 0.03 * up
    pose.flip = np.where(np.mod(beat, 8) < 4, 1.0, -1.0) if body.looks else pose.flip
    for index in range(1, int(beat[-1]) + 1):
        t = index / (2.0 * doing.pace**0.5)
        if t < doing.t[-1]:
            pose.sounds.append(Sound(doing.at(t), "footstep", 0.5))
            if index % 2 == 0:
                side = 1 if index % 4 else -1
                pose.puffs.append(
                    Puff(
                        "note",
                        doing.second(t),
                        1.5,
                        side * body.width * 0.5,
                        body.height * 0.75,
                        side * 24,
                        64,
                        size=30,
                        swell=1.2,
                        turn=side * 10,
                    )
                )
    return pose


def grow(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    way = smooth(doing.t / max(1.0, float(doing.t[-1]) * 0.8))
    room = 1 + max(0.1, min(0.75, doing.head / max(1.0, doing.body.height)))
    pose.scale = 0.45 + (room - 0.45) * way
    pulse = np.sin(doing.t * 1.9 * math.tau) * 0.04 * np.sin(math.pi * np.clip(way, 0, 1))
    pose.tall, pose.wide = 1 + pulse, 1 - pulse * 0.7
    pose.sounds.append(Sound(doing.at(0), "shimmer", 0.7, float(doing.t[-1])))
    pose.puffs += _sparkles(doing, 0.28)
    return pose


def _sparkles(doing: Doing, every: float) -> list[Puff]:
    body, dice = doing.body, doing.body.dice
    return [
        Puff(
            "spark", doing.second(index * every), 0.9, dice.uniform(-0.62, 0.62) * body.width, dice.uniform(0.05, 1.1) * body.height,
            0, 26, size=dice.uniform(16, 30), swell=0.5, spin=40,
        )
        for index in range(int(doing.t[-1] / every) + 1)
    ]  # fmt: skip


def shake(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    strength = 0.35 + 0.65 * np.abs(np.sin(doing.t * 0.8 * math.tau))
    pose.x = doing.body.width * 0.035 * np.sin(doing.t * 11 * math.tau) * strength
    pose.turn = 3.4 * np.sin(doing.t * 9.3 * math.tau + 1) * strength
    pose.sounds.append(Sound(doing.at(0), "rattle", 0.6, float(doing.t[-1])))
    return pose


def explode(doing: Doing) -> Pose:
    """Swells and trembles, bursts into shards of itself that fall, and is gone."""
    pose = Pose.of(doing.count)
    body = doing.body
    length = float(doing.t[-1])
    at = min(1.3, max(0.3, length * 0.32))
    near = np.clip(doing.t / at, 0, 1) ** 2
    pose.scale = 1 + 0.2 * near
    pose.x = near * body.width * 0.03 * np.sin(doing.t * 13 * math.tau)
    pose.alpha = np.where(doing.t < at, 1.0, 0.0)
    if at >= length:
        return pose
    pose.sounds.append(Sound(doing.at(at), "explode", 1.0))
    dice = body.dice
    second = doing.second(at)
    middle = body.height * 0.5
    pose.puffs.append(Puff("flash", second, 0.34, 0, middle, size=body.edge * 2.0, swell=1.5, alpha=1.0))
    pose.puffs.append(Puff("ring", second, 0.6, 0, middle, size=body.edge * 0.7, swell=3.4, alpha=0.9))
    for index in range(14):
        angle = index / 14 * math.tau
        pose.puffs.append(
            Puff(
                "smoke", second, dice.uniform(0.9, 1.7), math.cos(angle) * 20, middle + math.sin(angle) * 20,
                math.cos(angle) * dice.uniform(50, 170), math.sin(angle) * dice.uniform(50, 130) + 40, -30,
                size=dice.uniform(48, 84), swell=2.0, alpha=0.6,
            )
        )  # fmt: skip
    for piece in range(16):
        dx, dy = (piece % 4 - 1.5) / 4, (1.5 - piece // 4) / 4
        pose.puffs.append(
            Puff(
                "shard", second, 2.4, dx * body.width, middle + dy * body.height,
                dx * 1500 * dice.uniform(0.5, 1.0), dy * 900 + dice.uniform(420, 820), doing.gravity * 0.8,
                size=1.0, swell=1.0, spin=dice.uniform(-400, 400), body=body.index, piece=piece,
            )
        )  # fmt: skip
    for _ in range(12):
        angle = dice.uniform(0, math.tau)
        pose.puffs.append(
            Puff(
                "star", second, dice.uniform(0.5, 0.9), 0, middle, math.cos(angle) * dice.uniform(200, 520),
                math.sin(angle) * dice.uniform(200, 520), 300, size=dice.uniform(18, 34), swell=0.4, spin=200,
            )
        )  # fmt: skip
    return pose


def cheer(doing: Doing) -> Pose:
    pose = Pose.of(doing.count)
    body = doing.body
    hop = np.abs(np.sin((doing.t * 1.7 * doing.pace + body.phase) * math.pi))
    pose.y = hop * body.height * 0.2
    pose.tall = 1 + 0.1 * hop - 0.07 * (1 - hop) ** 3
    pose.wide = 1 - 0.06 * hop + 0.06 * (1 - hop) ** 3
    pose.turn = 8 * np.sin((doing.t * 1.7 * doing.pace + body.phase) * math.pi * 2)
    pose.sounds.append(Sound(doing.at(0.1), "cheer", 0.7, min(3.0, float(doing.t[-1]))))
    dice = body.dice
    for index in range(int(min(doing.t[-1], 12.0) / 0.05)):
        pose.puffs.append(
            Puff(
                "confetti", doing.second(index * 0.05), 2.3, dice.uniform(-1.5, 1.5) * body.width, body.height * dice.uniform(1.1, 2.0),
                dice.uniform(-40, 40), dice.uniform(-30, 110), 150, size=dice.uniform(9, 15), spin=dice.uniform(-400, 400), piece=index % 6,
            )
        )  # fmt: skip
    return pose

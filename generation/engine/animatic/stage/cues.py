"""What a directed shot sounds like and leaves in the air: voices, cues with pan, puffs in the world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generation.engine.animatic.stage.bodies import Body, Puff, Sound, Track, Values
from generation.engine.animatic.stage.layout import Measures
from generation.engine.animatic.understanding.lexicon import Voice
from generation.engine.protocol import Cue
from generation.engine.storyboard import (
    Shot,
    Verb,
    Weather,
)


def voices(bodies: list[Body], tracks: list[Track], frames: int, fps: int) -> list[tuple[Body, Sound]]:
    """Animals call when they are awake: soon after they appear, and now and then."""
    calls = []
    for body in bodies:
        voice = body.drawing.voice if body.drawing else Voice.NONE
        if voice in (Voice.NONE, Voice.ENGINE) or body.copy > 2 or body.does(Verb.SLEEP):
            continue
        t = 0.55 + 0.5 * body.phase + 0.25 * body.index
        while t < frames / fps - 0.4:
            frame = round(t * fps)
            if tracks[body.index].talk[frame] < 0.1 and tracks[body.index].alpha[frame] > 0.5:
                calls.append((body, Sound(frame, voice.value, 0.6)))
            t += body.dice.uniform(2.4, 3.8)
    return calls


def hidden(track: Track, puff: Puff, fps: int) -> bool:
    frame = min(len(track.x) - 1, max(0, round(puff.start * fps)))
    return puff.kind in ("zzz", "note", "confetti", "dust", "drop", "bubble") and track.alpha[frame] < 0.5


def in_world(puff: Puff, track: Track, fps: int) -> Puff:
    """From beside a body to the world."""
    frame = min(len(track.x) - 1, max(0, round(puff.start * fps)))
    base = float(track.ground[frame]) if puff.kind == "dust" else float(track.y[frame])
    return replace(puff, x=puff.x + float(track.x[frame]), y=puff.y + base)


def heard(
    sounds: list[tuple[Body, Sound]],
    tracks: list[Track],
    follow: Values,
    measures: Measures,
    fps: int,
    frames: int,
    shot: Shot,
) -> tuple[Cue, ...]:
    crowd: dict[tuple[str, str], int] = {}
    for body, _ in sounds:
        crowd[body.subject.id, "n"] = max(crowd.get((body.subject.id, "n"), 1), body.copy + 1)
    cues = []
    for body, sound in sounds:
        if body.copy > 3:
            continue  # four pairs of feet already sound like a crowd
        frame = min(frames - 1, max(0, round(sound.frame)))
        pan = (tracks[body.index].x[frame] - follow[frame]) / (measures.width / 2)
        cues.append(
            Cue(
                at=sound.frame / fps,
                kind=sound.kind,
                gain=min(1.0, sound.gain / crowd[body.subject.id, "n"] ** 0.4),
                pan=float(np.clip(pan, -1, 1)),
                seconds=max(0.0, min(sound.seconds, (frames - sound.frame) / fps)),
                size=float(np.clip(body.edge / 200, 0.4, 2.2)),
            )
        )
    if shot.weather is Weather.STORM:
        cues += [Cue(at=t + 0.35, kind="thunder", gain=0.9, pan=pan) for t, pan in flashes(frames / fps)]
    return tuple(
        sorted((cue for cue in cues if 0 <= cue.at < frames / fps), key=lambda cue: (cue.at, cue.kind))
    )


def flashes(seconds: float) -> list[tuple[float, float]]:
    """When lightning strikes in a storm: (second of the shot, side -1..1)."""
    strikes = [
        (0.8, -0.3),
        (3.1, 0.5),
        (6.4, -0.6),
        (9.2, 0.2),
        (13.0, 0.6),
        (17.1, -0.4),
        (21.5, 0.3),
        (26.0, -0.5),
    ]
    return [strike for strike in strikes if strike[0] < seconds - 0.2]

"""The animatic engine: understanding, picture and sound put together behind the engine protocol."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from generation.engine.animatic.renderer import Clip, spans
from generation.engine.animatic.sound import Soundtrack
from generation.engine.animatic.sprites import Sprites, UnknownDrawing
from generation.engine.animatic.understanding import understand
from generation.engine.protocol import (
    SAMPLE_RATE,
    CannotRender,
    Capabilities,
    Chunk,
    Cost,
    Reference,
    Request,
)
from generation.engine.speech import default_voice
from generation.engine.storyboard import (
    MAX_SECONDS,
    MIN_SECONDS,
    CameraMove,
    Setting,
    Shape,
    Storyboard,
    Style,
    Weather,
)

CHUNK_FRAMES = 12
STATE_VERSION = 1

_PIXELS = 540 * 960

_FINISH_SECONDS = {
    Style.FLAT: 0.0,
    Style.WATERCOLOUR: 0.021,
    Style.PIXEL: 0.004,
    Style.NOIR: 0.009,
    Style.NEON: 0.016,
    Style.PENCIL: 0.013,
    Style.PAPER: 0.002,
    Style.FILM: 0.012,
}
"""Processor-seconds a frame of 540x960, measured."""


_ZOOMS = frozenset({CameraMove.ZOOM_IN, CameraMove.ZOOM_OUT, CameraMove.ORBIT, CameraMove.HANDHELD})


class AnimaticEngine:
    """Draws and sounds a storyboard on the processor. ``cache_dir`` keeps rasterised drawings between clips."""

    name = "animatic"
    label = "Animatic"

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._sprites = Sprites(cache_dir)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            shapes=tuple(Shape),
            short_sides=(540, 720),
            styles=tuple(Style),
            languages=("en", "zh"),
            min_seconds=MIN_SECONDS,
            max_seconds=MAX_SECONDS,
            audio=True,
            resume=True,
            references=True,
            licence="Drawings: Fluent Emoji, MIT",
        )

    def warm(self) -> None:
        """Load the voice, so that the first clip with dialogue need not wait for it."""
        default_voice().warm()

    def storyboard(self, request: Request) -> Storyboard:
        """Read a prompt. Raises ``CannotRender`` only if nothing could be made of it."""
        return understand(request)

    def estimate(self, storyboard: Storyboard) -> Cost:
        """Processor-seconds on one core of a 2020s server; a busy machine takes longer in wall time."""
        frame = storyboard.frame
        size = frame.width * frame.height / _PIXELS
        each = (0.0075 + _FINISH_SECONDS[storyboard.style]) * size
        for shot in storyboard.shots:
            share = shot.seconds / storyboard.seconds
            each += share * size * 0.0006 * sum(subject.count for subject in shot.subjects)
            each += (
                share
                * size
                * (0.003 if shot.weather in (Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG) else 0)
            )
            each += share * size * (0.010 if shot.camera.move in _ZOOMS else 0)
            each += share * size * (0.007 if shot.setting in (Setting.UNDERWATER, Setting.STAGE) else 0)
        drawings = {subject.drawing for shot in storyboard.shots for subject in shot.subjects}
        opening = 0.27 * size + 0.09 * len(drawings)
        sound = 0.1 * storyboard.seconds
        return Cost(
            compute_seconds=round(opening * len(storyboard.shots) + each * storyboard.frame_count + sound, 3),
            first_chunk_seconds=round(opening + each * CHUNK_FRAMES + 0.1, 3),
        )

    def render(
        self, storyboard: Storyboard, references: Mapping[str, Reference], resume: bytes | None = None
    ) -> Iterator[Chunk]:
        """Draw it, half a second a chunk; closing the iterator frees everything.

        A character's drawing is the reference's. Raises ``ValueError`` for a state that is not of this
        storyboard, ``CannotRender`` for a drawing that the vector set lacks.
        """
        storyboard = _cast(storyboard, references)
        digest = _digest(storyboard)
        first = _first_frame(resume, digest, storyboard.frame_count)
        return self._chunks(storyboard, digest, first)

    def _chunks(self, storyboard: Storyboard, digest: str, first: int) -> Iterator[Chunk]:
        frame = storyboard.frame
        try:
            clip = Clip(storyboard, self._sprites)
        except UnknownDrawing as error:
            raise CannotRender(f"There is no drawing called {error}.") from error
        soundtrack: Soundtrack | None = None
        try:
            total = clip.frame_count
            soundtrack = Soundtrack(storyboard, clip.director.cues(), storyboard.seed)
            for start in range(first, total, CHUNK_FRAMES):
                end = min(total, start + CHUNK_FRAMES)
                frames_THWC = np.empty((end - start, frame.height, frame.width, 3), np.uint8)
                for number in range(start, end):
                    frames_THWC[number - start] = clip.frame(number)
                since, until = start / frame.fps, end / frame.fps
                sample = _sample(start, frame.fps)
                yield Chunk(
                    index=start // CHUNK_FRAMES,
                    start=since,
                    frames_THWC=frames_THWC,
                    samples_SC=soundtrack.samples(sample, _sample(end, frame.fps) - sample),
                    captions=soundtrack.captions(since, until if end < total else math.inf),
                    state=json.dumps({"version": STATE_VERSION, "storyboard": digest, "frame": end}).encode(),
                )
        except UnknownDrawing as error:
            raise CannotRender(f"There is no drawing called {error}.") from error
        finally:
            clip.close()
            if soundtrack is not None:
                soundtrack.close()


def _sample(frame: int, fps: int) -> int:
    return frame * SAMPLE_RATE // fps


def _cast(storyboard: Storyboard, references: Mapping[str, Reference]) -> Storyboard:
    """Let characters be drawn as their references say."""
    shots = []
    for shot in storyboard.shots:
        subjects = []
        for subject in shot.subjects:
            reference = references.get(subject.character) if subject.character else None
            if reference:
                subject = subject.model_copy(
                    update={"drawing": reference.drawing, "colour": subject.colour or reference.colour}
                )
            subjects.append(subject)
        shots.append(shot.model_copy(update={"subjects": tuple(subjects)}))
    return storyboard.model_copy(update={"shots": tuple(shots)})


def _digest(storyboard: Storyboard) -> str:
    return hashlib.blake2b(storyboard.model_dump_json().encode(), digest_size=16).hexdigest()


def _first_frame(resume: bytes | None, digest: str, total: int) -> int:
    if resume is None:
        return 0
    try:
        state: Any = json.loads(resume)
    except ValueError as error:
        raise ValueError("this is not a render state") from error
    if not isinstance(state, dict) or state.get("version") != STATE_VERSION:
        raise ValueError("this render state is of another version")
    if state.get("storyboard") != digest:
        raise ValueError("this render state belongs to another storyboard")
    frame = state.get("frame")
    if (
        not isinstance(frame, int)
        or isinstance(frame, bool)
        or not 0 <= frame <= total
        or (frame % CHUNK_FRAMES and frame != total)
    ):
        raise ValueError("this render state names no chunk of the clip")
    return frame


__all__ = ["CHUNK_FRAMES", "AnimaticEngine", "spans"]

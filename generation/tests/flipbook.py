"""A small engine for tests: real frames and real sound, no drawing library, as fast or slow as it is told.

A subject is told by the prompt: ``pace=0.2`` waits that many seconds before each chunk; ``breaks``, ``crashes``,
``refuses`` and ``hangs`` do what they say, at the second chunk (``refuses`` at once).
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from generation.engine.protocol import (
    SAMPLE_RATE,
    CannotRender,
    Capabilities,
    Caption,
    Chunk,
    Cost,
    Reference,
    Request,
)
from generation.engine.storyboard import (
    Action,
    Camera,
    CameraMove,
    Line,
    Note,
    Outcome,
    Setting,
    Shape,
    Shot,
    Storyboard,
    Style,
    Subject,
    Verb,
    frame_of,
)

CAPABILITIES = Capabilities(
    shapes=tuple(Shape),
    short_sides=(64, 540),
    styles=(Style.FLAT, Style.NOIR),
    languages=("en",),
    min_seconds=3.0,
    max_seconds=30.0,
    audio=True,
)
_CHUNK_FRAMES = 12


def understand(request: Request) -> Storyboard:
    """The first word is shown, the second approximated, the third not."""
    outcomes = [(Outcome.SHOWN, ""), (Outcome.APPROXIMATED, "ball"), (Outcome.NOT_SHOWN, "")]
    words = list(re.finditer(r"\S+", request.prompt))[:3]
    notes = tuple(
        Note(phrase=word[0][:200], start=word.start(), end=word.end(), outcome=outcome, used=used)
        for word, (outcome, used) in zip(words, outcomes, strict=False)
    )
    quoted = re.search(r"[“\"]([^”\"]+)[”\"]", request.prompt)
    shot = Shot(
        seconds=request.seconds,
        setting=Setting.MEADOW,
        camera=Camera(move=CameraMove.PAN_LEFT),
        subjects=(Subject(id="ball", noun="ball", drawing="ball", actions=(Action(verb=Verb.ROLL),)),),
        lines=(Line(text=quoted[1]),) if quoted else (),
    )
    return Storyboard(
        prompt=request.prompt,
        frame=frame_of(request.shape, request.short_side),
        seed=request.seed,
        shots=(shot,),
        notes=notes,
    )


class Flipbook:
    name = "flipbook"
    label = "Flipbook"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def storyboard(self, request: Request) -> Storyboard:
        if "refuses" in request.prompt:
            raise CannotRender("it was told to refuse")
        return understand(request)

    def render(
        self, storyboard: Storyboard, references: Mapping[str, Reference], resume: bytes | None = None
    ) -> Iterator[Chunk]:
        frame = storyboard.frame
        found = re.search(r"pace=([\d.]+)", storyboard.prompt)
        pace = float(found[1]) if found else 0.0
        pause = threading.Event()
        y, x = np.mgrid[0 : frame.height, 0 : frame.width]
        for index, first in enumerate(range(0, storyboard.frame_count, _CHUNK_FRAMES)):
            if index == 1:
                self._misbehave(storyboard.prompt, pause)
            pause.wait(pace)
            numbers = np.arange(first, min(first + _CHUNK_FRAMES, storyboard.frame_count))
            frames_THWC = np.stack(
                [np.stack([(x + 3 * n) % 256, (y + n) % 256, np.full_like(x, 96)], -1) for n in numbers]
            ).astype(np.uint8)
            per_frame = SAMPLE_RATE // frame.fps
            at_S = np.arange(first * per_frame, (numbers[-1] + 1) * per_frame) / SAMPLE_RATE
            tone_S = 0.2 * np.sin(2 * np.pi * 220 * at_S)
            lines = storyboard.shots[0].lines if index == 0 else ()
            yield Chunk(
                index=index,
                start=first / frame.fps,
                frames_THWC=frames_THWC,
                samples_SC=np.stack([tone_S, tone_S], -1).astype(np.float32),
                captions=tuple(Caption(0.5, 2.0, line.text, line.language) for line in lines),
                state=b"",
            )

    def estimate(self, storyboard: Storyboard) -> Cost:
        return Cost(storyboard.seconds * 0.1, 0.1)

    def _misbehave(self, prompt: str, pause: threading.Event) -> None:
        if "breaks" in prompt:
            raise RuntimeError("it was told to break")
        if "crashes" in prompt:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "hangs" in prompt:
            pause.wait()


class WarmedFlipbook(Flipbook):
    """Loads something late, and says so on the pipe that ``WARMED`` names."""

    name = "warmed"

    def warm(self) -> None:
        with open(os.environ["WARMED"], "w") as pipe:  # noqa: PTH123 - a pipe, not a file
            pipe.write("warm")

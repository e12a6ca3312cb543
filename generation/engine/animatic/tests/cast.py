"""Small storyboards for tests, and ways to read what a clip shows back from its pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from generation.engine.animatic.renderer import Clip, Director, spans
from generation.engine.animatic.sprites import Sprites
from generation.engine.animatic.stage import Scene
from generation.engine.storyboard import (
    Action,
    Camera,
    CameraMove,
    Colour,
    Direction,
    Framing,
    Relation,
    RelationKind,
    Setting,
    Shape,
    Shot,
    Storyboard,
    Style,
    Subject,
    TimeOfDay,
    Verb,
    Weather,
    frame_of,
)


def somebody(
    drawing: str,
    verb: Verb = Verb.STAND,
    *,
    ident: str | None = None,
    direction: Direction | None = None,
    count: int = 1,
    colour: Colour | None = None,
    pace: float = 1.0,
) -> Subject:
    return Subject(
        id=ident or drawing,
        noun=drawing,
        drawing=drawing,
        count=count,
        colour=colour,
        actions=(Action(verb=verb, direction=direction, pace=pace),),
    )


def one_shot(
    *subjects: Subject,
    relation: RelationKind | None = None,
    setting: Setting = Setting.MEADOW,
    time: TimeOfDay = TimeOfDay.DAY,
    weather: Weather = Weather.CLEAR,
    move: CameraMove = CameraMove.STILL,
    framing: Framing = Framing.MEDIUM,
    seconds: float = 3.0,
) -> Shot:
    relations = (
        (Relation(kind=relation, subject=subjects[0].id, object=subjects[1].id),)
        if relation is not None
        else ()
    )
    return Shot(
        seconds=seconds,
        setting=setting,
        time=time,
        weather=weather,
        camera=Camera(move=move, framing=framing),
        subjects=subjects,
        relations=relations,
    )


def board(
    *shots: Shot,
    style: Style = Style.FLAT,
    shape: Shape = Shape.PORTRAIT,
    short_side: int = 90,
    seed: int = 5,
) -> Storyboard:
    return Storyboard(prompt="", frame=frame_of(shape, short_side), seed=seed, style=style, shots=shots)


def frames(storyboard: Storyboard, numbers: Iterable[int], sprites: Sprites) -> list[NDArray[np.uint8]]:
    clip = Clip(storyboard, sprites)
    try:
        return [clip.frame(number).copy() for number in numbers]
    finally:
        clip.close()


def directed(storyboard: Storyboard, sprites: Sprites, index: int = 0) -> Scene:
    return Director(storyboard, sprites).scene(index, spans(storyboard)[index])


def redness(frame_HWC: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a frame is clearly red, ``(H, W)``."""
    values = frame_HWC.astype(np.int16)
    return np.asarray(
        (values[..., 0] > 120)
        & (values[..., 0] - values[..., 1] > 70)
        & (values[..., 0] - values[..., 2] > 60)
    )


def centre(mask_HW: NDArray[np.bool_]) -> tuple[float, float]:
    """Centroid ``(x, y)`` in pixels."""
    rows, columns = np.nonzero(mask_HW)
    assert rows.size > 20, "the subject cannot be seen"
    return float(columns.mean()), float(rows.mean())


def blobs(mask_HW: NDArray[np.bool_], least: int = 12) -> int:
    """Connected areas of at least ``least`` pixels."""
    seen = np.zeros_like(mask_HW)
    found = 0
    height, width = mask_HW.shape
    for row, column in zip(*np.nonzero(mask_HW), strict=True):
        if seen[row, column]:
            continue
        pending, size = [(int(row), int(column))], 0
        seen[row, column] = True
        while pending:
            y, x = pending.pop()
            size += 1
            for ny, nx in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= ny < height and 0 <= nx < width and mask_HW[ny, nx] and not seen[ny, nx]:
                    seen[ny, nx] = True
                    pending.append((ny, nx))
        found += size >= least
    return found


def drift(first_HWC: NDArray[np.uint8], second_HWC: NDArray[np.uint8]) -> tuple[float, float]:
    """Shift ``(x, y)`` in pixels that takes the first picture to the second, by phase correlation."""
    window = np.outer(np.hanning(first_HWC.shape[0]), np.hanning(first_HWC.shape[1]))
    one = np.fft.fft2(first_HWC.mean(axis=2) * window)
    two = np.fft.fft2(second_HWC.mean(axis=2) * window)
    cross = two * np.conj(one)
    peak = np.abs(np.fft.ifft2(cross / np.maximum(1e-9, np.abs(cross))))
    row, column = np.unravel_index(int(peak.argmax()), peak.shape)
    height, width = peak.shape
    return (
        float(column if column <= width // 2 else column - width),
        float(row if row <= height // 2 else row - height),
    )

"""The engine behind its protocol: chunks, determinism, resuming, closing, bounded memory, estimates."""

from __future__ import annotations

import gc
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from generation.engine.animatic.engine import CHUNK_FRAMES, AnimaticEngine
from generation.engine.animatic.renderer import Director
from generation.engine.animatic.sprites import Sprites
from generation.engine.animatic.tests.cast import board, directed, one_shot, somebody
from generation.engine.protocol import CUE_KINDS, SAMPLE_RATE, CannotRender, Engine, Reference, Request
from generation.engine.registry import UnknownEngine, engines
from generation.engine.storyboard import (
    Direction,
    RelationKind,
    Setting,
    Storyboard,
    Transition,
    Verb,
    Weather,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> AnimaticEngine:
    return AnimaticEngine(tmp_path_factory.mktemp("engine"))


def two_shots() -> Storyboard:
    first = one_shot(somebody("dog", Verb.RUN, direction=Direction.RIGHT), weather=Weather.RAIN, seconds=1.7)
    second = one_shot(
        somebody("cat", Verb.EXPLODE), somebody("balloon", Verb.FLOAT), setting=Setting.BEACH, seconds=1.8
    ).model_copy(update={"transition": Transition.FADE})
    return board(first, second)


def test_it_is_an_engine(engine: AnimaticEngine) -> None:
    assert isinstance(engine, Engine)
    assert engine.capabilities.audio
    assert engine.capabilities.resume


def test_chunks_follow_one_another_and_are_as_long_as_their_sound(engine: AnimaticEngine) -> None:
    storyboard = two_shots()
    chunks = list(engine.render(storyboard, {}))
    frames = np.concatenate([chunk.frames_THWC for chunk in chunks])
    assert frames.shape == (storyboard.frame_count, storyboard.frame.height, storyboard.frame.width, 3)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert all(len(chunk.frames_THWC) == CHUNK_FRAMES for chunk in chunks[:-1])
    assert sum(len(chunk.samples_SC) for chunk in chunks) == storyboard.frame_count * SAMPLE_RATE // 24
    for chunk in chunks:
        assert chunk.start == pytest.approx(chunk.index * CHUNK_FRAMES / 24)
        assert len(chunk.samples_SC) == len(chunk.frames_THWC) * SAMPLE_RATE // 24
        assert np.abs(chunk.samples_SC).max() <= 1


def test_the_same_storyboard_gives_the_same_bytes(engine: AnimaticEngine) -> None:
    once, again = (list(AnimaticEngine(None).render(two_shots(), {})) for _ in range(2))
    for one, other in zip(once, again, strict=True):
        assert np.array_equal(one.frames_THWC, other.frames_THWC)
        assert np.array_equal(one.samples_SC, other.samples_SC)
        assert one.state == other.state


@pytest.mark.parametrize("after", [0, 2, 3, 4])
def test_resuming_goes_on_exactly(engine: AnimaticEngine, after: int) -> None:
    whole = list(engine.render(two_shots(), {}))
    rest = list(engine.render(two_shots(), {}, resume=whole[after].state))
    assert [chunk.index for chunk in rest] == [chunk.index for chunk in whole[after + 1 :]]
    for one, other in zip(rest, whole[after + 1 :], strict=True):
        assert np.array_equal(one.frames_THWC, other.frames_THWC)
        assert np.array_equal(one.samples_SC, other.samples_SC)
        assert one.captions == other.captions


def test_resuming_after_the_last_chunk_gives_nothing(engine: AnimaticEngine) -> None:
    last = list(engine.render(two_shots(), {}))[-1]
    assert list(engine.render(two_shots(), {}, resume=last.state)) == []


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"version": 99}',
        b'{"version": 1, "storyboard": "x", "frame": 0}',
    ],
)
def test_a_bad_state_is_refused(engine: AnimaticEngine, state: bytes) -> None:
    with pytest.raises(ValueError, match="state"):
        engine.render(two_shots(), {}, resume=state)


@pytest.mark.parametrize("frame", [-12, 7, 10**9, "12", None, True, 1.5])
def test_a_state_with_a_forged_frame_is_refused(engine: AnimaticEngine, frame: object) -> None:
    state = json.loads(next(engine.render(two_shots(), {})).state)
    with pytest.raises(ValueError, match="state"):
        engine.render(two_shots(), {}, resume=json.dumps({**state, "frame": frame}).encode())


def test_a_state_of_another_storyboard_is_refused(engine: AnimaticEngine) -> None:
    state = next(engine.render(two_shots(), {})).state
    with pytest.raises(ValueError, match="another storyboard"):
        engine.render(board(one_shot(somebody("dog"))), {}, resume=state)


def test_closing_stops_the_work(engine: AnimaticEngine) -> None:
    chunks = engine.render(two_shots(), {})
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(chunks)


def test_memory_does_not_grow_with_the_clip(engine: AnimaticEngine) -> None:
    shots = [
        one_shot(
            somebody("dog", Verb.RUN),
            somebody("cat", Verb.BOUNCE),
            setting=setting,
            weather=Weather.SNOW,
            seconds=5,
        )
        for setting in (
            Setting.MEADOW,
            Setting.CITY,
            Setting.BEACH,
            Setting.FOREST,
            Setting.ROOM,
            Setting.SPACE,
        )
    ]
    sizes = []
    tracemalloc.start()
    try:
        for chunk in engine.render(board(*shots), {}):
            if chunk.index % 10 == 9:
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert len(sizes) == 6
    assert max(sizes[2:]) < min(sizes[:2]) * 1.5 + 4e6


def test_cues_are_kinds_that_the_sound_knows(engine: AnimaticEngine, sprites: Sprites) -> None:
    heard = set()
    for verb in Verb:
        for drawing in ("dog", "automobile", "eagle", "honeybee"):
            heard |= {cue.kind for cue in Director(board(one_shot(somebody(drawing, verb))), sprites).cues()}
    heard |= {
        cue.kind
        for cue in Director(
            board(one_shot(somebody("cat"), somebody("dog"), relation=RelationKind.COLLIDES_WITH)), sprites
        ).cues()
    }
    assert heard <= CUE_KINDS
    assert {
        "footstep",
        "hop",
        "land",
        "bounce",
        "roll",
        "flap",
        "fall",
        "crash",
        "explode",
        "engine",
        "snore",
        "bark",
        "cheer",
    } <= heard


def test_cues_pan_with_the_picture(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("dog", Verb.WALK, direction=Direction.RIGHT))), sprites)
    steps = [cue.pan for cue in scene.cues if cue.kind == "footstep"]
    assert steps[0] < -0.1 < 0.1 < steps[-1]


def test_a_character_is_drawn_as_its_reference(engine: AnimaticEngine) -> None:
    plain = somebody("dog", ident="hero")
    storyboard = board(one_shot(plain.model_copy(update={"character": "rexo"})))
    reference = Reference(handle="rexo", name="Rexo", drawing="t-rex")
    as_dog = next(engine.render(storyboard, {})).frames_THWC
    as_rex = next(engine.render(storyboard, {"rexo": reference})).frames_THWC
    expected = next(engine.render(board(one_shot(somebody("t-rex", ident="hero"))), {})).frames_THWC
    assert not np.array_equal(as_dog, as_rex)
    assert np.abs(as_rex.astype(int) - expected).mean() < 2


def test_a_drawing_that_does_not_exist_cannot_be_rendered(engine: AnimaticEngine) -> None:
    storyboard = board(
        one_shot(somebody("dog", ident="it").model_copy(update={"drawing": "no-such-drawing"}))
    )
    with pytest.raises(CannotRender, match="no-such-drawing"):
        next(engine.render(storyboard, {}))


def test_a_prompt_becomes_a_clip(engine: AnimaticEngine) -> None:
    storyboard = engine.storyboard(
        Request(prompt="a red car drives through the city at night", short_side=90, seconds=3)
    )
    assert storyboard.shots[0].setting is Setting.CITY
    assert sum(len(chunk.frames_THWC) for chunk in engine.render(storyboard, {})) == 72


def test_a_longer_or_larger_clip_costs_more(engine: AnimaticEngine) -> None:
    short, long = (engine.estimate(board(one_shot(somebody("dog"), seconds=seconds))) for seconds in (3, 9))
    large = engine.estimate(board(one_shot(somebody("dog"), seconds=3), short_side=720))
    assert long.compute_seconds > 2 * short.compute_seconds > 0
    assert large.first_chunk_seconds > short.first_chunk_seconds > 0


def test_engines_are_found_by_name_and_made_once(tmp_path: Path) -> None:
    known = engines(tmp_path)
    assert list(known) == ["animatic"]
    assert known["animatic"] is known["animatic"]
    assert "other" not in known
    with pytest.raises(UnknownEngine, match="animatic"):
        known["other"]

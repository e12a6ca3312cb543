"""What places, light, weather, camera and finishes look like, read back from frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.engine.animatic.sprites import Sprites, UnknownDrawing, _rasters
from generation.engine.animatic.tests.cast import board, directed, drift, frames, one_shot, redness, somebody
from generation.engine.storyboard import (
    CameraMove,
    Colour,
    Framing,
    RelationKind,
    Setting,
    Shape,
    Style,
    TimeOfDay,
    Transition,
    Verb,
    Weather,
)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_settings_differ_at_a_glance(sprites: Sprites) -> None:
    pictures = [frames(board(one_shot(setting=setting)), (5,), sprites)[0] for setting in Setting]
    small = [picture[:: 160 // 20, :: 90 // 9].astype(int) for picture in pictures]
    for index, one in enumerate(small):
        for other in small[index + 1 :]:
            assert np.abs(one - other).mean() > 12


@pytest.mark.parametrize("setting", [s for s in Setting if s not in (Setting.SPACE, Setting.STAGE)])
def test_night_is_darker_than_day(sprites: Sprites, setting: Setting) -> None:
    day, night = (
        frames(board(one_shot(setting=setting, time=time)), (0,), sprites)[0].mean()
        for time in (TimeOfDay.DAY, TimeOfDay.NIGHT)
    )
    assert night < 0.8 * day


def test_every_time_has_its_own_light(sprites: Sprites) -> None:
    pictures = [frames(board(one_shot(time=time)), (0,), sprites)[0] for time in TimeOfDay]
    colours = [picture[10:60].reshape(-1, 3).mean(axis=0) for picture in pictures]
    for index, one in enumerate(colours):
        for other in colours[index + 1 :]:
            assert np.abs(one - other).max() > 15
    dawn, day, sunset, _ = colours
    assert sunset[0] - sunset[2] > day[0] - day[2] + 40
    assert dawn[0] > day[0]


def test_weather_shows_and_moves(sprites: Sprites) -> None:
    clear = frames(board(one_shot()), (6, 8), sprites)
    still = difference(*clear)
    for weather in (Weather.RAIN, Weather.SNOW, Weather.STORM, Weather.FOG):
        pictures = frames(board(one_shot(weather=weather)), (6, 8), sprites)
        assert difference(clear[0], pictures[0]) > 8, weather
        if weather is not Weather.FOG:
            assert difference(*pictures) > still + 0.3, weather


def test_lightning_brightens_and_thunder_follows(sprites: Sprites) -> None:
    storyboard = board(one_shot(weather=Weather.STORM, time=TimeOfDay.NIGHT))
    before, flash = frames(storyboard, (15, 20), sprites)
    assert flash.mean() > before.mean() + 30
    thunder = [cue.at for cue in directed(storyboard, sprites).cues if cue.kind == "thunder"]
    assert thunder
    assert 0.8 < thunder[0] < 1.6


def test_no_rain_falls_in_a_room(sprites: Sprites) -> None:
    dry, wet = (
        frames(board(one_shot(setting=Setting.ROOM, weather=weather)), (6,), sprites)[0]
        for weather in (Weather.CLEAR, Weather.RAIN)
    )
    assert difference(dry, wet) < 2


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (CameraMove.PAN_RIGHT, 0, -1),
        (CameraMove.PAN_LEFT, 0, 1),
        (CameraMove.TILT_UP, 1, 1),
        (CameraMove.TILT_DOWN, 1, -1),
    ],
)
def test_the_background_moves_against_the_camera(
    sprites: Sprites, move: CameraMove, axis: int, sign: int
) -> None:
    storyboard = board(one_shot(setting=Setting.CITY, move=move), short_side=180)
    first, second = frames(storyboard, (24, 42), sprites)
    band = slice(int(first.shape[0] * 0.45), int(first.shape[0] * 0.95))
    assert sign * drift(first[band], second[band])[axis] >= 2


def test_nearer_planes_move_further(sprites: Sprites) -> None:
    storyboard = board(one_shot(setting=Setting.CITY, move=CameraMove.PAN_RIGHT), short_side=360)
    first, second = frames(storyboard, (30, 39), sprites)
    far = drift(first[200:380], second[200:380])[0]
    near = drift(first[490:600], second[490:600])[0]
    assert near < far < 0


def test_zooming_in_enlarges_the_subject(sprites: Sprites) -> None:
    for move, sign in ((CameraMove.ZOOM_IN, 1), (CameraMove.ZOOM_OUT, -1)):
        storyboard = board(one_shot(somebody("red-circle"), setting=Setting.SNOWFIELD, move=move))
        first, last = (int(redness(frame).sum()) for frame in frames(storyboard, (0, 71), sprites))
        assert sign * (last - first) > 0.3 * min(first, last)


def test_framing_sets_the_size_of_the_subject(sprites: Sprites) -> None:
    widths = []
    for framing in (Framing.WIDE, Framing.MEDIUM, Framing.CLOSE_UP):
        (frame,) = frames(
            board(one_shot(somebody("red-circle"), setting=Setting.SNOWFIELD, framing=framing)), (3,), sprites
        )
        widths.append(redness(frame).any(axis=0).sum() / frame.shape[1])
    assert widths[0] < 0.9 * widths[1] < 0.8 * widths[2]
    assert 0.28 <= widths[1] <= 0.56


def test_finishes_differ_and_stay_readable(sprites: Sprites) -> None:
    pictures = {
        style: frames(
            board(one_shot(somebody("red-circle"), setting=Setting.SNOWFIELD), style=style, short_side=180),
            (3,),
            sprites,
        )[0]
        for style in Style
    }
    styles = list(Style)
    for index, one in enumerate(styles):
        for other in styles[index + 1 :]:
            assert difference(pictures[one], pictures[other]) > 3, (one, other)
    noir = pictures[Style.NOIR].astype(int)
    assert np.ptp(noir, axis=2).max() < 30
    assert len(np.unique(pictures[Style.PIXEL].reshape(-1, 3), axis=0)) < 600
    assert pictures[Style.NEON].mean() < 0.6 * pictures[Style.FLAT].mean()
    red = redness(pictures[Style.FLAT])
    for style in (Style.WATERCOLOUR, Style.PIXEL, Style.PAPER, Style.FILM):
        assert (redness(pictures[style]) & red).sum() > 0.75 * red.sum(), style


def test_a_fade_mixes_two_shots(sprites: Sprites) -> None:
    shots = (
        one_shot(setting=Setting.SNOWFIELD, seconds=2),
        one_shot(setting=Setting.SPACE, seconds=2).model_copy(update={"transition": Transition.FADE}),
    )
    last, mixed, after = (frame.mean() for frame in frames(board(*shots), (47, 53, 70), sprites))
    assert after < mixed < last


def test_a_cut_does_not_mix(sprites: Sprites) -> None:
    shots = (one_shot(setting=Setting.SNOWFIELD, seconds=2), one_shot(setting=Setting.SPACE, seconds=2))
    first, later = frames(board(*shots), (48, 60), sprites)
    assert first.mean() == pytest.approx(later.mean(), rel=0.1)


@pytest.mark.parametrize("shape", list(Shape))
def test_frames_have_the_shape_that_was_asked_for(sprites: Sprites, shape: Shape) -> None:
    storyboard = board(one_shot(somebody("dog")), shape=shape)
    (frame,) = frames(storyboard, (1,), sprites)
    assert frame.shape == (storyboard.frame.height, storyboard.frame.width, 3)
    assert frame.dtype == np.uint8


SMOKE = [
    (setting, list(Verb)[(index * 5 + step) % 20], list(RelationKind)[(index + step * 3) % 13], step)
    for index, setting in enumerate(Setting)
    for step in range(5)
]


@pytest.mark.parametrize(("setting", "verb", "relation", "step"), SMOKE)
def test_any_combination_can_be_drawn(
    sprites: Sprites, setting: Setting, verb: Verb, relation: RelationKind, step: int
) -> None:
    shot = one_shot(
        somebody("dog", verb, count=1 + step, colour=list(Colour)[(step * 3) % 13]),
        somebody("automobile", list(Verb)[(step * 7) % 20]),
        relation=relation,
        setting=setting,
        weather=list(Weather)[(step + 2) % 7],
        time=list(TimeOfDay)[step % 4],
        move=list(CameraMove)[(step * 2 + 1) % 10],
    )
    storyboard = board(shot, style=list(Style)[step], shape=list(Shape)[step % 3], short_side=64)
    pictures = frames(storyboard, (0, 30, 71), sprites)
    assert all(picture.std() > 8 for picture in pictures)


def test_all_pairs_of_verb_and_relation_can_be_directed(sprites: Sprites) -> None:
    for verb in Verb:
        for relation in RelationKind:
            scene = directed(
                board(one_shot(somebody("cat", verb), somebody("package"), relation=relation)), sprites
            )
            for track in scene.tracks:
                for values in (
                    track.x,
                    track.y,
                    track.turn,
                    track.wide,
                    track.tall,
                    track.scale,
                    track.alpha,
                ):
                    assert np.isfinite(values).all(), (verb, relation)
            assert all(-1 <= cue.pan <= 1 and 0 <= cue.gain <= 1 for cue in scene.cues)


def test_an_unknown_drawing_is_named(sprites: Sprites) -> None:
    with pytest.raises(UnknownDrawing, match="no-such-thing"):
        sprites.outline("no-such-thing")


def test_a_torn_cached_drawing_is_drawn_again(tmp_path: Path) -> None:
    whole = Sprites(tmp_path).sprite("egg", 100).pixels_HWC
    for kept in (tmp_path / "drawings").iterdir():
        kept.write_bytes(b"torn")
    _rasters.cache_clear()
    again = Sprites(tmp_path).sprite("egg", 100).pixels_HWC
    assert np.array_equal(whole, again)

"""Motion read back from tracks and from pixels: gravity, restitution, rolling, momentum, directions."""

from __future__ import annotations

import numpy as np
import pytest

from generation.engine.animatic.camera import FRAMINGS
from generation.engine.animatic.sprites import Sprites
from generation.engine.animatic.stage.verbs import GRAVITY
from generation.engine.animatic.tests.cast import (
    blobs,
    board,
    centre,
    directed,
    frames,
    one_shot,
    redness,
    somebody,
)
from generation.engine.storyboard import (
    Action,
    Colour,
    Direction,
    Framing,
    Line,
    RelationKind,
    Setting,
    Size,
    Subject,
    Verb,
)


def red_ball(verb: Verb, direction: Direction | None = None, count: int = 1) -> Subject:
    return somebody("red-circle", verb, direction=direction, count=count)


@pytest.mark.parametrize(("direction", "sign"), [(Direction.RIGHT, 1), (Direction.LEFT, -1)])
def test_a_red_ball_rolls_the_way_it_was_told(sprites: Sprites, direction: Direction, sign: int) -> None:
    storyboard = board(one_shot(red_ball(Verb.ROLL, direction), setting=Setting.SNOWFIELD))
    first, last = frames(storyboard, (4, 68), sprites)
    assert sign * (centre(redness(last))[0] - centre(redness(first))[0]) > 8


def test_a_ball_rolls_without_slipping(sprites: Sprites) -> None:
    scene = directed(board(one_shot(red_ball(Verb.ROLL, Direction.RIGHT))), sprites)
    body, track = scene.bodies[0], scene.tracks[0]
    radius = (body.width + body.height) / 4
    turned = np.radians(track.turn[-1] - track.turn[0])
    assert turned == pytest.approx((track.x[-1] - track.x[0]) / radius, rel=0.02)


def test_a_jump_is_a_parabola_under_gravity(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("cat", Verb.JUMP))), sprites)
    y = scene.tracks[0].y
    peak = int(y[:40].argmax())
    arc = y[peak - 4 : peak + 5]
    falling = np.diff(arc, 2) * 24 * 24
    assert y[peak] > 0.5 * scene.bodies[0].height
    assert falling == pytest.approx(-GRAVITY, rel=0.02)
    assert min(y) >= -1e-9


def test_a_jump_is_seen_in_the_air_and_back_on_the_ground(sprites: Sprites) -> None:
    storyboard = board(one_shot(somebody("red-circle", Verb.JUMP), setting=Setting.SNOWFIELD))
    heights = [centre(redness(frame))[1] for frame in frames(storyboard, range(0, 34, 2), sprites)]
    assert max(heights) - min(heights) > 18
    assert heights[0] > heights[8] - 1
    top = heights.index(min(heights))
    assert 2 < top < len(heights) - 2


def test_gravity_is_weaker_in_space(sprites: Sprites) -> None:
    shots = (
        one_shot(somebody("cat", Verb.JUMP), setting=setting) for setting in (Setting.MEADOW, Setting.SPACE)
    )
    rising = [int(directed(board(shot), sprites).tracks[0].y[:34].argmax()) for shot in shots]
    assert rising[1] > 1.4 * rising[0]


@pytest.mark.parametrize(
    "relation",
    [RelationKind.JUMPS_OVER, RelationKind.RIDES, RelationKind.BEHIND, RelationKind.ON, RelationKind.CHASES],
)
def test_all_of_three_can_be_counted(sprites: Sprites, relation: RelationKind) -> None:
    shot = one_shot(somebody("cat", count=3), somebody("elephant"), relation=relation, seconds=4)
    scene = directed(board(shot), sprites)
    tracks = scene.tracks[:3]
    x = np.stack([track.x - scene.follow for track in tracks])
    y = np.stack([track.y for track in tracks])
    assert np.abs(x).max() < 270, "somebody leaves the frame"
    apart = np.stack([np.hypot(x[a] - x[b], y[a] - y[b]) for a, b in ((0, 1), (0, 2), (1, 2))])
    seen = (apart.min(axis=0) > 0.3 * scene.bodies[0].width).mean()
    assert seen > 0.7, f"all three are apart in only {seen:.0%} of the frames"


def test_each_of_several_jumps_over_in_its_turn(sprites: Sprites) -> None:
    shot = one_shot(
        somebody("fox", count=3), somebody("jack-o-lantern"), relation=RelationKind.JUMPS_OVER, seconds=5
    )
    scene = directed(board(shot), sprites)
    tops = [int(track.y[:70].argmax()) for track in scene.tracks[:3]]
    assert len({top // 6 for top in tops}) == 3
    for track in scene.tracks[:3]:
        assert (track.y - track.ground).max() > scene.bodies[3].height


@pytest.mark.parametrize("size", [Size.TINY, Size.NORMAL, Size.HUGE])
@pytest.mark.parametrize("drawing", ["mouse", "lion", "giraffe"])
def test_a_close_up_is_close_whatever_the_size(sprites: Sprites, drawing: str, size: Size) -> None:
    subject = somebody(drawing).model_copy(update={"size": size})
    shot = one_shot(subject, somebody("cheese-wedge"), framing=Framing.CLOSE_UP)
    scene = directed(board(shot), sprites)
    width = 540 / FRAMINGS[Framing.CLOSE_UP]
    body = scene.bodies[0]
    assert 0.6 <= body.width / width <= 0.8 or body.height > 0.7 * 540
    assert abs(scene.tracks[0].x.mean()) < 0.1 * width


def test_a_close_up_is_of_whoever_speaks(sprites: Sprites) -> None:
    shot = one_shot(somebody("cat"), somebody("mouse"), framing=Framing.CLOSE_UP).model_copy(
        update={"lines": (Line(text="I am here", speaker="mouse"),)}
    )
    scene = directed(board(shot), sprites)
    cat, mouse = scene.tracks
    assert abs(mouse.x.mean()) < 20 < abs(cat.x.mean())


def test_who_flies_flies_above_what_stands_there(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("dragon", Verb.FLY), somebody("castle"))), sprites)
    dragon, castle = scene.bodies
    assert float(scene.tracks[0].y.mean()) > 0.7 * castle.height
    assert dragon.z > castle.z


def test_a_whale_is_larger_than_a_fish(sprites: Sprites) -> None:
    scene = directed(
        board(
            one_shot(somebody("whale", Verb.SWIM), somebody("fish", Verb.SWIM), setting=Setting.UNDERWATER)
        ),
        sprites,
    )
    assert scene.bodies[0].edge > 1.8 * scene.bodies[1].edge


def test_a_red_fox_keeps_its_white_muzzle(sprites: Sprites) -> None:
    pixels = sprites.sprite("fox", 200, Colour.RED).pixels_HWC.astype(int)
    height, width = pixels.shape[:2]
    forehead, muzzle = pixels[height // 3, width // 2], pixels[int(height * 0.75), int(width * 0.3)]
    assert forehead[0] - forehead[1] > 100, "the fur is red"
    assert muzzle[:3].min() > 190, "the muzzle is white"


def test_bounces_lose_height(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("basketball", Verb.BOUNCE), seconds=4)), sprites)
    y = scene.tracks[0].y
    tops = [y[i] for i in range(1, 80) if y[i] >= y[i - 1] and y[i] > y[i + 1] and y[i] > 8]
    assert len(tops) >= 3
    assert tops[0] > 1.3 * tops[1] > 1.3 * 1.3 * tops[2]
    assert sum(cue.kind == "bounce" for cue in scene.cues) >= 3


def test_a_faller_falls_faster_and_faster_then_rests(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("teddy-bear", Verb.FALL), seconds=4)), sprites)
    y = scene.tracks[0].y
    landed = int(np.argmax(np.diff(y) > 0))
    speed = -np.diff(y[:landed])
    assert landed > 6
    assert np.all(np.diff(speed[1:]) > 0)
    assert np.abs(y[-10:]).max() < 2


def test_two_that_collide_exchange_momentum(sprites: Sprites) -> None:
    pair = (somebody("basketball", Verb.ROLL), somebody("soccer-ball", Verb.ROLL))
    scene = directed(board(one_shot(*pair, relation=RelationKind.COLLIDES_WITH, seconds=4)), sprites)
    crash = next(cue for cue in scene.cues if cue.kind == "crash")
    hit = round(crash.at * 24)
    before = [track.x[hit - 3] - track.x[hit - 5] for track in scene.tracks]
    after = [track.x[hit + 5] - track.x[hit + 3] for track in scene.tracks]
    assert before[0] > 0 > before[1]
    assert after[0] < 0 < after[1]
    masses = [body.mass for body in scene.bodies]
    assert masses[0] * after[0] + masses[1] * after[1] == pytest.approx(
        masses[0] * before[0] + masses[1] * before[1], abs=0.15 * abs(masses[0] * before[0])
    )
    assert min(abs(scene.tracks[0].x - scene.tracks[1].x)) > 0.3 * scene.bodies[0].width


def test_one_that_jumps_over_clears_the_other(sprites: Sprites) -> None:
    scene = directed(
        board(one_shot(somebody("horse"), somebody("ladder"), relation=RelationKind.JUMPS_OVER, seconds=4)),
        sprites,
    )
    horse, ladder = scene.tracks
    over = np.abs(horse.x - ladder.x) < 0.15 * scene.bodies[1].width
    assert over.any()
    assert horse.y[over].max() > 0.8 * scene.bodies[1].height
    assert horse.x.min() < ladder.x[0] < horse.x.max()


def test_a_chaser_stays_behind_and_both_go_the_same_way(sprites: Sprites) -> None:
    scene = directed(
        board(
            one_shot(
                somebody("cat"),
                somebody("mouse", Verb.RUN, direction=Direction.LEFT),
                relation=RelationKind.CHASES,
            )
        ),
        sprites,
    )
    cat, mouse = scene.tracks
    assert np.all(cat.x > mouse.x)
    assert cat.x[-1] < cat.x[0]
    assert mouse.x[-1] < mouse.x[0]


def test_a_rider_goes_where_its_mount_goes(sprites: Sprites) -> None:
    scene = directed(
        board(one_shot(somebody("penguin"), somebody("horse"), relation=RelationKind.RIDES)), sprites
    )
    rider, mount = scene.tracks
    assert np.ptp(mount.x) > 50
    assert np.abs(rider.x - mount.x).max() < 0.4 * scene.bodies[1].width
    assert np.all(rider.y > mount.y)


def test_one_that_circles_passes_before_and_behind(sprites: Sprites) -> None:
    scene = directed(
        board(
            one_shot(
                somebody("honeybee", Verb.FLY),
                somebody("sunflower"),
                relation=RelationKind.CIRCLES,
                seconds=5,
            )
        ),
        sprites,
    )
    bee, flower = scene.tracks
    assert (bee.z > flower.z).any()
    assert (bee.z < flower.z).any()
    assert bee.x.min() < flower.x[0] < bee.x.max()


def test_one_inside_is_drawn_behind_its_box_and_looks_out(sprites: Sprites) -> None:
    scene = directed(
        board(one_shot(somebody("cat"), somebody("package"), relation=RelationKind.INSIDE)), sprites
    )
    cat, box = scene.tracks
    assert np.all(cat.z < box.z)
    top = cat.y + scene.bodies[0].height
    assert np.all(top > box.y + scene.bodies[1].height)
    assert np.all(cat.y < box.y + scene.bodies[1].height)


def test_something_held_moves_with_the_hand(sprites: Sprites) -> None:
    scene = directed(
        board(
            one_shot(
                somebody("monkey", Verb.WALK, direction=Direction.RIGHT),
                somebody("banana"),
                relation=RelationKind.HOLDING,
            )
        ),
        sprites,
    )
    monkey, banana = scene.tracks
    assert np.ptp(banana.x - monkey.x) < 30
    assert np.ptp(banana.x) > 50
    assert scene.bodies[1].edge < 0.7 * scene.bodies[0].edge


def test_three_are_three(sprites: Sprites) -> None:
    storyboard = board(one_shot(red_ball(Verb.STAND, count=3), setting=Setting.SNOWFIELD), short_side=180)
    (frame,) = frames(storyboard, (10,), sprites)
    assert blobs(redness(frame), 40) == 3


@pytest.mark.parametrize(("direction", "bigger"), [(Direction.TOWARDS, True), (Direction.AWAY, False)])
def test_towards_grows_and_away_shrinks(sprites: Sprites, direction: Direction, bigger: bool) -> None:
    storyboard = board(one_shot(red_ball(Verb.WALK, direction), setting=Setting.SNOWFIELD))
    first, last = (int(redness(frame).sum()) for frame in frames(storyboard, (2, 70), sprites))
    assert (last > 1.3 * first) if bigger else (first > 1.3 * last)


def test_a_rocket_told_to_fly_up_rises(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("rocket", Verb.FLY, direction=Direction.UP))), sprites)
    assert scene.tracks[0].y[-1] > scene.tracks[0].y[0] + 80


def test_a_dolphin_at_the_beach_jumps_out_of_water_and_splashes(sprites: Sprites) -> None:
    scene = directed(board(one_shot(somebody("dolphin", Verb.JUMP), setting=Setting.BEACH)), sprites)
    assert scene.water
    assert "splash" in {cue.kind for cue in scene.cues}
    assert "land" not in {cue.kind for cue in scene.cues}
    dry = directed(board(one_shot(somebody("cat", Verb.JUMP), setting=Setting.BEACH)), sprites)
    assert not dry.water


def test_a_boat_has_water_under_it_wherever_there_is_ground(sprites: Sprites) -> None:
    for setting, wet in (
        (Setting.BEACH, True),
        (Setting.MOUNTAINS, True),
        (Setting.ROOM, False),
        (Setting.SPACE, False),
    ):
        scene = directed(board(one_shot(somebody("sailboat", Verb.FLOAT), setting=setting)), sprites)
        assert scene.water is wet, setting
        if wet:
            assert abs(scene.tracks[0].y).max() < 0.5 * scene.bodies[0].height


def test_bodies_stay_in_the_frame(sprites: Sprites) -> None:
    for verb in Verb:
        scene = directed(board(one_shot(somebody("dog", verb), seconds=6)), sprites)
        where = scene.tracks[0].x - scene.follow
        assert np.abs(where).max() < 290, verb
        assert scene.tracks[0].y.max() < 744, verb


def test_deeds_follow_one_another_without_a_jerk(sprites: Sprites) -> None:
    subject = Subject(
        id="dog",
        noun="dog",
        drawing="dog",
        actions=(
            Action(verb=Verb.WALK, start=0, end=1.5, direction=Direction.RIGHT),
            Action(verb=Verb.JUMP, start=1.5, end=3),
            Action(verb=Verb.SLEEP, start=3),
        ),
    )
    scene = directed(board(one_shot(subject, seconds=5)), sprites)
    track = scene.tracks[0]
    assert np.abs(np.diff(track.x)).max() < 12
    assert np.abs(np.diff(track.y)).max() < 60
    assert {"footstep", "hop", "land", "snore"} <= {cue.kind for cue in scene.cues}


def test_a_subject_faces_where_it_goes(sprites: Sprites) -> None:
    faces = []
    for direction in (Direction.LEFT, Direction.RIGHT):
        scene = directed(board(one_shot(somebody("dog", Verb.RUN, direction=direction))), sprites)
        faces.append(float(np.median(scene.tracks[0].face)))
    assert faces == [1.0, -1.0]  # the drawing looks left


def test_the_speaker_bobs_while_talking_and_not_after(sprites: Sprites) -> None:
    shot = one_shot(somebody("robot")).model_copy(
        update={"lines": (Line(text="Hello there!", speaker="robot", start=0.5),)}
    )
    track = directed(board(shot), sprites).tracks[0]
    talking, silent = track.talk[16:28], track.talk[55:]
    assert talking.max() == pytest.approx(1.0)
    assert silent.max() == 0
    assert np.ptp(track.tall[14:28]) > 2 * np.ptp(track.tall[55:])


def test_colours_are_painted(sprites: Sprites) -> None:
    storyboards = [
        board(one_shot(somebody("automobile", colour=colour), setting=Setting.SNOWFIELD))
        for colour in (Colour.BLUE, Colour.GREEN)
    ]
    blue, green = (frames(storyboard, (5,), sprites)[0].astype(int) for storyboard in storyboards)
    changed = np.abs(blue - green).sum(axis=2) > 60
    assert changed.sum() > 200
    assert blue[changed][:, 2].mean() > green[changed][:, 2].mean() + 30
    assert green[changed][:, 1].mean() > blue[changed][:, 1].mean() + 10

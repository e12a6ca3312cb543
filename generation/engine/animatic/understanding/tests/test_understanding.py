"""What is stated in a prompt is in the storyboard, in both languages."""

from __future__ import annotations

import re

import pytest

from generation.engine.animatic.understanding import understand
from generation.engine.animatic.understanding.tests.cases import CHINESE, ENGLISH
from generation.engine.protocol import Reference, Request
from generation.engine.storyboard import (
    Colour,
    Outcome,
    Setting,
    Shape,
    Shot,
    Storyboard,
    Style,
    Subject,
    Verb,
)


def read(prompt: str, **rest: object) -> Storyboard:
    return understand(Request(prompt=prompt, **{"seconds": 6.0, **rest}))  # type: ignore[arg-type]


def find(shot: Shot, drawing: str) -> Subject:
    found = [subject for subject in shot.subjects if subject.drawing == drawing]
    assert found, f"no {drawing} among {[subject.drawing for subject in shot.subjects]}"
    return found[0]


def holds(shot: Shot, board: Storyboard, stated: str) -> None:
    """Assert one stated thing of the notation in ``cases``."""
    if stated.startswith("@"):
        assert shot.setting == stated[1:]
    elif ">" in stated:
        left, kind, right = stated.split(">")
        ids = {(relation.subject, relation.kind.value, relation.object) for relation in shot.relations}
        assert (find(shot, left).id, kind, find(shot, right).id) in ids
    elif match := re.fullmatch(r"(\w+)=(.+)", stated):
        name, value = match.groups()
        directions = [a.direction and a.direction.value for s in shot.subjects for a in s.actions]
        match name:
            case "time" | "weather" | "transition":
                assert getattr(shot, name) == value
            case "camera":
                assert shot.camera.move == value
            case "framing":
                assert shot.camera.framing == value
            case "style" | "mood":
                assert getattr(board, name) == value
            case "direction":
                assert value in directions
            case "pace":
                assert float(value) in [a.pace for s in shot.subjects for a in s.actions]
            case "line":
                assert value.replace("_", " ") in [line.text for line in shot.lines]
            case "speaker":
                assert find(shot, value).id in [line.speaker for line in shot.lines]
            case _:
                assert find(shot, name).colour == Colour(value)
    elif match := re.fullmatch(r"([\w-]+)=(\w+)", stated):
        assert find(shot, match[1]).colour == Colour(match[2])
    else:
        described(shot, stated)


def described(shot: Shot, stated: str) -> None:
    match = re.fullmatch(r"([\w-]+)(?:\*(\d+))?(?:#(\w+))?((?::\w+)*)", stated)
    assert match, stated
    name, count, size, verbs = match.groups()
    subject = find(shot, name)
    if count:
        assert subject.count == int(count)
    if size:
        assert subject.size == size
    for verb in filter(None, verbs.split(":")):
        assert verb in [action.verb.value for action in subject.actions]


@pytest.mark.parametrize(("prompt", "stated"), ENGLISH + CHINESE, ids=lambda text: text[:40])
def test_what_is_stated_is_there(prompt: str, stated: str) -> None:
    board = read(prompt)
    shots = stated.split(" | ")
    assert len(board.shots) == len(shots)
    for shot, expected in zip(board.shots, shots, strict=True):
        for thing in expected.split():
            holds(shot, board, thing)


@pytest.mark.parametrize(("prompt", "absent"), [
    ("a street, no people", "person-standing"),
    ("a dog without a cat", "cat"),
    ("没有狗的公园里有一只猫", "dog"),
    ("不要猫，一只狗", "cat"),
])  # fmt: skip
def test_what_is_ruled_out_is_not_drawn(prompt: str, absent: str) -> None:
    board = read(prompt)
    assert absent not in [subject.drawing for shot in board.shots for subject in shot.subjects]


def test_rain_that_is_ruled_out_does_not_fall() -> None:
    assert read("a fox without rain").shots[0].weather == "clear"
    assert read("一只狐狸，不要下雨").shots[0].weather == "clear"


def test_language_of_a_prompt() -> None:
    assert read("a fox").language == "en"
    assert read("一只狐狸").language == "zh"


def test_spoken_words_carry_their_own_language() -> None:
    line = read('A fox says "你好"').shots[0].lines[0]
    assert (line.text, line.language) == ("你好", "zh")


def test_a_narrator_has_no_subject() -> None:
    line = read('A castle. Narrator: "Long ago."').shots[-1].lines[0]
    assert line.speaker is None


def test_words_on_a_sign_are_not_spoken() -> None:
    board = read('a sign that says "OPEN"')
    assert not [line for shot in board.shots for line in shot.lines]
    assert [note.outcome for note in board.notes if "OPEN" in note.phrase] == [Outcome.NOT_SHOWN]


def test_a_licensed_character_is_drawn_by_its_reference() -> None:
    luna = Reference(handle="luna", name="Luna", drawing="rabbit", colour=Colour.PURPLE)
    board = read("@Luna dances with a fox in the forest", references=(luna,))
    subject = find(board.shots[0], "rabbit")
    assert (subject.character, subject.noun, subject.colour) == ("luna", "Luna", Colour.PURPLE)
    assert Verb.DANCE in [action.verb for action in subject.actions]
    assert [note.outcome for note in board.notes if note.phrase == "@Luna"] == [Outcome.SHOWN]


def test_an_unknown_handle_is_never_drawn() -> None:
    board = read("@luna dances with a fox")
    assert [subject.drawing for subject in board.shots[0].subjects] == ["fox"]
    assert [note.outcome for note in board.notes if note.phrase == "@luna"] == [Outcome.NOT_SHOWN]


def test_the_style_that_was_asked_for_beats_the_one_in_the_prompt() -> None:
    board = read("a fox, pixel art", style=Style.NOIR)
    assert board.style is Style.NOIR
    assert [(note.outcome, note.used) for note in board.notes if note.phrase == "pixel art"] == [
        (Outcome.APPROXIMATED, "noir")
    ]


def test_a_pronoun_keeps_the_subject_across_shots() -> None:
    board = read("A red fox runs in the forest. It jumps. It sleeps.")
    assert [shot.subjects[0].id for shot in board.shots] == ["fox"] * 3
    assert [shot.subjects[0].colour for shot in board.shots] == [Colour.RED] * 3
    assert [shot.setting for shot in board.shots] == [Setting.FOREST] * 3


def test_said_together_is_done_together() -> None:
    board = read("a fox dances while it spins")
    assert [(action.verb, action.start) for action in board.shots[0].subjects[0].actions] == [
        (Verb.DANCE, 0.0),
        (Verb.SPIN, 0.0),
    ]


def test_said_one_after_another_is_done_one_after_another() -> None:
    first, second = read("a fox runs and jumps").shots[0].subjects[0].actions
    assert (first.verb, second.verb) == (Verb.RUN, Verb.JUMP)
    assert first.end == second.start == pytest.approx(3.0)


@pytest.mark.parametrize("seconds", [3.0, 3.04, 5.0, 7.3, 12.0, 29.99, 30.0])
def test_shots_fill_the_clip_to_the_frame(seconds: float) -> None:
    board = read("A fox runs. Then it jumps. Then it sleeps. Then it flies. Then it dances.", seconds=seconds)
    assert board.frame_count == round(seconds * board.frame.fps)
    assert all(shot.seconds >= 1.0 for shot in board.shots)


def test_a_short_clip_has_few_shots() -> None:
    assert len(read("A fox runs. " * 12, seconds=3.0).shots) == 2
    assert len(read("A fox runs. Then it sleeps. " * 12, seconds=30.0).shots) == 20


def test_frame_and_seed_are_the_requests() -> None:
    board = read("a fox", shape=Shape.LANDSCAPE, seed=7)
    assert (board.frame.width, board.frame.height, board.seed) == (960, 540, 7)


def test_the_same_request_gives_the_same_storyboard() -> None:
    request = Request(prompt="Two foxes chase a rabbit in the rain, then sleep")
    assert understand(request) == understand(request)


def test_a_storyboard_survives_json() -> None:
    board = read("一只红色的狐狸追着兔子，然后睡觉")
    assert Storyboard.model_validate_json(board.model_dump_json()) == board

"""Every word with a meaning ends in a note that says what became of it, at the right place."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.engine.animatic.understanding import understand
from generation.engine.animatic.understanding.lexicon import drawings
from generation.engine.animatic.understanding.tests.cases import CHINESE, ENGLISH
from generation.engine.animatic.understanding.text import fold
from generation.engine.animatic.understanding.vocabulary import vocabulary
from generation.engine.protocol import Reference, Request
from generation.engine.storyboard import Colour, Outcome, Storyboard


def read(prompt: str, seconds: float = 5.0) -> Storyboard:
    return understand(Request(prompt=prompt, seconds=seconds))


def outcomes(prompt: str) -> dict[str, tuple[Outcome, str]]:
    return {note.phrase: (note.outcome, note.used) for note in read(prompt).notes}


def check_offsets(board: Storyboard) -> None:
    last = 0
    for note in board.notes:
        assert board.prompt[note.start : note.end] == note.phrase
        assert note.start >= last
        last = note.end


@pytest.mark.parametrize("prompt", [prompt for prompt, _ in ENGLISH + CHINESE])
def test_offsets_point_at_the_phrase(prompt: str) -> None:
    board = read(prompt)
    check_offsets(board)
    assert board.notes


@pytest.mark.parametrize("prompt", [prompt for prompt, _ in ENGLISH])
def test_every_stated_word_is_in_a_note(prompt: str) -> None:
    """The nouns of the table's own English prompts: none may vanish without a note."""
    board = read(prompt)
    noted = {i for note in board.notes for i in range(note.start, note.end)}
    nouns = {
        name
        for drawing in drawings().values()
        for name in drawing.names_en
        if name.isalpha() and len(name) > 3
    }
    for match in re.finditer(r"[a-z]+", prompt):
        if match.group() in nouns - {"camera", "light", "surfing"}:
            assert match.start() in noted, match.group()


def test_the_three_outcomes() -> None:
    found = outcomes("a corgi and a foxx juggle with a spectrograph")
    assert found["corgi"] == (Outcome.APPROXIMATED, "dog")
    assert found["spectrograph"] == (Outcome.NOT_SHOWN, "")
    assert outcomes("a fox runs")["fox"] == (Outcome.SHOWN, "")


def test_a_slip_of_the_keyboard_is_read_and_noted() -> None:
    assert outcomes("an elephnat and a pengiun") == {
        "elephnat": (Outcome.APPROXIMATED, "elephant"),
        "pengiun": (Outcome.APPROXIMATED, "penguin"),
    }


@pytest.mark.parametrize("word", ["touch", "charm", "added", "boast", "trace", "setting", "moist"])
def test_a_rightly_spelt_word_is_not_taken_for_another(word: str) -> None:
    assert outcomes(f"a fox {word}")[word] == (Outcome.NOT_SHOWN, "")


def test_too_many_are_counted_down() -> None:
    assert outcomes("seventeen balloons")["seventeen"] == (Outcome.APPROXIMATED, "12")
    assert outcomes("500 balloons")["500"] == (Outcome.APPROXIMATED, "12")


def test_quoted_words_are_one_phrase() -> None:
    assert outcomes('the fox says "I love fish and chips"')['"I love fish and chips"'][0] is Outcome.SHOWN


def test_function_words_are_not_noted() -> None:
    assert set(outcomes("there is a fox which is in the forest")) == {"fox", "forest"}
    assert set(outcomes("那里有一只狐狸")) == {"一", "狐狸"}


def test_real_people_are_only_persons() -> None:
    assert outcomes("Taylor Swift sings")["Taylor Swift"] == (Outcome.APPROXIMATED, "person")
    assert outcomes("Zyxwa Quorn dances")["Zyxwa Quorn"] == (Outcome.APPROXIMATED, "person")
    assert outcomes("马云在跳舞")["马云"][0] is Outcome.APPROXIMATED
    assert read("Taylor Swift sings").shots[0].subjects[0].noun == "Taylor Swift"


@pytest.mark.parametrize("prompt", [
    "ＦＯＸ　ｒｕｎｓ", "a ﬁsh and a caf\u0301e", "İstanbul fox", "fo\u0301x", "狐狸\u3000奔跑", "a\u202efox\u202c runs",
    "🦊🏽 runs 👩🏽\u200d🚀", "ｆｏｘ\u0301s", "½ a fox", "一隻紅色的狐狸",
])  # fmt: skip
def test_offsets_hold_where_folding_changes_lengths(prompt: str) -> None:
    check_offsets(read(prompt))


def test_full_width_letters_are_read() -> None:
    board = read("ＦＯＸ　ｒｕｎｓ")
    assert [subject.drawing for subject in board.shots[0].subjects] == ["fox"]
    assert board.notes[0].phrase == "ＦＯＸ"


def test_emoji_are_read() -> None:
    board = read("🦊🌊")
    assert [subject.drawing for subject in board.shots[0].subjects] == ["fox", "water-wave"]
    assert [note.phrase for note in board.notes] == ["🦊", "🌊"]
    assert read("👩🏽\u200d🚀").shots[0].subjects[0].drawing == "woman-astronaut"


@pytest.mark.parametrize("prompt", [
    "", "   \n\t ", "\x00\x01\x02", "\u202e\u202d\u200f", "🫥" * 50, "!!!???...", '"', "''", "“", "@", "@@@ @x", "a" * 10_000,
    "狐" * 10_000, "fox " * 2_500, "then " * 500, '"a" ' * 300, "SELECT * FROM users; DROP TABLE users;",
    "Shall I compare thee to a summer's day?", "\ud800 fox", "<script>alert(1)</script>", "9" * 500, "no " * 100, "不" * 500,
    "in on under behind in", "and and and", "the of a", "在里上下", "的的的的", "一一一一", "she he it they",
])  # fmt: skip
def test_any_prompt_gives_a_clip(prompt: str) -> None:
    board = read(prompt)
    check_offsets(board)
    assert board.frame_count == 120


def test_nothing_understood_is_said() -> None:
    board = read("xyzzy quorp")
    assert [(note.phrase, note.outcome) for note in board.notes] == [("xyzzy quorp", Outcome.NOT_SHOWN)]
    assert len(board.shots) == 1
    assert not board.shots[0].subjects
    assert not board.shots[0].lines


@settings(max_examples=150, deadline=None)
@given(prompt=st.text(max_size=300), seconds=st.floats(min_value=3, max_value=30))
def test_random_text_is_survived(prompt: str, seconds: float) -> None:
    board = read(prompt, seconds)
    check_offsets(board)
    assert board.frame_count == round(seconds * board.frame.fps)


_WORDS = sorted(
    {word for prompt, _ in ENGLISH for word in re.findall(r"[\w']+|[.,]", prompt)}
    | {character for prompt, _ in CHINESE for character in prompt}
    | {
        "“",
        "”",
        '"',
        "@luna",
        "🦊",
        "no",
        "without",
        "then",
        "while",
        "被",
        "的",
        "在",
        "that",
        "by",
        "black and white",
    }
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(st.sampled_from(_WORDS), max_size=40), joint=st.sampled_from(["", " "]))
def test_known_words_in_any_order_are_survived(words: list[str], joint: str) -> None:
    board = read(joint.join(words))
    check_offsets(board)
    assert json.loads(board.model_dump_json())


_SPELLINGS = sorted(vocabulary().english) + sorted(vocabulary().chinese)
_GLUE = [
    ". ",
    ", ",
    " “hi” ",
    ' "yo" ',
    "@luna ",
    "@max9 ",
    "@9bad ",
    "然后",
    " then ",
    "的",
    "在",
    "。",
    " and ",
    "和",
]
_REFERENCES = (
    Reference("luna", "Luna", "rabbit", Colour.RED),
    Reference("max9", "Max", "robot"),
    Reference("9bad", "Bad", "fox"),
)


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(st.one_of(st.sampled_from(_SPELLINGS), st.sampled_from(_GLUE)), max_size=40),
    seconds=st.floats(min_value=3, max_value=30),
)
def test_the_whole_vocabulary_in_any_order_is_survived(words: list[str], seconds: float) -> None:
    board = understand(Request(prompt=" ".join(words), seconds=seconds, references=_REFERENCES))
    check_offsets(board)
    assert all(shot.seconds >= 1 for shot in board.shots)


def test_a_subject_of_another_colour_does_not_borrow_an_id() -> None:
    board = read(
        "A red fox runs. Then a red fox and a blue fox jump. Then two foxes and a green fox sleep.", 9.0
    )
    for shot in board.shots:
        assert len({subject.id for subject in shot.subjects}) == len(shot.subjects)


@settings(max_examples=100, deadline=None)
@given(prompt=st.text(max_size=200))
def test_folding_keeps_the_way_back(prompt: str) -> None:
    folded = fold(prompt)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)


def test_the_committed_tables_carry_their_notice() -> None:
    notice = (
        files("generation.engine.animatic.understanding")
        .joinpath("data", "NOTICE")
        .read_text(encoding="utf-8")
    )
    for source in ("Fluent Emoji", "UNICODE LICENSE V3", "SCOWL", "jieba"):
        assert source in notice

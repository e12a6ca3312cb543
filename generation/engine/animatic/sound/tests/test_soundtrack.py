"""What a clip sounds like, measured: windows, places, levels, captions."""

from __future__ import annotations

import itertools
import re
import subprocess
import threading

import numpy as np
import pytest

from generation.engine.animatic.sound import Soundtrack
from generation.engine.animatic.sound.synth import loudness
from generation.engine.mux import ffmpeg_binary
from generation.engine.protocol import CUE_KINDS, SAMPLE_RATE, Cue
from generation.engine.speech import Speaker, SpeechError
from generation.engine.storyboard import (
    Frame,
    Line,
    Mood,
    Setting,
    Shot,
    Storyboard,
    Style,
    Subject,
    TimeOfDay,
    Weather,
)

FRAME = Frame(width=90, height=160)


class Hummer:
    """A voice that hums a tenth of a second for every letter; ``gate`` holds it back."""

    languages = frozenset({"en", "zh"})

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.gate = gate
        self.spoken: list[tuple[str, Speaker]] = []

    def speak(self, text: str, language: str, speaker: Speaker, within: float) -> np.ndarray:
        if self.gate is not None:
            self.gate.wait()
        if text == "mute":
            raise SpeechError("this cannot be said")
        if text == "broken":
            raise RuntimeError("the model fell over")
        self.spoken.append((text, speaker))
        t = np.arange(round(len(text) * 0.1 * SAMPLE_RATE)) / SAMPLE_RATE
        return (0.5 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)


def board(*shots: Shot, **rest: object) -> Storyboard:
    return Storyboard(prompt="a test", frame=FRAME, shots=shots, **rest)


def quiet(seconds: float = 4.0, **rest: object) -> Shot:
    return Shot(seconds=seconds, setting=Setting.ROOM, **rest)


def everything(soundtrack: Soundtrack) -> np.ndarray:
    return soundtrack.samples(0, soundtrack.sample_count)


def heard_lufs(samples: np.ndarray) -> tuple[float, float]:
    """Integrated loudness and true peak (dBFS), by ffmpeg's meter."""
    said = subprocess.run(
        [ffmpeg_binary(), "-hide_banner", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "pipe:0",
         "-af", "ebur128=peak=true", "-f", "null", "-"],
        input=samples.astype("<f4").tobytes(), capture_output=True, check=True,
    ).stderr.decode()  # fmt: skip
    summary = said[said.rindex("Summary:") :]
    return (
        float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary)[1]),
        float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1]),
    )


BEACH = board(
    Shot(
        seconds=2.5,
        setting=Setting.BEACH,
        subjects=(Subject(id="cat", noun="cat", drawing="cat"),),
        lines=(Line(text="Hello you!", speaker="cat"),),
    ),
    Shot(seconds=2.0, setting=Setting.FOREST, weather=Weather.RAIN),
)
CUES = (Cue(0.2, "bounce"), Cue(0.9, "splash", pan=-0.5), Cue(2.6, "meow"), Cue(4.1, "pop", gain=0.5))


def test_samples_are_float32_stereo_as_long_as_the_frames():
    soundtrack = Soundtrack(BEACH, CUES, 1, Hummer())
    whole = everything(soundtrack)
    assert whole.dtype == np.float32
    assert whole.shape == (BEACH.frame_count * 2000, 2)
    assert np.isfinite(whole).all()


def test_windows_join_into_the_whole_however_they_are_cut():
    whole = everything(Soundtrack(BEACH, CUES, 1, Hummer()))
    pieces = Soundtrack(BEACH, CUES, 1, Hummer())
    edges = [0, 1, 2000, 11_999, 12_001, 50_000, 100_003, len(whole)]
    joined = np.concatenate([pieces.samples(a, b - a) for a, b in itertools.pairwise(edges)])
    assert np.array_equal(joined, whole)
    later_first = Soundtrack(BEACH, CUES, 1, Hummer())
    assert np.array_equal(later_first.samples(150_000, 3000), whole[150_000:153_000])
    assert np.array_equal(later_first.samples(0, 3000), whole[:3000])


def test_the_same_seed_sounds_the_same_and_another_does_not():
    first, again, other = (everything(Soundtrack(BEACH, CUES, seed, Hummer())) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_beyond_the_clip_is_silence_and_before_it_an_error():
    soundtrack = Soundtrack(board(quiet()), (), 1)
    assert not soundtrack.samples(soundtrack.sample_count, 500).any()
    assert soundtrack.samples(soundtrack.sample_count - 10, 500).shape == (500, 2)
    with pytest.raises(ValueError, match="window"):
        soundtrack.samples(-1, 10)


@pytest.mark.parametrize("kind", sorted(CUE_KINDS))
def test_every_cue_is_heard_when_and_where_it_is(kind):
    """The difference that a cue makes begins at its moment, and is louder on its side."""
    plain = Soundtrack(board(quiet(3.0), mood=Mood.CALM), (), 3)
    cued = Soundtrack(board(quiet(3.0), mood=Mood.CALM), (Cue(1.0, kind, pan=0.8, seconds=0.5),), 3)
    cued._gain = plain._gain  # the plan makes room for the cue; here only the cue itself is looked at
    difference = everything(cued) - everything(plain)
    assert not difference[: SAMPLE_RATE - 10].any()
    soon = difference[SAMPLE_RATE : SAMPLE_RATE + round(0.6 * SAMPLE_RATE)]
    left, right = np.sqrt((soon**2).mean(axis=0))
    assert right > 1.25 * left
    assert right > 0.003
    assert loudness(soon) > -40


def test_size_makes_it_lower():
    def centre(size: float) -> float:
        from generation.engine.animatic.sound.effects import effect

        sound = effect(Cue(0, "meow", size=size), np.random.default_rng(1))[:, 0]
        power = np.abs(np.fft.rfft(sound)) ** 2
        return float((np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) * power).sum() / power.sum())

    assert centre(0.5) > 1.1 * centre(1.0)
    assert centre(1.0) > 1.1 * centre(2.5)


def test_every_place_has_its_own_sound():
    """Over ten bands of pitch, no two places are alike: somewhere they differ by 3 dB or more."""
    edges = np.geomspace(40, 12_000, 11)
    profiles = {}
    for setting in Setting:
        soundtrack = Soundtrack(board(Shot(seconds=3.0, setting=setting)), (), 2)
        everything(soundtrack)
        here = soundtrack._ambience.sound + soundtrack._effects.sound
        assert -45 < loudness(here) < -20, setting
        assert (here[:, 0] - here[:, 1]).std() > 0.01 * here.std(), f"{setting} is stereo"
        power = np.abs(np.fft.rfft(here[:, 0])) ** 2
        hertz = np.fft.rfftfreq(len(here), 1 / SAMPLE_RATE)
        bands = [power[(hertz >= low) & (hertz < high)].sum() for low, high in itertools.pairwise(edges)]
        profiles[setting] = 10 * np.log10(np.array(bands) / sum(bands) + 1e-9)
    for one, other in itertools.combinations(Setting, 2):
        assert np.abs(profiles[one] - profiles[other]).max() > 3, f"{one} sounds like {other}"


def test_rain_is_heard_outside_muffled_inside_and_not_in_space():
    def highs(setting: Setting, weather: Weather) -> float:
        soundtrack = Soundtrack(board(Shot(seconds=3.0, setting=setting, weather=weather)), (), 2)
        everything(soundtrack)
        power = np.abs(np.fft.rfft(soundtrack._ambience.sound[:, 0])) ** 2
        return float(power[len(power) // 8 :].sum())

    assert highs(Setting.MEADOW, Weather.RAIN) > 20 * highs(Setting.MEADOW, Weather.CLEAR)
    assert highs(Setting.MEADOW, Weather.RAIN) > 20 * highs(Setting.ROOM, Weather.RAIN)
    assert highs(Setting.SPACE, Weather.RAIN) == pytest.approx(highs(Setting.SPACE, Weather.CLEAR))


def test_night_has_crickets_and_no_birds():
    from generation.engine.animatic.sound.ambience import _bird, atmosphere

    night = atmosphere(Shot(seconds=3, setting=Setting.MEADOW, time=TimeOfDay.NIGHT))
    dawn = atmosphere(Shot(seconds=3, setting=Setting.MEADOW, time=TimeOfDay.DAWN))
    assert "crickets" in {bed.name for bed in night.beds} - {bed.name for bed in dawn.beds}
    assert _bird in {call.make for call in dawn.calls} - {call.make for call in night.calls}


LEVELS = [
    (Mood.CALM, Style.WATERCOLOUR, Setting.MEADOW, Weather.CLEAR, ("footstep",)),
    (Mood.HAPPY, Style.FLAT, Setting.BEACH, Weather.CLEAR, ("bounce", "splash")),
    (Mood.SAD, Style.FILM, Setting.ROOM, Weather.RAIN, ()),
    (Mood.TENSE, Style.NOIR, Setting.CITY, Weather.FOG, ("footstep", "engine")),
    (Mood.EPIC, Style.NEON, Setting.MOUNTAINS, Weather.STORM, ("thunder", "roar", "explode")),
    (Mood.FUNNY, Style.PIXEL, Setting.SPACE, Weather.CLEAR, ("robot", "pop", "hop")),
]


@pytest.mark.parametrize(("mood", "style", "setting", "weather", "kinds"), LEVELS)
def test_loudness_is_even_and_nothing_clips(mood, style, setting, weather, kinds):
    cues = [Cue(0.4 + index * 0.5, kind) for index, kind in enumerate(kinds * 3) if index < 8]
    clip = board(Shot(seconds=5.0, setting=setting, weather=weather), mood=mood, style=style)
    samples = everything(Soundtrack(clip, cues, 11))
    lufs, peak = heard_lufs(samples)
    assert -18.0 <= lufs <= -12.5
    assert peak < -1.0
    assert np.abs(samples).max() < 0.9


def test_many_loud_cues_at_once_do_not_clip():
    cues = [
        Cue(1.0 + index * 0.01, kind)
        for index, kind in enumerate(["explode", "crash", "thunder", "roar"] * 3)
    ]
    samples = everything(Soundtrack(board(quiet()), cues, 1))
    assert np.abs(samples).max() < 0.9


def test_speech_is_heard_from_its_moment_and_the_music_makes_way():
    line = Line(text="x" * 15, start=1.0)
    silent = Soundtrack(board(quiet(lines=(line.model_copy(update={"language": "fr"}),))), (), 4, Hummer())
    spoken = Soundtrack(board(quiet(lines=(line,))), (), 4, Hummer())
    everything(silent), everything(spoken)
    said = np.flatnonzero(np.abs(spoken._speech.sound[:, 0]) > 1e-3) / SAMPLE_RATE
    assert said[0] == pytest.approx(1.0, abs=0.01)
    assert said[-1] == pytest.approx(2.5, abs=0.02)
    assert loudness(spoken._speech.sound[48_000:120_000]) == pytest.approx(-17, abs=0.5)
    assert spoken._duck(60_000).max() < 0.4
    assert spoken._duck(0).min() == 1.0
    assert silent._duck(60_000).min() == 1.0


def test_captions_last_as_long_as_the_speech():
    clip = board(
        quiet(4.0, lines=(Line(text="Ten chars!", start=0.5),)),
        quiet(4.0, lines=(Line(text="你好世界", language="zh", start=1.0),)),
    )
    captions = Soundtrack(clip, (), 1, Hummer()).captions()
    assert [(c.start, c.end, c.text, c.language) for c in captions] == [
        (0.5, 1.5, "Ten chars!", "en"),
        (5.0, 5.4, "你好世界", "zh"),
    ]


def test_long_lines_are_cut_into_readable_captions_without_loss():
    text = (
        "One fish, two fish, red fish, blue fish; this one has a little star, and that one has a little car!"
    )
    captions = Soundtrack(board(quiet(14.0, lines=(Line(text=text),))), (), 1, Hummer()).captions()
    assert " ".join(caption.text for caption in captions) == text
    assert all(len(caption.text) <= 64 for caption in captions)
    assert all(before.end == after.start for before, after in itertools.pairwise(captions))
    assert captions[-1].end == pytest.approx(0.5 + len(text) / 10)
    chinese = "很久很久以前有一只小猫住在海边的房子里每天都看着大海它想知道大海的另一边有什么东西在等着它呢"
    captions = Soundtrack(
        board(quiet(12.0, lines=(Line(text=chinese, language="zh"),))), (), 1, Hummer()
    ).captions()
    assert "".join(caption.text for caption in captions) == chinese
    assert all(len(caption.text) <= 32 for caption in captions)


def test_lines_never_speak_over_each_other():
    lines = (Line(text="a" * 20, start=0.5), Line(text="b" * 5, start=1.0))
    first, second = Soundtrack(board(quiet(6.0, lines=lines)), (), 1, Hummer()).captions()
    assert first.end == pytest.approx(2.5)
    assert second.start > first.end


def test_a_line_at_the_very_end_stays_inside_the_clip():
    soundtrack = Soundtrack(board(quiet(3.0, lines=(Line(text="a" * 30, start=2.9),))), (), 1, Hummer())
    (caption,) = soundtrack.captions()
    assert caption.start < caption.end <= 3.0
    assert everything(soundtrack).shape == (144_000, 2)


def test_only_a_window_that_a_line_falls_into_waits_for_the_voice():
    gate = threading.Event()
    soundtrack = Soundtrack(board(quiet(lines=(Line(text="late", start=2.0),))), (), 1, Hummer(gate))
    assert soundtrack.samples(0, 84_000).any()
    assert soundtrack.captions(0, 1.9) == ()
    done = threading.Event()
    waiting = threading.Thread(target=lambda: (soundtrack.samples(96_000, 10), done.set()))
    waiting.start()
    assert not done.is_set()
    gate.set()
    waiting.join(timeout=10)
    assert done.is_set()


def test_closing_makes_no_further_lines():
    gate = threading.Event()
    voice = Hummer(gate)
    lines = tuple(Line(text=f"line {n}", start=1.0 + n) for n in range(3))
    soundtrack = Soundtrack(board(quiet(6.0, lines=lines)), (), 1, voice)
    soundtrack.samples(0, 100)
    soundtrack.close()
    gate.set()
    assert len(soundtrack.captions()) == 3
    assert len(voice.spoken) <= 1


def test_what_cannot_be_spoken_is_said_and_captioned():
    lines = (
        Line(text="Bonjour tout le monde", language="fr", start=0.2),
        Line(text="mute", start=1.5),
        Line(text="broken", start=2.5),
        Line(text="fine", start=3.5),
    )
    soundtrack = Soundtrack(board(quiet(6.0, lines=lines)), (), 1, Hummer())
    assert lines[0] in soundtrack.unspoken
    assert len(soundtrack.captions()) == 4
    assert everything(soundtrack).any()
    assert soundtrack.unspoken == lines[:3]


def test_speakers_differ_and_stay_themselves():
    subjects = (
        Subject(id="mouse", noun="mouse", drawing="mouse", size="tiny"),
        Subject(id="bear", noun="bear", drawing="bear", size="huge"),
    )
    lines = (
        Line(text="hi", speaker="mouse", start=0.2),
        Line(text="ho", speaker="bear", start=1),
        Line(text="he", speaker="mouse", start=2),
    )
    voice = Hummer()
    Soundtrack(board(quiet(subjects=subjects, lines=lines)), (), 1, voice).captions()
    small, big, small_again = (speaker for _, speaker in voice.spoken)
    assert small == small_again
    assert small.pitch > 1.15
    assert big.pitch < 0.9


@pytest.mark.parametrize("seconds", [3.0, 7.3, 30.0])
def test_music_fits_clips_of_any_length(seconds):
    from generation.engine.animatic.sound.music import note, score

    for mood, style in itertools.product(Mood, Style):
        notes = score(mood, style, seconds, 9)
        assert notes[0].at < 1.5
        assert (
            seconds - 1.7 < max(n.at for n in notes if not n.instrument.startswith("drum:")) < seconds - 0.5
        )
        assert all(0 <= n.at < seconds for n in notes)
        assert all(28 <= n.pitch <= 96 for n in notes if not n.instrument.startswith("drum:"))
        assert notes == score(mood, style, seconds, 9)
    assert np.abs(note("piano", 60, 0.5)).max() > 0.05


def test_the_tune_stays_in_its_scale():
    from generation.engine.animatic.sound.music import _MOODS, _STYLES, score

    for seed in range(6):
        notes = score(Mood.HAPPY, Style.FLAT, 8.0, seed)
        tune = {n.pitch for n in notes if n.instrument == _STYLES[Style.FLAT].lead}
        assert any(
            all((pitch - root) % 12 in _MOODS[Mood.HAPPY].scale for pitch in tune)
            for root in (53, 55, 57, 58, 60, 62)
        )
        assert len(tune) >= 4

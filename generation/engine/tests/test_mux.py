"""Encoding with the real ffmpeg: what players get, and what is left when it goes wrong."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

from generation.engine import boxes
from generation.engine.mux import ClipWriter, Fragment, MuxError, ffmpeg_binary, webvtt
from generation.engine.protocol import SAMPLE_RATE, Caption, Chunk
from generation.engine.storyboard import Frame

WIDTH, HEIGHT, FPS = 90, 160, 24
FRAME = Frame(width=WIDTH, height=HEIGHT, fps=FPS)


def chunk(index: int, frames: int = 12, captions: tuple[Caption, ...] = (), frame: Frame = FRAME) -> Chunk:
    """A square that walks right over a gradient, and a tone in the right ear only."""
    first = index * 12
    frames_THWC = np.zeros((frames, frame.height, frame.width, 3), np.uint8)
    frames_THWC[..., 1] = np.linspace(0, 200, frame.width, dtype=np.uint8)
    for number in range(frames):
        left = (first + number) % (frame.width - 20)
        frames_THWC[number, 40:60, left : left + 20] = (255, 0, 0)
    t = (first * SAMPLE_RATE // FPS + np.arange(frames * SAMPLE_RATE // FPS)) / SAMPLE_RATE
    samples_SC = np.stack([np.zeros_like(t), 0.3 * np.sin(2 * np.pi * 440 * t)], axis=1).astype(np.float32)
    return Chunk(index, first / FPS, frames_THWC, samples_SC, captions, b"")


def write(writer: ClipWriter, chunks: int) -> list[Fragment]:
    fragments: list[Fragment] = []
    for index in range(chunks):
        fragments += writer.write(chunk(index))
    return fragments + list(writer.end())


def decoded_seconds(data: bytes) -> float:
    """How long ffmpeg says the picture is once every frame was decoded."""
    said = subprocess.run(
        [ffmpeg_binary(), "-hide_banner", "-i", "pipe:0", "-map", "0:v", "-f", "null", "-"],
        input=data, capture_output=True, check=True,
    ).stderr.decode()  # fmt: skip
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def decoded_sound(path: Path) -> np.ndarray:
    raw = subprocess.run(
        [ffmpeg_binary(), "-loglevel", "error", "-i", str(path), "-f", "f32le", "-ac", "2", "-ar", "48000", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def open_files() -> set[str]:
    """Pipes, sockets and files of this process; the folder that is being read does not count."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return {f"{link.name}: {link.readlink()}" for link in links}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_gone(pid: int) -> bool:
    """No process, and no zombie either."""
    return not Path(f"/proc/{pid}").exists()


@pytest.fixture
def writer():
    with ClipWriter(FRAME) as writer:
        yield writer


def test_fragments_join_into_a_clip_of_the_same_length_as_the_file(writer, tmp_path):
    fragments = write(writer, 10)
    writer.finish(tmp_path / "clip.mp4")
    assert [fragment.start for fragment in fragments] == [0.0, 0.25, 1.25, 2.25, 3.25, 4.25]
    assert sum(fragment.seconds for fragment in fragments) == pytest.approx(5.0)
    assert tuple(fragments) == writer.fragments
    assert decoded_seconds(writer.init + b"".join(fragment.data for fragment in fragments)) == pytest.approx(
        5.0
    )
    data = (tmp_path / "clip.mp4").read_bytes()
    assert boxes.movie_seconds(data) == pytest.approx(5.0, abs=0.001)
    assert {track.handler: round(track.seconds, 3) for track in boxes.tracks(data)} == {
        "vide": 5.0,
        "soun": 5.0,
    }


def test_every_fragment_begins_with_a_key_frame(writer):
    picture = 0
    for fragment in write(writer, 8):
        picture = picture or next(t.id for t in boxes.tracks(writer.init) if t.handler == "vide")
        run = next(run for run in boxes.runs(fragment.data) if run.track == picture)
        sample = fragment.data[run.data_offset : run.data_offset + run.first_size]
        kinds = []
        while sample:
            length = int.from_bytes(sample[:4], "big")
            kinds.append(sample[4] & 31)
            sample = sample[4 + length :]
        assert 5 in kinds, f"fragment {fragment.index} has NAL units {kinds}, none of them an IDR picture"
        assert 1 not in kinds


def test_each_fragment_is_one_moof_and_one_mdat_and_decodes_alone(writer):
    fragments = write(writer, 6)
    for fragment in fragments:
        assert [box.kind for box in boxes.children(fragment.data)] == [b"moof", b"mdat"]
    assert decoded_seconds(writer.init + fragments[2].data) == pytest.approx(1.0, abs=0.05)


def test_the_mime_type_names_the_codecs_of_the_stream(writer):
    assert writer.mime == ""
    write(writer, 2)
    assert re.fullmatch(r'video/mp4; codecs="avc1\.6400[0-9A-F]{2}, mp4a\.40\.2"', writer.mime)
    picture = next(track for track in boxes.tracks(writer.init) if track.handler == "vide")
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)


def test_the_first_fragment_needs_no_more_than_half_a_second_of_frames(writer):
    ready = list(writer.write(chunk(0)))
    while not ready:
        data = writer._ffmpeg.next_output()
        assert data, "ffmpeg ended instead of giving the first fragment"
        writer._take(data)
        ready = list(writer.ready())
    assert (ready[0].start, ready[0].seconds) == (0.0, 0.25)


def test_sound_and_picture_keep_their_places(writer, tmp_path):
    """A flash and a click at 2 s are decoded at 2 s, and the click stays in the right ear."""
    for index in range(6):
        frames_THWC = np.zeros((12, HEIGHT, WIDTH, 3), np.uint8)
        samples_SC = np.zeros((24_000, 2), np.float32)
        if index == 4:
            frames_THWC[0] = 255
            samples_SC[:480, 1] = 0.5 * np.sin(np.arange(480) * 0.2)
        writer.write(Chunk(index, index / 2, frames_THWC, samples_SC, (), b""))
    writer.finish(tmp_path / "clip.mp4")
    sound = np.abs(decoded_sound(tmp_path / "clip.mp4"))
    assert np.argmax(sound[:, 1] > 0.1) / SAMPLE_RATE == pytest.approx(2.0, abs=0.01)
    assert sound[:, 0].max() < 0.1 < sound[:, 1].max()
    raw = subprocess.run(
        [ffmpeg_binary(), "-loglevel", "error", "-i", str(tmp_path / "clip.mp4"), "-vf", "scale=2:2,format=gray",
         "-f", "rawvideo", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    brightness = np.frombuffer(raw, np.uint8).reshape(-1, 4).mean(axis=1)
    assert int(np.argmax(brightness)) == 48
    assert len(brightness) == 72


def test_colours_survive(writer, tmp_path):
    frames_THWC = np.zeros((12, HEIGHT, WIDTH, 3), np.uint8)
    frames_THWC[:, :, :30], frames_THWC[:, :, 30:60], frames_THWC[:, :, 60:] = (
        (220, 30, 30),
        (30, 200, 60),
        (40, 60, 220),
    )
    writer.write(Chunk(0, 0, frames_THWC, np.zeros((24_000, 2), np.float32), (), b""))
    writer.finish(tmp_path / "clip.mp4")
    raw = subprocess.run(
        [ffmpeg_binary(), "-loglevel", "error", "-i", str(tmp_path / "clip.mp4"), "-frames:v", "1", "-pix_fmt", "rgb24",
         "-f", "rawvideo", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    seen = np.frombuffer(raw, np.uint8).reshape(HEIGHT, WIDTH, 3).astype(int)
    for column, colour in ((15, (220, 30, 30)), (45, (30, 200, 60)), (75, (40, 60, 220))):
        assert np.abs(seen[80, column] - colour).max() <= 6


def test_captions_become_a_text_track(writer, tmp_path):
    writer.write(chunk(0, captions=(Caption(0.2, 1.4, "你好 <b>", "zh"),)))
    writer.write(chunk(1))
    writer.write(chunk(2))
    writer.write(chunk(3, captions=(Caption(1.5, 1.9, "Second line", "zh"),)))
    writer.finish(tmp_path / "clip.mp4")
    text = next(
        t for t in boxes.tracks((tmp_path / "clip.mp4").read_bytes()) if t.handler in ("sbtl", "text")
    )
    assert (text.codec, text.language) == ("tx3g", "zho")
    shown = subprocess.run(
        [ffmpeg_binary(), "-loglevel", "error", "-i", str(tmp_path / "clip.mp4"), "-map", "0:s", "-f", "webvtt", "-"],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    assert "00:00.200 --> 00:01.400\n你好" in shown
    assert "00:01.500 --> 00:01.900\nSecond line" in shown


def test_the_file_is_faststart(writer, tmp_path):
    write(writer, 2)
    writer.finish(tmp_path / "clip.mp4")
    kinds = [box.kind for box in boxes.children((tmp_path / "clip.mp4").read_bytes())]
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    assert names(tmp_path) == ["clip.mp4"]


@pytest.mark.parametrize(("width", "height", "fps"), [(16, 16, 24), (202, 98, 30), (90, 90, 12)])
def test_unusual_frames(width, height, fps, tmp_path):
    frame = Frame(width=width, height=height, fps=fps)
    with ClipWriter(frame) as writer:
        for index in range(3):
            samples_SC = np.zeros((SAMPLE_RATE // 2, 2), np.float32)
            frames_THWC = np.full((fps // 2, height, width, 3), 60 * index, np.uint8)
            writer.write(Chunk(index, index / 2, frames_THWC, samples_SC, (), b""))
        writer.finish(tmp_path / "clip.mp4")
    assert boxes.movie_seconds((tmp_path / "clip.mp4").read_bytes()) == pytest.approx(1.5, abs=0.001)


@pytest.mark.parametrize(
    ("frames_THWC", "samples_SC"),
    [
        (np.zeros((12, HEIGHT, WIDTH + 2, 3), np.uint8), np.zeros((24_000, 2), np.float32)),
        (np.zeros((12, HEIGHT, WIDTH, 3), np.float32), np.zeros((24_000, 2), np.float32)),
        (np.zeros((12, HEIGHT, WIDTH, 3), np.uint8), np.zeros((24_000, 1), np.float32)),
        (np.zeros((12, HEIGHT, WIDTH, 3), np.uint8), np.zeros((23_000, 2), np.float32)),
    ],
    ids=["size", "frame type", "mono", "short sound"],
)
def test_a_chunk_that_does_not_fit_is_refused_and_writes_nothing(writer, frames_THWC, samples_SC):
    with pytest.raises(ValueError, match=r"frames|samples"):
        writer.write(Chunk(0, 0.0, frames_THWC, samples_SC, (), b""))
    assert writer.seconds == 0
    write(writer, 2)
    assert sum(fragment.seconds for fragment in writer.fragments) == pytest.approx(1.0)


def test_no_chunk_after_the_end(writer):
    write(writer, 1)
    with pytest.raises(ValueError, match="has ended"):
        writer.write(chunk(1))


def test_a_clip_without_frames_is_an_error(writer):
    with pytest.raises(MuxError, match="without frames"):
        writer.end()


def test_killing_ffmpeg_is_one_clear_error_and_leaves_nothing(tmp_path):
    before = open_files()
    writer = ClipWriter(FRAME)
    writer.write(chunk(0))
    pid = writer._ffmpeg.pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(MuxError, match="killed by SIGKILL") as caught:
        write(writer, 200)
    assert "\n" not in str(caught.value)
    assert is_gone(pid)
    assert open_files() == before
    writer.close()
    assert not (tmp_path / "clip.mp4").exists()


def test_closing_early_reaps_the_process_and_its_pipes():
    before = open_files()
    writer = ClipWriter(FRAME)
    writer.write(chunk(0))
    pid = writer._ffmpeg.pid
    writer.close()
    writer.close()
    assert is_gone(pid)
    assert open_files() == before


def test_a_finished_writer_leaves_nothing_open(tmp_path):
    before = open_files()
    with ClipWriter(FRAME) as writer:
        write(writer, 2)
        writer.finish(tmp_path / "clip.mp4")
    assert open_files() == before


def test_a_missing_ffmpeg_is_named(monkeypatch):
    before = open_files()
    monkeypatch.setenv("FFMPEG_BINARY", "/nowhere/ffmpeg")
    with pytest.raises(MuxError, match=r"could not be started.*/nowhere/ffmpeg"):
        ClipWriter(FRAME)
    assert open_files() == before


def test_an_ffmpeg_that_refuses_is_quoted(monkeypatch, tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho 'cannot do this' >&2\necho 'sorry' >&2\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.setenv("FFMPEG_BINARY", str(program))
    with ClipWriter(FRAME) as writer, pytest.raises(MuxError, match=r"status 7: cannot do this \| sorry"):
        write(writer, 200)


def test_a_full_disk_is_an_error_and_no_half_file_stays(writer, tmp_path):
    write(writer, 4)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(MuxError, match="ffmpeg"):
            writer.finish(tmp_path / "clip.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == []
    writer.finish(tmp_path / "clip.mp4")
    assert names(tmp_path) == ["clip.mp4"]


def test_a_folder_that_does_not_exist_is_an_error(writer, tmp_path):
    write(writer, 1)
    with pytest.raises(MuxError):
        writer.finish(tmp_path / "missing" / "clip.mp4")


def test_finishing_keeps_the_older_file_until_the_new_one_is_whole(writer, tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"older")
    write(writer, 2)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        with pytest.raises(MuxError):
            writer.finish(tmp_path / "clip.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "clip.mp4").read_bytes() == b"older"


def test_webvtt_orders_and_escapes():
    said = webvtt([Caption(61.25, 62.0, "b & <c>", "en"), Caption(0.5, 1.0, "a\n\nb", "en")])
    assert said == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\na\nb\n\n00:01:01.250 --> 00:01:02.000\nb &amp; &lt;c&gt;\n"
    )


@pytest.mark.parametrize(
    "data", [b"", b"not an mp4 file at all", b"\0\0\0\x08free", b"\0\0\0\x10moov\xff\xff\xff\xffmvhd"]
)
def test_boxes_refuse_what_is_no_clip(data):
    with pytest.raises(boxes.Mp4Error):
        boxes.tracks(data)

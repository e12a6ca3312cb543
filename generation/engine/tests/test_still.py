"""Posters, strips and probes of a clip that was really encoded."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from generation.engine.mux import ClipWriter
from generation.engine.protocol import Chunk
from generation.engine.still import StillError, contact_sheet, frames_of, poster, probe, thumbhash
from generation.engine.storyboard import Frame

COLOURS = [(220, 40, 40), (40, 200, 40), (40, 60, 220), (230, 220, 60)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Four half seconds, each of its own colour; 90 x 160."""
    path = tmp_path_factory.mktemp("still") / "a clip.mp4"
    with ClipWriter(Frame(width=90, height=160)) as writer:
        for index, colour in enumerate(COLOURS):
            frames_THWC = np.full((12, 160, 90, 3), colour, np.uint8)
            writer.write(Chunk(index, index / 2, frames_THWC, np.zeros((24_000, 2), np.float32), (), b""))
        writer.finish(path)
    return path


def test_probe_reads_what_is_in_the_file(clip):
    found = probe(clip)
    assert found.seconds == pytest.approx(2.0, abs=0.001)
    assert (found.picture.width, found.picture.height) == (90, 160)
    assert found.sound is not None
    assert (found.sound.channels, found.sound.sample_rate, found.sound.codec) == (2, 48_000, "mp4a.40.2")
    assert found.starts_fast
    assert found.size == clip.stat().st_size
    assert found.mime.startswith('video/mp4; codecs="avc1.6400')


def test_a_strip_shows_the_clip_from_beginning_to_end(clip):
    frames = frames_of(clip, 4, 46)
    assert [frame.size for frame in frames] == [(46, 82)] * 4
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert np.abs(np.asarray(frame)[40, 20].astype(int) - colour).max() < 12


def test_one_frame_and_more_frames_than_there_are(clip):
    assert np.abs(np.asarray(frames_of(clip, 1, 20)[0])[10, 10].astype(int) - COLOURS[2]).max() < 12
    assert len(frames_of(clip, 60, 20)) == 60


def test_a_contact_sheet_holds_every_frame(clip):
    sheet = contact_sheet(frames_of(clip, 4, 20), columns=3, gap=2)
    assert sheet.size == (3 * 22 - 2, 2 * 38 - 2)
    assert np.abs(np.asarray(sheet)[60, 10].astype(int) - COLOURS[3]).max() < 14


@pytest.mark.parametrize(("kind", "name"), [("jpeg", "JPEG"), ("webp", "WEBP")])
def test_a_poster_is_a_picture_file(kind, name):
    frame_HWC = np.full((160, 90, 3), (200, 30, 60), np.uint8)
    image = Image.open(io.BytesIO(poster(frame_HWC, kind, width=46)))
    assert (image.format, image.size) == (name, (46, 82))
    assert np.abs(np.asarray(image.convert("RGB"))[40, 20].astype(int) - (200, 30, 60)).max() < 8


def test_a_thumbhash_keeps_shape_and_colour():
    import fast_thumbhash

    kept = thumbhash(np.full((960, 540, 3), (200, 40, 40), np.uint8))
    assert len(kept) < 32
    assert fast_thumbhash.thumb_hash_to_approximate_aspect_ratio(kept) == pytest.approx(9 / 16, rel=0.2)
    red, green, blue, alpha = fast_thumbhash.thumb_hash_to_average_rgba(kept)
    assert red > 3 * green
    assert red > 3 * blue
    assert alpha == pytest.approx(1.0)


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"\0\0\0\x18ftypisom" + bytes(12), bytes(200)])
def test_what_is_no_clip_is_refused(tmp_path, data):
    (tmp_path / "upload.mp4").write_bytes(data)
    with pytest.raises(StillError):
        probe(tmp_path / "upload.mp4")
    with pytest.raises(StillError):
        frames_of(tmp_path / "upload.mp4", 3, 20)


def test_a_truncated_clip_is_refused(clip, tmp_path):
    (tmp_path / "half.mp4").write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with pytest.raises(StillError):
        probe(tmp_path / "half.mp4")


def test_a_playlist_that_names_other_files_is_not_followed(tmp_path):
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    with pytest.raises(StillError):
        frames_of(tmp_path / "list.mp4", 1, 20)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(StillError, match="cannot be read"):
        probe(tmp_path / "missing.mp4")

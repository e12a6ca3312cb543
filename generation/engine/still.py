"""Pictures of a clip: its poster, the hash that stands in for it while it loads, a strip of frames.

``probe`` reads what a clip file holds out of its boxes, without a decoder; ``frames_of`` decodes
with the same ffmpeg program as ``mux``. Neither trusts the file.
"""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.engine import boxes
from generation.engine.mux import Ffmpeg, MuxError

_MOOV_BYTES = 32 << 20
_THUMBHASH_SIDE = 100


class StillError(Exception):
    """The file is not a clip that can be read; the message is one line."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a clip file holds. ``tracks`` have their codecs after RFC 6381; ``size`` is in bytes."""

    seconds: float
    size: int
    tracks: tuple[boxes.Track, ...]
    starts_fast: bool
    """Whether the index comes before the data, so that it plays while it loads."""

    @property
    def picture(self) -> boxes.Track:
        return next(track for track in self.tracks if track.handler == "vide")

    @property
    def sound(self) -> boxes.Track | None:
        return next((track for track in self.tracks if track.handler == "soun"), None)

    @property
    def mime(self) -> str:
        codecs = ", ".join(track.codec for track in self.tracks if track.handler in ("vide", "soun"))
        return f'video/mp4; codecs="{codecs}"'


def probe(path: Path) -> Probe:
    """Read a progressive MP4. Raises ``StillError`` if it is none, or has no picture."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            at, seen, moov = 0, [], b""
            while at + 8 <= size and not moov:
                file.seek(at)
                header = file.read(16)
                length, kind = int.from_bytes(header[:4], "big"), header[4:8]
                if length == 1:
                    length = int.from_bytes(header[8:16], "big")
                elif length == 0:
                    length = size - at
                if length < 8 or at + length > size:
                    raise StillError("the file ends in the middle of a box")
                seen.append(kind)
                if kind == b"moov":
                    if length > _MOOV_BYTES:
                        raise StillError("the file's index is too large")
                    file.seek(at)
                    moov = file.read(length)
                at += length
        if not moov:
            raise StillError("the file is not an MP4 file")
        found = Probe(boxes.movie_seconds(moov), size, boxes.tracks(moov), b"mdat" not in seen)
    except OSError as error:
        raise StillError(f"the file cannot be read: {error.strerror}") from error
    except boxes.Mp4Error as error:
        raise StillError(str(error)) from error
    if not any(track.handler == "vide" and track.width and track.height for track in found.tracks):
        raise StillError("the file has no picture")
    return found


def frames_of(path: Path, count: int, width: int) -> list[Image.Image]:
    """``count`` frames, evenly spread over the clip, ``width`` pixels wide. Raises ``StillError``."""
    if count < 1 or width < 2:
        raise ValueError("at least one frame, at least two pixels wide")
    clip = probe(path)
    picture = clip.picture
    width -= width % 2
    height = max(2, 2 * round(picture.height * width / picture.width / 2))
    seconds = max(picture.seconds, 1e-3)
    # The middle of each of `count` equal parts, so that neither a fade-in nor a fade-out is all there is.
    wanted = [(index + 0.5) * seconds / count for index in range(count)]
    chosen = "+".join(f"(gte(t,{at:.4f})*lt(prev_selected_t,{at:.4f}))" for at in wanted[1:])
    first = f"(isnan(prev_selected_t)*gte(t,{wanted[0]:.4f}))"
    expression = "+".join(part for part in (first, chosen) if part)
    try:
        ffmpeg = Ffmpeg(
            [
                "-protocol_whitelist", "file", "-f", "mp4", "-i", f"file:{path}", "-map", "0:v:0",
                "-vf", f"select='{expression}',scale={width}:{height}:flags=area,format=rgb24",
                "-fps_mode", "passthrough", "-frames:v", str(count),
                "-f", "rawvideo", "-protocol_whitelist", "pipe", "pipe:1",
            ],
            inputs=0,
        )  # fmt: skip
        try:
            raw = b"".join(iter(ffmpeg.next_output, b""))
            ffmpeg.wait()
        finally:
            ffmpeg.close()
    except MuxError as error:
        raise StillError(f"the clip cannot be decoded: {error}") from error
    size = width * height * 3
    frames = [
        Image.frombytes("RGB", (width, height), raw[at : at + size])
        for at in range(0, len(raw) - size + 1, size)
    ]
    if not frames:
        raise StillError("the clip has no frame that can be decoded")
    # A clip with fewer frames than asked for shows its last one again.
    return frames + [frames[-1]] * (count - len(frames))


def contact_sheet(frames: list[Image.Image], columns: int, gap: int = 4) -> Image.Image:
    """Frames of one size side by side, row by row, on black."""
    if not frames or columns < 1:
        raise ValueError("a contact sheet needs frames and columns")
    width, height = frames[0].size
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    sheet = Image.new("RGB", (columns * (width + gap) - gap, rows * (height + gap) - gap))
    for index, frame in enumerate(frames):
        sheet.paste(frame, (index % columns * (width + gap), index // columns * (height + gap)))
    return sheet


def poster(
    frame_HWC: NDArray[np.uint8], kind: Literal["jpeg", "webp"] = "jpeg", width: int | None = None
) -> bytes:
    """A frame as a picture file, scaled down to ``width`` pixels if it is wider."""
    image = _image(frame_HWC)
    if width is not None and image.width > width:
        image = image.resize(
            (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS
        )
    file = io.BytesIO()
    if kind == "webp":
        image.save(file, "WEBP", quality=82, method=4)
    else:
        image.save(file, "JPEG", quality=86, optimize=True, progressive=True)
    return file.getvalue()


def thumbhash(frame_HWC: NDArray[np.uint8]) -> bytes:
    """About 25 bytes that a browser can draw as a blurred preview (thumbhash by Evan Wallace)."""
    image = _image(frame_HWC)
    image.thumbnail((_THUMBHASH_SIDE, _THUMBHASH_SIDE))
    maker = importlib.import_module("fast_thumbhash")
    return bytes(maker.rgba_to_thumb_hash(image.width, image.height, image.convert("RGBA").tobytes()))


def _image(frame_HWC: NDArray[np.uint8]) -> Image.Image:
    if frame_HWC.dtype != np.uint8 or frame_HWC.ndim != 3 or frame_HWC.shape[2] != 3:
        raise ValueError(f"a frame is uint8 (H, W, 3), not {frame_HWC.dtype} {frame_HWC.shape}")
    return Image.fromarray(np.ascontiguousarray(frame_HWC))

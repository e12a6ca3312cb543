"""Reading the boxes of MP4 files (ISO/IEC 14496-12): what is in a file, without decoding it.

Knows only what our own clips hold: one H.264 picture, at most one AAC sound and at most one text
track, progressive or fragmented. It writes nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts", b"mvex"}
_HEADER = 8


class Mp4Error(ValueError):
    """The bytes are not an MP4 file, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Box:
    """``data[start:end]`` is the whole box, ``data[body:end]`` what it holds."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Track:
    """One track. ``seconds`` is how long it plays (0 for the tracks of an init segment)."""

    id: int
    handler: str
    codec: str
    timescale: int
    seconds: float
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 0
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Run:
    """What one ``moof`` holds of one track; times in the track's timescale."""

    track: int
    start: int
    duration: int
    samples: int
    data_offset: int
    first_size: int


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Boxes that lie side by side in ``data[start:end]``. Raises ``Mp4Error``."""
    end = len(data) if end is None else end
    at = start
    while at + _HEADER <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        body = at + _HEADER
        if size == 1:
            if body + 8 > end:
                raise Mp4Error("a box ends inside its header")
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        elif size == 0:
            size = end - at
        if size < body - at or at + size > end:
            raise Mp4Error(f"box {kind!r} is longer than its file")
        yield Box(kind, at, body, at + size)
        at += size


def find(data: bytes, *path: bytes, within: Box | None = None) -> Box | None:
    """First box along ``path``, e.g. ``find(data, b"moov", b"mvhd")``."""
    for box in children(data, within.body if within else 0, within.end if within else None):
        if box.kind == path[0]:
            if len(path) == 1:
                return box
            if box.kind in _CONTAINERS and (deeper := find(data, *path[1:], within=box)) is not None:
                return deeper
    return None


def tracks(data: bytes) -> tuple[Track, ...]:
    """The tracks that the ``moov`` box names. Raises ``Mp4Error``."""
    moov = find(data, b"moov")
    if moov is None:
        raise Mp4Error("there is no moov box")
    try:
        return tuple(_track(data, box) for box in children(data, moov.body, moov.end) if box.kind == b"trak")
    except (struct.error, IndexError) as error:
        raise Mp4Error("the moov box is damaged") from error


def movie_seconds(data: bytes) -> float:
    """How long a progressive file plays, in seconds. Raises ``Mp4Error``."""
    mvhd = find(data, b"moov", b"mvhd")
    if mvhd is None:
        raise Mp4Error("there is no movie header")
    version = data[mvhd.body]
    if version == 1:
        scale, duration = struct.unpack_from(">IQ", data, mvhd.body + 20)
    else:
        scale, duration = struct.unpack_from(">II", data, mvhd.body + 12)
    if not scale:
        raise Mp4Error("the movie header has no timescale")
    return float(duration / scale)


def runs(data: bytes) -> tuple[Run, ...]:
    """What the first ``moof`` of ``data`` holds, one ``Run`` a track. Raises ``Mp4Error``."""
    moof = find(data, b"moof")
    if moof is None:
        raise Mp4Error("there is no moof box")
    return tuple(_run(data, box) for box in children(data, moof.body, moof.end) if box.kind == b"traf")


def _need(data: bytes, *path: bytes, within: Box) -> Box:
    box = find(data, *path, within=within)
    if box is None:
        raise Mp4Error(f"box {path[-1]!r} is missing")
    return box


def _track(data: bytes, trak: Box) -> Track:
    tkhd = _need(data, b"tkhd", within=trak)
    mdhd = _need(data, b"mdia", b"mdhd", within=trak)
    hdlr = _need(data, b"mdia", b"hdlr", within=trak)
    stsd = _need(data, b"mdia", b"minf", b"stbl", b"stsd", within=trak)
    wide = data[tkhd.body] == 1
    (number,) = struct.unpack_from(">I", data, tkhd.body + (20 if wide else 12))
    if data[mdhd.body] == 1:
        scale, duration = struct.unpack_from(">IQ", data, mdhd.body + 20)
        (packed,) = struct.unpack_from(">H", data, mdhd.body + 32)
    else:
        scale, duration, packed = struct.unpack_from(">IIH", data, mdhd.body + 12)
    handler = data[hdlr.body + 8 : hdlr.body + 12].decode("latin-1")
    entry = next(children(data, stsd.body + 8, stsd.end))
    common = {
        "id": number,
        "timescale": scale,
        "seconds": _edited_seconds(data, trak, duration / scale if scale else 0.0),
        "language": "".join(chr(((packed >> shift) & 31) + 0x60) for shift in (10, 5, 0)),
    }
    if handler == "vide":
        width, height = struct.unpack_from(">HH", data, entry.body + 24)
        return Track(handler=handler, codec=_avc(data, entry), width=width, height=height, **common)
    if handler == "soun":
        channels, _bits, _id, _size, rate = struct.unpack_from(">HHHHI", data, entry.body + 16)
        return Track(
            handler=handler, codec=_aac(data, entry), channels=channels, sample_rate=rate >> 16, **common
        )
    return Track(handler=handler, codec=entry.kind.decode("latin-1"), **common)


def _edited_seconds(data: bytes, trak: Box, media_seconds: float) -> float:
    """Length of what the edit list lets be heard or seen: without the encoder's lead-in."""
    elst = find(data, b"edts", b"elst", within=trak)
    mvhd = find(data, b"moov", b"mvhd")
    if elst is None or mvhd is None:
        return media_seconds
    wide = data[elst.body] == 1
    (scale,) = struct.unpack_from(">I", data, mvhd.body + (20 if data[mvhd.body] == 1 else 12))
    (count,) = struct.unpack_from(">I", data, elst.body + 4)
    size = 20 if wide else 12
    total = 0
    for index in range(count):
        duration, media_time = struct.unpack_from(
            ">Qq" if wide else ">Ii", data, elst.body + 8 + index * size
        )
        if media_time >= 0:
            total += duration
    return total / scale if scale and total else media_seconds


def _avc(data: bytes, entry: Box) -> str:
    """Codec string after RFC 6381: profile, constraints and level from the avcC box."""
    for box in children(data, entry.body + 78, entry.end):
        if box.kind == b"avcC":
            return f"{entry.kind.decode('latin-1')}.{data[box.body + 1 : box.body + 4].hex().upper()}"
    return entry.kind.decode("latin-1")


def _aac(data: bytes, entry: Box) -> str:
    """Codec string after RFC 6381: object type and, for MPEG-4 audio, its audio object type."""
    for box in children(data, entry.body + 28, entry.end):
        if box.kind != b"esds":
            continue
        at, end = box.body + 4, box.end
        object_type = 0
        while at < end:
            tag = data[at]
            at += 1
            size = 0
            while True:
                byte = data[at]
                at += 1
                size = size << 7 | byte & 0x7F
                if not byte & 0x80:
                    break
            if tag == 0x03:
                at += 3
            elif tag == 0x04:
                object_type = data[at]
                at += 13
            elif tag == 0x05:
                return f"{entry.kind.decode('latin-1')}.{object_type:x}.{data[at] >> 3}"
            else:
                at += size
    return entry.kind.decode("latin-1")


def _run(data: bytes, traf: Box) -> Run:
    try:
        tfhd = _need(data, b"tfhd", within=traf)
        tfdt = _need(data, b"tfdt", within=traf)
        flags, number = struct.unpack_from(">II", data, tfhd.body)
        at = tfhd.body + 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
        default_duration = default_size = 0
        if flags & 0x8:
            (default_duration,) = struct.unpack_from(">I", data, at)
            at += 4
        if flags & 0x10:
            (default_size,) = struct.unpack_from(">I", data, at)
        wide = data[tfdt.body] == 1
        (start,) = struct.unpack_from(">Q" if wide else ">I", data, tfdt.body + 4)
        duration = samples = data_offset = first_size = 0
        for trun in (box for box in children(data, traf.body, traf.end) if box.kind == b"trun"):
            flags, count = struct.unpack_from(">II", data, trun.body)
            flags &= 0xFFFFFF
            at = trun.body + 8
            if flags & 0x1:
                if not samples:
                    (data_offset,) = struct.unpack_from(">i", data, at)
                at += 4
            if flags & 0x4:
                at += 4
            stride = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
            for index in range(count):
                field = at + index * stride
                if flags & 0x100:
                    duration += struct.unpack_from(">I", data, field)[0]
                    field += 4
                else:
                    duration += default_duration
                if not samples and not index:
                    first_size = struct.unpack_from(">I", data, field)[0] if flags & 0x200 else default_size
            samples += count
    except struct.error as error:
        raise Mp4Error("the moof box is damaged") from error
    return Run(number, start, duration, samples, data_offset, first_size)

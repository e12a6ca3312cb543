"""From chunks of frames and samples to H.264/AAC: fragments while they come, one file at the end.

One ffmpeg process encodes; its binary is a separate program that is talked to through pipes only.
``ClipWriter`` knows nothing of storyboards, storage or players. It never uses a shell, never reads
the network, and always reaps its process.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from generation.engine import boxes
from generation.engine.protocol import SAMPLE_RATE, Caption, Chunk
from generation.engine.storyboard import Frame

_PIPE_BYTES = 1 << 20
_QUEUE_CHUNKS = 4
_STALL_SECONDS = 60.0
_STDERR_BYTES = 4096
_TO_BT709 = (
    "scale=flags=bicubic+accurate_rnd:in_range=pc:out_range=tv:out_color_matrix=bt709,"
    "format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
)
_LANGUAGES = {
    "ar": "ara", "cs": "ces", "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "hi": "hin", "it": "ita",
    "ja": "jpn", "ko": "kor", "nl": "nld", "pl": "pol", "pt": "por", "ru": "rus", "tr": "tur", "zh": "zho",
}  # fmt: skip


class MuxError(Exception):
    """The clip could not be encoded or written; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the clip that can be appended to a Media Source buffer after the init segment.

    ``data`` is one ``moof`` and one ``mdat`` box and begins with a key frame; ``start`` and
    ``seconds`` are the picture's.
    """

    index: int
    start: float
    seconds: float
    data: bytes


def ffmpeg_binary() -> str:
    """Path of the ffmpeg program: ``FFMPEG_BINARY`` if set, else the wheel's. Raises ``MuxError``."""
    if named := os.environ.get("FFMPEG_BINARY"):
        return named
    try:
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise MuxError("ffmpeg is missing: install imageio-ffmpeg or set FFMPEG_BINARY") from error


class Ffmpeg:
    """One ffmpeg process, fed through ``inputs`` pipes at once and read from its standard output.

    ``arguments`` holds ``{0}``, ``{1}``... where the addresses of the inputs belong. Each pipe is fed
    by a thread of its own, because ffmpeg reads them in an order of its own.
    """

    def __init__(self, arguments: Sequence[str], inputs: int) -> None:
        readers, self._writers = [], []
        for _ in range(inputs):
            reader, writer = os.pipe()
            readers.append(reader)
            self._writers.append(writer)
        try:
            for writer in self._writers:
                # A larger pipe saves switches; a container may forbid it, and 64 kB also works.
                with contextlib.suppress(OSError):
                    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
            addresses = [f"pipe:{reader}" for reader in readers]
            self._process = subprocess.Popen(
                [ffmpeg_binary(), "-nostdin", "-hide_banner", "-loglevel", "error"]
                + [part.format(*addresses) if part.startswith("{") else part for part in arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=readers,
            )
        except OSError as error:
            for writer in self._writers:
                os.close(writer)
            raise MuxError(f"ffmpeg could not be started: {error.strerror}: {error.filename}") from error
        except MuxError:
            for writer in self._writers:
                os.close(writer)
            raise
        finally:
            for reader in readers:
                os.close(reader)
        self._moved = time.monotonic()
        self._stderr = b""
        self._closed = False
        self._queues: list[queue.Queue[memoryview | None]] = [
            queue.Queue(_QUEUE_CHUNKS) for _ in self._writers
        ]
        self.output: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        """Whatever came out, in order; an empty piece marks the end."""
        self._threads = [
            threading.Thread(target=self._feed, args=pair, daemon=True, name="ffmpeg-in")
            for pair in zip(self._writers, self._queues, strict=True)
        ]
        self._threads += [
            threading.Thread(target=self._read_output, daemon=True, name="ffmpeg-out"),
            threading.Thread(target=self._read_errors, daemon=True, name="ffmpeg-err"),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def put(self, index: int, data: memoryview | None) -> None:
        """Hand bytes to input ``index`` (``None``: that was all). Blocks while its pipe is full."""
        waiting_since = time.monotonic()
        while True:
            if self._process.poll() is not None and data is not None:
                raise self.failure()
            try:
                self._queues[index].put(data, timeout=0.2)
            except queue.Full:
                if self._process.poll() is not None and data is None:
                    return
                self._check_stall(waiting_since)
            else:
                return

    def next_output(self) -> bytes:
        """Wait for the next piece of output; empty at the end. Raises ``MuxError`` if it stalls."""
        waiting_since = time.monotonic()
        while True:
            try:
                return self.output.get(timeout=0.5)
            except queue.Empty:
                self._check_stall(waiting_since)

    def wait(self) -> None:
        """Wait until the process has ended well. Raises ``MuxError`` if it did not."""
        try:
            code = self._process.wait(timeout=_STALL_SECONDS)
        except subprocess.TimeoutExpired:
            self.close()
            raise MuxError(f"ffmpeg did not end within {_STALL_SECONDS:g} s") from None
        if code != 0:
            raise self.failure()

    def failure(self) -> MuxError:
        """Close everything, and say in one line what went wrong."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)
        code = self._process.poll()
        self.close()
        said = " | ".join(self._stderr.decode("utf-8", "replace").split("\n")).strip(" |")[-600:]
        if code is not None and code < 0:
            try:
                how = f"was killed by {signal.Signals(-code).name}"
            except ValueError:
                how = f"was killed by signal {-code}"
        else:
            how = f"ended with status {code}"
        return MuxError(f"ffmpeg {how}" + (f": {said}" if said else ""))

    def close(self) -> None:
        """Kill the process if it still runs, reap it, close every pipe. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for waiting in self._queues:
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting.get_nowait()
            waiting.put(None)
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _check_stall(self, waiting_since: float) -> None:
        if time.monotonic() - max(self._moved, waiting_since) > _STALL_SECONDS:
            self.close()
            raise MuxError(f"ffmpeg has not moved for {_STALL_SECONDS:g} s")

    def _feed(self, writer: int, waiting: queue.Queue[memoryview | None]) -> None:
        alive = True
        while (data := waiting.get()) is not None:
            while alive and data:
                try:
                    data = data[os.write(writer, data) :]
                except OSError:  # it has died; put() tells the caller, and the rest is thrown away
                    alive = False
                self._moved = time.monotonic()
        os.close(writer)

    def _read_output(self) -> None:
        stream = self._process.stdout
        while stream is not None and (data := os.read(stream.fileno(), _PIPE_BYTES)):
            self._moved = time.monotonic()
            self.output.put(data)
        self.output.put(b"")

    def _read_errors(self) -> None:
        stream = self._process.stderr
        while stream is not None and (data := os.read(stream.fileno(), _STDERR_BYTES)):
            self._stderr = (self._stderr + data)[-_STDERR_BYTES:]


class ClipWriter:
    """Encodes one clip. ``write`` its chunks in order, then ``finish`` it; or ``close`` to give up.

    ``write`` and ``end`` return the fragments that became ready since the last call; ``fragments``
    holds all of them. ``init`` and ``mime`` are known from the first fragment on (empty before).

    H.264 High, 4:2:0, BT.709, a key frame after ``first_seconds`` and then at every
    ``fragment_seconds``; AAC-LC, 128 kbit/s, stereo, 48 kHz. No B-frames: pictures come out in
    the order in which they went in, and nothing has to be shifted in time. The first fragment is
    short, and the encoder looks two frames ahead, so that half a second of frames is enough to start.
    """

    def __init__(
        self,
        frame: Frame,
        *,
        fragment_seconds: float = 1.0,
        first_seconds: float = 0.25,
        quality: int = 21,
        preset: str = "veryfast",
        threads: int = 2,
    ) -> None:
        self.frame = frame
        self.init = b""
        self.mime = ""
        self._fragments: list[Fragment] = []
        self._given = 0
        self._pending = b""
        self._captions: list[Caption] = []
        self._frames_written = 0
        self._samples_written = 0
        self._ended = False
        self._picture = boxes.Track(0, "vide", "", frame.fps, 0.0)
        group = max(1, round(frame.fps * fragment_seconds))
        first = max(1, round(frame.fps * first_seconds))
        self._ffmpeg = Ffmpeg(
            [
                "-protocol_whitelist", "pipe", "-probesize", "32", "-analyzeduration", "0",
                "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{frame.width}x{frame.height}",
                "-framerate", str(frame.fps), "-i", "{0}",
                "-protocol_whitelist", "pipe", "-probesize", "32", "-analyzeduration", "0",
                "-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", "{1}",
                "-map", "0:v", "-map", "1:a",
                "-vf", _TO_BT709,
                "-c:v", "libx264", "-preset", preset, "-crf", str(quality), "-profile:v", "high",
                "-threads", str(threads), "-bf", "0", "-rc-lookahead", "2", "-sc_threshold", "0",
                "-g", str(group), "-keyint_min", str(group), "-forced-idr", "1",
                "-force_key_frames", f"{first / frame.fps:.6f}",
                "-x264-params", "scenecut=0:open-gop=0",
                "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", str(SAMPLE_RATE),
                "-video_track_timescale", str(frame.fps * 512), "-max_interleave_delta", "0",
                "-f", "mp4", "-movflags", "frag_keyframe+empty_moov+delay_moov+default_base_moof+skip_trailer",
                "-flush_packets", "1", "-protocol_whitelist", "pipe", "pipe:1",
            ],
            inputs=2,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Every fragment so far."""
        return tuple(self._fragments)

    @property
    def captions(self) -> tuple[Caption, ...]:
        """Every caption of the chunks so far."""
        return tuple(self._captions)

    @property
    def seconds(self) -> float:
        """How much was written."""
        return self._frames_written / self.frame.fps

    def write(self, chunk: Chunk) -> tuple[Fragment, ...]:
        """Encode a chunk. Returns what became ready; raises ``MuxError``, or ``ValueError`` if the
        chunk does not fit (size, type, or sound that is not as long as the picture).
        """
        if self._ended:
            raise ValueError("the clip has ended: no chunk can be added")
        frames_THWC, samples_SC = chunk.frames_THWC, chunk.samples_SC
        wanted = (self.frame.height, self.frame.width, 3)
        if frames_THWC.dtype != np.uint8 or frames_THWC.shape[1:] != wanted:
            raise ValueError(f"frames are {frames_THWC.dtype} {frames_THWC.shape}, not uint8 (T, *{wanted})")
        if samples_SC.dtype != np.float32 or samples_SC.shape[1:] != (2,):
            raise ValueError(f"samples are {samples_SC.dtype} {samples_SC.shape}, not float32 (S, 2)")
        frames = self._frames_written + len(frames_THWC)
        samples = self._samples_written + len(samples_SC)
        if abs(samples - frames * SAMPLE_RATE / self.frame.fps) > 1:
            raise ValueError(
                f"{samples} samples are not as long as {frames} frames at {self.frame.fps} a second"
            )
        self._ffmpeg.put(1, _bytes_of(samples_SC))
        for frame_HWC in frames_THWC:
            self._ffmpeg.put(0, _bytes_of(frame_HWC))
        self._frames_written, self._samples_written = frames, samples
        self._captions += chunk.captions
        return self.ready()

    def ready(self) -> tuple[Fragment, ...]:
        """Fragments that became ready since the last call; does not wait."""
        with contextlib.suppress(queue.Empty):
            while data := self._ffmpeg.output.get_nowait():
                self._take(data)
        return self._new()

    def end(self) -> tuple[Fragment, ...]:
        """No more chunks will come: encode what is left. Returns the last fragments. May be called again."""
        if not self._ended:
            if not self._frames_written:
                self.close()
                raise MuxError("a clip without frames cannot be written")
            self._ended = True
            self._ffmpeg.put(0, None)
            self._ffmpeg.put(1, None)
            while data := self._ffmpeg.next_output():
                self._take(data)
            self._ffmpeg.wait()
            self._ffmpeg.close()
            if self._pending or not self._fragments:
                raise MuxError("ffmpeg left a fragment unfinished")
        return self._new()

    def finish(self, path: Path) -> None:
        """Write the whole clip to ``path``: one progressive MP4 that starts fast, with its captions
        as a text track. The file appears whole or not at all. Raises ``MuxError``.
        """
        self.end()
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            _remux(self.init, self._fragments, self._captions, partial)
            partial.replace(path)
        except OSError as error:
            raise MuxError(f"{path} could not be written: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop at once; what was not finished is lost. Safe to call twice and after ``finish``."""
        self._ended = True
        self._ffmpeg.close()

    def _new(self) -> tuple[Fragment, ...]:
        new = tuple(self._fragments[self._given :])
        self._given = len(self._fragments)
        return new

    def _take(self, data: bytes) -> None:
        """Cut the stream at its boxes: everything before the first ``moof`` is the init segment."""
        self._pending += data
        while (end := _whole_part(self._pending)) is not None:
            part, self._pending = self._pending[:end], self._pending[end:]
            if not self.init:
                self.init = part
                found = boxes.tracks(part)
                self.mime = f'video/mp4; codecs="{", ".join(track.codec for track in found)}"'
                self._picture = next(track for track in found if track.handler == "vide")
                continue
            run = next(run for run in boxes.runs(part) if run.track == self._picture.id)
            scale = self._picture.timescale
            self._fragments.append(
                Fragment(len(self._fragments), run.start / scale, run.duration / scale, part)
            )


def webvtt(captions: Iterable[Caption]) -> str:
    """Captions as a WebVTT file."""
    cues = ["WEBVTT"]
    for caption in sorted(captions, key=lambda caption: (caption.start, caption.end)):
        text = caption.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines = "\n".join(line for line in text.splitlines() if line.strip())
        cues.append(f"{_clock(caption.start)} --> {_clock(caption.end)}\n{lines}")
    return "\n\n".join(cues) + "\n"


def _clock(seconds: float) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _bytes_of(array: NDArray[np.generic]) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B")


def _whole_part(data: bytes) -> int | None:
    """Where the first whole part ends: ``ftyp`` + ``moov``, or ``moof`` + ``mdat``; ``None`` if not there."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big") or len(data)
        at += size
        if kind in (b"moov", b"mdat"):
            return at if at <= len(data) else None
    return None


def _remux(init: bytes, fragments: Sequence[Fragment], captions: Sequence[Caption], path: Path) -> None:
    arguments = ["-protocol_whitelist", "pipe", "-f", "mp4", "-i", "{0}"]
    if captions:
        arguments += ["-protocol_whitelist", "pipe", "-f", "webvtt", "-i", "{1}"]
    arguments += ["-map", "0:v", "-map", "0:a", "-c", "copy"]
    if captions:
        language = _LANGUAGES.get(captions[0].language, "und")
        arguments += ["-map", "1:s", "-c:s", "mov_text", "-metadata:s:s:0", f"language={language}"]
    arguments += ["-movflags", "+faststart", "-f", "mp4", "-protocol_whitelist", "file", "-y", f"file:{path}"]
    ffmpeg = Ffmpeg(arguments, inputs=2 if captions else 1)
    try:
        if captions:
            ffmpeg.put(1, memoryview(webvtt(captions).encode()))
            ffmpeg.put(1, None)
        for data in (init, *(fragment.data for fragment in fragments)):
            ffmpeg.put(0, memoryview(data))
        ffmpeg.put(0, None)
        ffmpeg.wait()
    finally:
        ffmpeg.close()

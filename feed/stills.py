"""A few pictures out of a finished clip, for people who have to judge it without playing it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from typing import IO

from generation.engine.mux import ffmpeg_binary

WIDTH = 270
SECONDS_ALLOWED = 20
_START, _END = b"\xff\xd8", b"\xff\xd9"


class Unreadable(Exception):
    """No picture could be read from the file; the message is for the log."""


def spread(clip: IO[bytes], *, seconds: float, count: int) -> list[bytes]:
    """Up to ``count`` JPEGs, ``WIDTH`` pixels wide, evenly spread over a clip of ``seconds``, in order.

    Raises ``Unreadable``.
    """
    with tempfile.NamedTemporaryFile(suffix=".mp4") as copy:
        shutil.copyfileobj(clip, copy)
        copy.flush()
        command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-threads", "1", "-protocol_whitelist", "file"]
        command += ["-f", "mp4", "-i", copy.name, "-an", "-sn"]
        command += [
            "-vf",
            f"fps={count / max(seconds, 0.1):.6f}:round=near,scale={WIDTH}:-2",
            "-frames:v",
            str(count),
        ]
        command += ["-q:v", "4", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"]
        try:
            made = subprocess.run(command, capture_output=True, check=True, timeout=SECONDS_ALLOWED)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            complaint = error.stderr.decode(errors="replace").strip() if error.stderr else str(error)
            raise Unreadable(complaint.splitlines()[-1] if complaint else "ffmpeg failed") from error
    return _apart(made.stdout)


def _apart(stream: bytes) -> list[bytes]:
    """JPEGs out of a stream of them: inside one, 0xFF is never followed by 0xD8 or 0xD9."""
    return [piece for part in stream.split(_START)[1:] if (piece := _START + part).endswith(_END)]

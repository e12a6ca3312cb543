"""Lines that were spoken before, kept on disk: a bounded folder, shared by processes without locks.

Every entry is one file that appears whole or not at all. The least recently heard go first.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class LineStore:
    """Samples by key, ``int16``, in ``folder``, at most ``max_bytes`` of them."""

    def __init__(self, folder: Path, max_bytes: int = 64 << 20) -> None:
        self.folder = folder
        self.max_bytes = max_bytes

    def get(self, key: str) -> NDArray[np.int16] | None:
        """The samples kept under ``key`` (hexadecimal), or ``None``."""
        path = self._path(key)
        try:
            samples = np.frombuffer(path.read_bytes(), dtype="<i2").astype(np.int16)
            os.utime(path)
        except (OSError, ValueError):
            return None
        return samples

    def put(self, key: str, samples: NDArray[np.int16]) -> None:
        """Keep ``samples``. A full or read-only disk is no error: the line is only not kept."""
        path = self._path(key)
        partial = path.with_suffix(f".{uuid.uuid4().hex}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(samples.astype("<i2").tobytes())
            partial.replace(path)
            self._make_room()
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.pcm"

    def _make_room(self) -> None:
        entries = []
        for path in self.folder.glob("*.pcm"):
            with contextlib.suppress(FileNotFoundError):
                entries.append((path.stat().st_mtime_ns, path.stat().st_size, path))
        held = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if held <= self.max_bytes:
                return
            path.unlink(missing_ok=True)
            held -= size

"""What the operator sees: one line per step, and sentences when something happens."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path


class Console:
    """Writes to standard output and survives a terminal that has been closed."""

    def say(self, text: str = "", *, end: str = "\n") -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(text + end)
            sys.stdout.flush()

    @contextlib.contextmanager
    def step(self, name: str, done: str = "ready") -> Iterator[None]:
        """``  name      ready   0.3 s`` in two parts: the name at once, the rest at the end."""
        started = time.monotonic()
        self.say(f"  {name:<14}", end="")
        try:
            yield
        except BaseException:
            self.say("failed")
            raise
        self.say(f"{done:<12}{time.monotonic() - started:5.1f} s")


class Tail:
    """New lines of a growing log that the operator should see: errors, a few at a time."""

    _WORDS = (" ERROR ", " CRITICAL ", "[ERROR]", "[CRITICAL]", "PANIC:", "Traceback (most recent call last)")
    _AT_ONCE = 5

    def __init__(self, log: Path) -> None:
        self._log = log
        self._at = log.stat().st_size if log.exists() else 0

    def errors(self) -> list[str]:
        """Lines since the last call; at most 1 MB is read and five lines are returned, with a note about the rest."""
        try:
            size = self._log.stat().st_size
            if size <= self._at:
                self._at = min(self._at, size)
                return []
            with self._log.open("rb") as source:
                source.seek(max(self._at, size - 1_000_000))
                text = source.read(size - source.tell())
        except OSError:
            return []
        whole = text.rpartition(b"\n")[0]
        self._at = size - (len(text) - len(whole) - 1 if b"\n" in text else len(text))
        found = [
            line
            for line in whole.decode("utf-8", "replace").splitlines()
            if any(w in line for w in self._WORDS)
        ]
        if len(found) > self._AT_ONCE:
            found = [*found[: self._AT_ONCE], f"... and {len(found) - self._AT_ONCE} more in {self._log}"]
        return found


def rotate(log: Path, *, limit: int = 20_000_000) -> None:
    """Keep one older log when this one has grown past `limit` bytes."""
    with contextlib.suppress(OSError):
        if log.exists() and log.stat().st_size > limit:
            log.replace(log.with_name(f"{log.name}.1"))

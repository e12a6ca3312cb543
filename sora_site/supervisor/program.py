"""One program that is kept up: started, watched, started again after a crash, stopped."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sora_site.embedded.process import ServiceError, last_lines, send_group, spawn
from sora_site.supervisor.state import ROOT

FAST_SECONDS = 10.0
"""A program that ends sooner than this after its start has crashed fast."""
FAST_CRASHES = 5
"""After so many of them in a row it is left alone, and the operator is told."""


class Part(Protocol):
    """What can be kept up: a `Program`, and the embedded Postgres and Valkey."""

    log: Path
    process: subprocess.Popen[bytes] | None

    def begin(self) -> None: ...
    def ready(self) -> bool: ...
    def running(self) -> bool: ...
    def stop(self, *, seconds: float) -> None: ...
    def kill(self) -> None: ...
    def words(self, *, count: int = 12) -> list[str]: ...


class Program:
    """A process in a group of its own. ready_line: what it writes to its log when it can work (empty: at once)."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        ready_line: str = "",
        keep_fds: Sequence[int] = (),
    ) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._env = env
        self._ready_line = ready_line
        self._keep_fds = keep_fds
        self._log_start = 0
        self._asked = False

    def begin(self) -> None:
        self._asked = False
        if self.process is not None:
            self.kill()  # a master that crashed may have left its workers
        try:
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            self.process = spawn(
                self._command, log=self.log, env=self._env, cwd=ROOT, keep_fds=self._keep_fds
            )
        except OSError as error:
            raise ServiceError(f"{self._command[0]} could not be started: {error}") from error

    def ready(self) -> bool:
        if not self.running():
            return False
        lines = last_lines(self.log, count=1000, since=self._log_start) if self._ready_line else []
        return not self._ready_line or any(self._ready_line in line for line in lines)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def words(self, *, count: int = 12) -> list[str]:
        """The last lines of this run's log."""
        return last_lines(self.log, count=count, since=self._log_start)

    def ask_to_stop(self) -> None:
        """SIGTERM, once: to dramatiq and uvicorn a second one means "at once". Not to the group: a master tells it."""
        if self.process is not None and self.running() and not self._asked:
            self._asked = True
            self.process.send_signal(signal.SIGTERM)

    def stop(self, *, seconds: float) -> None:
        """Ask, wait so long, then end the whole group."""
        self.ask_to_stop()
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            self.kill()

    def kill(self) -> None:
        if self.process is not None:
            send_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Kept:
    """A part under watch. `look` restarts it after a growing pause and gives up on one that keeps crashing at once."""

    def __init__(self, name: str, part: Part, *, grace: float) -> None:
        self.name = name
        self.part = part
        self.grace = grace
        self.given_up = False
        self._started = 0.0
        self._crashes = 0
        self._again_at: float | None = None

    def begin(self, *, now: float | None = None) -> None:
        self._started = time.monotonic() if now is None else now
        self._again_at = None
        self.part.begin()

    def look(self, *, now: float) -> str:
        """Act on what is seen; returns a sentence for the operator when something happened, else nothing.

        now: time.monotonic().
        """
        if self.given_up:
            return ""
        if self._again_at is not None:
            return self._start_again(now) if now >= self._again_at else ""
        if self.part.running():
            return ""
        return self._ended(now, self._how())

    def _start_again(self, now: float) -> str:
        try:
            self.begin(now=now)
        except ServiceError as error:
            return self._ended(now, str(error))
        return ""

    def _ended(self, now: float, how: str) -> str:
        self._crashes = self._crashes + 1 if now - self._started < FAST_SECONDS else 1
        if self._crashes >= FAST_CRASHES:
            self.given_up = True
            tail = "\n".join(f"    {line}" for line in self.part.words(count=8))
            return f"{how} {self._crashes} times in a row: left stopped; its last words in {self.part.log}:\n{tail}"
        pause = 0.5 * 2 ** (self._crashes - 1)
        self._again_at = now + pause
        return f"{how}; starting it again in {pause:g} s (log: {self.part.log})"

    def _how(self) -> str:
        code = None if self.part.process is None else self.part.process.returncode
        if code is None:
            return "ended"
        return f"ended with status {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

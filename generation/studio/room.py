"""A warm drawing process: started before it is needed, killed without regret, replaced when it has grown.

One order at a time. Start it from a thread that lives as long as the room: Linux ends the process
together with the thread that started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socketpair

from generation.engine.protocol import Request
from generation.studio.messages import Order, Ready, Report, Stop

JOBS_PER_PROCESS = 50
MOST_BYTES = 1_500_000_000
_START_SECONDS = 60.0
_ROOT = Path(__file__).resolve().parent.parent.parent


class ProcessLost(Exception):
    """The drawing process has ended, or could not be started; the message is one line for the operator."""


class Room:
    """The handle on one drawing process at a time. ``engine`` (see ``engines.Known.spec``) is loaded at its start;
    ``cache`` is a folder where engines keep what they can use again."""

    def __init__(self, engine: str, cache: Path) -> None:
        self.engine = engine
        self.cache = cache
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._jobs = 0
        self._ready = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process if none is running; does not wait until it is ready."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        ours, theirs = socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "generation.studio.child",
                        str(theirs.fileno()),
                        self.engine,
                        str(self.cache),
                    ],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    cwd=_ROOT,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise ProcessLost(f"the drawing process could not be started: {error.strerror}") from error
        self._pipe = Connection(ours.detach())
        self._jobs = 0
        self._ready = False

    def order(self, *, engine: str, request: Request, folder: Path) -> None:
        """Have a clip made; ``hear`` tells what becomes of it. Starts the process if need be."""
        self.start()
        self._jobs += 1
        self._send(Order(engine, request, folder))

    def hear(self, *, seconds: float) -> Report | None:
        """The next report, waiting for it up to ``seconds``; None if none came. Raises ``ProcessLost``."""
        pipe = self._pipe
        if pipe is None or self._process is None:
            raise ProcessLost("no drawing process is running")
        deadline = time.monotonic() + seconds
        try:
            while pipe.poll(max(0.0, deadline - time.monotonic())):
                report: Report = pipe.recv()
                if not isinstance(report, Ready):
                    return report
                self._ready = True
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return None

    def wait_until_ready(self, *, seconds: float = _START_SECONDS) -> bool:
        """Wait until the engine is loaded (for tests and the shell; orders need not wait)."""
        deadline = time.monotonic() + seconds
        while not self._ready and time.monotonic() < deadline:
            self.hear(seconds=0.05)
        return self._ready

    def stop(self, *, seconds: float, until: Callable[[Report], bool]) -> None:
        """Give the order up: ask, wait ``seconds`` for an answer that ``until`` takes, else kill."""
        try:
            self._send(Stop())
            deadline = time.monotonic() + seconds
            while (left := deadline - time.monotonic()) > 0:
                report = self.hear(seconds=left)
                if report is not None and until(report):
                    return
        except ProcessLost:
            pass
        self.close()

    def rest(self) -> None:
        """Between orders: replace a process that has worked long or grown large."""
        if self._jobs >= JOBS_PER_PROCESS or self._bytes() > MOST_BYTES:
            self.close()
        self.start()

    def close(self) -> None:
        """Kill the process and whatever it started. Safe to call twice."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _send(self, message: Order | Stop) -> None:
        if self._pipe is None:
            raise ProcessLost("no drawing process is running")
        try:
            self._pipe.send(message)
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> ProcessLost:
        process = self._process
        code: int | None = None
        if process is not None:
            try:
                code = process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                code = None
        self.close()
        if code is not None and code < 0:
            return ProcessLost(f"the drawing process was killed by {signal.Signals(-code).name}")
        return ProcessLost(f"the drawing process ended with status {code}")

    def _bytes(self) -> int:
        """Resident memory of the process; 0 where Linux does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

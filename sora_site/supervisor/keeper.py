"""The process above the supervisor: it outlives it, passes signals on, and leaves nobody behind."""

from __future__ import annotations

import os
import select
import signal
import time
from types import FrameType

from sora_site.embedded.process import adopt_orphans, command_name, parent_of, pids, send

_PATIENCE = {"postgres": 15.0, "valkey-server": 5.0}
"""Seconds to shut down cleanly: servers that the kernel has already told to stop when their parent died."""


def keep(supervisor: int) -> int:
    """Wait for the supervisor, then end what is left of its family. Returns its exit status (128 + N for a signal)."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        send(supervisor, signal.Signals(number))

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    while True:
        pid, status = os.waitpid(-1, 0)  # orphans that were adopted are reaped here as well
        if pid == supervisor:
            break
    _end_family()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def prepare() -> None:
    """Before the fork: whoever loses its parent becomes our child."""
    adopt_orphans()


def _end_family() -> None:
    started = time.monotonic()
    while _reap():
        for pid in [pid for pid in pids() if parent_of(pid) == os.getpid()]:
            if time.monotonic() - started >= _PATIENCE.get(command_name(pid), 0):
                send(pid, signal.SIGKILL)
        select.select([], [], [], 0.05)


def _reap() -> bool:
    """Collect the dead; False when nobody is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True

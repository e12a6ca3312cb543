"""What every process of this site needs from Linux: to die with its parent, and to be found again afterwards.

This module knows nothing of PostgreSQL, Valkey or Django. It reads ``/proc``; where that is missing, nothing is found.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: nothing may be imported between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True)


class ServiceError(Exception):
    """A service could not be started or kept running. The text is one line for the operator."""


def die_with_parent(sig: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send `sig` to this process when the thread that forked it ends.

    The wish is lost on fork and on a change of uid, so each process asks for itself, last of all.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies (a child subreaper)."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    uid: int | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    keep_fds: Sequence[int] = (),
    given: bytes | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; its output is appended to `log`; it dies with us.

    uid: run as this user and group, without other groups (needs root). given: bytes for its standard input,
    which is otherwise empty. Call it from the main thread: the death signal is tied to the thread that forks.
    """
    parent = os.getpid()

    def last_steps() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # the parent died between the fork and the line above
            os._exit(1)

    with log.open("ab") as output:
        child = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
            start_new_session=True,
            pass_fds=tuple(keep_fds),
            preexec_fn=last_steps,
        )
    if given is not None:
        assert child.stdin is not None  # noqa: S101 - for the type checker: PIPE was asked for above
        try:
            child.stdin.write(given)
            child.stdin.close()
        except BrokenPipeError:
            child.wait()  # it ended before reading; the caller sees that it has ended
    return child


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now. Somebody may take it before we do: be ready to ask again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(happened: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Ask `happened` until it says yes (True) or `seconds` are over (False)."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() >= deadline:
            return False
        select.select([], [], [], every)
    return True


def pids() -> Iterator[int]:
    """Every process that is alive; zombies are not."""
    try:
        names = [entry.name for entry in Path("/proc").iterdir()]
    except OSError:
        return
    for name in names:
        if name.isdigit() and alive(int(name)):
            yield int(name)


def alive(pid: int) -> bool:
    """Whether the process exists and is more than a zombie."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in {"Z", "X"}


def parent_of(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def command_name(pid: int) -> str:
    """The kernel's short name of the program, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def processes_in(directory: Path) -> list[int]:
    """Processes whose working directory is `directory`: database servers live in their data."""
    here = os.path.realpath(directory)
    return [pid for pid in pids() if pid != os.getpid() and _link(pid, "cwd") == here]


def processes_with(name: str, value: str) -> list[int]:
    """Processes that were started with the environment variable `name` set to exactly `value`."""
    wanted = os.fsencode(f"{name}={value}")
    return [pid for pid in pids() if pid != os.getpid() and wanted in _environment(pid)]


def end(found: Callable[[], Sequence[int]], *signals: tuple[signal.Signals, float]) -> bool:
    """Send each signal in turn to what `found` names, waiting the seconds that stand with it. True: all have gone."""
    for sig, seconds in signals:
        for pid in found():
            send(pid, sig)
        if wait_until(lambda: not found(), seconds=seconds):
            return True
    return not found()


def send(pid: int, sig: signal.Signals) -> None:
    """Send a signal; a process that has already gone is fine."""
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        return


def send_group(pid: int, sig: signal.Signals) -> None:
    """Send a signal to the whole process group that `pid` leads; a group that has already gone is fine."""
    try:
        os.killpg(pid, sig)
    except ProcessLookupError:
        return


def last_lines(log: Path, *, count: int = 12, since: int = 0) -> list[str]:
    """The last lines of a log, at most 64 kB of it, of what was written after byte `since`."""
    try:
        with log.open("rb") as source:
            source.seek(0, os.SEEK_END)
            source.seek(max(since, source.tell() - 65536))
            text = source.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _link(pid: int, name: str) -> str | None:
    try:
        return os.fspath(Path(f"/proc/{pid}/{name}").readlink())
    except OSError:
        return None


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []

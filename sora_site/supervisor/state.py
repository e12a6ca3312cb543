"""What is written down about a running site: its lock, its address, its processes."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sora_site.embedded.process import ServiceError

ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """DATA_DIR, or ``.data`` beside manage.py; absolute, without symlinks."""
    return Path(os.path.realpath(environment.get("DATA_DIR") or ROOT / ".data"))


@dataclass
class State:
    """A running site as others may see it. `env` holds passwords: the file is for its owner's eyes alone."""

    pid: int
    url: str
    env: dict[str, str] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)
    welcome: dict[str, str | None] = field(default_factory=dict)
    serving: bool = False
    """The web server answers."""
    complete: bool = False
    """Everything that was started says that it is ready."""

    @classmethod
    def read(cls, data: Path) -> State | None:
        try:
            return cls(**json.loads(_file(data).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, data: Path) -> None:
        target = _file(data)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(asdict(self), out)
        fresh.replace(target)

    @staticmethod
    def forget(data: Path) -> None:
        _file(data).unlink(missing_ok=True)


def _file(data: Path) -> Path:
    return data / "run" / "site.json"


class AlreadyRunningError(ServiceError):
    """Another supervisor works on the same data."""


class Lock:
    """One site per data folder. Held until every process that inherited it has ended; nothing to clear up later."""

    def __init__(self, data: Path) -> None:
        """Take it, or raise AlreadyRunningError or another one-line ServiceError."""
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ServiceError(
                f"Cannot write in {data} ({error.strerror}): start the site as the folder's owner, "
                "or choose another folder with DATA_DIR."
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.pread(self._fd, 200, 0).decode("utf-8", "replace").strip()
            os.close(self._fd)
            raise AlreadyRunningError(
                f"The site is already running on {data}{f' ({told})' if told else ''}."
            ) from None
        except OSError as error:
            raise ServiceError(f"Cannot lock {data}: {error.strerror}.") from error

    def tell(self, pid: int, url: str) -> None:
        """Say who holds it, for whoever comes second."""
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"pid {pid}, {url}\n".encode(), 0)
        except OSError as error:
            raise ServiceError(f"No disk space in the data folder ({error.strerror}).") from error

    def release(self) -> None:
        """Give it back before the process ends."""
        os.close(self._fd)

"""Work before serving that a second start must not repeat: tables, collected static files, the demo site.

Each has a fingerprint of what goes into it, written down after success alone; an interrupted one is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sora_site.supervisor.state import ROOT

_LOCKS = ("requirements.txt", "package-lock.json")


class Stamp:
    """Remembers for which inputs a piece of work was finished."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint

    @property
    def fresh(self) -> bool:
        try:
            return self._path.read_text() == self._fingerprint
        except OSError:
            return False

    def set(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._fingerprint)


def tables(database: Path) -> Stamp:
    """Stamp for ``manage.py migrate``; it lies beside the data that it speaks of and goes with them."""
    return Stamp(database / "migrated", _contents(ROOT.glob("*/migrations/*.py")))


def static_files(folder: Path) -> Stamp:
    """Stamp for ``manage.py collectstatic`` into `folder`."""
    houses = [ROOT, *(package.parent for package in ROOT.glob("*/__init__.py"))]
    sources = [path for house in houses for path in (house / "static").rglob("*")]
    return Stamp(folder / ".collected", _contents(sources))


def demo(database: Path) -> Stamp:
    """Stamp for the one loading of the demo site: what its operator deletes later stays deleted."""
    return Stamp(database / "demo-loaded", "once")


def _contents(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted({*paths, *(ROOT / name for name in _LOCKS)}):
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()

"""Engines by name. An engine is made when it is first asked for, and then kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generation.engine.protocol import Engine


class UnknownEngine(LookupError):
    """There is no engine of this name; the message lists those there are."""

    def __init__(self, name: str, known: Iterator[str]) -> None:
        super().__init__(f"There is no engine called {name!r}. There is: {', '.join(sorted(known))}.")
        self.name = name


class Engines(Mapping[str, Engine]):
    """A read-only mapping of engines. Indexing with an unknown name raises ``UnknownEngine``."""

    def __init__(self, makers: Mapping[str, Callable[[], Engine]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Engine] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Engine:
        if name not in self._makers:
            raise UnknownEngine(name, iter(self._makers))
        with self._lock:
            if name not in self._made:
                self._made[name] = self._makers[name]()
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def engines(cache_dir: Path | None = None) -> Engines:
    """The engines that this installation can run. ``cache_dir`` is theirs to keep reusable work in."""

    def animatic() -> Engine:
        from generation.engine.animatic.engine import AnimaticEngine

        return AnimaticEngine(cache_dir)

    return Engines({"animatic": animatic})

"""What a measurement leaves behind: figures, a table for people, JSON for programs.

Every figure is a ratio or a count taken in one run on one machine, so that it can be compared with another
machine's.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PACKAGES = ("django", "psycopg", "uvicorn", "torch")


class CannotMeasure(Exception):
    """Something that the measurement needs is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``holds`` is None for a figure that has no target and is there for the reader."""

    name: str
    value: float
    unit: str
    target: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a bench's ``run`` returns. ``versions`` names services that only it knows."""

    figures: Sequence[Figure]
    versions: dict[str, str] = field(default_factory=dict)


def at_most(name: str, value: float, limit: float, unit: str = "×") -> Figure:
    return Figure(name, round(value, 3), unit, f"≤ {limit:g}", value <= limit)


def versions(**more: str) -> dict[str, str]:
    """What the figures depend on, as far as it can be named."""
    found = {"python": platform.python_version(), "cpus": str(len(os.sched_getaffinity(0)))}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found | more


def table(name: str, figures: Sequence[Figure], told: dict[str, str]) -> str:
    rows = [("figure", "value", "unit", "target", "")]
    for figure in figures:
        mark = "" if figure.holds is None else ("holds" if figure.holds else "MISSED")
        rows.append(
            (figure.name, f"{figure.value:,.3f}".rstrip("0").rstrip("."), figure.unit, figure.target, mark)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [f"bench {name} · {_today()} · " + ", ".join(f"{key} {value}" for key, value in told.items()), ""]
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1])]
        cells += [row[column].ljust(widths[column]) for column in (2, 3, 4)]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("─" * width for width in widths))
    return "\n".join(lines)


def write(path: Path, name: str, figures: Sequence[Figure], told: dict[str, str]) -> None:
    body = {
        "bench": name,
        "date": _today(),
        "versions": told,
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _today() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")

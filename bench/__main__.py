"""``python -m bench NAME [--json FILE]``, ``python -m bench --list``.

A bench is a module in this folder with ``DESCRIPTION`` and ``run() -> Measured``. Exit 0 also where a target
is missed; 1 only where it could not be measured; 2 for a name that there is not.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

import bench
from bench import report


def benches() -> dict[str, ModuleType]:
    """Every bench by the name that people type: ``main_job`` is ``main-job``."""
    found = {}
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"bench.{module.name}")
        if hasattr(loaded, "DESCRIPTION"):
            found[module.name.replace("_", "-")] = loaded
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the site against its targets.")
    parser.add_argument("name", nargs="?", help="which one; see --list")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--list", action="store_true", help="name them all")
    arguments = parser.parse_args()
    known = benches()
    if arguments.list or arguments.name is None:
        width = max(map(len, known), default=0)
        for name, module in known.items():
            print(f"{name.ljust(width)}  {module.DESCRIPTION}")
        return 0 if arguments.list else 2
    if arguments.name not in known:
        print(f"There is no bench called {arguments.name}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    try:
        measured = known[arguments.name].run()
    except report.CannotMeasure as error:
        print(f"Could not measure: {error}", file=sys.stderr)
        return 1
    told = report.versions(**measured.versions)
    print(report.table(arguments.name, measured.figures, told))
    if arguments.json:
        report.write(arguments.json, arguments.name, measured.figures, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())

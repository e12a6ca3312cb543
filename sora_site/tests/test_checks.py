"""Nothing that is a test goes unrun."""

import tomllib

from script.checks import HALVES, ROOT


def test_the_halves_are_all_the_tests() -> None:
    """What ``script/test`` runs is what pytest would, and no folder with tests is forgotten."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    places = [place for _name, half in HALVES for place in half]
    assert sorted(places) == sorted(configured["testpaths"])
    holding = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/test_*.py")}
    assert holding - {".venv", "node_modules", ".data"} <= set(places)

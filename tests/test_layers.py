"""The house stands: imports and foreign keys point down, modules have words of the trade, tables have constraints.

``.importlinter`` holds the imports; this file holds what it cannot see.
"""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

HOUSE = Path(settings.BASE_DIR)
FLOORS = (
    frozenset({"users"}),
    frozenset({"licensing", "moderation"}),
    frozenset({"cameos"}),
    frozenset({"generation"}),
    frozenset({"remix"}),
    frozenset({"feed"}),
    frozenset({"sora_site"}),
)
"""From the ground up; apps on one floor do not know each other."""
FORBIDDEN_WORDS = {
    "utils",
    "util",
    "services",
    "service",
    "helpers",
    "helper",
    "managers",
    "signals",
    "misc",
    "common",
}
TOO_LONG = 700


def floor_of(app):
    return next(number for number, names in enumerate(FLOORS) if app in names)


def local_models():
    return [model for app in settings.LOCAL_APPS for model in apps.get_app_config(app).get_models()]


def governed_models():
    """Models that people's decisions write; event tables copy rows that were checked when they were written."""
    return [model for model in local_models() if not issubclass(model, pghistory.models.Event)]


def modules():
    for app in [*settings.LOCAL_APPS, "sora_site"]:
        yield from (path for path in sorted((HOUSE / app).rglob("*.py")) if "__pycache__" not in path.parts)


def label(model):
    return model._meta.label


def test_every_app_of_the_house_is_listed_and_has_a_floor():
    folders = {path.parent.name for path in HOUSE.glob("*/apps.py")}
    assert folders == {*settings.LOCAL_APPS, "sora_site"}
    assert {name for names in FLOORS for name in names} >= folders


def contract(name):
    parser = configparser.ConfigParser()
    parser.read_string((HOUSE / ".importlinter").read_text("utf-8"))
    return parser[f"importlinter:contract:{name}"]


def test_the_contract_names_the_same_floors():
    lines = [line.strip("()") for line in contract("layers")["layers"].split("\n") if line]
    floors = [frozenset(part.strip() for part in line.split("|")) for line in reversed(lines)]
    assert tuple(floors) == FLOORS


def test_the_engine_is_kept_from_everything_else_of_its_app():
    around = {
        f"generation.{path.stem}"
        for path in (HOUSE / "generation").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    around -= {"generation.__init__", "generation.engine", "generation.tests", "generation.migrations"}
    forbidden = set(contract("engine")["forbidden_modules"].split())
    assert forbidden >= around | set(settings.LOCAL_APPS) - {"generation"}


def test_imports_point_down():
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.parametrize("model", local_models(), ids=label)
def test_relations_point_down(model):
    here = model._meta.app_label
    for field in model._meta.get_fields(include_hidden=True):
        if not (field.is_relation and field.concrete and field.related_model):
            continue
        there = field.related_model._meta.app_label
        if there in settings.LOCAL_APPS and there != here:
            assert floor_of(there) < floor_of(here), f"{model._meta.label}.{field.name} points up to {there}"


@pytest.mark.parametrize("model", governed_models(), ids=label)
def test_choices_are_held_by_the_database(model):
    checks = [
        constraint for constraint in model._meta.constraints if isinstance(constraint, models.CheckConstraint)
    ]
    held = {name for check in checks for name in columns_of(check.condition)}
    open_choices = [
        field.name for field in model._meta.concrete_fields if field.choices and field.name not in held
    ]
    assert not open_choices, f"{model._meta.label}: no CheckConstraint on {open_choices}"


def columns_of(condition):
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from columns_of(child)
        elif isinstance(child, tuple):
            yield child[0].split("__")[0]


@pytest.mark.parametrize("model", local_models(), ids=label)
def test_no_table_has_a_hidden_order(model):
    assert not model._meta.ordering


def test_modules_are_called_by_the_words_of_the_house():
    wrong = [
        str(path.relative_to(HOUSE))
        for path in modules()
        if path.stem in FORBIDDEN_WORDS or path.parent.name in FORBIDDEN_WORDS
    ]
    assert not wrong


def test_no_module_outgrows_a_reader():
    long = {
        str(path.relative_to(HOUSE)): lines
        for path in modules()
        if not {"migrations", "tests"} & set(path.parts)
        and (lines := path.read_text("utf-8").count("\n")) > TOO_LONG
    }
    assert not long


def test_nobody_listens_to_models():
    """News travels by the apps' own signals; saving a row sets nothing off behind the reader's back."""
    unwanted = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init"}
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals":
                found += [
                    f"{path.relative_to(HOUSE)}: {name.name}" for name in node.names if name.name in unwanted
                ]
    assert not found


def test_web_processes_never_load_torch():
    """A web process starts in under a second and stays small only while nothing heavy is imported with the apps."""
    program = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import sora_site.asgi\n"
        "print([name for name in ('torch', 'transformers', 'diffusers') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert result.stdout.strip().splitlines()[-1] == "[]"

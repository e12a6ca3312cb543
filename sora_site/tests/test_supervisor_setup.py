"""The first minutes on a new machine: what is missing is said in one line, what was interrupted is completed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from sora_site.embedded.process import wait_until
from sora_site.supervisor.state import ROOT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "script" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the scripts in a folder of its own, with nothing installed and a list of no packages."""
    (tmp_path / "house of mine").mkdir()
    house = tmp_path / "house of mine"
    shutil.copytree(ROOT / "script", house / "script")
    (house / "requirements.txt").write_text("")
    (house / "requirements-test.txt").write_text("")
    (house / "package.json").write_text("{}")
    (house / "package-lock.json").write_text('{"lockfileVersion": 3}')
    return house


def call(house: Path, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python beside bootstrap.py with the interpreter of the tests."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'script'); import bootstrap\n{program}"],
        cwd=house, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_old_python_is_named(bootstrap: ModuleType) -> None:
    with pytest.raises(
        bootstrap.SetupError, match=r"^Python 3\.11 or newer is needed, and this is 3\.9.*\.$"
    ) as caught:
        bootstrap.check_python((3, 9))
    assert "\n" not in str(caught.value)
    for version in ((3, 11), (3, 12), (4, 0)):
        bootstrap.check_python(version)


def test_a_small_disk_is_named(bootstrap: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(
        bootstrap.SetupError, match=r"^No disk space: 1000000\.0 GB are needed in .* GB are free\.$"
    ):
        bootstrap.check_disk(tmp_path, 10**15)
    bootstrap.check_disk(tmp_path, 1)


def test_a_folder_that_may_not_be_written_is_named(bootstrap: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(
        bootstrap.SetupError, match=r"^Cannot write in .*missing \(No such file or directory\)"
    ):
        bootstrap.check_writable(tmp_path / "missing")
    bootstrap.check_writable(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".data"]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "No disk space"),
        ("npm error code ENOSPC", "No disk space"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "could not be reached"),
        ("npm error code ENOTFOUND", "could not be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0", "not offered for Python 3."),
        ("something else", "Installing failed"),
    ],
)  # fmt: skip
def test_a_failed_installation_says_why_first_and_shows_the_end_of_its_log(
    bootstrap: ModuleType, output: str, told: str
) -> None:
    explained = bootstrap._explain(f"lots of words\n{output}\n", 1)
    assert told in explained.splitlines()[0]
    assert output in explained
    assert str(bootstrap.LOG) in explained


def test_a_step_counts_as_done_only_after_it_succeeded(house: Path) -> None:
    program = (
        "class Interrupted(bootstrap.Step):\n"
        "    def do(self):\n"
        "        with open('tries', 'a') as out: out.write('x')\n"
        "        if sys.argv[-1] != 'well': raise bootstrap.SetupError('interrupted')\n"
        "    def present(self): return True\n"
        "bootstrap.STAMPS.mkdir(parents=True, exist_ok=True)\n"
        "step = Interrupted('step', 'A step', bootstrap.ROOT / 'requirements.txt')\n"
        "if not step.fresh(): step.make()\n"
    )
    tries = house / "tries"
    assert "SetupError: interrupted" in call(house, program).stderr
    assert call(house, program).returncode == 1
    assert tries.read_text() == "xx"
    well = program.replace("sys.argv[-1]", "'well'")
    assert call(house, well).returncode == 0
    assert call(house, well).returncode == 0
    assert tries.read_text() == "xxx"
    (house / "requirements.txt").write_text("# changed\n")
    assert call(house, well).returncode == 0
    assert tries.read_text() == "xxxx"


def test_an_environment_that_was_left_half_made_is_made_again(house: Path) -> None:
    (house / ".venv" / "bin").mkdir(parents=True)
    (house / ".venv" / "bin" / "python").symlink_to(sys.executable)  # but no pip: killed while it was made
    (house / ".venv" / "pyvenv.cfg").write_text("")
    done = call(house, "bootstrap.check_writable(bootstrap.ROOT); bootstrap.LOG.parent.mkdir(exist_ok=True)\n"
                       "bootstrap.ENVIRONMENT.make(); print(bootstrap.ENVIRONMENT.fresh())")  # fmt: skip
    assert done.stdout.endswith("True\n"), done.stdout + done.stderr
    assert (house / ".venv" / "bin" / "pip").exists()


def test_packages_that_pip_left_incomplete_are_forgotten(bootstrap: ModuleType, tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"

    def package(name: str) -> Path:
        (site / name).mkdir(parents=True)
        (site / name / "__init__.py").write_text("x = 1\n")
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: x\n")
        (info / "INSTALLER").write_text("pip\n")
        (info / "RECORD").write_text(
            f"{name}/__init__.py,sha256=abc,6\n{name}/__pycache__/x.pyc,,\n../../../bin/tool,sha256=abc,9\n"
        )
        return info

    package("whole")
    (package("unrecorded") / "RECORD").unlink()
    (package("uninstalled") / "INSTALLER").unlink()
    package("cut")
    (site / "cut" / "__init__.py").write_text("")
    package("missing")
    (site / "missing" / "__init__.py").unlink()
    (site / "~leftover").mkdir()
    removed = bootstrap.remove_damaged(tmp_path)
    assert sorted(removed) == [
        f"{name}-1.0.dist-info" for name in ("cut", "missing", "uninstalled", "unrecorded")
    ]
    assert sorted(path.name for path in site.glob("*.dist-info")) == ["whole-1.0.dist-info"]
    assert not (site / "~leftover").exists()


def test_two_installations_at_once_take_turns(bootstrap: ModuleType, house: Path) -> None:
    program = (
        "import time\n"
        "bootstrap.check_writable(bootstrap.ROOT)\n"
        "with bootstrap._OnlyOne():\n"
        "    with open('order', 'a') as out: out.write('in ')\n"
        "    sys.stdin.read()\n"
        "    with open('order', 'a') as out: out.write('out ')\n"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, 'script'); import bootstrap\n{program}"]
    first = subprocess.Popen(command, cwd=house, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    order = house / "order"
    assert wait_until(lambda: order.exists() and order.read_text() == "in ", seconds=20)
    second = subprocess.Popen(command, cwd=house, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert second.stdout is not None
    assert "waiting" in second.stdout.readline()
    assert order.read_text() == "in "
    first.communicate()
    second.communicate()
    assert order.read_text() == "in out in out "


@pytest.mark.parametrize("name", ["server", "test", "bench"])
def test_the_commands_say_what_is_wrong_without_a_traceback(house: Path, tmp_path: Path, name: str) -> None:
    """From another folder, through a symlink, in a path with spaces, where nothing can be installed."""
    (house / "requirements.txt").write_text("no-such-package-at-all==1.0\n")
    link = tmp_path / name
    link.symlink_to(house / "script" / name)
    done = subprocess.run(
        [link], cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "HOME": ""},
    )  # fmt: skip
    assert done.returncode == 1
    assert "A package is not offered" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert str(house) in done.stdout


def test_a_warm_start_does_not_wait_for_anything(bootstrap: ModuleType) -> None:
    """The suite itself was set up by this code: nothing is left to do, and finding that out is quick."""

    started = time.perf_counter()
    assert all(step.fresh() for step in bootstrap._steps(tests=True))
    assert time.perf_counter() - started < 0.3

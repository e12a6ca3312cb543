"""What ``script/test`` runs once everything is installed: checks, then tests, on real throw-away services.

With arguments only pytest runs, with these arguments. The exit status is 0 when everything held. What pytest says
comes last.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from sora_site.embedded import ServiceError, Throwaway
from sora_site.supervisor.prepare import static_files

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", [str(BIN / "ruff"), "check", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("imports point down", [str(BIN / "lint-imports")]),
    ("types", [str(BIN / "mypy"), "."]),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
)
PYTEST = [sys.executable, "-m", "pytest"]
HALVES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tests of the whole and of people", ("tests", "users", "licensing", "moderation")),
    ("tests of clips, posts and servers", ("generation", "feed", "sora_site")),
)
"""Run at the same time, one for each core of the smallest machine; together they are pytest's testpaths."""


def main(arguments: list[str]) -> int:
    browser = find_browser() or install_browser()
    if not browser:
        packages = " ".join(BROWSER_PACKAGES)
        print(
            f"Chromium is missing, and the tests need it: sudo apt-get install -y {packages}", file=sys.stderr
        )
        if not arguments or os.environ.get("CI", "").lower() == "true":
            return 1
    failed = []
    with Throwaway() as services:
        static = ROOT / ".data" / "test" / "static"
        environment = {
            **os.environ, **services.env, "CHROMIUM": browser, "STATIC_ROOT": str(static),
            "HOME": _home(services.folder), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        for name, command in CHECKS if not arguments else ():
            if not step(name, command, environment):
                failed.append(name)
        collected = static_files(static)
        if not collected.fresh:
            if not step("static files", [*MANAGE, "collectstatic", "--noinput"], environment):
                return 1
            collected.set()
        if arguments:
            if not step("tests", [*PYTEST, *arguments], environment):
                failed.append("tests")
        else:
            failed += halves(environment, services.folder)
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def halves(environment: dict[str, str], folder: Path) -> list[str]:
    """Run both halves of the tests at once, on a test database, a Valkey database and a folder each; names what failed.

    The first half's output goes straight through, the other's follows it.
    """
    running = []
    print("\n=== tests ===", flush=True)
    for number, (name, places) in enumerate(HALVES):
        data = folder / f"half-{number}"
        data.mkdir()
        own = {
            "TEST_DATABASE_NAME": f"test_half_{number}",
            "REDIS_URL": f"{environment['REDIS_URL'].rpartition('/')[0]}/{number}",
            "DATA_DIR": str(data),
        }
        output = (data / "output").open("w+b") if number else None
        command = [*PYTEST, "-p", "no:cacheprovider", *places]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment | own, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        running.append((name, process, output))
    failed = []
    for name, process, output in running:
        if process.wait() != 0:
            failed.append(name)
        if output is not None:
            print(f"\n=== {name} ===", flush=True)
            output.seek(0)
            shutil.copyfileobj(output, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            output.close()
    return failed


def step(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check under a heading; its output goes straight through."""
    print(f"\n=== {name} ===", flush=True)
    started = time.monotonic()
    held = (
        subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        == 0
    )
    if name != "tests":
        print(f"--- {name}: {'holds' if held else 'FAILED'}, {time.monotonic() - started:.1f} s", flush=True)
    return held


def find_browser() -> str:
    """The path of a Chromium, or nothing. The variable CHROMIUM names another one."""
    chosen = os.environ.get("CHROMIUM", "")
    return chosen or next((found for name in BROWSERS if (found := shutil.which(name))), "")


def install_browser() -> str:
    """By apt, if we may; the path, or nothing."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return ""
    print("Chromium is missing; installing it ...", flush=True)
    log = ROOT / ".data" / "logs" / "install.log"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for words in (["update"], ["install", "-y", "--no-install-recommends", *BROWSER_PACKAGES]):
            done = subprocess.run(
                [apt, *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
            if done.returncode != 0:
                print(f"apt-get {words[0]} failed; see {log}", file=sys.stderr)
    return find_browser()


def _home(folder: Path) -> str:
    """Chromium and other programs want a home that they can write in."""
    home = os.environ.get("HOME", "")
    if home and os.access(home, os.W_OK):
        return home
    (folder / "home").mkdir(exist_ok=True)
    return str(folder / "home")


if __name__ == "__main__":
    # As an exception, so that the running step is ended and the services are put away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)

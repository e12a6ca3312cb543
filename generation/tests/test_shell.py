"""``manage.py generate``: the same job without the site, and without a database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site

from generation.engine import still

pytestmark = pytest.mark.slow


def generate(*arguments: str, typed: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it with a database that is not there."""
    return subprocess.run(
        [sys.executable, "manage.py", "generate", *arguments],
        env=os.environ
        | {
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "EXTRA_APPS": "generation.tests.plugged.FlipbookConfig",
        }
        | env,
        cwd=site.BASE_DIR,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


FLIP = ("--engine", "flipbook", "--short-side", "64", "--seconds", "3")


def test_a_clip_with_captions_beside_it_and_a_bar_on_the_way(tmp_path: Path) -> None:
    clip = tmp_path / "new" / "clip.mp4"
    done = generate('A ball says "good morning"', "-o", str(clip), *FLIP, DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stdout.split()) == (0, [str(clip), str(clip.with_suffix(".vtt"))])
    assert still.probe(clip).seconds == pytest.approx(3.0, abs=0.05)
    assert "good morning" in clip.with_suffix(".vtt").read_text()
    assert "100%" in done.stderr
    assert "shown nearly: ball as ball" in done.stderr
    assert "not shown: says" in done.stderr
    assert sorted(path.name for path in clip.parent.iterdir()) == ["clip.mp4", "clip.vtt"]


def test_the_real_engine(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    done = generate(
        "A red fox runs through the snow",
        "-o",
        str(clip),
        "--seconds",
        "3",
        "--seed",
        "1",
        DATA_DIR=str(tmp_path),
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
    picture = still.probe(clip).picture
    assert (picture.width, picture.height) == (540, 960)


def test_the_prompt_may_come_through_a_pipe(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    assert generate("-", "-o", str(clip), *FLIP, typed="A ball\n", DATA_DIR=str(tmp_path)).returncode == 0
    assert clip.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("  ", "-o", "{}/clip.mp4"), "Say in a sentence"),
        (("x" * 10_000, "-o", "{}/clip.mp4"), "That is 10000 characters"),
        (("A ball", "-o", "{}/clip.mp4", "--seconds", "99"), "A clip lasts 3 to 30 seconds"),
        (("A ball", "-o", "{}/clip.mp4", "--shape", "4:3"), "Choose one of the shapes"),
        (("A ball", "-o", "{}/clip.mp4", "--engine", "sora-9000"), "There is no engine called"),
        (("A ball", "-o", "{}/clip.mp4", "--seed", "-1"), "A seed is a whole number"),
        (("A ball", "-o", "{}/clip.avi"), "must end in .mp4"),
        (("A ball", "-o", "/proc/nowhere/clip.mp4"), "cannot be written"),
        (("It breaks", "-o", "{}/clip.mp4", *FLIP), "The engine broke"),
        (("It crashes", "-o", "{}/clip.mp4", *FLIP), "was killed by SIGSEGV"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    filled = [argument.replace("{}", str(tmp_path)) for argument in arguments]
    done = generate(*filled, DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.name != "data"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"mine")
    done = generate("A ball", "-o", str(clip), *FLIP, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert clip.read_bytes() == b"mine"
    assert generate("A ball", "-o", str(clip), "--force", *FLIP, DATA_DIR=str(tmp_path)).returncode == 0
    assert clip.stat().st_size > 1000

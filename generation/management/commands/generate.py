"""``manage.py generate "prompt" -o clip.mp4``: the same job as the site's, from the shell, without a database.

The clip is made by the same drawing process as a worker's. ``clip.vtt`` is written beside it if anybody speaks.
"""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation import engines, files, rules
from generation.engine.protocol import Request
from generation.engine.storyboard import Outcome, Shape
from generation.studio.messages import Broken, Drawn, Made, Planned
from generation.studio.room import ProcessLost, Room

_BAR = 30
_LISTEN_SECONDS = 0.5


class Command(BaseCommand):
    help = "Make a clip from a prompt and write it to a file."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prompt", help="what the clip should show; - reads it from standard input")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="CLIP.mp4")
        parser.add_argument("--seconds", type=float, default=5.0)
        parser.add_argument("--shape", default=Shape.PORTRAIT.value, help="9:16, 16:9 or 1:1")
        parser.add_argument("--short-side", type=int, default=540, metavar="PIXELS")
        parser.add_argument("--style", default="", help="by default, as the prompt says")
        parser.add_argument("--engine", default=settings.DEFAULT_ENGINE)
        parser.add_argument("--seed", type=int, default=None, help="the same seed makes the same clip")
        parser.add_argument("--force", action="store_true", help="overwrite the file")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        request, spec = self._request(options)
        if output.suffix.lower() != ".mp4":
            raise CommandError(f"{output} must end in .mp4")
        if output.exists() and not options["force"]:
            raise CommandError(f"{output} exists already; --force overwrites it")
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=".clip-", dir=output.parent))
        except OSError as error:
            raise CommandError(f"{output.parent} cannot be written: {error.strerror}") from error
        room = Room(spec, files.engine_cache())
        try:
            made, notes = self._make(room, spec, request, folder)
            made.clip.replace(output)
            written = [output]
            if made.captions is not None:
                made.captions.replace(output.with_suffix(".vtt"))
                written.append(output.with_suffix(".vtt"))
        except (ProcessLost, OSError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write("\nstopped")
            sys.exit(130)
        finally:
            room.close()
            shutil.rmtree(folder, ignore_errors=True)
        for path in written:
            self.stdout.write(str(path))
        self._tell(notes)

    def _request(self, options: dict[str, Any]) -> tuple[Request, str]:
        """The checked request and where its engine is; mentions need the site's catalogue, so they stay words."""
        prompt = rules.tidy(sys.stdin.read() if options["prompt"] == "-" else options["prompt"])
        faults = rules.prompt_faults(prompt) + rules.shape_faults(
            engine=options["engine"],
            shape=options["shape"],
            seconds=options["seconds"],
            short_side=options["short_side"],
            style=options["style"],
            engines=engines.capabilities(),
        )
        if options["seed"] is not None and not 0 <= options["seed"] < 2**63:
            raise CommandError("A seed is a whole number from 0 up to 2^63 - 1.")
        if faults:
            raise CommandError(" ".join(fault.sentence for fault in faults))
        spec = engines.spec_of(options["engine"])
        if spec is None:
            raise CommandError(f"There is no engine called {options['engine']}.")
        request = Request(
            prompt=prompt,
            shape=Shape(options["shape"]),
            seconds=rules.whole_frames(options["seconds"]),
            short_side=options["short_side"],
            style=rules.style_or_none(options["style"]),
            seed=secrets.randbelow(2**31) if options["seed"] is None else options["seed"],
        )
        return request, spec

    def _make(
        self, room: Room, spec: str, request: Request, folder: Path
    ) -> tuple[Made, list[dict[str, Any]]]:
        notes: list[dict[str, Any]] = []
        room.order(engine=spec, request=request, folder=folder)
        self._draw_bar(0.0)
        while True:
            match room.hear(seconds=_LISTEN_SECONDS):
                case Planned() as planned:
                    notes = planned.storyboard["notes"]
                case Drawn() as drawn:
                    self._draw_bar(drawn.progress)
                case Made() as made:
                    self._end_bar()
                    return made, notes
                case Broken() as broken:
                    self._end_bar()
                    self._refuse(broken)

    def _refuse(self, broken: Broken) -> NoReturn:
        raise CommandError(f"{rules.problem_sentence(broken.problem)} ({broken.detail})")

    def _draw_bar(self, progress: float) -> None:
        done = round(progress * _BAR)
        end = "" if self.stderr.isatty() else "\n"
        start = "\r" if self.stderr.isatty() else ""
        self.stderr.write(
            f"{start}[{'#' * done}{'.' * (_BAR - done)}] {progress:4.0%}", style_func=str, ending=end
        )
        self.stderr.flush()

    def _end_bar(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("", style_func=str)

    def _tell(self, notes: list[dict[str, Any]]) -> None:
        """What was not understood, or only nearly."""
        for note in notes:
            if note["outcome"] == Outcome.NOT_SHOWN:
                self.stderr.write(f"not shown: {note['phrase']}", style_func=str)
            elif note["outcome"] == Outcome.APPROXIMATED:
                used = f" as {note['used']}" if note["used"] else ""
                self.stderr.write(f"shown nearly: {note['phrase']}{used}", style_func=str)

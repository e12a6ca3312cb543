"""``manage.py sweep``: puts right what crashes and outages left behind."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from generation import sweeping

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Take up abandoned jobs again, wake workers, remove what is not needed. Runs until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=float, default=5.0, metavar="SECONDS", help="pause between rounds (5)"
        )
        parser.add_argument("--once", action="store_true", help="one round, and say what it did")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            done = sweeping.sweep(now=timezone.now())
            self.stdout.write(", ".join(f"{name} {count}" for name, count in done.items()))
            return
        pause = threading.Event()
        while True:
            sweeping.sweep_and_survive(now=timezone.now())
            pause.wait(max(0.2, options["every"]))

"""What the operator of a fresh site needs to get in, and to let others in."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from users import decisions


class Command(BaseCommand):
    help = "Make sure that there is an administrator and an invite link, and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        operator, password, invite = decisions.welcome_operator(
            password_file=settings.DATA_DIR / "admin-password", now=timezone.now()
        )
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {"admin_email": operator.email, "admin_password": password, "invite_url": invite.url}
                )
            )
            return
        self.stdout.write(f"Administrator  {operator.email}")
        self.stdout.write(f"Password       {password or '(the one you chose)'}")
        self.stdout.write(f"Invite link    {invite.url}")

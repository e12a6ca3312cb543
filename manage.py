#!/usr/bin/env python3
"""Django's command line for this site."""

import os
import sys

from sora_site.embedded import ServiceError
from sora_site.supervisor.attach import attached


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sora_site.settings")
    from django.core.management import execute_from_command_line

    try:
        with attached():  # the database and Valkey of the running site, or its own for as long as it takes
            execute_from_command_line(sys.argv)
    except ServiceError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()

"""Run a command with the services at hand.

``python -m sora_site.embedded run COMMAND...``  starts throw-away services, runs the command, ends them;
``python -m sora_site.embedded env``             prints the variables of the running site, for ``eval``.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from types import FrameType

from sora_site.embedded import ServiceError, Throwaway
from sora_site.supervisor.state import State, data_folder


def main(words: list[str]) -> int:
    match words:
        case ["env"]:
            running = State.read(data_folder())
            if running is None:
                sys.stderr.write("No site is running on these data; start it with script/server.\n")
                return 1
            for name, value in sorted(running.env.items()):
                sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
            return 0
        case ["run", "--", *command] | ["run", *command] if command:
            return run(command)
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


def run(command: list[str]) -> int:
    """The command's exit status; 128 + N when signal N ended it."""
    with Throwaway() as services:
        child = subprocess.Popen(command, env=os.environ | services.env)

        def pass_on(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        signal.signal(signal.SIGTERM, pass_on)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to the command as well
        status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(f"{error}")

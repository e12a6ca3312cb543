"""``python -m sora_site.supervisor``: see the package."""

from __future__ import annotations

import os
import signal
import sys

from sora_site.embedded.process import ServiceError, die_with_parent
from sora_site.supervisor import keeper
from sora_site.supervisor.options import Options, read_env_file
from sora_site.supervisor.state import ROOT, Lock
from sora_site.supervisor.supervise import Supervisor


def main() -> int:
    try:
        inherited = dict(os.environ)
        for name, value in read_env_file(ROOT / ".env").items():
            os.environ.setdefault(name, value)
        options = Options.read(os.environ)
        lock = Lock(options.data)
        listener = options.listen()
        lock.tell(os.getpid(), options.address(listener.getsockname()[1]))
        keeper.prepare()
        keeper_pid = os.getpid()
        sys.stdout.flush()
        supervisor = os.fork()
        if supervisor:
            listener.close()
            return keeper.keep(supervisor)
        os.setsid()  # Ctrl-C reaches the keeper, which passes it on: once, not twice
        die_with_parent(signal.SIGTERM)
        return Supervisor(options, listener, keeper=keeper_pid, inherited=inherited).run()
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())

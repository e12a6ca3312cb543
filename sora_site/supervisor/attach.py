"""The services for one command: of the site that is running, or started for as long as the command takes.

So ``manage.py shell`` or ``manage.py changepassword`` work in any terminal without a variable to be set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sora_site.embedded import Postgres, Valkey
from sora_site.embedded.process import alive
from sora_site.supervisor.options import Options, read_env_file
from sora_site.supervisor.state import ROOT, Lock, State


@contextmanager
def attached() -> Iterator[None]:
    """Complete os.environ: variables that are set win, then ``.env``, then what the running site uses.

    Raises ServiceError, and AlreadyRunningError while another such command has the services to itself.
    """
    for name, value in read_env_file(ROOT / ".env").items():
        os.environ.setdefault(name, value)
    options = Options.read(os.environ)
    with ExitStack() as stack:
        if not (options.database_url and options.redis_url):
            state = State.read(options.data)
            if state is not None and alive(state.pid):
                for name, value in state.env.items():
                    os.environ.setdefault(name, value)
            else:
                _start(options, stack)
        for name, value in options.environment(os.environ, port=options.port).items():
            os.environ.setdefault(name, value)
        yield


def _start(options: Options, stack: ExitStack) -> None:
    lock = Lock(options.data)
    lock.tell(os.getpid(), "a command of manage.py")
    stack.callback(lock.release)
    if not options.redis_url:
        valkey = Valkey(options.data / "valkey", log=options.logs / "valkey.log")
        stack.callback(valkey.stop)
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url
    if not options.database_url:
        postgres = Postgres(options.data / "postgres", log=options.logs / "postgres.log")
        stack.callback(postgres.stop)
        postgres.start()
        os.environ["DATABASE_URL"] = postgres.url

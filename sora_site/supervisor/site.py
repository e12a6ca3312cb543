"""A whole site for a test or a bench: the same supervisor as ``script/server``, on a folder and a port of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from sora_site.embedded.process import ServiceError, last_lines, processes_with, send, spawn, wait_until
from sora_site.supervisor.state import ROOT, State

_SERVICES = (
    "DATABASE_URL",
    "REDIS_URL",
    "RABBITMQ_URL",
    "STORAGE_URL",
    "SITE_URL",
    "STATIC_ROOT",
    "SECRET_KEY",
)


class Site:
    """``with Site(folder) as site:`` starts web, workers, sweep and servers, and stops them at the end.

    data_dir: kept afterwards, so that a second Site can start on it. port: 0 takes a free one. demo: load the demo
    site. own_services=False uses DATABASE_URL and REDIS_URL of the environment. env: more variables, which win.
    Start it in the main thread: it dies with the thread that started it. Errors are `ServiceError`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        demo: bool = False,
        own_services: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = Path(os.path.realpath(data_dir))
        self.log = self.data_dir / "logs" / "supervisor.log"
        base = {
            name: value for name, value in os.environ.items() if not own_services or name not in _SERVICES
        }
        self._env = {
            **base, "HOST": "127.0.0.1", "PORT": str(port), "DEMO": "1" if demo else "0",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
            **(env or {}), "DATA_DIR": str(self.data_dir),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Site:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, seconds: float = 180) -> None:
        """Return when the web server answers and the workers have said that they are ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._process = process = spawn(
            [sys.executable, "-m", "sora_site.supervisor"],
            log=self.log, env=self._env, cwd=ROOT, death_signal=signal.SIGTERM,
        )  # fmt: skip

        def complete() -> bool:
            state = State.read(self.data_dir)
            return process.poll() is not None or (
                state is not None and state.pid == process.pid and state.complete
            )

        if not wait_until(complete, seconds=seconds, every=0.05) or process.poll() is not None:
            self.stop()
            raise ServiceError("The site did not start:\n" + "\n".join(last_lines(self.log, count=20)))

    def stop(self, *, seconds: float = 60) -> int:
        """As Ctrl-C would; returns the exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServiceError(f"The site did not stop within {seconds:.0f} s.") from None
        finally:
            self._process = None

    def kill(self) -> None:
        """End every process of the site at once, as a power cut would."""
        if self._process is not None:
            named = list(self.processes.values())
            for pid in [
                self._process.pid,
                *named,
                *processes_with("SORA_SITE_SUPERVISED", str(self.data_dir)),
            ]:
                send(pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Such as ``http://127.0.0.1:40213``, without a slash at the end."""
        return self._state().url

    @property
    def env(self) -> dict[str, str]:
        """os.environ with DATABASE_URL, REDIS_URL, SECRET_KEY and so on of this site, for commands and connections."""
        return {**self._env, **self._state().env}

    @property
    def processes(self) -> dict[str, int]:
        """Pids by name, as they are now: keeper, supervisor, postgres, valkey, web, worker-render, worker-default, sweep."""
        return self._state().processes

    @property
    def welcome(self) -> dict[str, str | None]:
        """What ``manage.py welcome --json`` told: admin_email, admin_password, invite_url."""
        return self._state().welcome

    def manage(self, *words: str) -> str:
        """Run ``manage.py`` on this site and return its standard output. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *words],
            env=self.env,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def _state(self) -> State:
        state = State.read(self.data_dir)
        if state is None:
            raise ServiceError(f"No site is running on {self.data_dir}.")
        return state

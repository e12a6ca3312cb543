"""Start everything in order, keep it up, stop it in the opposite order."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from sora_site.embedded import Postgres, ServiceError, Valkey
from sora_site.embedded.process import command_name, end, processes_with
from sora_site.supervisor import prepare
from sora_site.supervisor.console import Console, Tail, rotate
from sora_site.supervisor.options import Options
from sora_site.supervisor.program import Kept, Program
from sora_site.supervisor.state import ROOT, State

SUPERVISED = "SORA_SITE_SUPERVISED"
"""Environment variable that marks every process of a site with its data folder, so that orphans can be found."""
LEAST_FREE_BYTES = 200_000_000


class _StopError(BaseException):
    """A signal arrived where nobody can look at a flag; not an Exception, so that nothing swallows it."""


class Supervisor:
    """One site. `run` returns when it has been stopped. `keeper` is the pid that operators and signals deal with."""

    def __init__(
        self, options: Options, listener: socket.socket, *, keeper: int, inherited: Mapping[str, str]
    ) -> None:
        """inherited: the environment that whoever looks at the site from outside has anyway."""
        self._options = options
        self._inherited = inherited
        self._listener = listener
        self._console = Console()
        self._kept: list[Kept] = []
        self._tails: dict[str, Tail] = {}
        self._interruptible = True
        self._stopping = False
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        port: int = listener.getsockname()[1]
        os.environ[SUPERVISED] = str(options.data)
        self._env = os.environ | options.environment(os.environ, port=port)
        self._state = State(pid=keeper, url=options.address(port))

    def run(self) -> int:
        """Exit status: 0 after an orderly stop. Raises ServiceError when the site could not be started."""
        self._listen_to_signals()
        try:
            self._start()
            self._watch()
        except _StopError:
            pass
        finally:
            self._stop()
        return 0

    # --- start ---------------------------------------------------------------------------------

    def _start(self) -> None:
        options = self._options
        State.forget(options.data)
        for folder in (options.data, options.logs, options.data / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        for private in (options.logs, options.data / "run"):
            private.chmod(0o700)
        if shutil.disk_usage(options.data).free < LEAST_FREE_BYTES:
            raise ServiceError(
                f"No disk space: less than {LEAST_FREE_BYTES // 1_000_000} MB are free for {options.data}; "
                "free some, or choose another folder with DATA_DIR."
            )
        self._end_orphans()
        self._console.say(f"{self._env.get('SITE_NAME') or 'Sora Site'}, data in {options.data}")
        self._start_services()
        # A change of code can change tables: they come before everything that reads them.
        first = self._prepare_tables()
        self._prepare_static_files()
        started = time.monotonic()
        web = self._keep("web", self._web(), grace=8)
        if first:
            self._load_demo()
        welcome = self._manage("welcome", "welcome", "--json", log=options.data / "run" / "welcome.json")
        welcome.log.unlink(missing_ok=True)
        welcome.begin()
        with self._console.step("web"):
            self._await_web(web, since=started)
        self._state.serving = True
        self._note()
        with self._console.step("workers", "started"):
            for name, queue, processes, threads in (
                ("worker-render", "render", options.render_workers, 1),
                ("worker-default", "default", 1, 4),
            ):
                self._keep(name, self._worker(name, queue, processes, threads), grace=10)
            self._keep("sweep", self._manage("sweep", "sweep"), grace=5)
        self._greet(self._finish("welcome", welcome, fatal=False))
        welcome.log.unlink(missing_ok=True)  # it holds a password
        self._note()

    def _start_services(self) -> None:
        options = self._options
        if not options.redis_url:
            valkey = Valkey(options.data / "valkey", log=self._log("valkey"))
            self._kept.append(Kept("valkey", valkey, grace=10))
            with self._console.step("valkey"):
                valkey.start()
            self._env["REDIS_URL"] = valkey.url
        if not options.database_url:
            postgres = Postgres(options.data / "postgres", log=self._log("postgres"))
            self._kept.append(Kept("postgres", postgres, grace=20))
            with self._console.step("postgres"):
                postgres.start()
            self._env["DATABASE_URL"] = postgres.url

    def _prepare_tables(self) -> bool:
        """Returns whether the demo site is still to be loaded."""
        options = self._options
        stamp = prepare.tables(options.data / "postgres")
        # Of a server that is not ours we cannot know who else changed it: ask it every time.
        if options.database_url or not stamp.fresh:
            with self._console.step("tables", "up to date"):
                self._finish("migrate", self._one_shot("migrate", "migrate", "--noinput"))
                if not options.database_url:
                    stamp.set()
        return options.demo and (
            bool(options.database_url) or not prepare.demo(options.data / "postgres").fresh
        )

    def _prepare_static_files(self) -> None:
        folder = Path(self._env["STATIC_ROOT"])
        stamp = prepare.static_files(folder)
        if not self._options.debug and not stamp.fresh:
            with self._console.step("static files"):
                self._finish("collectstatic", self._one_shot("collectstatic", "collectstatic", "--noinput"))
                stamp.set()

    def _load_demo(self) -> None:
        with self._console.step("demo site", "loaded"):
            self._finish("load_demo", self._one_shot("load_demo", "load_demo"))
            if not self._options.database_url:
                prepare.demo(self._options.data / "postgres").set()

    def _web(self) -> Program:
        fd = self._listener.fileno()
        return Program(
            [sys.executable, "-m", "uvicorn", "sora_site.asgi:application", "--fd", str(fd),
             "--no-proxy-headers", "--no-access-log", "--no-server-header", "--ws-max-size", "65536",
             "--timeout-graceful-shutdown", "5"],
            log=self._log("web"), env={"DATABASE_POOL": "8", **self._env}, keep_fds=(fd,), ready_line="Application startup complete",
        )  # fmt: skip

    def _worker(self, name: str, queue: str, processes: int, threads: int) -> Program:
        return Program(
            [sys.executable, "-m", "dramatiq", "sora_site.worker", "-Q", queue, "--processes", str(processes),
             "--threads", str(threads), "--worker-shutdown-timeout", "8000"],
            log=self._log(name), env=self._env, ready_line="ready for action",
        )  # fmt: skip

    def _manage(self, name: str, *words: str, log: Path | None = None) -> Program:
        return Program(
            [sys.executable, ROOT / "manage.py", *words], log=log or self._log(name), env=self._env
        )

    def _log(self, name: str) -> Path:
        log = self._options.logs / f"{name}.log"
        rotate(log)
        return log

    def _one_shot(self, name: str, *words: str) -> Program:
        program = self._manage(name, *words)
        program.begin()
        return program

    def _finish(self, name: str, program: Program, *, fatal: bool = True) -> str:
        """Wait for a one-shot program; returns the last line it wrote. It may take as long as it needs."""
        self._await(lambda: not program.running())
        assert program.process is not None  # noqa: S101 - it was begun; this tells the type checker
        words = program.words()
        if program.process.returncode == 0:
            return words[-1] if words else ""
        tail = "\n".join(f"    {line}" for line in words[-8:])
        if fatal:
            raise ServiceError(f"manage.py {name} failed; the end of {program.log}:\n{tail}")
        self._console.say(f"manage.py {name} failed; the end of {program.log}:\n{tail}")
        return ""

    def _keep(self, name: str, program: Program, *, grace: float) -> Kept:
        self._tails[name] = Tail(program.log)
        kept = Kept(name, program, grace=grace)
        kept.begin()
        self._kept.append(kept)
        return kept

    def _await_web(self, web: Kept, *, since: float) -> None:
        """Return when it answers a request: the listening socket has been open since before it was started."""
        with socket.create_connection(self._reachable(), timeout=5) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            line.setblocking(False)
            while not select.select([line], [], [], 0.2)[0]:
                self._look(web)
                if web.given_up or time.monotonic() - since > 120:
                    tail = (
                        "\n".join(f"    {text}" for text in Program.words(web.part))
                        if isinstance(web.part, Program)
                        else ""
                    )
                    raise ServiceError(f"The web server does not start; the end of {web.part.log}:\n{tail}")

    def _reachable(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()[:2]
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 - the address to ask instead

    def _greet(self, answer: str) -> None:
        say = self._console.say
        try:
            welcome: dict[str, str | None] = json.loads(answer) if answer else {}
        except ValueError:
            welcome = {}
        self._state.welcome = welcome
        url = self._env["SITE_URL"]
        say()
        say(f"  Open     {url}")
        if email := welcome.get("admin_email"):
            password = welcome.get("admin_password")
            say(f"  Admin    {url}/admin/   {email}   {password or '(password as shown at the first start)'}")
        if invite := welcome.get("invite_url"):
            say(f"  Invite   {invite}")
        say()
        say("  Ctrl-C stops everything. Logs: " + str(self._options.logs))

    def _end_orphans(self) -> None:
        """End what an earlier supervisor could not, because somebody killed it and its keeper together."""
        servers = ("postgres", "valkey-server")  # these look after themselves when they are started

        def orphans() -> list[int]:
            found = processes_with(SUPERVISED, str(self._options.data))
            return [pid for pid in found if command_name(pid) not in servers]

        if not end(orphans, (signal.SIGKILL, 10)):
            raise ServiceError(f"Processes of an earlier start do not end: {orphans()}.")

    # --- watch ---------------------------------------------------------------------------------

    def _watch(self) -> None:
        self._interruptible = False
        noted: dict[str, int] = {}
        while not self._stopping:
            for kept in self._kept:
                self._look(kept)
            if noted != (noted := self._processes()) or not self._state.complete:
                self._state.complete = all(kept.part.ready() or kept.given_up for kept in self._kept)
                self._note()
            for name, tail in self._tails.items():
                for line in tail.errors():
                    self._console.say(f"[{name}] {line}")
            select.select([self._wake], [], [], 0.25)
            self._drain()

    def _look(self, kept: Kept) -> None:
        if told := kept.look(now=time.monotonic()):
            self._console.say(f"{kept.name} {told}")

    def _await(self, happened: Callable[[], bool]) -> None:
        while not happened():
            select.select([self._wake], [], [], 0.1)
            self._drain()

    def _drain(self) -> None:
        try:
            while os.read(self._wake, 512):
                pass
        except BlockingIOError:
            return

    def _processes(self) -> dict[str, int]:
        found = {kept.name: kept.part.process.pid for kept in self._kept if kept.part.process is not None}
        return found | {"supervisor": os.getpid(), "keeper": self._state.pid}

    def _note(self) -> None:
        self._state.env = {
            name: value
            for name, value in self._env.items()
            if name != SUPERVISED and self._inherited.get(name) != value
        }
        self._state.processes = self._processes()
        try:
            self._state.write(self._options.data)
        except OSError as error:
            self._console.say(f"Cannot write down the state of the site: {error}")

    # --- stop ----------------------------------------------------------------------------------

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake up
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if self._interruptible:
            raise _StopError

    def _stop(self) -> None:
        """Web first, then the workers with time to finish, then the servers. One more signal ends the waiting."""
        self._listener.close()
        running = [kept for kept in reversed(self._kept) if kept.part.process is not None]
        try:
            self._interruptible = True
            if running:
                self._console.say("\nStopping (once more to force) ...")
            programs = [kept for kept in running if isinstance(kept.part, Program)]
            for kept in sorted(programs, key=lambda kept: kept.name != "web"):
                if isinstance(kept.part, Program):
                    kept.part.ask_to_stop()
            deadline = time.monotonic()
            for kept in sorted(programs, key=lambda kept: kept.name != "web"):
                kept.part.stop(seconds=max(0.1, deadline + kept.grace - time.monotonic()))
            for kept in running:
                if kept not in programs:
                    kept.part.stop(seconds=kept.grace)
            if running:
                self._console.say("Stopped.")
        except _StopError:
            self._interruptible = False
            for kept in running:
                kept.part.kill()
            self._console.say("Stopped by force.")
        finally:
            self._interruptible = False
            State.forget(self._options.data)

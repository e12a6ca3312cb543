"""The feed page of 20 against two yardsticks, with 1,000 and with 100,000 posts.

The site runs in processes of its own, one for each size, and is asked over HTTP one request at a time. A figure is
processor time: of the web process and of the PostgreSQL processes that serve it, user and system, as the
kernel counts it. Waiting costs nothing, so a busy machine disturbs little. The things compared take turns in short
slices, and a figure is the median of the slices' ratios.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.report import CannotMeasure, Figure, Measured, at_most

DESCRIPTION = "the feed page of 20: queries, and processor time against a bare view and against SQL JSON"
SMALL, LARGE = 1_000, 100_000
ROUNDS = 9
SLICE_SECONDS = 0.45
TICK = 1 / os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Site:
    """One web process on one database."""

    database: str
    port: int
    process: subprocess.Popen[bytes]
    admin: psycopg.Connection[tuple[object, ...]]
    cookie: str = ""
    client: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path: str, *, known: bool = False) -> bytes:
        self.client.request("GET", path, headers={"Cookie": self.cookie} if known else {})
        response = self.client.getresponse()
        body = response.read()
        if response.status != 200:
            raise CannotMeasure(f"{path} answered {response.status}")
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("sessionid="):
                self.cookie = value.partition(";")[0]
        return body

    def processor_seconds(self) -> tuple[float, float]:
        """Of the web process, and of the database processes that serve it."""
        rows = self.admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [self.database]
        ).fetchall()
        return _processor_seconds(self.process.pid), sum(_processor_seconds(int(str(pid))) for (pid,) in rows)


def _processor_seconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError as error:
        raise CannotMeasure(
            f"process {pid} cannot be watched; PostgreSQL must run on this machine ({error})"
        ) from error
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * TICK


@dataclass(frozen=True)
class Thing:
    """Something to ask for, again and again."""

    name: str
    site: Site
    path: str
    known: bool = False


def run() -> Measured:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise CannotMeasure("DATABASE_URL is not set; script/bench brings a database")
    with contextlib.ExitStack() as stack:
        admin = stack.enter_context(psycopg.connect(url, autocommit=True))
        small = stack.enter_context(_site(url, admin, SMALL))
        large = stack.enter_context(_site(url, admin, LARGE))
        version = admin.execute("SHOW server_version").fetchone()
        return Measured(_measure(small, large), {"postgresql": str(version[0]) if version else "?"})


def _measure(small: Site, large: Site) -> list[Figure]:
    counts = {}
    for name, path, known in (("signed in", "/", True), ("signed out", "/", False)):
        large.get(path, known=known)
        large.get("/bench/asked")
        page = large.get(path, known=known)
        counts[name] = json.loads(large.get("/bench/asked"))["queries"]
        articles = page.count(b"<article")
        if articles != 20:
            raise CannotMeasure(f"the feed page has {articles} clips, not 20")
    size = int(large.get("/bench/keep", known=True))
    bare, rows = Thing("bare", large, "/bench/bare"), Thing("rows", large, "/bench/rows")
    inside, outside = Thing("in", large, "/", known=True), Thing("out", large, "/")
    further = Thing("further", large, _further(large), known=True)
    little = Thing("little", small, "/", known=True)
    cost = _compare([bare, rows, inside, outside, further, little])

    def ratio(over: Thing, under: Thing) -> float:
        return statistics.median(a / b for a, b in zip(cost[over.name], cost[under.name], strict=True))

    flat = ratio(inside, little)
    milliseconds = {name: statistics.median(values) * 1000 for name, values in cost.items()}
    return [
        at_most("queries, signed in", counts["signed in"], 6, "queries"),
        at_most("queries, signed out", counts["signed out"], 6, "queries"),
        at_most("signed in ÷ bare view of the same bytes", ratio(inside, bare), 12),
        at_most("signed in ÷ same rows as SQL JSON", ratio(inside, rows), 4),
        at_most("signed out ÷ bare view of the same bytes", ratio(outside, bare), 12),
        at_most("signed out ÷ same rows as SQL JSON", ratio(outside, rows), 4),
        at_most("page 50, signed in ÷ bare view", ratio(further, bare), 12),
        Figure("100,000 posts ÷ 1,000 posts", round(flat, 3), "×", "0.8 – 1.2", 0.8 <= flat <= 1.2),
        Figure("bytes of the page", size, "bytes"),
        *(Figure(f"processor time: {name}", round(value, 3), "ms") for name, value in milliseconds.items()),
    ]


def _further(site: Site) -> str:
    """The address of the 50th page."""
    path = "/"
    for _page in range(49):
        after = site.get(path, known=True).partition(b"?after=")[2].partition(b'"')[0].decode()
        if not after:
            raise CannotMeasure("the feed ended before its 50th page")
        path = f"/?after={after}"
    return path


def _compare(things: list[Thing]) -> dict[str, list[float]]:
    """Processor seconds of one request, for each thing and round. They take turns, in changing order."""
    often = {}
    for thing in things:
        for _ in range(30):
            thing.site.get(thing.path, known=thing.known)
        often[thing.name] = max(20, round(SLICE_SECONDS / _slice(thing, 100)))
    cost: dict[str, list[float]] = {thing.name: [] for thing in things}
    for turn in range(ROUNDS):
        for thing in things[turn % len(things) :] + things[: turn % len(things)]:
            cost[thing.name].append(_slice(thing, often[thing.name]))
    return cost


def _slice(thing: Thing, times: int) -> float:
    before = sum(thing.site.processor_seconds())
    for _ in range(times):
        thing.site.get(thing.path, known=thing.known)
    return max(TICK, sum(thing.site.processor_seconds()) - before) / times


@contextlib.contextmanager
def _site(url: str, admin: psycopg.Connection[tuple[object, ...]], posts: int) -> Iterator[Site]:
    """A database of its own, filled, with a web process on it; both are gone afterwards."""
    name = f"bench_feed_{posts}_{os.getpid()}"
    admin.execute(f'CREATE DATABASE "{name}"'.encode())
    parts = urlsplit(url)
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "DATABASE_POOL": "2",
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "HTTPS": "0",
    }
    try:
        for command in (["manage.py", "migrate", "-v0"], ["-m", "bench._feed_site", str(posts)]):
            done = subprocess.run(
                [sys.executable, *command], cwd=ROOT, env=environment, check=False, capture_output=True
            )
            if done.returncode:
                raise CannotMeasure(
                    f"{' '.join(command)} failed: {done.stderr.decode(errors='replace')[-2000:]}"
                )
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            port = place.getsockname()[1]
        command = [
            "-m",
            "uvicorn",
            "bench._feed_site:application",
            "--port",
            str(port),
            "--log-level",
            "error",
            "--no-access-log",
        ]
        command += ["--timeout-keep-alive", "900"]
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
        try:
            site = Site(name, port, process, admin)
            _await(site)
            site.get("/bench/enter")
            yield site
        finally:
            process.terminate()
            process.wait(20)
    finally:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _await(site: Site) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            raise CannotMeasure("the web process ended at once; its output is above")
        try:
            site.get("/bench/bare")
        except OSError:
            site.client.close()
            time.sleep(0.1)
        else:
            return
    raise CannotMeasure("the web process did not answer within a minute")

"""A whole site under the hardest treatment: whoever is killed, what was acknowledged stays and the site comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from sora_site.embedded.process import alive, processes_in, processes_with, send, wait_until
from sora_site.supervisor import Site
from sora_site.supervisor.state import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a site with spaces")


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    """One folder for all tests of this module: each start after the first finds what the last one left."""
    with Site(folder) as running:
        yield running


def status(url: str) -> int:
    """The HTTP status, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - an address of ours
            found: int = answer.status
            return found
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def healthy(site: Site) -> Callable[[], bool]:
    return lambda: status(f"{site.url}/healthz") == 200


def acknowledge(site: Site, number: int) -> None:
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number int)")
        connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])


def acknowledged(site: Site) -> set[int]:
    with psycopg.connect(site.env["DATABASE_URL"]) as connection:
        return {number for (number,) in connection.execute("SELECT number FROM acknowledged")}


def family(folder: Path) -> list[int]:
    return processes_with("SORA_SITE_SUPERVISED", str(folder))


def start(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A second `script/server`, which is expected to end by itself."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "DATA_DIR": str(folder), "DEMO": "0", "PORT": "0", **variables,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "sora_site.supervisor"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_serves_and_stops_without_leaving_anybody(folder: Path) -> None:
    with Site(folder) as site:
        assert healthy(site)()
        assert set(site.processes) == {
            "keeper", "supervisor", "postgres", "valkey", "web", "worker-render", "worker-default", "sweep",
        }  # fmt: skip
        pids = list(site.processes.values())
        acknowledge(site, 1)
        assert site.stop() == 0
    assert not [pid for pid in pids if alive(pid)]
    assert not family(folder)


def test_a_second_start_on_the_same_data_is_refused(site: Site, folder: Path) -> None:
    before = site.processes
    second = start(folder)
    assert second.returncode == 1
    assert second.stderr == (
        f"The site is already running on {folder} (pid {site.processes['keeper']}, {site.url}).\n"
    )
    assert second.stdout == ""
    assert site.processes == before
    assert healthy(site)()


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = start(tmp_path / "data", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} is taken by another program")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("name", ["web", "postgres", "valkey", "worker-render", "worker-default", "sweep"])
def test_each_part_comes_back_after_kill_9(site: Site, name: str) -> None:
    acknowledge(site, 100)
    killed = site.processes[name]
    url, database, messages = site.url, site.env["DATABASE_URL"], site.env["REDIS_URL"]
    send(killed, signal.SIGKILL)
    assert wait_until(lambda: site.processes[name] != killed, seconds=30)
    assert wait_until(healthy(site), seconds=30)
    assert (site.url, site.env["DATABASE_URL"], site.env["REDIS_URL"]) == (url, database, messages)
    assert 100 in acknowledged(site)
    with redis.Redis.from_url(messages) as client:
        assert client.ping()


def test_a_page_during_a_restart_of_the_web_server_is_late_not_refused(site: Site) -> None:
    killed = site.processes["web"]
    send(killed, signal.SIGKILL)
    assert wait_until(lambda: not alive(killed), seconds=5)
    assert status(f"{site.url}/healthz") == 200


@pytest.mark.parametrize("name", ["supervisor", "keeper"])
def test_killing_those_above_leaves_nobody_behind(site: Site, folder: Path, name: str) -> None:
    acknowledge(site, 200)
    pids = list(site.processes.values())
    assert len(family(folder)) >= 6
    send(site.processes[name], signal.SIGKILL)
    assert wait_until(lambda: not family(folder) and not any(alive(pid) for pid in pids), seconds=40)
    site.stop()
    site.start()
    assert healthy(site)()
    assert 200 in acknowledged(site)


def test_kill_9_of_everything_at_once_loses_nothing(site: Site) -> None:
    acknowledge(site, 300)
    site.kill()
    site.start()
    assert healthy(site)()
    assert 300 in acknowledged(site)


def test_ctrl_c_during_the_start_stops_it(folder: Path) -> None:
    site = Site(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "sora_site.supervisor"],
        env=site._env, cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline()  # it has begun
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(30) == 0
    assert wait_until(lambda: not family(folder), seconds=10)


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``manage.py`` in a terminal that knows nothing but the data folder."""
    unknown = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    environment = {
        **{name: value for name, value in os.environ.items() if name not in unknown},
        "DATA_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


WHICH_DATABASE = (
    "from django.db import connection; connection.ensure_connection(); print(connection.connection.info.port)"
)


def test_a_command_uses_the_services_of_the_running_site(site: Site, folder: Path) -> None:
    before = site.processes
    done = command(folder, "shell", "--no-imports", "-c", WHICH_DATABASE)
    assert done.stdout.strip() == str(urlsplit(site.env["DATABASE_URL"]).port), done.stderr
    assert site.processes == before


def test_a_command_without_a_site_brings_services_of_its_own(tmp_path: Path) -> None:
    done = command(tmp_path / "data", "shell", "--no-imports", "-c", WHICH_DATABASE)
    assert done.stdout.strip().isdigit(), done.stderr
    assert not processes_in(tmp_path / "data" / "postgres" / "data")
    assert not processes_in(tmp_path / "data" / "valkey")

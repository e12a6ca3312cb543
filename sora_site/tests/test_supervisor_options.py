"""What the operator asked for is read before anything starts, and what is wrong is said in one line."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from sora_site.embedded import ServiceError
from sora_site.supervisor.console import Tail, rotate
from sora_site.supervisor.options import Options, read_env_file
from sora_site.supervisor.state import AlreadyRunningError, Lock, State

EVERYWHERE = "0.0.0.0"  # noqa: S104 - asked for, not bound to


def options(tmp_path: Path, **variables: str) -> Options:
    return Options.read({"DATA_DIR": str(tmp_path), **variables})


def test_defaults(tmp_path: Path) -> None:
    read = options(tmp_path)
    assert (read.host, read.port, read.demo, read.render_workers) == ("127.0.0.1", 8000, True, 1)


def test_a_database_of_the_operators_gets_no_demo_people_unasked(tmp_path: Path) -> None:
    elsewhere = "postgres://site@db.example/site"
    assert not options(tmp_path, DATABASE_URL=elsewhere).demo
    assert options(tmp_path, DATABASE_URL=elsewhere, DEMO="1").demo
    assert not options(tmp_path, DEMO="0").demo


@pytest.mark.parametrize("value", ["eight", "-1", "70000", "80.5", "٣", "8000; ls"])
def test_a_port_that_is_none(tmp_path: Path, value: str) -> None:
    with pytest.raises(ServiceError, match="expected a whole number from 0 to 65535"):
        options(tmp_path, PORT=value).listen()


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} is taken.*PORT=.* script/server"):
            options(tmp_path, PORT=str(port)).listen()


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"HOST=no\.such\.host\.invalid is not an address"):
        options(tmp_path, HOST="no.such.host.invalid").listen()
    with pytest.raises(ServiceError, match=r"Cannot listen on 192\.0\.2\.1"):
        options(tmp_path, HOST="192.0.2.1").listen()


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = options(tmp_path).environment({}, port=8000)["SECRET_KEY"]
    assert len(first) >= 50
    assert options(tmp_path).environment({}, port=8000)["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert options(tmp_path).environment({"SECRET_KEY": "chosen"}, port=8000)["SECRET_KEY"] == "chosen"


def test_an_empty_secret_key_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    assert options(tmp_path).environment({}, port=8000)["SECRET_KEY"]


def test_hosts_are_allowed_only_where_the_site_listens(tmp_path: Path) -> None:
    assert "ALLOWED_HOSTS" not in options(tmp_path).environment({}, port=8000)
    everywhere = options(tmp_path, HOST=EVERYWHERE).environment({}, port=8000)
    assert EVERYWHERE not in everywhere["ALLOWED_HOSTS"]
    assert everywhere["SITE_URL"] == "http://localhost:8000"
    assert "ALLOWED_HOSTS" not in options(tmp_path, HOST=EVERYWHERE).environment(
        {"ALLOWED_HOSTS": "a.example"}, port=8000
    )


def test_an_env_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert read_env_file(path) == {}
    path.write_text('# mail\nEMAIL_HOST=mail.example\nexport SITE_NAME="Our = site"\n\nEMPTY=\n')
    assert read_env_file(path) == {"EMAIL_HOST": "mail.example", "SITE_NAME": "Our = site", "EMPTY": ""}
    path.write_text("A=1\nno equals sign\n")
    with pytest.raises(ServiceError, match=r"\.env, line 2: expected NAME=value"):
        read_env_file(path)


def test_the_lock_names_its_holder(tmp_path: Path) -> None:
    holder = Lock(tmp_path / "data")
    holder.tell(4711, "http://127.0.0.1:8000")
    with pytest.raises(
        AlreadyRunningError, match=r"already running on .*data \(pid 4711, http://127\.0\.0\.1:8000\)"
    ):
        Lock(tmp_path / "data")
    Lock(tmp_path / "other")


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match=r"Cannot write in .*choose another folder with DATA_DIR"):
        Lock(tmp_path / "file" / "data")


def test_the_state_holds_passwords_and_is_private(tmp_path: Path) -> None:
    State(pid=1, url="http://localhost:8000", env={"SECRET_KEY": "s"}).write(tmp_path)
    written = tmp_path / "run" / "site.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert State.read(tmp_path) == State(pid=1, url="http://localhost:8000", env={"SECRET_KEY": "s"})
    written.write_text("{")
    assert State.read(tmp_path) is None
    State.forget(tmp_path)
    assert State.read(tmp_path) is None


def test_errors_in_a_log_are_shown_once_and_not_in_floods(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("old ERROR line\n")
    tail = Tail(log)
    assert tail.errors() == []
    with log.open("a") as out:
        out.write("12:00 INFO fine\n12:01 ERROR broken\n12:02 ERROR half a li")
    assert tail.errors() == ["12:01 ERROR broken"]
    with log.open("a") as out:
        out.write("ne\n" + "12:03 ERROR again\n" * 8)
    assert tail.errors() == [
        "12:02 ERROR half a line",
        *["12:03 ERROR again"] * 4,
        f"... and 4 more in {log}",
    ]
    assert tail.errors() == []


def test_a_long_log_is_put_aside_at_the_start(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("x" * 100)
    rotate(log, limit=100)
    assert log.exists()
    rotate(log, limit=99)
    assert not log.exists()
    assert (tmp_path / "web.log.1").stat().st_size == 100

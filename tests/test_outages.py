"""Servers are really stopped under a running site: plain answers meanwhile, and everything resumes."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from sora_site.embedded.postgres import Postgres
from sora_site.embedded.process import wait_until
from sora_site.embedded.valkey import Valkey
from sora_site.middleware import plain_outage
from sora_site.supervisor import Site

pytestmark = pytest.mark.slow


class Gate:
    """A fixed address for a server that gets another port at each start. Forwards bytes, knows nothing else."""

    def __init__(self, server: Postgres | Valkey) -> None:
        self.server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        parts = urlsplit(self.server.url)
        account = parts.netloc.rpartition("@")[0]
        port = self._listener.getsockname()[1]
        return urlunsplit(parts._replace(netloc=f"{account}@127.0.0.1:{port}", query=""))

    def close(self) -> None:
        self._listener.close()
        for end in self._open:
            with suppress(OSError):
                end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                try:
                    far = socket.create_connection(
                        ("127.0.0.1", urlsplit(self.server.url).port or 0), timeout=5
                    )
                    far.settimeout(None)
                except OSError:
                    near.close()
                    continue
                self._open += [near, far]
                for here, there in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(here, there), daemon=True).start()

    @staticmethod
    def _pump(here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65_536):
                there.sendall(data)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres(folder / "data", log=folder / "log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    folder = tmp_path_factory.mktemp("valkey")
    server = Valkey(folder / "data", log=folder / "log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def site(postgres: Postgres, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    gates = {"DATABASE_URL": Gate(postgres), "REDIS_URL": Gate(valkey)}
    folder = tmp_path_factory.mktemp("site")
    with Site(folder, own_services=False, env={name: gate.url for name, gate in gates.items()}) as running:
        yield running
    for gate in gates.values():
        gate.close()


class Client:
    def __init__(self, site: Site) -> None:
        self.address = urlsplit(site.url)
        self.headers = {"Content-Type": "application/json"}
        made = self.json(
            "POST",
            "/api/v1/auth/token",
            {"email": site.welcome["admin_email"], "password": site.welcome["admin_password"]},
        )
        self.headers["Authorization"] = f"Bearer {made['token']}"

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=30)
        connection.request(method, path, None if body is None else json.dumps(body), self.headers | headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, answer.headers, text

    def json(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, object]:
        status, _headers, text = self.ask(method, path, body, **headers)
        assert status in (200, 201), (status, text)
        found: dict[str, object] = json.loads(text)
        return found

    def submit(self, prompt: str) -> tuple[int, str]:
        status, _headers, text = self.ask(
            "POST",
            "/api/v1/generations",
            {"prompt": prompt, "seconds": 3},
            **{"Idempotency-Key": str(uuid.uuid4())},
        )
        return status, text

    def becomes_ready(self, public_id: object) -> bool:
        def ready() -> bool:
            found = self.json("GET", f"/api/v1/generations/{public_id}")
            assert found["state"] in ("queued", "running", "ready"), found
            return found["state"] == "ready"

        return wait_until(ready, seconds=90, every=0.2)


def answers(client: Client, wanted: int) -> bool:
    return wait_until(lambda: client.ask("GET", "/healthz")[0] == wanted, seconds=30, every=0.1)


def clips(client: Client) -> int:
    found = client.json("GET", "/api/v1/generations")
    results = found["results"]
    assert isinstance(results, list)
    return len(results)


def test_without_the_database_there_is_a_plain_page_and_afterwards_work_goes_on(
    site: Site, postgres: Postgres
) -> None:
    client = Client(site)
    status, text = client.submit("A red fox runs through a forest")
    assert status == 201
    waiting = json.loads(text)
    postgres.stop()
    try:
        for path in ("/", "/explore", "/accounts/login/", f"/v/{uuid.uuid4()}"):
            status, headers, text = client.ask("GET", path)
            assert status == 503, path
            assert headers["Retry-After"] == "5"
            assert "Nothing is lost" in text
            assert "Traceback" not in text
        status, headers, text = client.ask("GET", "/api/v1/feed")
        assert status == 503
        assert headers["Content-Type"] == "application/json"
        assert "Nothing is lost" in json.loads(text)["detail"]
        assert client.submit("A blue ball bounces")[0] == 503
    finally:
        postgres.start()
    assert answers(client, 200)
    assert clips(client) == 1
    assert client.becomes_ready(waiting["id"])
    log = Path(site.data_dir / "logs" / "web.log").read_text("utf-8")
    assert "a service is out of reach" in log
    assert "Traceback" not in log


def test_without_valkey_nothing_acknowledged_is_lost_and_afterwards_work_goes_on(
    site: Site, valkey: Valkey
) -> None:
    client = Client(site)
    before = clips(client)
    valkey.stop()
    try:
        assert answers(client, 503)
        status, text = client.submit("A green frog jumps over a log")
        assert status in (201, 503), text
        acknowledged = status == 201
    finally:
        valkey.start()
    assert answers(client, 200)
    assert clips(client) == before + acknowledged
    status, text = client.submit("A yellow balloon floats over a beach")
    assert status == 201, text
    assert client.becomes_ready(json.loads(text)["id"])
    newest = client.json("GET", "/api/v1/generations")["results"]
    assert isinstance(newest, list)
    for clip in newest:
        assert client.becomes_ready(clip["id"])
    assert "Traceback" not in Path(site.data_dir / "logs" / "web.log").read_text("utf-8")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_an_outage_and_not_a_bug(number: int) -> None:
    def upload(request: HttpRequest) -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:
            if number == errno.ENOSPC:
                full.write(b"x")
            raise OSError(number, "the disk")

    handle = plain_outage(upload)
    answer = handle(RequestFactory().post("/settings"))
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.content.decode()


def test_other_errors_of_files_stay_errors() -> None:
    def read(request: HttpRequest) -> None:
        Path("/nowhere/at/all").read_bytes()

    with pytest.raises(FileNotFoundError):
        plain_outage(read)(RequestFactory().get("/"))

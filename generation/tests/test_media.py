"""Sending clips: ranges, types, caching, who may, and how little memory it takes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import TimestampSigner
from django.test import AsyncClient
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from generation import decisions, delivery, files
from generation.models import Generation
from generation.tests.conftest import NOW, ask, make_ready, wait_until
from generation.tests.sockets import session_of
from users.models import User

BODY = bytes(range(256)) * 4000


@pytest.fixture
def clip(alice: User) -> Generation:
    done = make_ready(ask(alice))
    Path(default_storage.path(done.clip)).write_bytes(BODY)
    return done


class Answer:
    """What came back, with the body read to its end."""

    def __init__(self, response: Any, body: bytes) -> None:
        self.status, self.headers, self.body = response.status_code, response.headers, body


def fetch(path: str, user: User | None = None, method: str = "get", **headers: str) -> Answer:
    async def go() -> Answer:
        client = AsyncClient()
        if user is not None:
            await client.aforce_login(user)
        response = await getattr(client, method)(
            path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        body = b"".join([piece async for piece in response]) if response.streaming else response.content
        return Answer(response, body)

    return async_to_sync(go)()


@pytest.mark.django_db
def test_the_whole_file(alice: User, clip: Generation) -> None:
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice)
    assert (answer.status, answer.body) == (200, BODY)
    expected = {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(BODY)),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    assert expected.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert fetch(delivery.path_of(clip, "poster.jpg"), alice).headers["Content-Type"] == "image/jpeg"
    assert (
        fetch(delivery.path_of(clip, "captions.vtt"), alice).headers["Content-Type"]
        == "text/vtt; charset=utf-8"
    )
    saved = fetch(delivery.path_of(clip, "clip.mp4") + "?download=1", alice)
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-499", 0, 499),
        ("bytes=300000-700000", 300_000, 700_000),
        ("bytes=1000-", 1000, len(BODY) - 1),
        ("bytes=-500", len(BODY) - 500, len(BODY) - 1),
        ("bytes=-99999999", 0, len(BODY) - 1),
        ("bytes=5-99999999", 5, len(BODY) - 1),
    ],
)
def test_a_part(alice: User, clip: Generation, asked: str, start: int, end: int) -> None:
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice, range=asked)
    assert answer.status == 206
    assert answer.body == BODY[start : end + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(BODY)}"
    assert answer.headers["Content-Length"] == str(end - start + 1)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [f"bytes={len(BODY)}-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_part_that_is_not_there(alice: User, clip: Generation, asked: str) -> None:
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice, range=asked)
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-9", "bytes=9-2", "lines=1-2", "bytes=a-b", "bytes=-", "", "bytes=" + "9" * 5000 + "-"],
)
def test_what_is_no_single_range_gets_everything(alice: User, clip: Generation, asked: str) -> None:
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice, range=asked)
    assert (answer.status, len(answer.body)) == (200, len(BODY))


@pytest.mark.django_db
def test_what_the_browser_has_is_not_sent_again(alice: User, clip: Generation) -> None:
    path = delivery.path_of(clip, "clip.mp4")
    first = fetch(path, alice)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in (
        {"if_none_match": etag},
        {"if_none_match": f'"x", W/{etag}'},
        {"if_modified_since": modified},
    ):
        answer = fetch(path, alice, **headers)
        assert (answer.status, answer.body) == (304, b"")
    assert fetch(path, alice, if_none_match='"other"', if_modified_since=modified).status == 200
    assert fetch(path, alice, range="bytes=0-9", if_range=etag).status == 206
    assert fetch(path, alice, range="bytes=0-9", if_range=modified).status == 206
    assert fetch(path, alice, range="bytes=0-9", if_range='"other"').status == 200
    assert fetch(path, alice, range="bytes=0-9", if_range="Wed, 21 Oct 2015 07:28:00 GMT").status == 200
    assert fetch(path, alice, if_modified_since="no date").status == 200


@pytest.mark.django_db
def test_head_has_the_figures_and_no_body(alice: User, clip: Generation) -> None:
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice, method="head")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", str(len(BODY)))
    part = fetch(delivery.path_of(clip, "clip.mp4"), alice, method="head", range="bytes=0-9")
    assert (part.status, part.body, part.headers["Content-Length"]) == (206, b"", "10")
    assert fetch(delivery.path_of(clip, "clip.mp4"), alice, method="post").status == 405


@pytest.mark.django_db
def test_who_may_not_have_it(alice: User, charlie: User, clip: Generation) -> None:
    for part in delivery.TYPES:
        for user in (None, charlie):
            assert fetch(delivery.path_of(clip, part), user).status == 404
    waiting = ask(alice)
    assert fetch(delivery.path_of(waiting, "clip.mp4"), alice).status == 404
    assert fetch(delivery.path_of(clip, "clip.mp4"), alice).status == 200
    decisions.delete(generation=clip, now=NOW)
    assert fetch(delivery.path_of(clip, "clip.mp4"), alice).status == 404


@pytest.mark.django_db
def test_a_signed_link_opens_one_part_for_a_while(
    alice: User, charlie: User, clip: Generation, settings: Settings
) -> None:
    link = delivery.signed_link(clip, "clip.mp4")
    for user in (None, charlie):
        assert fetch(link, user).body == BODY
    assert fetch(link, range="bytes=0-9").status == 206
    key = link.partition("?key=")[2]
    other = make_ready(ask(alice))
    forged = TimestampSigner(salt="generation.media", key="another secret").sign(f"{clip.public_id}/clip.mp4")
    for path in (
        f"{delivery.path_of(clip, 'poster.jpg')}?key={key}",
        f"{delivery.path_of(other, 'clip.mp4')}?key={key}",
        f"{delivery.path_of(clip, 'clip.mp4')}?key={key[:-2]}",
        f"{delivery.path_of(clip, 'clip.mp4')}?key=",
        f"{delivery.path_of(clip, 'clip.mp4')}?key={forged.partition(':')[2]}",
    ):
        assert fetch(path).status == 404
    settings.MEDIA_LINK_SECONDS = -1
    assert fetch(link).status == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tail",
    [
        "../../settings.py",
        "..%2f..%2fsettings.py",
        "%2e%2e/%2e%2e/clip.mp4",
        "clip.mp4/../../../etc/passwd",
        "clip.mp4%00.jpg",
        "clip.MP4",
        "live/1/../0",
        "live/1/-1",
        "live/1/99999",
        "live/99999/0",
        "live/1/0x1",
        "live/١/0",
        "storyboard.json",
    ],
)
def test_no_way_out_of_the_folder(alice: User, clip: Generation, tail: str) -> None:
    answer = fetch(f"/media/g/{clip.public_id}/{tail}", alice)
    assert answer.status in (400, 404)
    assert b"DATABASES" not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.django_db
def test_fragments_are_the_owners(alice: User, charlie: User) -> None:
    ask(alice)
    job = decisions.claim_next(worker="w", now=NOW)
    assert job is not None
    default_storage.save(files.fragment_name(job, 0), ContentFile(b"init"))
    default_storage.save(files.fragment_name(job, 1), ContentFile(b"first"))
    base = f"/media/g/{job.public_id}/live/1/"
    answer = fetch(f"{base}1", alice)
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"first", "video/mp4")
    assert "immutable" in answer.headers["Cache-Control"]
    assert fetch(f"{base}0", alice).body == b"init"
    for path, user in ((f"{base}1", charlie), (f"{base}1", None), (f"{base}2", alice)):
        assert fetch(path, user).status == 404
    assert fetch(f"/media/g/{job.public_id}/live/2/0", alice).status == 404


@pytest.mark.django_db
def test_a_file_that_is_missing_is_a_404(alice: User, clip: Generation) -> None:
    Path(default_storage.path(clip.clip)).unlink()
    assert fetch(delivery.path_of(clip, "clip.mp4"), alice).status == 404


@pytest.mark.django_db
def test_nginx_sends_where_it_is_told_to(
    alice: User, charlie: User, clip: Generation, settings: Settings
) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/protected/"
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice)
    assert answer.headers["X-Accel-Redirect"] == f"/protected/{clip.clip}"
    assert (answer.headers["Content-Type"], answer.body) == ("video/mp4", b"")
    assert "X-Accel-Redirect" not in fetch(delivery.path_of(clip, "clip.mp4"), charlie).headers


@pytest.mark.django_db
def test_a_bucket_sends_by_a_link_of_its_own(alice: User, clip: Generation, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "clips",
                "access_key": "key",
                "secret_key": "secret",
                "region_name": "eu-central-1",
                "querystring_auth": True,
            },
        },
    }
    answer = fetch(delivery.path_of(clip, "clip.mp4"), alice)
    assert answer.status == 302
    assert re.search(rf"clips.*{clip.clip}\?.*X-Amz-Signature=", answer.headers["Location"])


@given(st.integers(0, 2000), st.integers(0, 2500), st.integers(0, 2500))
def test_a_span_always_lies_within_the_file(size: int, start: int, end: int) -> None:
    for header in (f"bytes={start}-{end}", f"bytes={start}-", f"bytes=-{end}"):
        try:
            span = delivery.span_of(header, size)
        except delivery.Unsatisfiable:
            continue
        assert span is None or 0 <= span.start <= span.end < size


@pytest.fixture
def site_address(tmp_path: Path, transactional_db: None) -> Iterator[tuple[str, int]]:
    """A real ASGI server on this test's database and storage: its address and process."""
    from django.db import connection

    database = connection.settings_dict
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "sora_site.asgi:application",
            "--port",
            str(port),
            "--log-level",
            "warning",
        ],
        env=os.environ
        | {
            "DATABASE_POOL": "2",
            "DATABASE_URL": url,
            "STORAGE_URL": (tmp_path / "media").as_uri(),
            "ALLOWED_HOSTS": "127.0.0.1",
        },
        cwd=site.BASE_DIR,
    )

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        assert wait_until(answers, seconds=40)
        yield f"127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(20)


def peak_bytes(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_200_megabytes_do_not_grow_the_process(alice: User, site_address: tuple[str, int]) -> None:
    import http.client

    address, pid = site_address
    done = make_ready(ask(alice, now=timezone.now()))
    size = 200 * 1024 * 1024
    with Path(default_storage.path(done.clip)).open("wb") as file:
        file.truncate(size)
    cookie = session_of(alice).decode()

    def download(**headers: str) -> int:
        connection = http.client.HTTPConnection(address, timeout=60)
        connection.request("GET", delivery.path_of(done, "clip.mp4"), headers={"Cookie": cookie, **headers})
        response = connection.getresponse()
        assert response.status in (200, 206)
        got = 0
        while piece := response.read(1 << 20):
            got += len(piece)
        connection.close()
        return got

    assert download(Range="bytes=0-1048575") == 1 << 20
    before = peak_bytes(pid)
    assert download() == size
    assert download(Range="bytes=1000-") == size - 1000
    assert peak_bytes(pid) - before < 20 * 1024 * 1024


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_slow_readers_hold_no_connection_to_the_database(alice: User, site_address: tuple[str, int]) -> None:
    """The server has two connections; six people read a large file and stop after its first bytes."""
    address, _pid = site_address
    host, port = address.split(":")
    done = make_ready(ask(alice, now=timezone.now()))
    with Path(default_storage.path(done.clip)).open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    cookie = session_of(alice).decode()

    def begin(path: str) -> socket.socket:
        reader = socket.create_connection((host, int(port)), timeout=20)
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        return reader

    readers = [begin(delivery.path_of(done, "clip.mp4")) for _ in range(6)]
    try:
        for reader in readers:
            assert reader.recv(12) == b"HTTP/1.1 200"
        last = begin("/healthz")
        readers.append(last)
        assert last.recv(12) == b"HTTP/1.1 200"
    finally:
        for reader in readers:
            reader.close()

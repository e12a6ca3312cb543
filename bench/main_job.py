"""The main job as a person meets it: from the press of the button to the first moving picture and the finished clip.

A whole site is started (web, workers, PostgreSQL, Valkey); a client of the API submits five clips one after
another, and asks like an impatient page while each is made. Times are wall times: the machine should be idle.
"""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench.report import CannotMeasure, Figure, Measured, at_most
from sora_site.embedded import ServiceError
from sora_site.supervisor import Site

DESCRIPTION = "submit -> first playable fragment -> finished 5 s clip; the web while a clip is drawn"
CLIP_SECONDS = 5
PROMPTS = (
    "A red fox jumps over a pumpkin in the snow at night",
    "Two pandas dance on the beach at sunset, the camera zooms out",
    "一只小猫在雨中的城市里追蝴蝶",
    'A robot rolls through a meadow and says: "What a day!"',
    "A rocket flies past a purple planet in space, pan right",
)
WARM_UP = "A blue ball bounces in a room"
DEADLINE = 120.0


class Client:
    """A person with an API token, over one kept connection."""

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(
            parts.hostname or "127.0.0.1", parts.port or 80, timeout=30
        )
        self.headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        self.connection.request(
            method, path, None if body is None else json.dumps(body), self.headers | headers
        )
        response = self.connection.getresponse()
        content = response.read()
        kind = response.headers.get_content_type()
        return response.status, json.loads(content) if kind == "application/json" else content


def run() -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-main-job-") as folder:
        try:
            with Site(
                Path(folder), demo=False, env={"API_RATE_USER": "100000/min", "MAX_DAILY_GENERATIONS": "100"}
            ) as site:
                return _measure(site)
        except ServiceError as error:
            raise CannotMeasure(str(error)) from error


def _measure(site: Site) -> Measured:
    email, password = site.welcome["admin_email"], site.welcome["admin_password"]
    status, answer = Client(site.url).call(
        "POST", "/api/v1/auth/token", {"email": email, "password": password}
    )
    if status not in (200, 201):
        raise CannotMeasure(f"no token: {status} {answer}")
    client = Client(site.url, answer["token"])
    _make(client, WARM_UP)
    quiet = _page_times(site.url, seconds=3.0)

    firsts, wholes, busy = [], [], []
    for prompt in PROMPTS:
        drawing = threading.Event()
        pages: list[float] = []
        watcher = threading.Thread(target=lambda d=drawing, p=pages: p.extend(_page_times(site.url, until=d)))
        watched = prompt is PROMPTS[-1]
        if watched:
            watcher.start()
        first, whole = _make(client, prompt)
        drawing.set()
        if watched:
            watcher.join()
            busy = pages
        else:
            firsts.append(first)
            wholes.append(whole)
    if not busy:
        raise CannotMeasure("no page was asked for while a clip was drawn")
    p95_quiet, p95_busy = (float(np.percentile(times, 95)) for times in (quiet, busy))
    return Measured(
        [
            at_most("first playable fragment after submit, median", statistics.median(firsts), 2.0, "s"),
            at_most("first playable fragment after submit, slowest", max(firsts), 2.0, "s"),
            at_most("finished 5 s 540x960 clip after submit, median", statistics.median(wholes), 8.0, "s"),
            at_most("finished 5 s 540x960 clip after submit, slowest", max(wholes), 8.0, "s"),
            Figure(
                "seconds of work per second of clip", round(statistics.median(wholes) / CLIP_SECONDS, 2), "×"
            ),
            at_most("web p95 while a clip is drawn", p95_busy * 1000, 200, "ms"),
            Figure("web p95 drawing / quiet", round(p95_busy / p95_quiet, 2), "×"),
            Figure("pages asked for while drawing", len(busy), "requests"),
        ]
    )


def _make(client: Client, prompt: str) -> tuple[float, float]:
    """Seconds from submit to the first fragment that can be fetched, and to the finished clip."""
    started = time.perf_counter()
    status, made = client.call(
        "POST",
        "/api/v1/generations",
        {"prompt": prompt, "seconds": CLIP_SECONDS, "shape": "9:16"},
        **{"Idempotency-Key": str(uuid.uuid4())},
    )
    if status not in (200, 201):
        raise CannotMeasure(f"submit answered {status}: {made}")
    path = f"/api/v1/generations/{made.get('id') or made['public_id']}"
    first = 0.0
    while (now := time.perf_counter() - started) < DEADLINE:
        status, state = client.call("GET", path)
        if status != 200:
            raise CannotMeasure(f"{path} answered {status}")
        if state["state"] in ("failed", "cancelled"):
            raise CannotMeasure(f"the clip ended as {state['state']}: {state}")
        if not first and (state["fragments"] or state["state"] == "ready"):
            first = now
        if state["state"] == "ready":
            return first, now
        threading.Event().wait(0.02)
    raise CannotMeasure(f"no clip after {DEADLINE:.0f} s")


def _page_times(url: str, *, seconds: float = DEADLINE, until: threading.Event | None = None) -> list[float]:
    """Seconds that the feed and its stylesheet-free neighbours take, asked for one after another."""
    client, times, started = Client(url), [], time.perf_counter()
    while time.perf_counter() - started < seconds and not (until and until.is_set()):
        for path in ("/", "/explore", "/healthz"):
            asked = time.perf_counter()
            status, _body = client.call("GET", path)
            if status != 200:
                raise CannotMeasure(f"{path} answered {status}")
            times.append(time.perf_counter() - asked)
        threading.Event().wait(0.05)
    return times

"""The API for generations: the same answers as the pages, in JSON."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from generation import decisions
from generation.models import Generation, State
from generation.tests.conftest import NOW, ask, make_ready
from moderation.models import Reason, Ruling, RulingKind, SubjectKind
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/generations"
BODY = {"prompt": "A ball rolls", "engine": "flipbook", "short_side": 64, "seconds": 3}


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


@pytest.fixture
def mine(alice: User) -> APIClient:
    return client_of(alice)


def post(client: APIClient, key: str | None = None, **fields: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    # json.dumps escapes what UTF-8 cannot hold, as a hostile client would.
    return client.post(URL, json.dumps(BODY | fields), content_type="application/json", headers=headers)


def test_ask_and_read(mine: APIClient, alice: User) -> None:
    made = post(mine, key="one", seed=5)
    assert made.status_code == 201
    generation = Generation.objects.get(owner=alice)
    body = made.json()
    assert (body["id"], body["state"], body["seed"], body["position"]) == (
        str(generation.public_id),
        "queued",
        5,
        1,
    )
    assert mine.get(f"{URL}/{body['id']}").json()["prompt"] == "A ball rolls"


def test_keys(mine: APIClient) -> None:
    first, again = post(mine, key="k"), post(mine, key="k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    forged = post(mine, key="k", prompt="Another")
    assert (forged.status_code, forged.json()["code"]) == (409, "key_reused")
    assert Generation.objects.count() == 1
    post(mine)
    post(mine)
    assert Generation.objects.count() == 3, "without a key each call is a wish of its own"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n "}, "prompt"),
        ({"prompt": "x" * 10_000}, "prompt"),
        ({"prompt": "a\u0000b"}, "prompt"),
        ({"prompt": "a\u0007b"}, "prompt"),
        ({"prompt": "a \ud800 b"}, "prompt"),
        ({"prompt": "a\u202eb"}, "prompt"),
        ({"prompt": ["a"]}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": "@nobody"}, "prompt"),
        ({"seconds": 2}, "seconds"),
        ({"seconds": 31}, "seconds"),
        ({"seconds": "long"}, "seconds"),
        ({"seconds": "NaN"}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"engine": "sora-9000"}, "engine"),
        ({"shape": "4:3"}, "shape"),
        ({"short_side": 123}, "short_side"),
        ({"short_side": 10**12}, "short_side"),
        ({"style": "cubist"}, "style"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
    ],
)
def test_bad_input(mine: APIClient, fields: dict[str, Any], field: str) -> None:
    answer = post(mine, **fields)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()) == [field]
    assert Generation.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"[]", b'"text"', b"{", b"\xff\xfe", b'{"prompt": {}}'])
def test_bodies_that_are_no_wish(mine: APIClient, raw: bytes) -> None:
    answer = mine.post(URL, raw, content_type="application/json")
    assert answer.status_code == 400
    assert Generation.objects.count() == 0


def test_emoji_alone_are_a_prompt(mine: APIClient) -> None:
    assert post(mine, prompt="🦊❄️").status_code == 201


def test_limits_and_suspension(mine: APIClient, alice: User, staff: User, settings: Any) -> None:
    settings.MAX_ACTIVE_GENERATIONS = 1
    post(mine)
    answer = post(mine)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_active")
    Ruling.objects.create(
        subject_kind=SubjectKind.USER,
        subject_id=alice.public_id,
        kind=RulingKind.SUSPEND,
        reason=Reason.SPAM,
        explanation="Spam.",
        made_by=staff,
    )
    answer = post(mine)
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")
    assert Generation.objects.count() == 1


def test_cancel_retry_delete(mine: APIClient, alice: User) -> None:
    address = f"{URL}/{ask(alice).public_id}"
    assert mine.post(f"{address}/cancel").json()["state"] == "cancelled"
    assert mine.post(f"{address}/cancel").status_code == 409
    assert mine.post(f"{address}/retry").json()["state"] == "queued"
    assert mine.post(f"{address}/retry").json()["code"] == "not_now"
    assert mine.delete(address).status_code == 204
    assert mine.get(address).status_code == 404
    assert mine.delete(address).status_code == 404


@pytest.mark.parametrize("method", ["get", "delete", "cancel", "retry"])
def test_anothers_is_not_there(alice: User, charlie: User, method: str) -> None:
    generation = ask(alice)
    address = f"{URL}/{generation.public_id}"
    for client, expected in ((client_of(charlie), 404), (client_of(None), 401)):
        answer = (
            client.post(f"{address}/{method}")
            if method in ("cancel", "retry")
            else getattr(client, method)(address)
        )
        assert answer.status_code == expected
    generation.refresh_from_db()
    assert (generation.state, generation.deleted_at) == (State.QUEUED, None)
    assert client_of(None).get(URL).status_code == 401
    assert client_of(charlie).get(URL).json()["results"] == []


def test_the_list_is_read_in_pages(mine: APIClient, alice: User, bob: User, settings: Any) -> None:
    settings.MAX_ACTIVE_GENERATIONS = 200
    asked = [str(ask(alice, f"Ball {n}").public_id) for n in range(60)]
    ask(bob)
    first = mine.get(URL).json()
    second = mine.get(URL, {"before": first["next"]}).json()
    assert [each["id"] for each in first["results"] + second["results"]] == asked[::-1]
    assert second["next"] is None
    assert len(mine.get(URL, {"q": "Ball 59"}).json()["results"]) == 1
    for before in ("nonsense", str(uuid.uuid4()), str(Generation.objects.get(owner=bob).public_id)):
        assert mine.get(URL, {"before": before}).status_code == 400


def test_a_finished_one_names_its_parts(mine: APIClient, alice: User) -> None:
    done = make_ready(ask(alice))
    body = mine.get(f"{URL}/{done.public_id}").json()
    assert body["clip"] == f"/media/g/{done.public_id}/clip.mp4"
    assert (body["state"], body["progress"], body["duration"]) == ("ready", 1.0, 3.0)
    job = ask(alice)
    claimed = decisions.claim_next(worker="w", now=NOW)
    assert claimed is not None
    decisions.fail(generation=claimed, problem="too_slow", now=NOW)
    body = mine.get(f"{URL}/{job.public_id}").json()
    assert (body["problem"], body["clip"]) == ("too_slow", "")
    assert "longer than a clip may take" in body["problem_sentence"]

"""The composer, the live page and the drafts, as their owner and others meet them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generation import decisions
from generation.models import Generation, State
from generation.tests.conftest import NOW, ask, make_ready
from licensing.models import Character
from moderation.models import Reason, Ruling, RulingKind, SubjectKind
from users.models import User

pytestmark = pytest.mark.django_db
ENTER = dict[str, str]


def typed(**fields: str) -> dict[str, str]:
    """What a browser sends from the composer."""
    return {
        "prompt": "A ball rolls",
        "shape": "9:16",
        "seconds": "3",
        "short_side": "64",
        "style": "",
        "engine": "flipbook",
        "key": str(uuid.uuid4()),
    } | fields


@pytest.fixture
def browser(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_the_composer_offers_an_example_to_change(browser: Client) -> None:
    page = browser.get("/create")
    assert page.status_code == 200
    assert "red fox" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"] or "no-cache" in page.headers["Cache-Control"]


def test_the_form_works_without_scripts(browser: Client, alice: User) -> None:
    answer = browser.post("/create", typed(style="noir"))
    generation = Generation.objects.get(owner=alice)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/drafts/{generation.public_id}")
    assert (generation.state, generation.style, generation.engine) == (State.QUEUED, "noir", "flipbook")


def test_a_double_click_makes_one_clip(browser: Client) -> None:
    body = typed()
    first, second = browser.post("/create", body), browser.post("/create", body)
    assert first.headers["Location"] == second.headers["Location"]
    assert Generation.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"prompt": "   "}, "Say in a sentence"),
        ({"prompt": "y" * 10_000}, "That is 10000 characters"),
        ({"prompt": "keep me \x07"}, "control character"),
        ({"prompt": "keep me \x00"}, "control character"),
        ({"prompt": "keep me \u202e"}, "turns the reading direction around"),
        ({"prompt": "keep me @nobody"}, "Nobody in the catalogue is called @nobody"),
        ({"seconds": "31"}, "A clip lasts 3 to 30 seconds"),
        ({"seconds": "soon"}, "A clip lasts 3 to 30 seconds"),
        ({"seconds": "nan"}, "A clip lasts 3 to 30 seconds"),
        ({"seconds": "9" * 400}, "A clip lasts 3 to 30 seconds"),
        ({"shape": "4:3"}, "Choose one of the shapes"),
        ({"short_side": "1e9"}, "Choose one of the sizes"),
        ({"short_side": "inf"}, "Choose one of the sizes"),
        ({"style": "<script>"}, "Choose one of the styles"),
        ({"engine": "sora-9000"}, "There is no engine called"),
        ({"key": "x" * 99}, "An idempotency key"),
    ],
)
def test_bad_input_is_explained_and_what_was_typed_stays(
    browser: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = browser.post("/create", typed(**fields))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "<script>" not in page.replace('<script type="module"', "")
    if fields.get("prompt", "").startswith("keep me"):
        assert "keep me" in page
    if "prompt" not in fields:
        assert "A ball rolls" in page
    assert Generation.objects.count() == 0


def test_a_used_key_with_another_text_is_a_conflict_that_can_be_solved(browser: Client) -> None:
    body = typed()
    browser.post("/create", body)
    answer = browser.post("/create", body | {"prompt": "Something else"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Something else" in page
    assert body["key"] not in page
    assert Generation.objects.count() == 1


def test_limits_and_suspensions_are_told(browser: Client, alice: User, staff: User, settings: Any) -> None:
    settings.MAX_ACTIVE_GENERATIONS = 1
    browser.post("/create", typed())
    answer = browser.post("/create", typed(prompt="another"))
    assert answer.status_code == 429
    assert "in the making already" in answer.content.decode()
    Ruling.objects.create(
        subject_kind=SubjectKind.USER,
        subject_id=alice.public_id,
        kind=RulingKind.SUSPEND,
        reason=Reason.SPAM,
        explanation="Spam.",
        made_by=staff,
    )
    answer = browser.post("/create", typed(prompt="another"))
    assert answer.status_code == 403
    assert "suspended" in answer.content.decode()
    assert browser.get("/drafts").status_code == 200
    assert Generation.objects.count() == 1


def test_the_live_line(browser: Client, mochi: Character) -> None:
    answer = json.loads(browser.post("/create/check", typed(prompt="Ball bat @mochi")).content)
    assert answer["faults"] == []
    assert [note["outcome"] for note in answer["notes"]] == ["shown", "approximated", "not_shown"]
    assert answer["mentions"][0] | {"handle": "mochi", "terms": "Be kind to Mochi."} == answer["mentions"][0]
    answer = json.loads(browser.post("/create/check", typed(prompt="Ball @nobody")).content)
    assert [(fault["code"], fault["span"]) for fault in answer["faults"]] == [("unknown_mention", [5, 12])]
    assert answer["notes"] == []
    assert Generation.objects.count() == 0


def test_the_live_line_of_the_real_engine(browser: Client) -> None:
    body = typed(prompt="A fox and a frumblejack run", engine="animatic", short_side="540")
    notes = {
        note["phrase"]: note["outcome"]
        for note in json.loads(browser.post("/create/check", body).content)["notes"]
    }
    assert (notes["fox"], notes["frumblejack"]) == ("shown", "not_shown")


def test_the_draft_in_each_state(browser: Client, alice: User) -> None:
    generation = ask(alice, "A ball <b>rolls</b>")
    page = browser.get(f"/drafts/{generation.public_id}").content.decode()
    assert "Next in the queue" in page
    assert "A ball &lt;b&gt;rolls" in page
    assert "<b>rolls" not in page
    job = decisions.claim_next(worker="w", now=NOW)
    assert job is not None
    decisions.fail(generation=job, problem="disk_full", now=NOW)
    page = browser.get(f"/drafts/{generation.public_id}").content.decode()
    assert "run out of room" in page
    done = make_ready(decisions.retry(generation=generation, now=NOW))
    page = browser.get(f"/drafts/{done.public_id}").content.decode()
    assert f"/media/g/{done.public_id}/clip.mp4" in page
    assert f"/media/g/{done.public_id}/captions.vtt" in page
    assert f"/publish/{done.public_id}" in page


def test_words_are_marked_with_what_became_of_them(browser: Client, alice: User) -> None:
    generation = ask(alice, "Ball bat")
    note = {"phrase": "bat", "start": 5, "end": 8, "outcome": "not_shown", "used": ""}
    Generation.objects.filter(pk=generation.pk).update(storyboard={"shots": [], "notes": [note]})
    page = browser.get(f"/drafts/{generation.public_id}").content.decode()
    assert '<mark class="not_shown">bat<span class="visually-hidden"> (not shown)</span></mark>' in page


Step = Callable[[Client, Generation], Any]
STEPS: dict[str, Step] = {
    "page": lambda client, generation: client.get(f"/drafts/{generation.public_id}"),
    "live": lambda client, generation: client.get(f"/drafts/{generation.public_id}/live.json"),
    "cancel": lambda client, generation: client.post(f"/drafts/{generation.public_id}/cancel"),
    "retry": lambda client, generation: client.post(f"/drafts/{generation.public_id}/retry"),
    "delete": lambda client, generation: client.post(f"/drafts/{generation.public_id}/delete"),
}


@pytest.mark.parametrize("name", STEPS)
def test_anothers_draft_looks_as_if_there_were_none(alice: User, charlie: User, name: str) -> None:
    generation = ask(alice)
    before = Generation.objects.filter(pk=generation.pk).values().get()
    outsider = Client()
    outsider.force_login(charlie)
    assert STEPS[name](outsider, generation).status_code == 404
    assert STEPS[name](Client(), generation).status_code in (302, 401)
    assert Generation.objects.filter(pk=generation.pk).values().get() == before


@pytest.mark.parametrize("name", STEPS)
def test_the_owner_may(browser: Client, alice: User, name: str) -> None:
    generation = ask(alice)
    if name == "retry":
        decisions.cancel(generation=generation, now=NOW)
    assert STEPS[name](browser, generation).status_code in (200, 302)
    generation.refresh_from_db()
    expected = {"cancel": State.CANCELLED, "retry": State.QUEUED, "delete": State.CANCELLED}
    assert generation.state == expected.get(name, State.QUEUED)
    assert (generation.deleted_at is not None) == (name == "delete")


@pytest.mark.parametrize("name", ["cancel", "retry", "delete"])
def test_changes_need_a_token_and_a_post(alice: User, name: str) -> None:
    generation = ask(alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert STEPS[name](client, generation).status_code == 403
    assert client.get(f"/drafts/{generation.public_id}/{name}").status_code == 405
    generation.refresh_from_db()
    assert (generation.state, generation.deleted_at) == (State.QUEUED, None)


def test_live_json(browser: Client, alice: User, bob: User) -> None:
    ask(bob, now=timezone.now())
    generation = ask(alice, now=timezone.now())
    snapshot = browser.get(f"/drafts/{generation.public_id}/live.json").json()
    assert (snapshot["state"], snapshot["position"]) == ("queued", 2)
    assert snapshot["eta"] > 0


def test_drafts_are_listed_searched_and_filtered(browser: Client, alice: User, bob: User) -> None:
    assert "Make your first clip" in browser.get("/drafts").content.decode()
    make_ready(ask(alice, "A red ball"))
    gone = ask(alice, "A deleted cube")
    decisions.delete(generation=gone, now=NOW)
    ask(alice, "A blue ball")
    ask(bob, "Somebody else's ball")
    page = browser.get("/drafts").content.decode()
    assert "A red ball" in page
    assert "A blue ball" in page
    assert "Somebody else" not in page
    assert "deleted cube" not in page
    page = browser.get("/drafts?q=blue").content.decode()
    assert "A blue ball" in page
    assert "A red ball" not in page
    page = browser.get("/drafts?state=ready").content.decode()
    assert "A red ball" in page
    assert "A blue ball" not in page
    assert "None of your drafts is like that" in browser.get("/drafts?q=zebra").content.decode()
    assert browser.get("/drafts?page=999&state=nonsense").status_code == 200


def test_pages_send_strangers_to_the_log_in() -> None:
    for path in ("/create", "/drafts", f"/drafts/{uuid.uuid4()}"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.headers["Location"]
    assert Client().post("/create", typed()).status_code == 302
    assert Generation.objects.count() == 0


def test_staff_read_and_do_not_write(alice: User, staff: User) -> None:
    done = make_ready(ask(alice, "A ball in the admin"))
    desk = Client()
    desk.force_login(staff)
    assert (
        "A ball in the admin" in desk.get("/admin/generation/generation/?state__exact=ready").content.decode()
    )
    page = desk.get(f"/admin/generation/generation/{done.pk}/change/").content.decode()
    assert "?key=" in page
    assert desk.post(f"/admin/generation/generation/{done.pk}/change/", {"prompt": "x"}).status_code == 403
    assert desk.post(f"/admin/generation/generation/{done.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/admin/generation/turn/").status_code == 200
    done.refresh_from_db()
    assert done.prompt == "A ball in the admin"

"""What hostile people try through a browser: words that want to be scripts, and pages of other sites that listen in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sora_site.supervisor import Site
from tests.browser.conftest import DESK, Person, comes_to_the_desk, make_and_publish

pytestmark = pytest.mark.browser

SCRIPT = "</script><script>window.ran=1</script>\"'><img src=x onerror=window.ran=1>"


def ran(page: Page) -> bool:
    return bool(page.evaluate("() => 'ran' in window || document.querySelector('img[src=x]') !== null"))


def test_words_stay_words_wherever_they_are_shown(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    """Without the content policy, so that only escaping stands between the words and the page."""
    mallory = joins(arrives(DESK, bypass_csp=True), "mallory_x")
    page = mallory.page
    mallory.goes("/settings")
    page.get_by_label("Name").fill(SCRIPT[:50])
    page.get_by_label("About you").fill(SCRIPT)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    draft, post = make_and_publish(mallory, f"A red ball bounces. {SCRIPT}", SCRIPT)

    victim = joins(arrives(DESK, bypass_csp=True), "victim_x")
    victim.goes(post.replace("/v/", "/report/post/"))
    victim.page.get_by_label("Spam").check()
    victim.page.get_by_label("What should we look at?").fill(SCRIPT)
    victim.page.get_by_role("button", name="Send").click()
    victim.page.wait_for_url("**/thanks")
    for person, paths in (
        (mallory, (draft, "/drafts", "/inbox", "/settings", "/create?prompt=" + SCRIPT)),
        (victim, ("/", "/explore", post, "/@mallory_x", "/explore?q=" + SCRIPT, "/catalogue?q=" + SCRIPT)),
    ):
        for path in paths:
            person.goes(path)
            assert not ran(person.page), path
    expect(victim.page.locator("body")).not_to_be_empty()
    victim.goes(post)
    expect(victim.page.locator(".caption")).to_have_text(SCRIPT)

    staff = comes_to_the_desk(site, arrives(DESK, bypass_csp=True))
    for path in (
        "/admin/",
        "/admin/moderation/report/queue/",
        post.replace("/v/", "/admin/moderation/report/case/post/") + "/",
        "/admin/users/user/",
        "/admin/feed/post/",
        "/admin/generation/generation/",
    ):
        answer = staff.page.goto(path)
        assert answer is not None
        assert answer.status == 200
        assert not ran(staff.page), path


def test_live_news_goes_to_the_owner_on_our_own_pages_only(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    owner = joins(arrives(DESK), "nora_x")
    draft, _post = make_and_publish(owner, "A blue ball bounces in a room", "Bounce")
    address = f"{site.url.replace('http', 'ws', 1)}/ws/generations/{draft.rsplit('/', 1)[1]}/"
    stranger = joins(arrives(DESK), "oscar_x")

    def session(person: Person) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{c['name']}={c['value']}" for c in person.context.cookies())}

    with connect(address, origin=site.url, additional_headers=session(owner)) as socket:  # type: ignore[arg-type]
        assert json.loads(socket.recv(timeout=10))["state"] == "ready"
    refused: list[tuple[str | None, dict[str, str]]] = [
        ("https://evil.example", session(owner)),
        ("null", session(owner)),
        (site.url, {}),
        (site.url, session(stranger)),
    ]
    for origin, headers in refused:
        with (
            pytest.raises((InvalidStatus, ConnectionClosed)),
            connect(address, origin=origin, additional_headers=headers) as socket,  # type: ignore[arg-type]
        ):
            socket.recv(timeout=10)

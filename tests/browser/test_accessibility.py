"""WCAG 2.2 AA on every page that people use, as axe-core measures it in a real browser, and a first clip made by
keyboard alone. What axe cannot measure (do the words make sense?) no test here claims.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from sora_site.supervisor import Site
from tests.browser.conftest import DESK, PHONE, Person, make_and_publish

pytestmark = pytest.mark.browser

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async standards => {
  const { violations, passes } = await axe.run(document, { runOnly: standards });
  if (passes.length < 10) throw new Error("axe saw no page");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
}"""


def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands, once its movements have ended."""
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(RUN, STANDARDS)
    return found


def test_no_page_keeps_anybody_out(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    options = {"bypass_csp": True, "reduced_motion": "reduce"}
    maker = joins(arrives(PHONE, color_scheme="light", **options), "grace_w")
    assert "welcome" in maker.page.url
    found = {"the first page": barriers(maker.page)}
    draft, post = make_and_publish(
        maker,
        "A yellow balloon floats over a beach",
        "Up and away",
        look=lambda page: found.update({f"{page.url}, just made": barriers(page)}),
    )
    reader = joins(arrives(DESK, color_scheme="dark", **options), "henry_w")
    mine = ("/create", draft, "/drafts", "/@grace_w", "/settings", "/settings/account", "/invites", "/inbox")
    everybodys = ("/", "/explore", "/catalogue", post, "/nothing-is-here")
    report = post.replace("/v/", "/report/post/")
    guest = arrives(PHONE, color_scheme="dark", **options)
    invite = site.welcome["invite_url"] or ""
    rounds = [(maker, (*mine, *everybodys)), (reader, (report, "/create", "/inbox", *everybodys))]
    rounds.append((guest, (invite, "/join", "/accounts/login/", "/accounts/password/reset/", "/", post)))
    for person, paths in rounds:
        for path in paths:
            person.goes(path)
            found[f"{path} ({person.handle or 'a guest'})"] = barriers(person.page)
        person.complaints[:] = [told for told in person.complaints if "404 (Not Found)" not in told]
    assert {path: told for path, told in found.items() if told} == {}


def test_a_first_clip_by_keyboard_alone(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    ida = joins(arrives(DESK), "ida_w")
    page = ida.page
    keys = page.keyboard

    def tab_to(name: str) -> None:
        """Forward with Tab until what is focused is called so, and can be seen to be focused."""
        for _press in range(60):
            keys.press("Tab")
            focused = page.locator(":focus")
            if focused.count() and name in (focused.get_attribute("aria-label") or focused.inner_text()):
                outline = focused.evaluate("e => getComputedStyle(e).outlineStyle")
                assert outline not in {"", "none"}
                return
        pytest.fail(f"Tab never reaches {name!r}")

    tab_to("Make my first clip")
    keys.press("Enter")
    page.wait_for_url("**/create")
    page.get_by_label("What should it show?").focus()
    keys.press("Control+a")
    keys.type("A green frog sleeps in a forest")
    tab_to("Make 5 s")
    keys.press("Enter")
    page.wait_for_url("**/drafts/*")
    expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    page.locator("#main").focus()
    tab_to("Publish")
    keys.press("Enter")
    page.wait_for_url("**/v/*")
    expect(page.get_by_role("status").get_by_text("It is in the feed now.")).to_be_visible()
    tab_to("Invite friends")
    keys.press("Enter")
    page.wait_for_url("**/invites")

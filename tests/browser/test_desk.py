"""The staff's desk by keyboard: look, choose, decide, and the next case stands there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sora_site.supervisor import Site
from tests.browser.conftest import DESK, Person, comes_to_the_desk, make_and_publish

pytestmark = pytest.mark.browser


def test_a_case_is_decided_without_a_pointer(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    maker = joins(arrives(DESK), "pablo_y")
    _draft, post = make_and_publish(maker, "A red ball bounces in a room", "Look at this")
    reporter = joins(arrives(DESK), "quinn_y")
    reporter.goes(post.replace("/v/", "/report/post/"))
    reporter.page.get_by_label("Violence or cruelty").check()
    reporter.page.get_by_role("button", name="Send").click()
    reporter.page.wait_for_url("**/thanks")

    staff = comes_to_the_desk(site, arrives(DESK))
    page, keys = staff.page, staff.page.keyboard
    staff.goes(post.replace("/v/", "/admin/moderation/report/case/post/") + "/")
    shown = page.locator("#reveal")
    expect(shown).not_to_be_checked()
    keys.press("b")
    expect(shown).to_be_checked()
    keys.press("b")
    expect(shown).not_to_be_checked()
    page.get_by_role("combobox", name="Reason").focus()
    keys.press("1")  # in a field, keys are letters
    expect(page.locator("input[name=act]:checked")).to_have_count(0)
    keys.press("Escape")
    hide = page.locator("input[name=act][value=hide]")
    keys.press(hide.get_attribute("data-key") or "")
    expect(hide).to_be_checked()
    expect(page.get_by_label("What the person is told")).not_to_have_value("")
    keys.press("Enter")
    page.wait_for_url(lambda url: post.rsplit("/", 1)[1] not in url)

    assert reporter.context.request.get(post).status == 404
    maker.goes(post)
    expect(maker.page.get_by_role("note")).to_contain_text("Violence")

"""A whole site, and people in a real Chromium: nothing here is pretended."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from sora_site.supervisor import Site

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web, workers, PostgreSQL and Valkey, on an empty data folder."""
    with Site(tmp_path_factory.mktemp("site"), demo=False) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("Chromium is missing: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a screen. ``complaints`` is what the browser's console said that it should not."""

    context: BrowserContext
    page: Page
    complaints: list[str]
    handle: str = ""

    def goes(self, path: str) -> None:
        self.page.goto(path, wait_until="load")


@pytest.fixture
def arrives(site: Site, chromium: Browser) -> Iterator[Callable[..., Person]]:
    """``arrives(size)`` is a new person with a fresh browser profile; every complaint fails the test."""
    people: list[Person] = []

    def arrive(size: dict[str, int] = PHONE, **options: object) -> Person:
        context = chromium.new_context(viewport=size, base_url=site.url, locale="en-GB", **options)
        context.set_default_timeout(20_000)
        complaints: list[str] = []

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                complaints.append(message.text)

        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        people.append(Person(context, page, complaints))
        return people[-1]

    yield arrive
    for person in people:
        person.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def joins(site: Site) -> Callable[..., Person]:
    """``joins(person, handle, invite)``: through the real form, as anybody would."""

    def join(person: Person, handle: str, invite: str | None = None) -> Person:
        person.goes(invite or site.welcome["invite_url"] or "")
        page = person.page
        page.get_by_label("E-mail").fill(f"{handle}@example.com")
        page.get_by_role("textbox", name="Password").fill("correct horse 77")
        page.get_by_label("Handle").fill(handle)
        page.get_by_label("Birthday").fill(dt.date(1990, 5, 5).isoformat())
        page.get_by_role("button", name="Join").click()
        page.wait_for_url(lambda url: "/join/" not in url)
        person.handle = handle
        return person

    return join


def make_and_publish(
    person: Person, prompt: str, caption: str, look: Callable[[Page], object] = lambda page: None
) -> tuple[str, str]:
    """The addresses of a draft of three seconds and of its post. ``look`` is called when each first stands there."""
    page = person.page
    person.goes("/create")
    page.get_by_label("What should it show?").fill(prompt)
    page.locator("label", has=page.locator("input[name=seconds][value='3']")).click()
    page.get_by_role("button", name=re.compile("^Make")).click()
    page.wait_for_url("**/drafts/*")
    draft = page.url
    expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    look(page)
    page.get_by_label("Caption").fill(caption)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/v/*")
    look(page)
    return draft, page.url.partition("?")[0]


def comes_to_the_desk(site: Site, person: Person) -> Person:
    """The administrator that the site made for its operator."""
    person.goes("/admin/login/")
    person.page.get_by_label("E-mail").fill(site.welcome["admin_email"] or "")
    person.page.get_by_role("textbox", name="Password").fill(site.welcome["admin_password"] or "")
    person.page.get_by_role("button", name="Log in").click()
    person.page.wait_for_url(lambda url: "login" not in url)
    return person


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a screenshot when SCREENSHOTS names a folder (``docs/screenshots`` is made so)."""

    def take(page: Page, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take

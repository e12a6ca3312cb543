"""The main job, end to end: invite, sign up, write, watch it appear, hear it, publish; somebody else sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from generation.engine.still import probe
from sora_site.supervisor import Site
from tests.browser.conftest import DESK, PHONE, Person

pytestmark = pytest.mark.browser

STATE_OF_VIDEO = """video => ({
  time: video.currentTime, paused: video.paused, ended: video.ended, width: video.videoWidth, height: video.videoHeight,
  error: video.error && video.error.message, muted: video.muted, source: video.currentSrc,
  sound: video.webkitAudioDecodedByteCount, pictures: video.webkitDecodedFrameCount,
})"""


def watch(page: Page, selector: str = "video") -> None:
    """Wait until the clip really moves: its clock runs and pictures were decoded."""
    page.wait_for_function(
        "s => { const v = document.querySelector(s); return v && v.currentTime > 0.3 && v.webkitDecodedFrameCount > 3 }",
        arg=selector,
    )


def state_of(page: Page, selector: str = "video") -> dict[str, object]:
    return page.locator(selector).first.evaluate(STATE_OF_VIDEO)


def make(person: Person, prompt: str) -> str:
    """Ask for a clip through the composer; returns the draft's path."""
    person.goes("/create")
    person.page.get_by_label("What should it show?").fill(prompt)
    person.page.get_by_role("button", name=re.compile("^Make")).click()
    person.page.wait_for_url("**/drafts/*")
    return person.page.url


def test_a_prompt_becomes_a_clip_with_sound_and_a_post_that_another_person_sees(
    site: Site,
    arrives: Callable[..., Person],
    joins: Callable[..., Person],
    picture: Callable[[Page, str], None],
    tmp_path,
) -> None:
    alice = arrives(PHONE)
    alice.goes(site.welcome["invite_url"] or "")
    picture(alice.page, "sign-up-phone")
    joins(alice, "alice_w")

    alice.goes("/create")
    alice.page.get_by_label("What should it show?").fill(
        "A red fox jumps over a pumpkin in the snow at night. It says: “Wait for me!”"
    )
    expect(alice.page.get_by_text("is drawn as jack-o-lantern")).to_be_visible()
    picture(alice.page, "composer-phone")
    alice.page.get_by_role("button", name=re.compile("^Make")).click()
    alice.page.wait_for_url("**/drafts/*")
    draft = alice.page.url

    # It moves while it is still being made.
    watch(alice.page)
    live = state_of(alice.page)
    assert live["error"] is None
    assert str(live["source"]).startswith("blob:")
    picture(alice.page, "live-phone")

    expect(alice.page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    assert alice.page.get_by_text("Wait for me!").count() > 0

    # It has sound, and the file says so too.
    alice.page.reload()
    alice.page.locator("video").first.evaluate("v => { v.muted = true; return v.play() }")
    watch(alice.page)
    heard = state_of(alice.page)
    assert (heard["width"], heard["height"]) == (540, 960)
    assert int(str(heard["sound"])) > 0
    with alice.page.expect_download() as waiting:
        alice.page.get_by_role("link", name="Download").click()
    file = tmp_path / "clip.mp4"
    waiting.value.save_as(file)
    clip = probe(file)
    assert clip.picture.codec.startswith("avc1")
    assert clip.sound is not None
    assert clip.sound.codec.startswith("mp4a")
    assert abs(clip.seconds - 5.0) < 0.1

    alice.page.get_by_label("Caption").fill("A fox in a hurry")
    alice.page.get_by_role("button", name="Publish").click()
    alice.page.wait_for_url(lambda url: url != draft)

    # Alice invites Bob with one of her own links.
    alice.goes("/invites")
    invite = alice.page.locator("[data-copy*='/join/']").first.get_attribute("data-copy")
    assert invite

    bob = joins(arrives(DESK), "bob_w", invite)
    bob.goes("/")
    expect(bob.page.get_by_role("feed").get_by_text("A fox in a hurry")).to_be_visible()
    watch(bob.page, ".clip video")
    seen = state_of(bob.page, ".clip video")
    assert seen["muted"] is True
    assert int(str(seen["sound"])) > 0
    picture(bob.page, "feed-desk")

    # Keys: like, sound, pause.
    article = bob.page.locator("article.clip").first
    article.focus()
    bob.page.keyboard.press("l")
    expect(article.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    expect(article.locator(".count")).to_have_text("1")
    bob.page.keyboard.press("m")
    bob.page.wait_for_function("() => document.querySelector('.clip video').muted === false")
    bob.page.keyboard.press(" ")
    bob.page.wait_for_function("() => document.querySelector('.clip video').paused")

    # The invite is used, and Alice can see by whom.
    alice.goes("/invites")
    expect(alice.page.get_by_text("@bob_w")).to_be_visible()


def test_a_person_without_an_account_watches_and_is_asked_to_join_before_liking(
    site: Site,
    arrives: Callable[..., Person],
    joins: Callable[..., Person],
    picture: Callable[[Page, str], None],
) -> None:
    carol = arrives(DESK)
    carol.goes(site.welcome["invite_url"] or "")
    picture(carol.page, "sign-up-desk")
    joins(carol, "carol_w")
    carol.goes("/create")
    carol.page.get_by_label("What should it show?").fill("A yellow balloon floats over a beach at sunset")
    carol.page.get_by_role("button", name=re.compile("^Make")).scroll_into_view_if_needed()
    picture(carol.page, "composer-desk")
    carol.page.get_by_role("button", name=re.compile("^Make")).click()
    carol.page.wait_for_url("**/drafts/*")
    watch(carol.page)
    picture(carol.page, "live-desk")
    expect(carol.page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    picture(carol.page, "draft-desk")
    carol.page.get_by_label("Caption").fill("Up it goes")
    carol.page.get_by_role("button", name="Publish").click()
    carol.page.wait_for_url("**/v/*")
    permalink = carol.page.url
    picture(carol.page, "post-desk")

    guest = arrives(PHONE)
    guest.goes("/")
    article = guest.page.locator("article.clip").filter(has_text="Up it goes")
    article.scroll_into_view_if_needed()
    watch(guest.page, ".clip video")
    picture(guest.page, "feed-phone")
    article.get_by_role("button", name="Like").click()
    expect(guest.page.get_by_role("link", name=re.compile("Log in|Join")).first).to_be_visible()
    expect(article.locator(".count")).to_have_text(re.compile("^0?$"))

    guest.goes(permalink)
    assert guest.page.locator("meta[property='og:image']").get_attribute("content")


def test_reading_a_post_and_logging_in_work_without_javascript(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    dave = joins(arrives(PHONE), "dave_w")
    make(dave, "A green frog sleeps in a forest")
    expect(dave.page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    dave.page.get_by_role("button", name="Publish").click()
    dave.page.wait_for_url("**/v/*")
    permalink = dave.page.url

    plain = arrives(PHONE, java_script_enabled=False)
    plain.goes(permalink)
    expect(plain.page.locator("video[controls]")).to_be_visible()
    plain.goes("/accounts/login/")
    plain.page.get_by_label("E-mail").fill("dave_w@example.com")
    plain.page.get_by_role("textbox", name="Password").fill("correct horse 77")
    plain.page.get_by_role("button", name="Log in").click()
    plain.page.wait_for_url(lambda url: "login" not in url)
    plain.goes("/drafts")
    expect(plain.page.get_by_role("heading", level=1)).to_be_visible()


def test_what_is_not_yours_looks_as_if_it_were_not_there(
    site: Site, arrives: Callable[..., Person], joins: Callable[..., Person]
) -> None:
    erin = joins(arrives(PHONE), "erin_w")
    draft = make(erin, "A blue ball bounces in a room")
    expect(erin.page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)

    mallory = joins(arrives(PHONE), "mallory_w")
    answer = mallory.context.request.get(draft)
    assert answer.status == 404
    for part in ("clip.mp4", "poster.jpg", "captions.vtt"):
        public_id = draft.rsplit("/", 1)[1]
        assert mallory.context.request.get(f"{site.url}/media/g/{public_id}/{part}").status == 404
    assert mallory.context.request.post(f"{draft}/delete").status == 403  # no CSRF token
    erin.goes(draft)
    expect(erin.page.get_by_role("button", name="Publish")).to_be_visible()

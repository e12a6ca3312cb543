"""Passkeys in a real browser with a key store of its own, under the site's strict content policy."""

import os
import shutil

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from users import decisions
from users.tests.conftest import ADULT, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chromium() -> str:
    found = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if found is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    return found


def test_a_passkey_is_made_and_then_logs_in_alone_and_as_second_step(chromium, live_server, now, settings):
    from playwright.sync_api import sync_playwright

    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False  # localhost is a secure origin by itself
    # The test server sends static files as they lie in the tree, under their own names.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    invite = decisions.make_invite(by=None, max_uses=1, now=now)
    alice = decisions.sign_up(
        email="alice@example.org",
        handle="alice",
        password=PASSWORD,
        birth_date=ADULT,
        invite_code=invite.code,
        now=now,
    )
    EmailAddress.objects.filter(user=alice).update(verified=True)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url)
        page = context.new_page()
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        keys = context.new_cdp_session(page)
        keys.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        store = keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

        def type_password() -> None:
            page.fill("[name=password]", PASSWORD)
            page.click("main button.primary")

        page.goto("/accounts/login/")
        page.fill("[name=login]", "alice@example.org")
        type_password()
        page.wait_for_url(f"{live_server.url}/")
        page.goto("/accounts/2fa/webauthn/add/")
        type_password()  # it is sensitive: once more
        page.wait_for_url("**/2fa/webauthn/add/")
        page.fill("[name=name]", "My phone")
        page.click("main button.primary")
        page.wait_for_url("**/2fa/recovery-codes/")
        assert len(keys.send("WebAuthn.getCredentials", {"authenticatorId": store})["credentials"]) == 1

        context.clear_cookies()
        page.goto("/accounts/login/?next=/inbox")
        page.click("text=Use a passkey")
        page.wait_for_url(f"{live_server.url}/inbox")

        context.clear_cookies()
        page.goto("/accounts/login/")
        page.fill("[name=login]", "alice@example.org")
        type_password()
        page.wait_for_url("**/2fa/authenticate/")
        page.click("text=Use a passkey")
        page.wait_for_url(f"{live_server.url}/")
        page.goto("/settings/account")
        assert "alice@example.org" in page.content()

        context.clear_cookies()
        keys.send("WebAuthn.clearCredentials", {"authenticatorId": store})
        page.goto("/accounts/login/")
        page.click("text=Use a passkey")
        page.wait_for_selector("[data-problem]:not([hidden])")
        page.goto("/settings")
        assert "/accounts/login/" in page.url
        browser.close()
    assert complaints == []
    assert Authenticator.objects.filter(user=alice, type="webauthn").count() == 1

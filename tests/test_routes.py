"""Every address of the site, asked by a guest, by somebody else's account and with bad input: never a 500,
nothing that changes without CSRF token or login, and what is public is public on purpose.

The addresses are read from the URL configuration itself, so a new one is tested, and refused until it
is listed here, from the day it is written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils.regex_helper import normalize

from feed.decisions import publish
from generation.models import Generation, State
from licensing.models import Character, Property, RightsHolder
from users.models import User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DRAFT, CLIP, POST, CHARACTER = (
    uuid.UUID(f"01930000-0000-7000-8000-00000000000{number}") for number in range(1, 5)
)
UNSAFE = ("post", "put", "patch", "delete")

PUBLIC = {
    # the feed and what it is made of
    "feed:home", "feed:more", "feed:explore", "feed:post", "feed:profile", "feed:oembed",
    "licensing:catalogue", "licensing:mentions", "licensing:picture",
    "users:drawn-avatar",
    # coming in and going out
    "users:door", "users:waitlist", "users:closed", "users:handle",
    "account_login", "account_signup", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "account_confirm_email", "account_email_verification_sent",
    "account_reset_password_from_key", "account_inactive", "socialaccount_login_cancelled", "socialaccount_login_error",
    "mfa_login_webauthn",
    # for programs
    "api-feed", "api-post", "api-user-posts", "api-characters", "schema", "api-docs", "healthz",
    "admin:jsi18n",
}  # fmt: skip
"""Routes that answer a guest with 200 to GET. Everything else asks for a login or says that nothing is there."""

SPECIAL = {("socialaccount_login_error", 401)}
"""Pages that a guest may read although their status says that something failed."""

OWNERS_ONLY = {
    "feed:edit", "feed:withdraw", "feed:publish",
    "generation:detail", "generation:live", "generation:cancel", "generation:retry", "generation:delete",
    "generation:media", "generation:fragment",
    "api-generation", "api-generation-cancel", "api-generation-retry",
}  # fmt: skip
"""Routes that carry the id of Alice's draft or post and answer anybody else as if there were none."""

OPEN_TO_STRANGERS_PAGES = {"api-token", "api-views"}
"""Unsafe routes that need no session, and therefore no CSRF token."""


@dataclass(frozen=True)
class Route:
    name: str
    path: str

    def __str__(self) -> str:
        return self.name or self.path


def value_of(route: str, parameter: str) -> str:
    """Something that fits the parameter: Alice's own thing where it names one."""
    if parameter in {"public_id", "name"}:
        if route == "licensing:picture":
            return str(CHARACTER)
        if route in {"feed:publish", "generation:cancel", "api-generation-cancel"} or route.startswith(
            ("generation:", "api-generation")
        ):
            return str(DRAFT)
        return str(POST)
    fitting = {
        "handle": "alice", "kind": "post", "part": "clip.mp4", "take": "1", "number": "0", "code": "no-such-code",
        "digest": "no-such-token", "pk": "1", "key": "abc", "uidb36": "1", "object_id": "1", "app_label": "moderation",
        "content_type_id": "1", "url": "nothing/", "id": "1", "entry_id": "1", "user_id": "1", "invite_id": "1",
    }  # fmt: skip
    return fitting.get(parameter, "1")


def routes(resolver: URLResolver, before: str = "", spaces: tuple[str, ...] = ()) -> list[Route]:
    found = []
    for pattern in resolver.url_patterns:
        form, parameters = normalize(pattern.pattern.regex.pattern)[0]
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            found += routes(pattern, before + form, inner)
            continue
        name = ":".join((*spaces, pattern.name or ""))
        path = before + form % {parameter: value_of(name, parameter) for parameter in parameters}
        found.append(Route(name, f"/{path}"))
    return found


ROUTES = routes(get_resolver())


def person(handle: str) -> User:
    return User.objects.create_user(f"{handle}@example.org", handle, birth_date=dt.date(1990, 1, 1))


@pytest.fixture
def alice(db):
    """She owns a draft, a public post and nothing else."""
    owner = person("alice")
    for public_id in (DRAFT, CLIP):
        Generation.objects.create(
            public_id=public_id, owner=owner, idempotency_key=str(public_id), request_hash="0" * 64, prompt="a red ball",
            engine="animatic", seed=1, state=State.READY, clip="clips/none.mp4", duration=2.0, width=540, height=960,
            finished_at=NOW,
        )  # fmt: skip
    post = publish(author=owner, generation=CLIP, caption="A ball", visibility="public", now=NOW)
    post.public_id = POST
    post.save()
    work = Property.objects.create(
        rights_holder=RightsHolder.objects.create(name="Tanuki Works"), name="Kitchen"
    )
    Character.objects.create(
        public_id=CHARACTER, work=work, handle="mochi", name="Mochi", drawing="hamster", terms="Be kind."
    )
    return owner


@pytest.fixture
def bob(db):
    return person("bob")


def standing(owner: User) -> list[dict[str, object]]:
    """All that Alice has, to compare."""
    rows = [User.objects.get(pk=owner.pk), *Generation.objects.order_by("pk"), *owner.posts.order_by("pk")]
    return [model_to_dict(row) | {"deleted_at": getattr(row, "deleted_at", None)} for row in rows]


def log_in(client: Client, user: User) -> None:
    """As ``force_login``, with one session for all of a test, as long as nothing ends it."""
    key = getattr(user, "session_of_test", "")
    if not key or not Session.objects.filter(pk=key).exists():
        client.force_login(user)
        user.session_of_test = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies[settings.SESSION_COOKIE_NAME] = user.session_of_test


def ask(
    method: str, route: Route, user: User | None, *, path: str = "", csrf: bool = False, body: object = None
):
    client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
    if user is not None:
        log_in(client, user)
    sent = (
        {}
        if method in {"get", "head"}
        else {"data": body if body is not None else {}, "content_type": "application/json"}
    )
    return getattr(client, method)(path or route.path, **sent)


def test_every_app_has_routes_here():
    names = {route.name.split(":")[0] for route in ROUTES}
    assert names >= {"feed", "generation", "licensing", "moderation", "users", "admin"}
    assert len(ROUTES) > 100


def test_lists_name_routes_that_exist():
    known = {route.name for route in ROUTES}
    assert known >= PUBLIC
    assert known >= OWNERS_ONLY
    assert known >= OPEN_TO_STRANGERS_PAGES


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_guests_read_only_what_is_public(route, alice):
    response = ask("get", route, None)
    assert response.status_code < 500, response.content[:2000]
    if route.name in PUBLIC:
        assert response.status_code in {200, 302, 400, 404} or (route.name, response.status_code) in SPECIAL
    else:
        assert response.status_code in {301, 302, 401, 403, 404, 405}, (
            f"{route} answers guests; is it public on purpose?"
        )


@pytest.mark.parametrize("route", [route for route in ROUTES if route.name in OWNERS_ONLY], ids=str)
def test_somebody_elses_things_look_as_if_there_were_none(route, alice, bob):
    before = standing(alice)
    for method in ("get", *UNSAFE):
        response = ask(method, route, bob)
        assert response.status_code in {404, 405} or (
            route.name == "feed:publish" and response.status_code == 400
        )
    client = Client()
    client.force_login(bob)
    wanted = client.post(route.path, {"caption": "mine now", "visibility": "public"})
    assert wanted.status_code in {404, 405}
    assert standing(alice) == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_other_accounts_never_break_anything(route, alice, bob):
    before = standing(alice)
    for method in ("get", "head", "options", "trace", *UNSAFE):
        response = ask(method, route, bob)
        assert response.status_code < 500, f"{method}: {response.content[:2000]!r}"
    if not route.name.endswith("like"):
        assert standing(alice) == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_nothing_is_changed_without_a_csrf_token(route, alice, bob):
    """A page elsewhere can make a browser send its cookies, but never the token."""
    if route.name in OPEN_TO_STRANGERS_PAGES:
        return
    for method in UNSAFE:
        response = ask(method, route, bob, csrf=True)
        assert response.status_code in {403, 404, 405}, f"{method}: {response.status_code}"
    assert mail.outbox == []


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_nul_is_an_answer_not_an_accident(route, alice, bob):
    for user in (None, bob):
        asked = ask("get", route, user, path=f"{route.path}?q=a%00b&next=%00&page=%00&after=%00")
        assert asked.status_code == 400, asked.status_code
        in_path = ask("get", route, user, path=f"{route.path.rstrip('/')}%00")
        assert in_path.status_code in {400, 404}
    for sent in (
        {
            "q": "a\x00b",
            "handle": "\x00",
            "caption": "\x00",
            "prompt": "a\x00",
            "email": "\x00",
            "reason": "\x00",
        },
        "not json",
    ):
        assert ask("post", route, bob, body=sent).status_code < 500
    form = Client(raise_request_exception=False)
    form.force_login(bob)
    names = (
        "q",
        "prompt",
        "caption",
        "visibility",
        "reason",
        "details",
        "handle",
        "email",
        "code",
        "login",
        "password",
        "language",
        "next",
        "shape",
        "seconds",
        "style",
        "engine",
        "key",
    )
    assert form.post(route.path, dict.fromkeys(names, "a\x00b")).status_code < 500


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_json_without_a_bottom_is_refused(route, alice, bob):
    """As a body, and as the field of a form that holds JSON (passkeys)."""
    before = standing(alice)
    for deep in ("[" * 60_000, '{"a":' * 60_000):
        for user in (None, bob):
            client = Client(raise_request_exception=False)
            if user:
                client.force_login(user)
            assert client.post(route.path, deep, content_type="application/json").status_code < 500
            assert client.post(route.path, {"credential": deep}).status_code < 500
    assert standing(alice) == before


def test_the_admin_is_staffs(alice, bob):
    for user in (None, bob):
        response = ask("get", Route("admin:index", reverse("admin:index")), user)
        assert response.status_code in {302, 403}

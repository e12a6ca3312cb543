"""Simplified Chinese: all that the site says has a translation that fits, and pages use it.

Needs no gettext: messages are read out of the sources by Babel and by Django's own template parser.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from django.urls import reverse
from django.utils import translation

from feed.decisions import publish
from feed.models import Post
from generation.models import Generation, State
from licensing.models import Character, Property, RightsHolder
from moderation import subjects
from moderation.decisions import rule
from moderation.models import RulingKind, SubjectKind
from users.models import User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
FOLDER = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
AGAIN = "run makemessages and compilemessages as the head of locale/zh_Hans/LC_MESSAGES/django.po says"
SAME_IN_BOTH = {"English", "“%%(text)s”", "一只小猫在雨中的城市里追蝴蝶"}
NO_WORDS = {"%(number)s of %(total)s", "%%(credit)s: %%(terms)s", "%%(who)s: %%(what)s", ", "}
PLACEHOLDER = re.compile(r"%%\(\w+\)[sd]|%\(\w+\)[sd]|%%|%[sd]|</?\w+>")
HAN = "\u4e00-\u9fff"

Said = str | tuple[str, str]


def read(name: str) -> Catalog:
    with (FOLDER / name).open("rb") as file:
        return read_po(file, locale="zh_Hans") if name.endswith(".po") else read_mo(file)


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(message: Message) -> list[str]:
    """Every plural form of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def said_in_python() -> Iterator[Said]:
    for app in ("sora_site", *settings.LOCAL_APPS):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "tests" in path.parts:
                continue
            with path.open("rb") as file:
                for _line, found, _comments, _context in extract("python", file, keywords=KEYWORDS):
                    yield found if isinstance(found, str) else (found[0], found[1])


def said_in_template(path: Path) -> Iterator[Said]:
    """The messages of ``{% trans %}`` and ``{% blocktrans %}``, as they are looked up."""
    parsed = engines["django"].from_string(path.read_text(encoding="utf-8")).template
    for node in parsed.nodelist.get_nodes_by_type(TranslateNode):
        literal = node.filter_expression.var.literal
        assert isinstance(literal, str), f"{path}: only fixed words can be translated"
        yield literal.replace("%", "%%")
    for node in parsed.nodelist.get_nodes_by_type(BlockTranslateNode):
        singular, _names = node.render_token_list(node.singular)
        if node.plural:
            yield singular, node.render_token_list(node.plural)[0]
        else:
            yield singular


def said() -> set[Said]:
    folder = settings.BASE_DIR / "templates"
    templates = [path for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt"}]
    found = set(said_in_python())
    assert len(found) > 300
    for path in templates:
        found |= set(said_in_template(path))
    return found


CATALOG = read("django.po")
MESSAGES = messages(CATALOG)


@pytest.fixture(autouse=True)
def _language_of_the_next_test():
    """Requests leave their language behind in this thread."""
    with translation.override("en", deactivate=True):
        yield


# --- the catalogue ----------------------------------------------------------------------------


def test_everything_that_the_site_says_is_in_the_catalogue():
    known = {message.id if isinstance(message.id, str) else tuple(message.id) for message in MESSAGES}
    now = said()
    assert sorted(map(str, now - known)) == [], AGAIN
    assert sorted(map(str, known - now)) == [], f"nobody says these any more: {AGAIN}"
    assert CATALOG.obsolete == {}


def test_every_message_is_translated():
    for message in MESSAGES:
        assert not message.fuzzy, message.id
        assert len(forms(message)) == CATALOG.num_plurals == 1
        assert all(form.strip() for form in forms(message)), message.id
        if message.id not in SAME_IN_BOTH:
            assert forms(message) != [message.id], f"{message.id!r} is still English"
            assert message.id in NO_WORDS or re.search(rf"[{HAN}]", forms(message)[0]), message.id


def test_placeholders_and_tags_are_kept():
    for message in MESSAGES:
        asked = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms(message):
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(asked)), asked
            assert form.count("\n") == asked.count("\n"), asked


def test_chinese_is_set_as_chinese():
    """Full-width stops and commas after Chinese words, and sentences that end as the English ones do."""
    for message in MESSAGES:
        asked = message.id if isinstance(message.id, str) else message.id[0]
        for form in forms(message):
            assert not re.search(rf"[{HAN}][,.?!;:]", form), form
            assert form.count("“") == form.count("”"), form
            if asked.endswith(("?", ".")) and len(asked) > 12 and "？" not in form:
                assert form.endswith(("。", "名字")), form


def test_the_compiled_catalogue_is_the_written_one():
    compiled = {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: forms(message)
        for message in messages(read("django.mo"))
    }
    written = {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: forms(message)
        for message in MESSAGES
    }
    assert compiled == written, AGAIN


def test_django_finds_it():
    assert dict(settings.LANGUAGES).keys() == {"en", "zh-hans"}
    with translation.override("zh-hans"):
        assert translation.gettext("Feed") == "动态"
        one = translation.ngettext("%(counter)s case waits.", "%(counter)s cases wait.", 1)
        assert one % {"counter": 1} == "1 个案件等待中。"
    with translation.override("en"):
        assert translation.gettext("Feed") == "Feed"


# --- pages ------------------------------------------------------------------------------------


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user(
        "alice@example.org", "alice", birth_date=dt.date(1990, 1, 1), locale="zh-hans"
    )


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user(
        "bob@example.org", "bob", birth_date=dt.date(1990, 1, 1), locale="zh-hans"
    )


def drafted(owner: User, key: str) -> Generation:
    shot = {
        "seconds": 5.0, "setting": "beach", "time": "sunset", "weather": "wind", "camera": {"move": "pan_left"},
        "subjects": [{"noun": "球", "count": 1, "actions": [{"verb": "roll"}]}], "lines": [],
    }  # fmt: skip
    return Generation.objects.create(
        owner=owner, idempotency_key=key, request_hash="0" * 64, prompt="海边的水彩球", engine="animatic", seed=1,
        state=State.READY, clip="clips/none.mp4", duration=5.0, width=540, height=960, finished_at=NOW,
        storyboard={
            "language": "zh", "shots": [shot],
            "notes": [{"phrase": "水彩", "start": 3, "end": 5, "outcome": "approximated", "used": "pixel"}],
        },
    )  # fmt: skip


def published(draft: Generation) -> Post:
    return publish(
        author=draft.owner, generation=draft.public_id, caption="海边", visibility="public", now=NOW
    )


@pytest.fixture
def world(alice: User, settings) -> Post:
    """A post, a draft, a character and a ruled post; everything that people wrote is Chinese."""
    settings.SITE_NAME = "小站"
    work = Property.objects.create(rights_holder=RightsHolder.objects.create(name="狸工坊"), name="厨房")
    Character.objects.create(work=work, handle="mochi", name="麻糬", drawing="hamster", terms="友善待它。")
    staff = User.objects.create_superuser("staff@example.org", "morgan", locale="zh-hans")
    subject = subjects.describe(SubjectKind.POST, published(drafted(alice, "two")).public_id)
    assert subject is not None
    rule(staff=staff, subject=subject, kind=RulingKind.AGE_LIMIT, reason="other", explanation="", now=NOW)
    drafted(alice, "three")
    return published(drafted(alice, "one"))


ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]{3,}$")
NAMES = {"English", "Animatic"}
NOT_OURS = {"Model name", "Add link", "Change or view list link"}
"""Column heads of the admin that Django itself has no Chinese for."""


class Words(HTMLParser):
    """What a reader sees or hears of a page: text outside of keys and code, and attributes that are read out."""

    SPOKEN = frozenset({"alt", "aria-label", "placeholder", "title", "label"})
    SILENT = frozenset({"script", "style", "kbd", "code", "option"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        if tag in self.SILENT:
            self.inside.append(tag)
        texts = tag == "template" or dict(attrs).get("data-failed") is not None
        for name, value in attrs:
            if value and (name in self.SPOKEN or (texts and name.startswith("data-"))):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            self.found.append(data.strip())


def guest() -> Client:
    return Client(headers={"accept-language": "zh-hans", "user-agent": "Mozilla/5.0"})


def of(user: User) -> Client:
    client = guest()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


PAGES: dict[str, tuple[str, Callable[[Post], str]]] = {
    "feed": ("guest", lambda post: reverse("feed:home")),
    "explore": ("guest", lambda post: reverse("feed:explore")),
    "post": ("guest", lambda post: reverse("feed:post", args=[post.public_id])),
    "own post": ("alice", lambda post: reverse("feed:post", args=[post.public_id])),
    "profile": ("bob", lambda post: reverse("feed:profile", args=["alice"])),
    "own profile": ("alice", lambda post: reverse("feed:profile", args=["alice"])),
    "catalogue": ("guest", lambda post: reverse("licensing:catalogue")),
    "log in": ("guest", lambda post: reverse("account_login")),
    "join": ("guest", lambda post: reverse("users:door")),
    "new password": ("guest", lambda post: reverse("account_reset_password")),
    "create": ("alice", lambda post: reverse("generation:create")),
    "drafts": ("alice", lambda post: reverse("generation:drafts")),
    "draft": ("alice", lambda post: reverse("generation:detail", args=[post.generation.public_id])),
    "inbox": ("alice", lambda post: reverse("users:inbox")),
    "invites": ("alice", lambda post: reverse("users:invites")),
    "settings": ("alice", lambda post: reverse("users:settings")),
    "account": ("alice", lambda post: reverse("users:settings-account")),
    "security": ("alice", lambda post: reverse("mfa_index")),
    "tokens": ("alice", lambda post: reverse("users:settings-tokens")),
    "data": ("alice", lambda post: reverse("users:settings-data")),
    "close": ("alice", lambda post: reverse("users:close")),
    "report": ("bob", lambda post: reverse("moderation:report", args=["post", post.public_id])),
    "rulings": ("alice", lambda post: reverse("moderation:mine")),
    "staff's desk": ("morgan", lambda post: reverse("admin:index")),
    "queue": ("morgan", lambda post: reverse("admin:moderation_queue")),
    "case": ("morgan", lambda post: reverse("admin:moderation_case", args=["post", post.public_id])),
    "not there": ("guest", lambda post: "/nothing-here"),
}


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_chinese_for_those_who_read_it(page, world, bob):
    who, path = PAGES[page]
    client = guest() if who == "guest" else of(User.objects.get(handle=who))
    response = client.get(path(world))
    assert response.status_code == (404 if page == "not there" else 200)
    words = Words(response.content.decode())
    assert words.language == "zh-hans"
    assert sum(bool(re.search(rf"[{HAN}]", text)) for text in words.found) > 5
    english = [text for text in words.found if ENGLISH.search(text) and text not in NAMES | NOT_OURS]
    assert english == [], "\n".join(english)


def test_a_shot_and_a_note_are_told_in_the_readers_language(world, alice):
    address = reverse("generation:live", args=[world.generation.public_id])
    chinese = of(alice).get(address).json()
    assert (chinese["shots"][0]["setting"], chinese["shots"][0]["weather"]) == ("海滩", "有风")
    assert chinese["shots"][0]["subjects"][0]["actions"] == ["滚动"]
    assert chinese["notes"][0]["used"] == "像素"
    alice.locale = "en"
    alice.save()
    english = of(alice).get(address).json()
    assert english["shots"][0]["setting"] == "the beach"
    assert english["notes"][0]["used"] == "Pixel"


def test_a_chosen_language_goes_before_the_browsers(world, alice):
    alice.locale = "en"
    alice.save()
    assert Words(of(alice).get(reverse("feed:home")).content.decode()).language == "en"
    alice.locale = "zh-hans"
    alice.save()
    page = of(alice).get(reverse("feed:home"), headers={"accept-language": "en"}).content.decode()
    assert Words(page).language == "zh-hans"


def test_others_read_english(world):
    for wish in ("en", "fr", "", "zz"):
        page = Client(headers={"accept-language": wish}).get(reverse("feed:home")).content.decode()
        assert Words(page).language == "en"
        assert sum(bool(ENGLISH.search(text)) for text in Words(page).found) > 10
        assert "动态" not in page


def test_refusals_are_told_in_chinese(world, bob):
    wrong = guest().post(reverse("account_login"), {"login": "bob@example.org", "password": "wrong"})
    assert "邮箱和密码不匹配。" in wrong.content.decode()
    before = Generation.objects.count()
    empty = of(bob).post(reverse("generation:create"), {"prompt": "  "})
    assert "用一句话说说视频里要有什么。" in empty.content.decode()
    over = guest().get("/api/v1/feed?limit=1000")
    assert (over.status_code, over.json()) == (400, {"limit": ["请填 1 到 50 之间的整数。"]})
    assert Generation.objects.count() == before


# --- scripts ----------------------------------------------------------------------------------


def test_scripts_hold_no_sentences():
    """They take their words from the page: nothing between quotes reads like English."""
    scripts = sorted((settings.BASE_DIR / "static" / "js").rglob("*.js"))
    assert len(scripts) > 10
    for path in scripts:
        code = re.sub(
            r"(?s:/\*.*?\*/)|(?:^|\s)//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        found = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", code)
        for text in ("".join(pair) for pair in found):
            assert not re.search(r"^[A-Z][a-z]+ [a-z]+|[a-z]{2,} [a-z]{2,}.*[.?!]$", text), (
                f"{path.name}: {text}"
            )

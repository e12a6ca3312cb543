"""Posts under moderation, across feed, generation and moderation: what is reported, ruled, seen and taken back."""

import datetime as dt
import io
import subprocess

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from feed.decisions import publish
from feed.models import Post, Visibility
from feed.subjects import FRAMES
from generation.engine.mux import ffmpeg_binary
from generation.models import Generation, State
from moderation import decisions, queries, subjects
from moderation.models import Report, Ruling
from users.models import Notice, User

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
GUEST = AnonymousUser()


def person(handle, *, born=1990, **fields):
    return User.objects.create_user(f"{handle}@example.org", handle, birth_date=dt.date(born, 1, 1), **fields)


@pytest.fixture(scope="module")
def clip_bytes(tmp_path_factory):
    """Two seconds that go from red to blue, as real H.264."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    source = "color=red:s=90x160:r=24:d=1[a];color=blue:s=90x160:r=24:d=1[b];[a][b]concat"
    command = [
        ffmpeg_binary(),
        "-v",
        "error",
        "-filter_complex",
        source,
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libx264",
        str(path),
    ]
    subprocess.run(command, check=True, timeout=60)
    return path.read_bytes()


@pytest.fixture
def alice(db):
    return person("alice")


@pytest.fixture
def bob(db):
    return person("bob")


@pytest.fixture
def minor(db):
    return person("young_yu", born=2012)


@pytest.fixture
def boss(db):
    return person("boss_bea", is_staff=True, is_superuser=True)


@pytest.fixture
def post(alice, clip_bytes, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    name = default_storage.save("clips/one.mp4", ContentFile(clip_bytes))
    clip = Generation.objects.create(
        owner=alice, idempotency_key="k", request_hash="0" * 64, prompt="a red square turns blue", engine="animatic",
        seed=1, state=State.READY, clip=name, duration=2.0, width=90, height=160, finished_at=NOW,
    )  # fmt: skip
    return publish(
        author=alice,
        generation=clip.public_id,
        caption="Red turns blue",
        visibility=Visibility.PUBLIC,
        now=NOW,
    )


def seen_by(viewer, post):
    return Post.objects.visible_to(viewer, today=NOW.date()).filter(pk=post.pk).exists()


def report(reporter, post, reason="violence"):
    return decisions.report(
        reporter=reporter, subject_kind="post", subject_id=post.public_id, reason=reason, details="", now=NOW
    )


def rule(boss, post, kind):
    subject = subjects.describe("post", post.public_id)
    return decisions.rule(staff=boss, subject=subject, kind=kind, reason="violence", explanation="", now=NOW)


def test_a_hidden_post_is_its_authors_alone_until_it_is_taken_back(post, alice, bob, boss):
    report(bob, post)
    ruling = rule(boss, post, "hide")
    assert [seen_by(viewer, post) for viewer in (alice, bob, GUEST)] == [True, False, False]
    assert Notice.objects.get(user=alice).kind == "clip_hidden"
    assert Notice.objects.get(user=alice).data["title"] == "Red turns blue"
    assert Notice.objects.get(user=bob).kind == "report_upheld"
    decisions.lift(staff=boss, ruling=ruling, explanation="", now=NOW)
    assert [seen_by(viewer, post) for viewer in (alice, bob, GUEST)] == [True, True, True]


def test_adults_only_means_adults_only(post, bob, minor, boss):
    rule(boss, post, "age_limit")
    assert [seen_by(viewer, post) for viewer in (bob, minor, GUEST)] == [True, False, False]


def test_suspending_from_a_clips_case_hides_all_that_the_author_made(post, alice, bob, boss):
    report(bob, post)
    ruling = rule(boss, post, "suspend")
    assert (ruling.subject_kind, ruling.subject_id) == ("user", alice.public_id)
    assert queries.is_suspended(alice)
    assert Report.objects.get().ruling == ruling
    assert [seen_by(viewer, post) for viewer in (alice, bob, GUEST)] == [True, False, False]


def test_private_and_hidden_posts_cannot_be_reported_by_others(post, bob, boss):
    rule(boss, post, "hide")
    with pytest.raises(decisions.NotThere):
        report(bob, post)
    Ruling.objects.get()
    post.visibility = Visibility.PRIVATE
    post.save()
    with pytest.raises(decisions.NotThere):
        report(bob, post)
    assert not Report.objects.exists()


def test_a_post_that_was_taken_back_cannot_be_reported_but_stays_decidable(client, post, bob, boss):
    report(bob, post)
    post.deleted_at = NOW
    post.save()
    with pytest.raises(decisions.NotThere):
        report(person("charlie"), post)
    client.force_login(boss)
    case = reverse("admin:moderation_case", args=["post", post.public_id])
    page = client.get(case)
    assert page.status_code == 200
    assert "taken back or closed by its owner" in page.text
    assert client.post(case, {"act": "dismiss", "explanation": ""}).status_code == 302
    assert not Report.objects.open().exists()


def test_the_author_reads_why_on_the_page_of_rulings(client, post, alice, boss):
    rule(boss, post, "hide")
    client.force_login(alice)
    page = client.get(reverse("moderation:mine"))
    assert "Red turns blue" in page.text
    assert "It shows violence or cruelty. Only you can see this clip now." in page.text


def test_the_case_has_stills_in_the_order_of_the_clip(client, post, bob, boss):
    report(bob, post)
    client.force_login(boss)
    page = client.get(reverse("admin:moderation_case", args=["post", post.public_id]))
    assert "a red square turns blue" in page.text
    assert page.text.count("/frames/") == FRAMES
    frames = [
        client.get(reverse("admin:moderation_frame", args=["post", post.public_id, n])) for n in range(FRAMES)
    ]
    assert {(frame.status_code, frame["Content-Type"]) for frame in frames} == {(200, "image/jpeg")}
    reds = []
    for frame in frames:
        red, _green, blue = (
            Image.open(io.BytesIO(frame.content)).convert("RGB").resize((1, 1)).getpixel((0, 0))
        )
        reds.append(red > blue)
    assert reds[0] is True
    assert reds[-1] is False
    assert reds == sorted(reds, reverse=True)
    past = client.get(reverse("admin:moderation_frame", args=["post", post.public_id, FRAMES]))
    assert past.status_code == 404


def test_stills_are_for_staff(client, post, alice, bob):
    path = reverse("admin:moderation_frame", args=["post", post.public_id, 0])
    for somebody in (None, alice, bob):
        if somebody:
            client.force_login(somebody)
        assert client.get(path).status_code in {302, 403}


@pytest.mark.parametrize("content", [b"", b"not a film", b"\x00\x00\x00\x18ftypisom" + b"\xff" * 4000])
def test_a_broken_file_leaves_the_case_decidable(client, post, bob, boss, content):
    default_storage.delete(post.generation.clip)
    default_storage.save(post.generation.clip, ContentFile(content))
    report(bob, post)
    client.force_login(boss)
    case = reverse("admin:moderation_case", args=["post", post.public_id])
    assert client.get(case).status_code == 200
    default_storage.delete(post.generation.clip)
    assert client.get(case).status_code == 200
    assert client.post(case, {"act": "hide", "reason": "violence", "explanation": ""}).status_code == 302
    assert Ruling.objects.get().kind == "hide"


def test_every_decision_offers_its_key(client, post, bob, boss):
    report(bob, post)
    client.force_login(boss)
    page = client.get(reverse("admin:moderation_case", args=["post", post.public_id]))
    for number, act in enumerate(("hide", "age_limit", "suspend", "dismiss"), start=1):
        assert f'value="{act}" required data-key="{number}"' in page.text

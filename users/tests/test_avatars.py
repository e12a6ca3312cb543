"""What somebody sends as their picture, and what is kept of it."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from users import avatars, decisions
from users.tests.conftest import logged_in

URL = "/settings/picture"


def picture(form: str = "PNG", size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 40, 90)).save(out, form, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has ``width × height`` pixels, and would have."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    squeezer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    data = b"".join(squeezer.compress(row) for _row in range(height)) + squeezer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def stored() -> list[str]:
    try:
        return default_storage.listdir("avatars")[1]
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_small_square_webp(form):
    made = Image.open(io.BytesIO(avatars.redraw(io.BytesIO(picture(form)), size=100)))
    assert (made.format, made.size) == ("WEBP", (256, 256))


def test_where_and_when_it_was_taken_is_removed_and_its_turn_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of alice"
    exif.get_ifd(0x8825)[1] = "N"
    half = Image.new("RGB", (400, 200), (0, 0, 255))
    half.paste((255, 0, 0), (0, 0, 200, 200))
    out = io.BytesIO()
    half.save(out, "JPEG", exif=exif, quality=95)
    made = avatars.redraw(io.BytesIO(out.getvalue()), size=len(out.getvalue()))
    again = Image.open(io.BytesIO(made))
    assert not dict(again.getexif())
    assert b"alice" not in made
    assert b"EXIF" not in made
    top, bottom = again.convert("RGB").getpixel((128, 20)), again.convert("RGB").getpixel((128, 236))
    assert top[0] > 200 > bottom[0]
    assert bottom[2] > 200 > top[2]


def test_a_see_through_picture_stays_so():
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "PNG")
    made = Image.open(io.BytesIO(avatars.redraw(out, size=10)))
    assert made.convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (bomb(30_000, 30_000), "too many pixels"),
        (bomb(9_000, 9_000), "too many pixels"),
        (picture("GIF"), "not a PNG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not a PNG"),
        (picture()[:200], "damaged"),
        (picture("JPEG", (2000, 1500))[:4000], "damaged"),
        (b"\x00" * 4000, "not a PNG"),
        (b"<!doctype html><script>alert(1)</script>", "not a PNG"),
        (picture("BMP"), "not a PNG"),
        (picture("TIFF"), "not a PNG"),
        (picture() + b"\x00" * avatars.MAX_BYTES, "larger than 5 MB"),
    ],
    ids=[
        "bomb-900-Mpx",
        "bomb-81-Mpx",
        "gif",
        "svg-script",
        "cut-png",
        "cut-jpeg",
        "zeros",
        "html",
        "bmp",
        "tiff",
        "6-MB",
    ],
)
@pytest.mark.django_db
def test_what_is_no_fit_picture_is_said_and_not_kept(alice, upload, sentence):
    response = logged_in(alice).post(URL, {"picture": SimpleUploadedFile("me.png", upload, "image/png")})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    alice.refresh_from_db()
    assert not alice.avatar.name
    assert stored() == []


def test_a_bomb_is_refused_before_it_unfolds():
    """The file is small, its pixels would be 112 MB at one bit each; refusing must not decode them."""
    file = bomb(30_000, 30_000)
    assert len(file) < 200_000
    with pytest.raises(avatars.UnfitPicture):
        avatars.redraw(io.BytesIO(file), size=len(file))


@pytest.mark.django_db
def test_a_picture_is_shown_under_a_new_name_each_time(alice, django_capture_on_commit_callbacks):
    client = logged_in(alice)
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            client.post(
                URL, {"picture": SimpleUploadedFile("../../evil.svg", picture(), "image/svg+xml")}
            ).status_code
            == 302
        )
    alice.refresh_from_db()
    first = alice.avatar_url
    response = Client().get(first)
    assert (response.status_code, response["Content-Type"], response["X-Content-Type-Options"]) == (
        200,
        "image/webp",
        "nosniff",
    )
    assert "immutable" in response["Cache-Control"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {"picture": SimpleUploadedFile("b.png", picture("JPEG"), "image/jpeg")})
    alice.refresh_from_db()
    assert alice.avatar_url != first
    assert Client().get(first).status_code == 404
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {"remove": "1"})
    assert stored() == []


@pytest.mark.django_db
def test_nobody_changes_somebody_elses(alice, charlie):
    logged_in(charlie).post(URL, {"picture": SimpleUploadedFile("a.png", picture()), "user": alice.pk})
    assert Client().post(URL, {"picture": SimpleUploadedFile("a.png", picture())}).status_code == 302
    alice.refresh_from_db()
    assert not alice.avatar.name


@pytest.mark.django_db
def test_a_failed_write_leaves_no_file_behind(alice, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("users.models.User.save", fail)
    with pytest.raises(RuntimeError):
        decisions.set_avatar(user=alice, picture=avatars.redraw(io.BytesIO(picture()), size=10))
    assert stored() == []


@pytest.mark.django_db
def test_without_a_picture_there_is_a_drawn_one(alice):
    response = Client().get(alice.avatar_url)
    body = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert ">A</text>" in body
    assert "style=" not in body
    assert "<script" not in body


@pytest.mark.parametrize("name", ["<b>", "&amp", '"x', "月の狐", "🦊fox", "\u202ex"])
@pytest.mark.django_db
def test_no_name_breaks_out_of_the_drawing(joined, name):
    from xml.dom import minidom

    user = joined("dora_d", display_name=name)
    minidom.parseString(Client().get(user.avatar_url).content)  # noqa: S318 - our own drawing


@pytest.mark.parametrize(
    "path",
    [
        "/avatars/../settings.webp",
        "/avatars/%2e%2e%2fsecret.webp",
        "/avatars/x.webp",
        "/avatars/00000000-0000-7000-8000-000000000000.webp",
        "/avatars/drawn/00000000-0000-7000-8000-000000000000.svg",
    ],
)
@pytest.mark.django_db
def test_no_path_leads_elsewhere(path):
    assert Client().get(path).status_code == 404

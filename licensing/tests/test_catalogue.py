"""What everybody may see of the register, and what the composer is offered."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from licensing import drawings, queries
from licensing.models import Character, Property, RightsHolder


def character(work, handle, **fields):
    told = {"name": handle.title(), "drawing": "hamster", "terms": "Friendly clips only."} | fields
    return Character.objects.create(work=work, handle=handle, **told)


@pytest.fixture
def works(db):
    tanuki = RightsHolder.objects.create(name="Tanuki Works")
    mill = RightsHolder.objects.create(name="Old Mill Press")
    return (
        Property.objects.create(rights_holder=tanuki, name="Mochi's Kitchen"),
        Property.objects.create(rights_holder=mill, name="The Hedge"),
    )


@pytest.fixture
def mochi(works):
    return character(works[0], "mochi", name="Mochi", colour="gold")


@pytest.fixture
def hoot(works):
    return character(works[1], "mrs_hoot", name="Mrs Hoot", drawing="owl")


@pytest.fixture
def retired(works):
    return character(works[0], "moru", name="Moru", offered=False)


def test_guests_read_names_credits_and_terms(client, mochi, hoot, retired):
    page = client.get(reverse("licensing:catalogue"))
    assert page.status_code == 200
    assert "Mochi © Tanuki Works" in page.text
    assert "Friendly clips only." in page.text
    assert "/create?prompt=%40mochi%20" in page.text
    assert "Moru" not in page.text


@pytest.mark.parametrize(
    ("words", "found"),
    [("hoot", "mrs_hoot"), ("@mochi", "mochi"), ("old mill", "mrs_hoot"), ("kitchen", "mochi")],
)
def test_search_finds_by_name_work_and_owner(mochi, hoot, words, found):
    assert [character.handle for character in queries.catalogue(words)] == [found]


@pytest.mark.parametrize("words", ["%", "_", "nobody", "' OR 1=1 --", "x" * 5000])
def test_search_for_nobody_says_so(client, mochi, words):
    page = client.get(reverse("licensing:catalogue"), {"q": words})
    assert page.status_code == 200
    assert "Mochi © Tanuki Works" not in page.text
    assert "Show everybody" in page.text


def test_an_empty_catalogue_offers_the_next_thing(client, db):
    assert "Make a clip" in client.get(reverse("licensing:catalogue")).text


def test_the_page_costs_the_same_for_one_and_for_many(client, works, mochi, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(reverse("licensing:catalogue"))
    for number in range(12):
        character(works[0], f"extra_{number}")
    with django_assert_num_queries(2):
        client.get(reverse("licensing:catalogue"))


def test_a_picture_is_a_square_webp_with_transparency(client, mochi):
    response = client.get(reverse("licensing:picture", args=[mochi.public_id]))
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["X-Content-Type-Options"] == "nosniff"
    picture = Image.open(io.BytesIO(response.content))
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (drawings.EDGE, drawings.EDGE), "RGBA")
    alpha = picture.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getpixel((drawings.EDGE // 2, drawings.EDGE // 2)) > 200


def test_pictures_of_characters_that_are_not_offered_are_not_there(client, retired):
    assert client.get(reverse("licensing:picture", args=[retired.public_id])).status_code == 404


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "no-such-drawing", 'a": {', "prefix", "HAMSTER", "a" * 200]
)
def test_only_names_of_the_set_are_drawn(name):
    assert not drawings.exists(name)
    with pytest.raises(drawings.NoSuchDrawing):
        drawings.webp(name)


# --- mentions ---------------------------------------------------------------------------------


def handles(prefix):
    return [character.handle for character in queries.mention_candidates(prefix)]


def test_candidates_come_by_handle_then_by_a_word_of_the_name(works, mochi, hoot, retired):
    character(works[0], "bun", name="Mo Bun")
    assert handles("mo") == ["mochi", "bun"]
    assert handles("@MO") == ["mochi", "bun"]
    assert handles("hoo") == ["mrs_hoot"]
    assert handles("") == ["bun", "mochi", "mrs_hoot"]


def test_at_most_eight_candidates(works):
    for number in range(12):
        character(works[0], f"many_{number:02}")
    assert len(handles("many")) == queries.CANDIDATES
    assert len(handles("")) == queries.CANDIDATES


def test_wildcards_are_letters_like_others(mochi):
    assert handles("%") == []
    assert handles("m%i") == []


def test_the_composer_gets_faces_and_terms(client, mochi):
    answer = client.get(reverse("licensing:mentions"), {"q": "mo"}).json()
    assert answer == {
        "characters": [
            {
                "handle": "mochi",
                "name": "Mochi",
                "credit": "Mochi © Tanuki Works",
                "terms": "Friendly clips only.",
                "picture": f"/catalogue/{mochi.public_id}.webp",
            }
        ]
    }


def test_the_api_lists_what_is_offered(client, mochi, hoot, retired):
    answer = client.get("/api/v1/characters").json()
    assert [row["handle"] for row in answer["results"]] == ["mochi", "mrs_hoot"]
    assert answer["results"][0]["credit"] == "Mochi © Tanuki Works"
    assert [row["handle"] for row in client.get("/api/v1/characters?q=owl").json()["results"]] == []
    assert [row["handle"] for row in client.get("/api/v1/characters?q=hedge").json()["results"]] == [
        "mrs_hoot"
    ]

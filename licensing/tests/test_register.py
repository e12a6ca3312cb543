"""What the staff may enter, and what the database refuses whoever asks."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from licensing import rules
from licensing.models import Character, Property, RightsHolder
from users import decisions
from users.models import User


@pytest.fixture
def kitchen(db):
    return Property.objects.create(
        rights_holder=RightsHolder.objects.create(name="Tanuki Works"), name="Kitchen"
    )


@pytest.fixture
def boss(client, db):
    user = User.objects.create_superuser("bea@example.org", "boss_bea", birth_date=dt.date(1980, 1, 1))
    client.force_login(user)
    return user


def enter(client, kitchen, **changes):
    told = {
        "work": kitchen.pk,
        "name": "Mochi",
        "handle": "mochi",
        "drawing": "hamster",
        "colour": "gold",
        "terms": "Be kind.",
        "offered": "on",
    }
    return client.post(reverse("admin:licensing_character_add"), told | changes)


def test_staff_enter_a_character(client, kitchen, boss):
    assert enter(client, kitchen).status_code == 302
    assert Character.objects.get().credit == "Mochi © Tanuki Works"
    page = client.get(reverse("admin:licensing_character_changelist"))
    assert page.status_code == 200
    assert "<img" in page.text


def test_typed_with_an_at_and_capitals_it_is_the_same_handle(client, kitchen, boss):
    enter(client, kitchen, handle="@Mochi")
    assert Character.objects.get().handle == "mochi"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("handle", "mo", "3 to 24 lower-case"),
        ("handle", "1mochi", "3 to 24 lower-case"),
        ("handle", "mo chi", "3 to 24 lower-case"),
        ("handle", "admin", "speaks for the site"),
        ("handle", "adm1n", "speaks for the site"),
        ("drawing", "no-such-drawing", "no drawing of this name"),
        ("drawing", "../hamster", "no drawing of this name"),
        ("colour", "ultraviolet", "Choose one of these"),
        ("terms", "", "required"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(client, kitchen, boss, field, value, sentence):
    response = enter(client, kitchen, **{field: value})
    assert response.status_code == 200
    assert sentence in response.text
    assert not Character.objects.exists()


@pytest.mark.parametrize("handle", ["mochi", "Mochi", "m0chi", "moch_i"])
def test_a_handle_of_a_person_or_like_it_is_refused(client, kitchen, boss, handle):
    User.objects.create_user("m@example.org", handle)
    response = enter(client, kitchen)
    assert response.status_code == 200
    assert "A person is called so" in response.text
    assert not Character.objects.exists()


def test_two_characters_do_not_share_a_handle(client, kitchen, boss):
    enter(client, kitchen)
    response = enter(client, kitchen, name="Another")
    assert response.status_code == 200
    assert Character.objects.count() == 1


def test_people_who_are_not_staff_do_not_reach_the_register(client, kitchen):
    client.force_login(User.objects.create_user("c@example.org", "charlie"))
    assert enter(client, kitchen).status_code in {302, 403}
    assert not Character.objects.exists()


@pytest.mark.parametrize("handle", ["Mochi", "mo", "1mochi", "mo chi", "mochi!", "m" * 25, ""])
def test_the_database_knows_the_form_of_handles(kitchen, handle):
    with pytest.raises(DatabaseError, match=r"character_handle_form|too long"), transaction.atomic():
        Character.objects.create(work=kitchen, handle=handle, name="X", drawing="hamster", terms="x")
    assert not Character.objects.exists()


@given(st.text(max_size=30))
def test_well_formed_means_plain_ascii(handle):
    plain = (
        3 <= len(handle) <= 24
        and handle[0] in "abcdefghijklmnopqrstuvwxyz"
        and set(handle) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    )
    assert rules.is_well_formed(handle) == plain


@given(st.from_regex(rules.HANDLE_PATTERN, fullmatch=True))
def test_what_the_pattern_makes_is_well_formed_unless_it_ends_in_a_line_break(handle):
    assert rules.is_well_formed(handle) == (not handle.endswith("\n"))


@pytest.mark.parametrize("wanted", ["mochi", "MOCHI", "m0chi", "mo_chi"])
def test_a_person_cannot_be_called_like_a_character(kitchen, wanted):
    Character.objects.create(
        work=kitchen, name="Mochi", handle="mochi", drawing="hamster", terms="Be kind.", offered=False
    )
    with pytest.raises(decisions.HandleTaken):
        decisions.refuse_unfit_handle(wanted)
    decisions.refuse_unfit_handle("mochiko")


def test_the_database_knows_the_colours(kitchen):
    told = {"work": kitchen, "name": "Mochi", "drawing": "hamster", "terms": "Friendly."}
    for handle, colour in (("mochi_plain", ""), ("mochi_gold", "gold")):
        Character.objects.create(handle=handle, colour=colour, **told)
    with pytest.raises(DatabaseError), transaction.atomic():
        Character.objects.create(handle="mochi_uv", colour="ultraviolet", **told)
    assert not Character.objects.filter(handle="mochi_uv").exists()

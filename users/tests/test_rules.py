"""Handles, ages, languages: facts in, verdicts out."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users import rules
from users.rules import AgeBand, HandleVerdict, InviteState

DAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("handle", "verdict"),
    [
        ("al", HandleVerdict.SHORT),
        ("", HandleVerdict.SHORT),
        ("a" * 25, HandleVerdict.LONG),
        ("9lives", HandleVerdict.START),
        ("_moon", HandleVerdict.START),
        ("møøn", HandleVerdict.LETTERS),
        ("moon fox", HandleVerdict.LETTERS),
        ("moon\x00fox", HandleVerdict.LETTERS),
        ("аdmin", HandleVerdict.LETTERS),  # Cyrillic a
        ("admin", HandleVerdict.RESERVED),
        ("Adm1n", HandleVerdict.RESERVED),
        ("ad_min", HandleVerdict.RESERVED),
        ("supp0rt", HandleVerdict.RESERVED),
        ("moon_fox", HandleVerdict.FINE),
        ("a" * 24, HandleVerdict.FINE),
    ],
)
def test_a_handle_is_judged_by_its_look(handle, verdict):
    assert rules.judge_handle(handle) == verdict


@pytest.mark.parametrize(
    ("one", "other"),
    [("victor", "vict0r"), ("Modern", "modem"), ("vvolf", "wolf"), ("clara", "dara"), ("a_b_c", "abc")],
)
def test_lookalikes_share_a_skeleton(one, other):
    assert rules.skeleton(one) == rules.skeleton(other)


def test_different_names_do_not():
    assert rules.skeleton("alice") != rules.skeleton("bobby")


@given(st.text(alphabet=string.ascii_letters + string.digits + "_", min_size=1, max_size=24))
def test_case_and_underscores_never_change_the_look(handle):
    assert rules.skeleton(handle) == rules.skeleton(handle.swapcase()) == rules.skeleton(f"_{handle}_")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1)), st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)))
def test_nobody_gets_younger(born, day):
    assert (
        rules.age_on(born, day)
        <= rules.age_on(born, day + dt.timedelta(days=1))
        <= rules.age_on(born, day) + 1
    )


def test_leap_day_children_have_their_birthday_in_march():
    assert rules.age_on(dt.date(2012, 2, 29), dt.date(2025, 2, 28)) == 12
    assert rules.age_on(dt.date(2012, 2, 29), dt.date(2025, 3, 1)) == 13


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, AgeBand.UNKNOWN),
        (dt.date(2013, 3, 2), AgeBand.CHILD),
        (dt.date(2013, 3, 1), AgeBand.TEEN),
        (dt.date(2008, 3, 2), AgeBand.TEEN),
        (dt.date(2008, 3, 1), AgeBand.ADULT),
    ],
)
def test_age_bands_change_on_the_birthday(born, band):
    assert rules.age_band(born, DAY) == band


@pytest.mark.parametrize(
    ("born", "possible"),
    [
        (DAY, True),
        (DAY + dt.timedelta(days=1), False),
        (dt.date(1906, 3, 1), False),
        (dt.date(1906, 3, 2), True),
    ],
)
def test_birthdays_lie_in_a_lifetime(born, possible):
    assert rules.is_possible_birth_date(born, DAY) is possible


NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("uses", "expires_at", "revoked_at", "state"),
    [
        (0, LATER, None, InviteState.FREE),
        (0, NOW, None, InviteState.EXPIRED),
        (2, LATER, None, InviteState.USED),
        (2, NOW, None, InviteState.USED),
        (1, NOW, NOW, InviteState.REVOKED),
    ],
)
def test_an_invite_is_in_one_state(uses, expires_at, revoked_at, state):
    assert (
        rules.invite_state(uses=uses, max_uses=2, expires_at=expires_at, revoked_at=revoked_at, now=NOW)
        == state
    )


@pytest.mark.parametrize(
    ("header", "guess"),
    [
        ("", ("en", "")),
        ("zh-CN,zh;q=0.9,en;q=0.8", ("zh-hans", "CN")),
        ("zh-Hans-SG", ("zh-hans", "SG")),
        ("zh-TW,en;q=0.5", ("en", "TW")),
        ("de-AT,de;q=0.9,en-GB;q=0.7", ("en", "AT")),
        ("en;q=0.2, zh-CN;q=0.9", ("zh-hans", "CN")),
        ("fr;q=much,en", ("en", "")),
        ("\x00,;;;q=", ("en", "")),
        ("x" * 10_000, ("en", "")),
    ],
)
def test_a_browser_hints_at_language_and_country(header, guess):
    assert rules.locale_and_country(header, ("en", "zh-hans")) == guess


@given(st.text(max_size=300))
def test_no_header_breaks_the_guess(header):
    locale, country = rules.locale_and_country(header, ("en", "zh-hans"))
    assert locale in {"en", "zh-hans"}
    assert country == "" or (len(country) == 2 and country.isupper())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\n\tlines ", "two lines"),
        ("a\u202eb\u200bc", "abc"),
        ("nul\x00byte", "nul byte"),
        ("月の狐", "月の狐"),
        ("\u2028", ""),
    ],
)
def test_a_line_about_oneself_has_no_tricks_in_it(typed, kept):
    assert rules.clean_line(typed) == kept


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome · Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
        ("curl/8", "curl/8"),
        ("", "?"),
    ],
)
def test_devices_have_short_names(agent, name):
    assert rules.device_name(agent) == name

"""Who may be called what, and who is old enough: facts in, verdicts out, nothing stored."""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata

HANDLE_MIN = 3
HANDLE_MAX = 24
HANDLE_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{2,23}$"
ADULT_AGE = 18

_RESERVED = (
    "about abuse account accounts admin administrator api app apps billing cameo cameos catalogue contact"
    " copyright create dashboard demo developer developers dmca draft drafts everyone explore feed help"
    " here home inbox info invite invites legal login logout mail media me moderation moderator news"
    " nobody notice null official ops owner password payments policy post posts press privacy profile"
    " public remix root rules safety search security service settings share sign signin signup site sora"
    " staff static status studio superuser support system team terms trust undefined unknown user users"
    " verified video videos wallet webmaster welcome www you"
)
RESERVED_HANDLES = frozenset(_RESERVED.split())

_LOOKALIKES = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "i": "l", "j": "l"}
)


def skeleton(handle: str) -> str:
    """What a handle looks like at a glance: ``Vict0r_`` and ``vlctor`` share one skeleton."""
    folded = handle.lower().replace("_", "").replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return folded.translate(_LOOKALIKES)


_RESERVED_SKELETONS = frozenset(skeleton(handle) for handle in RESERVED_HANDLES)


def is_reserved(handle: str) -> bool:
    """True for names that speak for the site, and for those that look like them."""
    return skeleton(handle) in _RESERVED_SKELETONS


def is_well_formed(handle: str) -> bool:
    return re.fullmatch(HANDLE_PATTERN, handle) is not None


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Whole years; somebody born on 29 February has a birthday on 1 March in common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


class AgeBand(enum.StrEnum):
    """All that staff need to know of a birthday."""

    UNKNOWN = "unknown"
    CHILD = "under 13"
    TEEN = "13-17"
    ADULT = "18+"


def age_band(birth_date: dt.date | None, day: dt.date) -> AgeBand:
    if birth_date is None:
        return AgeBand.UNKNOWN
    age = age_on(birth_date, day)
    if age < 13:
        return AgeBand.CHILD
    return AgeBand.ADULT if age >= ADULT_AGE else AgeBand.TEEN


OLDEST = 120


def is_possible_birth_date(birth_date: dt.date, day: dt.date) -> bool:
    return birth_date <= day and age_on(birth_date, day) < OLDEST


class HandleVerdict(enum.StrEnum):
    """What can be said of a handle without looking at the others."""

    FINE = "fine"
    SHORT = "short"
    LONG = "long"
    START = "start"
    LETTERS = "letters"
    RESERVED = "reserved"


def judge_handle(handle: str) -> HandleVerdict:
    if len(handle) < HANDLE_MIN:
        return HandleVerdict.SHORT
    if len(handle) > HANDLE_MAX:
        return HandleVerdict.LONG
    if re.fullmatch(r"[A-Za-z0-9_]+", handle) is None:
        return HandleVerdict.LETTERS
    if not is_well_formed(handle):
        return HandleVerdict.START
    return HandleVerdict.RESERVED if is_reserved(handle) else HandleVerdict.FINE


class InviteState(enum.StrEnum):
    FREE = "free"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


def invite_state(
    *, uses: int, max_uses: int, expires_at: dt.datetime, revoked_at: dt.datetime | None, now: dt.datetime
) -> InviteState:
    if revoked_at is not None:
        return InviteState.REVOKED
    if uses >= max_uses:
        return InviteState.USED
    return InviteState.EXPIRED if expires_at <= now else InviteState.FREE


CODE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction around, so that a text reads otherwise than it is stored. The joiners of
emoji and of scripts are not among them."""


def is_control(letter: str) -> bool:
    """True for control characters, which nobody can see, and for halves of pairs that no text can hold. A line
    break is none."""
    return letter != "\n" and unicodedata.category(letter) in {"Cc", "Cs"}


_BIDI_AND_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def clean_line(text: str) -> str:
    """One line of what a person wrote about themselves: no control, direction or invisible characters."""
    visible = _BIDI_AND_INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    spaced = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in visible
    )
    return " ".join(spaced.split())


def locale_and_country(accept_language: str, known: tuple[str, ...]) -> tuple[str, str]:
    """The language of ``known`` and the country (ISO 3166-1 alpha-2, or empty) that a browser's
    ``Accept-Language`` suggests. A guess to start from: both can be changed in the settings."""
    locale, country = "", ""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:400].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    for _weight, _place, tag in sorted(weighed):
        pieces = tag.lower().replace("_", "-").split("-")
        if not country:
            country = next((piece.upper() for piece in pieces[1:] if re.fullmatch(r"[a-z]{2}", piece)), "")
        if not locale:
            if pieces[0] == "zh" and not {"hant", "tw", "hk", "mo"} & set(pieces):
                locale = "zh-hans" if "zh-hans" in known else ""
            elif pieces[0] in known:
                locale = pieces[0]
    return locale or known[0], country


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """What a person would call the browser that sent ``user_agent``: "Firefox · Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(word for word in (browser, system) if word) or user_agent[:60] or "?"

"""Who may be called what, and who is old enough: facts in, verdicts out, nothing stored."""

from __future__ import annotations

import datetime as dt
import re

HANDLE_MIN = 3
HANDLE_MAX = 24
HANDLE_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{2,23}$"
ADULT_AGE = 18

RESERVED_HANDLES = frozenset(
    "about abuse account accounts admin administrator api app apps billing cameo cameos catalogue contact copyright"
    " create dashboard demo developer developers dmca draft drafts everyone explore feed help here home inbox info"
    " invite invites legal login logout mail media me moderation moderator news nobody notice null official ops"
    " owner password payments policy post posts press privacy profile public remix root rules safety search security"
    " service settings share sign signin signup site sora staff static status studio superuser support system team"
    " terms trust undefined unknown user users verified video videos wallet webmaster welcome www you".split()
)

_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "i": "l", "j": "l"})


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

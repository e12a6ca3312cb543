"""Names of people in a prompt. Nobody real is ever drawn as themselves: a name becomes a plain person."""

from __future__ import annotations

from generation.engine.animatic.understanding.reading import Mark

_WOMEN = frozenset(
    [
        "alice",
        "amy",
        "anna",
        "anne",
        "beth",
        "claire",
        "clara",
        "emma",
        "emily",
        "ella",
        "eva",
        "grace",
        "hannah",
        "helen",
        "jane",
        "jenny",
        "julia",
        "kate",
        "laura",
        "lily",
        "lisa",
        "lucy",
        "maria",
        "marie",
        "mary",
        "mia",
        "nina",
        "nora",
        "olivia",
        "rachel",
        "sarah",
        "sara",
        "sophia",
        "sophie",
        "susan",
        "taylor",
        "zoe",
        "chloe",
        "diana",
        "elena",
    ]
)
_MEN = frozenset(
    [
        "adam",
        "alan",
        "alex",
        "andrew",
        "ben",
        "bob",
        "brian",
        "charlie",
        "chris",
        "dan",
        "daniel",
        "david",
        "donald",
        "eric",
        "elon",
        "frank",
        "fred",
        "george",
        "henry",
        "jack",
        "jacob",
        "james",
        "jim",
        "joe",
        "john",
        "kevin",
        "leo",
        "liam",
        "luke",
        "mark",
        "martin",
        "max",
        "michael",
        "mike",
        "nick",
        "noah",
        "oliver",
        "oscar",
        "paul",
        "peter",
        "richard",
        "robert",
        "sam",
        "simon",
        "steve",
        "thomas",
        "tim",
        "tom",
        "tony",
        "walter",
        "will",
        "william",
        "barack",
        "joseph",
    ]
)
_BEFORE_PLACES = frozenset(
    {"in", "at", "from", "near", "of", "through", "over", "by", "across", "around", "above", "to"}
)


def face_for(name: str) -> str:
    """The drawing for a first name."""
    first = name.lower()
    if first in _WOMEN:
        return "woman-standing"
    return "man-standing" if first in _MEN else "person-standing"


def is_person_name(marks: list[Mark], index: int) -> bool:
    """Whether an unknown word stands where a person's name would: capital, and not after "in" or "of"."""
    mark = marks[index]
    if not mark.capital or len(mark.text) < 2 or not mark.text.replace("'", "").isalpha():
        return False
    words = [other for other in marks if other.text[:1].isalpha()]
    if len(words) >= 4 and sum(other.capital for other in words) > len(words) * 0.6:
        return False
    before = marks[index - 1] if index else None
    if before is not None and before.category == "unknown" and before.capital:
        return is_person_name(marks, index - 1)
    if before is not None and (
        before.text in _BEFORE_PLACES or before.category in {"det", "at", "written", "style"}
    ):
        return False
    if index == 0:
        after = marks[1] if len(marks) > 1 else None
        known = mark.text in _WOMEN or mark.text in _MEN
        follows = after is not None and (
            after.category in {"verb", "relate", "copula", "speech", "join"}
            or (after.category == "unknown" and after.capital)
        )
        return known or follows
    return True

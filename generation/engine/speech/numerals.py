"""Numbers, money, times and signs of English text in words. Knows no sounds."""

from __future__ import annotations

import re

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_GROUPS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", "")}
_SIGNS = {
    "%": "percent",
    "&": "and",
    "+": "plus",
    "=": "equals",
    "@": "at",
    "#": "number",
    "°": "degrees",
    "×": "times",
}
_SHORT = {
    "mr.": "mister", "mrs.": "missus", "ms.": "miz", "dr.": "doctor", "prof.": "professor", "st.": "saint",
    "vs.": "versus", "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is", "no.": "number",
}  # fmt: skip

_NUMBER = re.compile(
    r"(?P<money>[$€£¥])?(?<![A-Za-z\d])(?P<whole>\d{1,3}(?:,\d{3})+|\d+)"
    r"(?:(?P<clock>:[0-5]\d)(?!\d)|(?P<fraction>\.\d+))?(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"(?P<many>s\b)?"
)


def spelled_out(text: str) -> str:
    """The text with its numbers and signs in words."""
    for short, long in _SHORT.items():
        text = re.sub(rf"(?<!\w){re.escape(short)}", long, text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)\s*[-–]\s*(?=\d)", " to ", text)
    text = re.sub(r"(?<!\w)[-−](?=\d)", "minus ", text)
    text = _NUMBER.sub(_say, text)
    return re.sub(r"[%&+=@#°×]", lambda sign: f" {_SIGNS[sign.group()]} ", text)


def cardinal(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_SMALL[ones]}" if ones else "")
    for size, name in _GROUPS:
        if number >= size:
            head, rest = divmod(number, size)
            joint = " and " if rest and rest < 100 and size == 100 else " "
            return f"{cardinal(head)} {name}" + (f"{joint}{cardinal(rest)}" if rest else "")
    raise AssertionError(number)


def ordinal(number: int) -> str:
    *head, last = cardinal(number).split(" ")
    last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*head, last])


def _year(number: int) -> str:
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def _digits(text: str) -> str:
    return " ".join(_SMALL[int(digit)] for digit in text)


def _say(found: re.Match[str]) -> str:
    digits = found["whole"].replace(",", "")
    if len(digits) > 15 or (len(digits) > 1 and digits[0] == "0"):
        return f" {_digits(digits + (found['fraction'] or '').lstrip('.'))} "
    number = int(digits)
    if found["money"]:
        return f" {_sum_of_money(found['money'], number, (found['fraction'] or '')[1:])} "
    if found["clock"]:
        minutes = int(found["clock"][1:])
        after = f"{'oh ' if minutes < 10 else ''}{cardinal(minutes)}" if minutes else "o'clock"
        return f" {cardinal(number)} {after} "
    if found["fraction"]:
        return f" {cardinal(number)} point {_digits(found['fraction'][1:])} "
    if found["ordinal"]:
        return f" {ordinal(number)} "
    is_year = 1100 <= number <= 2099 and "," not in found["whole"]
    words = _year(number) if is_year else cardinal(number)
    if found["many"]:
        words = words[:-1] + "ies" if words.endswith("y") else words + "s"
    return f" {words} "


def _sum_of_money(sign: str, number: int, cents: str) -> str:
    name, small = _MONEY[sign]
    said = f"{cardinal(number)} {name}{'' if number == 1 or name == 'yen' else 's'}"
    if cents and int(cents) and small:
        count = int(cents.ljust(2, "0")[:2])
        plural = "" if count == 1 else "s"
        said += f" and {cardinal(count)} {'pence' if small == 'penny' and count != 1 else small + plural}"
    return said

"""English text to Kokoro's phonemes: misaki's dictionaries, word forms, and spelling for the rest.

Reads sentences without a part-of-speech model: words with two readings are told apart by their
neighbours. Uses no GPL software.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

from generation.engine.speech.numerals import spelled_out
from generation.engine.speech.spelling import VOWELS, letter_by_letter, sounded_out

_Entry: TypeAlias = str | dict[str, str | None]

_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*'?|[,.!?;:…—]+|[“”\"()]")
_PLAIN = {ord("’"): "'", ord("‘"): "'", ord("–"): "—", ord("-"): " "}
_PUNCTUATION = {"...": "…", "?!": "?!", "!?": "?!"}
_AFTER_THESE_A_VERB = frozenset({
    "to", "i", "you", "we", "they", "will", "would", "can", "could", "shall", "should", "may", "might",
    "must", "don't", "won't", "can't", "couldn't", "didn't", "let's", "please", "i'll", "you'll", "we'll",
    "they'll", "who",
})  # fmt: skip
_AFTER_THESE_A_NOUN = frozenset({
    "the", "a", "an", "my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those",
    "no", "some", "any", "every", "each",
})  # fmt: skip
_PAST = frozenset({
    "have", "has", "had", "i've", "you've", "we've", "they've", "was", "were", "been", "be", "being",
    "got",
})  # fmt: skip
_PARTICLES = {"a": "ɐ", "an": "ɐn", "i": "I", "and": "ænd", "i'm": "Im", "o'clock": "əklˈɑk", "ok": "ˌOkˈA"}
_VOICELESS = "ptkfθ"
_HISSING = "szʃʒʧʤ"
_SUFFIXES = (
    ("ing", "ɪŋ"), ("er", "əɹ"), ("est", "ɪst"), ("ly", "li"), ("ness", "nəs"), ("less", "ləs"), ("ful", "fᵊl"),
    ("able", "əbᵊl"), ("ish", "ɪʃ"), ("y", "i"), ("ment", "mᵊnt"), ("ship", "ʃɪp"), ("like", "lˌIk"),
)  # fmt: skip
_PREFIXES = (("un", "ˌʌn"), ("re", "ɹˌi"), ("over", "ˌOvəɹ"), ("super", "sˌupəɹ"), ("mega", "mˌɛɡə"))
_CONTRACTED = {"'ll": "ᵊl", "'ve": "v", "'re": "ɹ", "'d": "d", "'m": "m", "n't": "ᵊnt"}


def is_available() -> bool:
    return importlib.util.find_spec("misaki") is not None


def phonemes(text: str) -> str:
    """Kokoro phonemes of English text; punctuation stays, signs that cannot be read vanish."""
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    text = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    tokens: list[str] = _TOKEN.findall(spelled_out(text))
    said: list[str] = []
    following = ""
    # From the end, because "the" and "to" depend on the sound that comes next.
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if not token[0].isalpha():
            mark = _PUNCTUATION.get(token, token[0])
            said.append(mark if mark in ",.!?;:…—?!" else "")
            following = ""
            continue
        before = tokens[index - 1].lower() if index else ""
        sound = _weak(token.lower(), following) or _word(token, before)
        said.append(" " + sound)
        following = sound.lstrip("ˈˌ")[:1]
    return "".join(reversed(said)).strip()


def _weak(word: str, following: str) -> str:
    """Small words whose sound depends on the next one."""
    before_vowel = bool(following) and following in VOWELS
    match word:
        case "the":
            return "ði" if before_vowel else "ðə"
        case "to":
            return "tʊ" if before_vowel else "tə" if following else "tˈu"
    return _PARTICLES.get(word, "")


def _word(token: str, before: str) -> str:
    token = token.rstrip("'") or token
    if token.isupper() and len(token) > 1 and "'" not in token:
        known = _listed(token, before)
        if known or len(token) <= 5:
            lower = _listed(token.lower(), before)
            # Shouted words are words; what no dictionary knows is spelt.
            return known or lower or letter_by_letter(token)
    return (
        _known(token, before) or _known(token.lower(), before) or _compound(token.lower()) or _foreign(token)
    )


def _foreign(token: str) -> str:
    head, apostrophe, tail = token.lower().partition("'")
    said = sounded_out(head)
    if not apostrophe:
        return said
    return said + _plural_sound(said) if tail == "s" else said + sounded_out(tail)


@lru_cache(maxsize=4096)
def _known(word: str, before: str) -> str:
    return _listed(word, before) or _listed(word.capitalize(), before) or _inflected(word, before)


def _listed(word: str, before: str) -> str:
    entry = _dictionary().get(word)
    if entry is None or isinstance(entry, str):
        return entry or ""
    wanted: tuple[str, ...] = ("DEFAULT",)
    if before in _PAST:
        wanted = ("VBN", "VBD", "VERB", "DEFAULT")
    elif before in _AFTER_THESE_A_VERB:
        wanted = ("VERB", "DEFAULT")
    elif before in _AFTER_THESE_A_NOUN:
        wanted = ("NOUN", "DEFAULT")
    for reading in wanted:
        if said := entry.get(reading):
            return said
    return next((said for said in entry.values() if said), "")


def _inflected(word: str, before: str) -> str:
    """Forms of words that are listed: plurals, past, -ing, -er, -ly and their kind."""
    for ending, sound in _CONTRACTED.items():
        if word.endswith(ending) and (stem := _listed(word.removesuffix(ending), before)):
            return stem + ("ə" if ending == "'re" and stem[-1] not in VOWELS else "") + sound
    return _plural(word, before) or _past(word) or _derived(word, before)


def _plural(word: str, before: str) -> str:
    if not word.endswith(("'s", "s")) or word.endswith("ss"):
        return ""
    bare = word.removesuffix("'s") if word.endswith("'s") else word[:-1]
    said = _first_listed(_stems(bare, "e" if word.endswith("es") else ""), before)
    return said + _plural_sound(said) if said else ""


def _past(word: str) -> str:
    said = _first_listed(_stems(word[:-2], "d"), "to") if word.endswith("ed") else ""
    if not said:
        return ""
    return said + ("ɪd" if said[-1] in "td" else "t" if said[-1] in _VOICELESS + "sʃʧ" else "d")


def _derived(word: str, before: str) -> str:
    for ending, sound in _SUFFIXES:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stems = _stems(word.removesuffix(ending), "d")
            if said := _first_listed(stems, "to" if ending == "ing" else ""):
                return said + sound
    for beginning, sound in _PREFIXES:
        if word.startswith(beginning) and len(word) > len(beginning) + 2:
            rest = word.removeprefix(beginning)
            if said := _listed(rest, before) or (_inflected(rest, before) if len(rest) > 4 else ""):
                return sound + said
    return ""


def _first_listed(words: list[str], before: str) -> str:
    return next((said for word in words if (said := _listed(word, before))), "")


def _stems(bare: str, dropped: str) -> list[str]:
    """What a word may have been before an ending was added: bak(e), hop(p), carr(y)."""
    stems = [bare]
    if dropped:
        stems.append(bare + "e")
    if len(bare) > 2 and bare[-1] == bare[-2]:
        stems.append(bare[:-1])
    if bare.endswith("i"):
        stems.append(bare[:-1] + "y")
    if bare.endswith("ie"):
        stems.append(bare[:-2] + "y")
    if bare.endswith("e"):
        stems.append(bare[:-1])
    return stems


def _plural_sound(said: str) -> str:
    return "ɪz" if said[-1] in _HISSING else "s" if said[-1] in _VOICELESS else "z"


def _compound(word: str) -> str:
    """Two listed words written as one; the second loses its main stress."""
    if "'" in word or len(word) < 6:
        return ""
    best = ""
    for cut in range(len(word) - 3, 2, -1):
        first, second = _listed(word[:cut], ""), _listed(word[cut:], "") or _inflected(word[cut:], "")
        if first and second and "ˈ" in first and "ˈ" in second:
            best = first + second.replace("ˈ", "ˌ")
            break
    return best


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, _Entry]:
    data = importlib.resources.files("misaki") / "data"
    silver = json.loads((data / "us_silver.json").read_text(encoding="utf-8"))
    gold = json.loads((data / "us_gold.json").read_text(encoding="utf-8"))
    return {**silver, **gold}

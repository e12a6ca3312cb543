"""English words that no dictionary knows: letters to sounds by rule.

A few dozen context rules in the manner of the Naval Research Laboratory's report 7948 (1976), written
for Kokoro's phonemes, and one stress. Names come out recognisable, not always right.
"""

from __future__ import annotations

import re

VOWELS = "AIOWYaiuæɑɐɔəɛɜɪʊʌᵊᵻ"

_LETTERS = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi", "h": "ˈAʧ", "i": "ˈI",
    "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn", "o": "ˈO", "p": "pˈi", "q": "kjˈu", "r": "ˈɑɹ",
    "s": "ˈɛs", "t": "tˈi", "u": "jˈu", "v": "vˈi", "w": "dˈʌbᵊlju", "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}  # fmt: skip

# (letters before, letters, letters after, sounds); the first that fits wins. Before and after are patterns.
_V, _C = "[aeiouy]", "[bcdfghjklmnpqrstvwxz]"
_RULES: list[tuple[re.Pattern[str], str, re.Pattern[str], str]] = [
    (re.compile(f"(?:{before})$"), letters, re.compile(after), sounds)
    for before, letters, after, sounds in (
        # endings
        (f"{_C}", "le", "$", "ᵊl"), ("", "tion", "", "ʃən"), (_V, "sion", "", "ʒən"), ("", "sion", "", "ʃən"),
        ("", "ture", "$", "ʧəɹ"), ("", "ous", "$", "əs"), ("", "cious", "", "ʃəs"), ("", "cial", "", "ʃᵊl"),
        ("", "age", "$", "ɪʤ"), (f"{_V}.*", "ing", "$", "ɪŋ"), (f"{_V}.*{_C}", "y", "$", "i"),
        (f"{_C}", "y", "$", "I"), (f"{_V}.*", "es", "$", "z"), ("[td]", "ed", "$", "ɪd"),
        (f"{_V}.*[fkpsx]", "ed", "$", "t"), (f"{_V}.*", "ed", "$", "d"), (f"{_V}.*", "er", "$", "əɹ"),
        (f"{_V}.*", "or", "$", "əɹ"), (f"{_V}.*", "ar", "$", "əɹ"), (f"{_V}.*", "al", "$", "ᵊl"),
        (f"{_V}.*{_C}", "a", "$", "ə"), (f"{_V}.*", "on", "$", "ən"), (f"{_V}.*", "en", "$", "ən"),
        (f"{_V}.*", "o", "$", "O"), (f"{_V}.*", "i", "$", "i"), (f"{_V}.*", "ie", "$", "i"),
        # vowels in company
        ("", "augh", "", "ɔ"), ("", "ough", "", "O"), ("", "igh", "", "I"), ("", "eigh", "", "A"),
        ("", "air", "", "ɛɹ"), ("", "ear", "", "ɪɹ"), ("", "eer", "", "ɪɹ"), ("", "oor", "", "ɔɹ"),
        ("", "our", "", "ɔɹ"), ("", "ai", "", "A"), ("", "ay", "", "A"), ("", "au", "", "ɔ"), ("", "aw", "", "ɔ"),
        ("", "ea", "", "i"), ("", "ee", "", "i"), ("", "ei", "", "A"), ("", "ey", "$", "i"), ("", "ey", "", "A"),
        ("", "eu", "", "ju"), ("[jlr]", "ew", "", "u"), ("", "ew", "", "ju"), ("c", "ie", "", "i"),
        ("", "ia", "$", "iə"), ("", "ie", "", "i"), ("", "io", "", "iO"), ("", "oa", "", "O"), ("", "oe", "$", "O"),
        ("", "oi", "", "Y"), ("", "oy", "", "Y"), ("", "oo", "k", "ʊ"), ("", "oo", "", "u"), ("", "ou", "", "W"),
        ("", "ow", "$", "O"), ("", "ow", "", "W"), ("", "ue", "$", "u"), ("", "ui", "", "u"), ("", "uy", "", "I"),
        ("", "ar", f"(?!{_V})", "ɑɹ"), ("", "are", "$", "ɛɹ"), ("", "er", f"(?!{_V})", "ɜɹ"),
        ("", "ir", f"(?!{_V})", "ɜɹ"), ("", "or", "", "ɔɹ"), ("", "ur", f"(?!{_V})", "ɜɹ"),
        ("", "ure", "$", "jʊɹ"), ("w", "a", "[^lr]", "ɑ"), ("", "all", "", "ɔl"), ("", "alk", "", "ɔk"),
        # vowels made long by what follows
        ("", "a", f"{_C}e$|{_C}e{_C}$|{_C}(?:ing|er|y)$|$", "A"), ("", "e", f"{_C}e$|{_C}e{_C}$", "i"),
        ("", "i", f"{_C}e$|{_C}e{_C}$|{_C}(?:ing|er)$", "I"), ("", "i", "nd$|ld$", "I"),
        ("", "o", f"{_C}e$|{_C}e{_C}$|{_C}(?:ing|er|y)$|ld|st$|ll$", "O"), ("[jlr]", "u", f"{_C}e|{_C}{_V}", "u"),
        ("", "u", f"{_C}e|{_C}{_V}", "ju"), (f"^{_C}+", "e", "$", "i"), (f"{_V}.*", "e", "$", ""),
        (f"{_V}{_C}+", "e", "s$", ""), ("", "y", f"{_C}e", "I"), ("^", "y", "", "j"), ("", "y", _V, "j"),
        (f"^{_C}+", "i", _V, "I"), (f"^{_C}+", "o", "$", "O"),
        # vowels alone
        ("", "a", "", "æ"), ("", "e", "", "ɛ"), ("", "i", "", "ɪ"), ("", "o", "", "ɑ"), ("", "u", "", "ʌ"),
        ("", "y", "", "ɪ"),
        # consonants
        ("", "tch", "", "ʧ"), ("", "sch", "", "sk"), ("^", "ch", "[rl]", "k"), ("", "ch", "", "ʧ"), ("", "ck", "", "k"),
        ("", "cc", "[ei]", "ks"), ("", "cc", "", "k"), ("", "c", "[eiy]", "s"), ("", "c", "", "k"),
        ("", "dge", "", "ʤ"), ("", "dg", "", "ʤ"), ("^", "gh", "", "ɡ"), ("", "gh", "", ""), ("^", "gn", "", "n"),
        ("", "gg", "", "ɡ"), ("^", "g", "[ei]", "ɡ"), ("", "g", "[ei]", "ʤ"), ("", "g", "", "ɡ"),
        ("^", "kn", "", "n"), ("m", "b", "$", ""), ("", "ng", "$", "ŋ"), ("", "nk", "", "ŋk"), ("", "ph", "", "f"),
        ("^", "ps", "", "s"), ("", "qu", "", "kw"), ("", "q", "", "k"), ("", "sh", "", "ʃ"), ("", "ss", "", "s"),
        ("", "sc", "[eiy]", "s"), (f"{_V}", "s", "$", "z"), ("[bdglmnrvw]", "s", "$", "z"),
        (f"{_V}", "s", f"{_V}", "z"), ("", "th", "", "θ"), ("^", "wh", "", "w"), ("^", "wr", "", "ɹ"),
        (_V, "w", f"{_C}|$", ""), ("^", "x", "", "z"), ("", "x", "", "ks"), ("", "zz", "", "z"),
        (_V, "h", f"{_C}|$", ""),
        *(("", 2 * letter, "", sound) for letter, sound in zip("bdfklmnprt", "bdfklmnpɹt", strict=True)),
        *(("", letter, "", sound) for letter, sound in zip("bdfhjklmnprstvwz", "bdfhʤklmnpɹstvwz", strict=True)),
    )
]  # fmt: skip


def letter_by_letter(word: str) -> str:
    """The names of the letters: ``"GPU"``."""
    return " ".join(_LETTERS[letter] for letter in word.lower() if letter in _LETTERS)


def sounded_out(word: str) -> str:
    """Kokoro phonemes of a word of the letters a to z, with one stress."""
    word = word.lower()
    if not re.search(_V, word):
        return letter_by_letter(word)
    sounds: list[str] = []
    at = 0
    while at < len(word):
        for before, letters, after, said in _RULES:
            if (
                word.startswith(letters, at)
                and before.search(word[:at])
                and after.match(word, at + len(letters))
            ):
                sounds.append(said)
                at += len(letters)
                break
        else:
            at += 1
    return _stressed("".join(sounds))


def _stressed(said: str) -> str:
    """Stress on the first of one or two syllables, else on the last but two; weak vowels never."""
    nuclei = [match.start() for match in re.finditer(f"[{VOWELS}]", said)]
    strong = [place for place in nuclei if said[place] not in "əᵊᵻ"]
    if not strong:
        return said
    wanted = nuclei[0] if len(nuclei) <= 2 else nuclei[-3]
    place = next((place for place in strong if place >= wanted), strong[-1])
    return said[:place] + "ˈ" + said[place:]

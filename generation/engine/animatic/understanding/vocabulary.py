"""The words that the reader knows: drawings and everything else, in every form they take in a prompt.

Built once from ``data/drawings.tsv`` and ``data/words.tsv``. It knows forms and meanings of single
words and phrases; what a sentence means is the director's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from generation.engine.animatic.understanding.lexicon import drawings
from generation.engine.animatic.understanding.text import fold

LONGEST = 7
"""No phrase has more English words or Chinese characters than this (camera phrases are the longest)."""

_IRREGULAR_VERBS = {
    "run": ("ran", "run"), "swim": ("swam", "swum"), "fly": ("flew", "flown"), "fall": ("fell", "fallen"),
    "sit": ("sat", "sat"), "sleep": ("slept", "slept"), "stand": ("stood", "stood"), "spin": ("spun", "spun"),
    "drive": ("drove", "driven"), "ride": ("rode", "ridden"), "hold": ("held", "held"), "grow": ("grew", "grown"),
    "shake": ("shook", "shaken"), "burst": ("burst", "burst"), "blow": ("blew", "blown"), "eat": ("ate", "eaten"),
    "drink": ("drank", "drunk"), "read": ("read", "read"), "write": ("wrote", "written"), "lie": ("lay", "lain"),
    "creep": ("crept", "crept"), "come": ("came", "come"), "go": ("went", "gone"), "leave": ("left", "left"),
    "flee": ("fled", "fled"), "spring": ("sprang", "sprung"), "leap": ("leapt", "leapt"), "sing": ("sang", "sung"),
    "throw": ("threw", "thrown"), "catch": ("caught", "caught"), "hit": ("hit", "hit"), "strike": ("struck", "struck"),
    "fight": ("fought", "fought"), "bring": ("brought", "brought"), "take": ("took", "taken"), "wear": ("wore", "worn"),
    "put": ("put", "put"), "meet": ("met", "met"), "say": ("said", "said"), "tell": ("told", "told"),
    "speak": ("spoke", "spoken"), "cry": ("cried", "cried"), "rise": ("rose", "risen"), "sink": ("sank", "sunk"),
    "slide": ("slid", "slid"), "hide": ("hid", "hidden"), "shoot": ("shot", "shot"), "swing": ("swung", "swung"),
    "break": ("broke", "broken"), "draw": ("drew", "drawn"), "hang": ("hung", "hung"), "win": ("won", "won"),
    "bite": ("bit", "bitten"), "cut": ("cut", "cut"), "dig": ("dug", "dug"), "wake": ("woke", "woken"),
    "lead": ("led", "led"), "give": ("gave", "given"), "get": ("got", "got"), "feed": ("fed", "fed"),
    "lay": ("laid", "laid"), "sew": ("sewed", "sewn"), "build": ("built", "built"), "become": ("became", "become"),
    "kneel": ("knelt", "knelt"), "swell": ("swelled", "swollen"), "ring": ("rang", "rung"), "sell": ("sold", "sold"),
    "show": ("showed", "shown"), "freeze": ("froze", "frozen"), "think": ("thought", "thought"), "be": ("was", "been"),
    "tread": ("trod", "trodden"), "cling": ("clung", "clung"), "sweep": ("swept", "swept"), "make": ("made", "made"),
    "dive": ("dove", "dived"), "do": ("did", "done"), "open": ("opened", "opened"), "visit": ("visited", "visited"),
    "levitate": ("levitated", "levitated"), "travel": ("travelled", "traveled"), "pedal": ("pedalled", "pedaled"),
    "wander": ("wandered", "wandered"), "hover": ("hovered", "hovered"), "enter": ("entered", "entered"),
    "stagger": ("staggered", "staggered"), "gallop": ("galloped", "galloped"), "whisper": ("whispered", "whispered"),
    "answer": ("answered", "answered"), "murmur": ("murmured", "murmured"), "listen": ("listened", "listened"),
    "hammer": ("hammered", "hammered"), "shatter": ("shattered", "shattered"), "follow": ("followed", "followed"),
    "slither": ("slithered", "slithered"), "flicker": ("flickered", "flickered"), "shiver": ("shivered", "shivered"),
    "quiver": ("quivered", "quivered"), "linger": ("lingered", "lingered"), "collide": ("collided", "collided"),
}  # fmt: skip
_KEEP_SINGLE = frozenset(
    [
        "wander",
        "hover",
        "enter",
        "stagger",
        "gallop",
        "whisper",
        "answer",
        "murmur",
        "listen",
        "hammer",
        "shatter",
        "follow",
        "slither",
        "flicker",
        "shiver",
        "quiver",
        "linger",
        "open",
        "visit",
        "wonder",
        "dribble",
        "gather",
        "clutter",
        "tremble",
        "topple",
        "tickle",
        "scamper",
        "hop's",
        "march",
    ]
)
_IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "mouse": "mice", "goose": "geese",
    "foot": "feet", "tooth": "teeth", "wolf": "wolves", "leaf": "leaves", "loaf": "loaves", "knife": "knives",
    "wife": "wives", "elf": "elves", "calf": "calves", "shelf": "shelves", "ox": "oxen", "sheep": "sheep",
    "fish": "fishes", "deer": "deer", "policeman": "policemen", "fireman": "firemen", "snowman": "snowmen",
    "fisherman": "fishermen", "businessman": "businessmen", "spaceman": "spacemen", "werewolf": "werewolves",
    "policewoman": "policewomen", "businesswoman": "businesswomen", "thief": "thieves", "cactus": "cacti",
    "gentleman": "gentlemen", "horseman": "horsemen", "swordsman": "swordsmen", "repairman": "repairmen",
    "grandchild": "grandchildren", "octopus": "octopi", "mermaid": "mermaids", "scarf": "scarves",
}  # fmt: skip
_NO_PLURAL = frozenset(
    ["glasses", "scissors", "jeans", "pants", "trousers", "sunglasses", "fireworks", "noodles", "skis"]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a word: what it is (``category``, ``value``) and whether it says it exactly."""

    category: str
    value: str
    exact: bool = True
    plural: bool = False
    form: str = "base"
    word: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Meanings by spelling. English keys are words joined by single blanks; Chinese keys are as written."""

    english: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    chinese: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    emoji: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    singles: frozenset[str] = frozenset()
    """English words that a misspelling may stand for."""
    plain: frozenset[str] = frozenset()
    """English words that mean nothing here but are spelt as they should be."""


def plural(noun: str) -> str:
    """The plural of an English noun (its last word)."""
    head, _, last = noun.rpartition(" ")
    if last in _IRREGULAR_PLURALS:
        last = _IRREGULAR_PLURALS[last]
    elif re.search(r"(s|x|z|ch|sh)$", last):
        last += "es"
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    elif re.search(r"(tomat|potat|her|mang|volcan|tornad|buffal|flaming|mosquit|torped)o$", last):
        last += "es"
    else:
        last += "s"
    return f"{head} {last}".strip()


def inflections(verb: str) -> dict[str, str]:
    """Forms of an English verb phrase, spelling to form: base, s, ing or ed. Its first word changes."""
    first, _, rest = verb.partition(" ")
    if first in {"on", "in", "at", "by", "to", "wearing", "dressed", "clad", "next", "near"}:
        return {verb: "base"}
    doubled = re.search(r"(?:^|[^aeiou])[aeiou][bdgklmnprt]$", first) and first not in _KEEP_SINGLE
    stem = first + first[-1] if doubled else first
    if first.endswith("ie"):
        ing = first[:-2] + "ying"
    elif first.endswith("e") and not first.endswith(("ee", "oe", "ye")):
        ing = first[:-1] + "ing"
    else:
        ing = stem + "ing"
    if re.search(r"(s|x|z|ch|sh|o)$", first):
        third = first + "es"
    elif re.search(r"[^aeiou]y$", first):
        third = first[:-1] + "ies"
    else:
        third = first + "s"
    if first in _IRREGULAR_VERBS:
        past: tuple[str, ...] = _IRREGULAR_VERBS[first]
    elif first.endswith("e"):
        past = (first + "d",)
    elif re.search(r"[^aeiou]y$", first):
        past = (first[:-1] + "ied",)
    else:
        past = (stem + "ed",)
    forms = dict.fromkeys(past, "ed") | {third: "s", ing: "ing", first: "base"}
    return {f"{form} {rest}".strip(): kind for form, kind in forms.items()}


_WORD = re.compile(r"\d+|[^\W\d]+(?:'[^\W\d]+)*")


def key(phrase: str) -> str:
    """A phrase as it stands in ``Vocabulary.english``: folded, hyphens open."""
    plain = phrase.lower() if phrase.isascii() else fold(phrase).text
    return " ".join(_WORD.findall(plain))


_VERBAL = frozenset({"verb", "relate", "speech"})
_PREPOSITIONS = frozenset({"next_to", "right_of", "on", "under", "behind", "in_front_of", "inside"})
_BARE = frozenset(
    [
        "next",
        "beside",
        "near",
        "by",
        "alongside",
        "close",
        "side",
        "adjacent",
        "between",
        "among",
        "against",
        "at",
        "around",
        "amid",
        "past",
        "opposite",
        "outside",
        "on",
        "upon",
        "onto",
        "atop",
        "above",
        "over",
        "across",
        "under",
        "beneath",
        "below",
        "underneath",
        "behind",
        "in",
        "after",
        "before",
        "ahead",
        "inside",
        "into",
        "within",
        "out",
        "from",
        "to",
    ]
)


def _english_forms(category: str, word: str, entry: Entry) -> Iterable[tuple[str, Entry]]:
    if category in _VERBAL and word.split()[0] not in _BARE:
        for spelling, form in inflections(word).items():
            yield spelling, Entry(entry.category, entry.value, entry.exact, form=form, word=word)
    elif category == "camera" and word.startswith("camera ") and word.split()[1].endswith("s"):
        verb = word.split()[1]
        stem = verb[:-2] if verb.endswith(("ches", "shes")) else verb[:-1]
        rest = " ".join(word.split()[2:])
        for spelling in (verb, stem, inflections_ing(stem)):
            yield f"camera {spelling} {rest}".strip(), entry
    else:
        yield word, entry
        if category == "setting" and word.isalpha() and not word.endswith("s"):
            yield plural(word), entry


def inflections_ing(verb: str) -> str:
    """The -ing form of a verb in its base form."""
    return next(spelling for spelling, form in inflections(verb).items() if form == "ing")


class _Builder:
    def __init__(self) -> None:
        self.english: dict[str, list[Entry]] = {}
        self.chinese: dict[str, list[Entry]] = {}
        self.emoji: dict[str, list[Entry]] = {}
        self.forms: set[str] = set()

    @staticmethod
    def add(table: dict[str, list[Entry]], spelling: str, entry: Entry) -> None:
        known = table.setdefault(spelling, [])
        if not known or all(
            (other.category, other.value) != (entry.category, entry.value) for other in known
        ):
            known.append(entry)

    def add_drawings(self) -> None:
        for drawing in drawings().values():
            for exact, names in ((True, drawing.names_en), (False, drawing.near_en)):
                for name in names:
                    spelling = key(name)
                    self.add(self.english, spelling, Entry("drawing", drawing.id, exact, word=spelling))
                    if spelling not in _NO_PLURAL:
                        many = Entry("drawing", drawing.id, exact, plural=True, word=spelling)
                        self.add(self.english, plural(spelling), many)
            for exact, names in ((True, drawing.names_zh), (False, drawing.near_zh)):
                for name in names:
                    self.add(self.chinese, name.lower(), Entry("drawing", drawing.id, exact, word=name))
                    if drawing.alive and not name.endswith("们"):
                        many = Entry("drawing", drawing.id, exact, plural=True, word=name)
                        self.add(self.chinese, name.lower() + "们", many)
            for sign in drawing.emoji:
                self.add(self.emoji, sign, Entry("drawing", drawing.id, word=sign))

    def add_plain_chinese(self) -> None:
        """Common words without a picture, so that their characters are not taken for other words.

        Those behind = only hold a sentence together.
        """
        for line in _list("plain.zh.txt"):
            word = line.lstrip("=")
            self.chinese.setdefault(word, [Entry("function" if word != line else "unshown", "-", word=word)])

    def add_words(self) -> None:
        text = files(__package__).joinpath("data", "words.tsv").read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            category, value, english, chinese = line.split("\t")
            for cell in english.split("|"):
                word = key(cell.lstrip("~")) if cell != "-" else ""
                if word:
                    entry = Entry(category, value, not cell.startswith("~"), word=word)
                    for spelling, form in _english_forms(category, word, entry):
                        self.add(self.english, spelling, form)
            for cell in chinese.split("|"):
                if cell != "-":
                    word = cell.lstrip("~").lower()
                    self.add(self.chinese, word, Entry(category, value, not cell.startswith("~"), word=word))


def _list(name: str) -> list[str]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _frozen(table: dict[str, list[Entry]]) -> dict[str, tuple[Entry, ...]]:
    """Settled; a word that is itself a name comes before one that is another name's plural."""
    return {
        spelling: tuple(sorted(entries, key=lambda entry: entry.plural))
        for spelling, entries in table.items()
    }


@cache
def vocabulary() -> Vocabulary:
    """The one vocabulary of the process; building it takes a tenth of a second."""
    builder = _Builder()
    builder.add_drawings()
    builder.add_words()
    builder.add_plain_chinese()
    singles = frozenset(word for word in builder.english if len(word) >= 4 and word.isalpha())
    return Vocabulary(
        english=_frozen(builder.english),
        chinese=_frozen(builder.chinese),
        emoji=_frozen(builder.emoji),
        singles=singles,
        plain=frozenset(_list("plain.en.txt")),
    )


_LONGEST_WORD = 20
"""Nothing longer is looked up: it is no slip of a known word."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=4096)
def correct(word: str, known: frozenset[str]) -> str | None:
    """The known word at one slip (letter dropped, added, wrong, or two swapped) from an unknown one.

    Words under five letters are left alone, and so is the first letter unless the first two are
    swapped: people rarely miss it, and guessing there would turn one word into another.
    """
    if not 5 <= len(word) <= _LONGEST_WORD or not word.isascii():
        return None
    swaps = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    drops = (word[:i] + word[i + 1 :] for i in range(1, len(word)))
    wrong = (word[:i] + letter + word[i + 1 :] for i in range(1, len(word)) for letter in _LETTERS)
    added = (word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in _LETTERS)
    for candidates in (swaps, drops, added, wrong):
        found = sorted(candidate for candidate in candidates if candidate in known)
        if found:
            return found[0]
    return None

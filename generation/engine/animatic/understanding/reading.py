"""From a folded prompt to marks: which words are known, where they stand, and what they may mean.

English is matched word by word, Chinese by the division of a run of characters that leaves the least
unexplained. A mark may have several meanings; the director picks one by what stands around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generation.engine.animatic.understanding.text import HAN, TOKEN, Folded, Quote, quotes
from generation.engine.animatic.understanding.vocabulary import LONGEST, Entry, correct, plural, vocabulary
from generation.engine.storyboard import Outcome

CONTENT = frozenset({
    "drawing", "verb", "relate", "direction", "setting", "time", "weather", "camera", "framing", "style", "mood",
    "colour", "size", "pace", "number", "unshown", "unknown", "quote", "handle", "speech", "written", "negation", "name",
})  # fmt: skip
"""Categories whose words end in a note; the others only hold a sentence together."""


@dataclass(slots=True)
class Mark:
    """A stretch of the folded text with its possible meanings, and in the end what became of it."""

    start: int
    end: int
    text: str
    entries: tuple[Entry, ...]
    raw: str = ""
    """The text as the creator wrote it, where that differs."""
    chinese: bool = False
    capital: bool = False
    corrected: str = ""
    quote: Quote | None = None
    outcome: Outcome | None = None
    used: str = ""

    def entry(self, *categories: str) -> Entry | None:
        """The first meaning of one of these categories, in the order asked."""
        for category in categories:
            for entry in self.entries:
                if entry.category == category:
                    return entry
        return None

    def keep(self, entry: Entry) -> None:
        self.entries = (entry,)

    @property
    def category(self) -> str:
        return self.entries[0].category if self.entries else "unknown"

    def shown(self, exact: bool, used: str = "") -> None:
        """Note that it is on screen; ``used`` names what stands for it if that is not the thing itself."""
        near = not exact or bool(self.corrected)
        self.outcome = Outcome.APPROXIMATED if near else Outcome.SHOWN
        self.used = used

    def not_shown(self) -> None:
        self.outcome, self.used = Outcome.NOT_SHOWN, ""


@dataclass(slots=True)
class Reading:
    """The marks of a prompt by sentence, and the language it is mostly in."""

    sentences: list[list[Mark]] = field(default_factory=list)
    language: str = "en"

    @property
    def marks(self) -> list[Mark]:
        return [mark for sentence in self.sentences for mark in sentence]


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    kind: str


_EMOJI_TAIL = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
_ADVERBS = frozenset({"is", "then", "slightly", "very", "gets", "starts", "to"})
_COMMA = (Entry("comma", ","),)
_UNKNOWN: tuple[Entry, ...] = ()


def read(folded: Folded, handles: frozenset[str]) -> Reading:
    """Divide a prompt into sentences of marks. ``handles`` are the known @handles, in lower case."""
    text = folded.text
    spoken = quotes(text)
    reading = Reading()
    sentence: list[Mark] = []
    position = 0
    for quote in [*spoken, Quote(len(text), len(text), 0, 0)]:
        for marks, ends in _plain(folded, position, quote.start, handles):
            sentence.extend(marks)
            if ends and sentence:
                reading.sentences.append(sentence)
                sentence = []
        if quote.start < quote.end:
            first, last = folded.span(quote.inner_start, quote.inner_end)
            words = folded.prompt[first:last]
            sentence.append(Mark(quote.start, quote.end, words, (Entry("quote", "line"),), quote=quote))
            if (
                quote.end < len(text)
                and re.search(r"[.!?。！？]\s*$", words)
                and _begins_anew(folded, quote.end)
            ):
                reading.sentences.append(sentence)
                sentence = []
        position = quote.end
    if sentence:
        reading.sentences.append(sentence)
    han = len(HAN.findall(text))
    reading.language = "zh" if han * 3 > len(re.findall(r"[^\W\d_]", text)) else "en"
    return reading


def _begins_anew(folded: Folded, end: int) -> bool:
    """Whether what follows a quotation is a new sentence: a capital or a Chinese character."""
    rest = folded.text[end:].lstrip(" .!?。！？\n")
    if not rest:
        return False
    letter = folded.prompt[folded.origin[len(folded.text) - len(rest)]]
    return letter.isupper()


def _plain(folded: Folded, start: int, end: int, handles: frozenset[str]) -> list[tuple[list[Mark], bool]]:
    """Marks of a stretch without quotations, in pieces; the flag says that a sentence ends there."""
    pieces: list[tuple[list[Mark], bool]] = []
    marks: list[Mark] = []
    tokens = [
        _Token(match.start(), match.end(), match.group(), match.lastgroup or "other")
        for match in TOKEN.finditer(folded.text, start, end)
    ]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        step = 1
        if token.kind == "stop":
            ends = not (token.text == "." and at + 1 < len(tokens) and tokens[at + 1].start == token.end
                        and tokens[at + 1].kind in {"word", "digits"})  # fmt: skip
            if ends:
                pieces.append((marks, True))
                marks = []
        elif token.kind == "comma":
            marks.append(Mark(token.start, token.end, token.text, _COMMA))
        elif token.kind == "han":
            marks.extend(_chinese(token))
        elif token.kind == "handle":
            marks.append(_handle(token, handles))
        elif token.kind in {"word", "digits", "sign"}:
            mark, step = _english(folded, tokens, at)
            marks.append(mark)
        else:
            sign, step = _sign(folded, tokens, at)
            if sign is not None:
                marks.append(sign)
        at += step
    pieces.append((marks, False))
    return pieces


def _handle(token: _Token, handles: frozenset[str]) -> Mark:
    name = token.text[1:]
    if name not in handles:
        trimmed = name.rstrip("-_")
        name = trimmed if trimmed in handles else name
    return Mark(
        token.start, token.start + 1 + len(name), token.text, (Entry("handle", name, name in handles),)
    )


def _sign(folded: Folded, tokens: list[_Token], at: int) -> tuple[Mark | None, int]:
    """An emoji (the longest known sequence) or a sign that says nothing."""
    known = vocabulary().emoji
    letters = ""
    found: tuple[str, tuple[Entry, ...]] | None = None
    step, end = 1, tokens[at].end
    for ahead in range(at, min(at + 6, len(tokens))):
        if tokens[ahead].kind != "other" or (ahead > at and tokens[ahead].start != tokens[ahead - 1].end):
            break
        raw = folded.prompt[folded.origin[tokens[at].start] : folded.origin[tokens[ahead].end - 1] + 1]
        letters = _EMOJI_TAIL.sub("", raw).strip("\u200d")
        if letters in known:
            found, step, end = (letters, known[letters]), ahead - at + 1, tokens[ahead].end
    if found is not None:
        return Mark(tokens[at].start, end, *found, chinese=True), step
    if len(tokens[at].text) == 1 and ord(tokens[at].text) >= 0x2190:
        if 0x1F3FB <= ord(tokens[at].text) <= 0x1F3FF:
            return None, 1
        return Mark(tokens[at].start, tokens[at].end, tokens[at].text, _UNKNOWN), 1
    return None, 1


def _joined(folded: Folded, tokens: list[_Token], at: int, ahead: int) -> bool:
    """Whether two neighbouring tokens may belong to one phrase: only blanks or a hyphen between."""
    between = folded.text[tokens[at].end : tokens[ahead].start]
    return between.strip(" ") in {"", "-"} and "\n" not in between


def _english(folded: Folded, tokens: list[_Token], at: int) -> tuple[Mark, int]:
    known = vocabulary().english
    words: list[str] = []
    best: tuple[tuple[Entry, ...], int] | None = None
    is_camera = tokens[at].text == "camera"
    for ahead in range(at, min(at + LONGEST + (3 if is_camera else 0), len(tokens))):
        token = tokens[ahead]
        if token.kind not in {"word", "digits", "sign"}:
            if token.text == "-" and ahead > at:
                continue
            break
        if ahead > at and not _only_hyphen(folded, tokens[at].start, token.start):
            break
        if is_camera and ahead > at and (token.text in _ADVERBS or token.text.endswith("ly")):
            continue
        words.append(token.text)
        entries = known.get(" ".join(words))
        if entries:
            best = entries, ahead - at + 1
    token = tokens[at]
    capital = folded.prompt[folded.origin[token.start]].isupper()
    if best is None and token.text.endswith("'s") and token.text[:-2] in known:
        best = known[token.text[:-2]], 1
    if best is not None:
        entries, step = best
        end = tokens[at + step - 1].end
        return Mark(
            token.start,
            end,
            folded.text[token.start : end],
            entries,
            _raw(folded, token.start, end),
            capital=capital,
        ), step
    mark = Mark(
        token.start, token.end, token.text, _UNKNOWN, _raw(folded, token.start, token.end), capital=capital
    )
    if token.kind == "digits":
        mark.entries = (Entry("number", token.text[:6]),)
    elif token.kind == "word" and not capital:
        spelt = token.text in vocabulary().plain
        right = None if spelt else correct(token.text, vocabulary().singles)
        if right is None and token.text.endswith("s"):
            right = _plural_slip(token.text)
        if right is not None:
            mark.entries, mark.corrected = known[right], right
    return mark, 1


def _raw(folded: Folded, start: int, end: int) -> str:
    first, last = folded.span(start, end)
    return folded.prompt[first:last]


def _plural_slip(word: str) -> str | None:
    """ "Foxs", "mouses": the right plural of a drawing's name that somebody only hung an s on."""
    single = word[:-1]
    entries = vocabulary().english.get(single, ())
    many = plural(single)
    return (
        many
        if any(entry.category == "drawing" for entry in entries) and many in vocabulary().english
        else None
    )


def _only_hyphen(folded: Folded, start: int, end: int) -> bool:
    between = re.sub(r"[\w']+", "", folded.text[start:end])
    return between.strip(" -&/") == "" and "\n" not in between


def _chinese(token: _Token) -> list[Mark]:
    """The division of a run that leaves the fewest characters unexplained, then has the fewest words."""
    known = vocabulary().chinese
    text = token.text
    size = len(text)
    best: list[tuple[int, int]] = [(0, 0)] * (size + 1)
    for start in range(size - 1, -1, -1):
        best[start] = (10 + best[start + 1][0], start + 1)
        for end in range(start + 1, min(start + LONGEST, size) + 1):
            if text[start:end] in known:
                cost = 3 + (1 if end == start + 1 else 0) + best[end][0]
                if cost <= best[start][0]:
                    best[start] = (cost, end)
    marks: list[Mark] = []
    start = 0
    while start < size:
        end = best[start][1]
        entries = known.get(text[start:end], _UNKNOWN)
        marks.append(Mark(token.start + start, token.start + end, text[start:end], entries, chinese=True))
        start = end
    return _whole_unknowns(marks)


def _filler(mark: Mark) -> bool:
    """A single character between unknown ones is part of their word, not a word of its own."""
    return (
        len(mark.text) == 1
        and mark.text not in "的在和与把被"
        and mark.category not in CONTENT - {"relate", "number"}
    )


def _whole_unknowns(marks: list[Mark]) -> list[Mark]:
    """Join unknown characters; a single known noun beside one is more likely part of the unknown word."""
    unknown = [not mark.entries for mark in marks]
    for index, mark in enumerate(marks):
        if index and marks[index - 1].category in {"unit", "attribute", "colour", "size", "number"}:
            continue
        beside = (index > 0 and unknown[index - 1]) or (index + 1 < len(marks) and unknown[index + 1])
        if beside and len(mark.text) == 1 and mark.category in {"drawing", "colour", "setting"}:
            mark.entries = _UNKNOWN
    joined: list[Mark] = []
    for mark in marks:
        if len(joined) > 1 and not mark.entries and not joined[-2].entries and _filler(joined[-1]):
            filler = joined.pop()
            joined[-1].end = mark.end
            joined[-1].text += filler.text + mark.text
        elif joined and not mark.entries and not joined[-1].entries:
            joined[-1].end = mark.end
            joined[-1].text += mark.text
        else:
            joined.append(mark)
    return joined

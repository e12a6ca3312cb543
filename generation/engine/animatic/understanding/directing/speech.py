"""What is spoken, by whom, and what is only written."""

from __future__ import annotations

from generation.engine.animatic.understanding.directing.nouns import Nouns
from generation.engine.animatic.understanding.drafts import DraftAction, DraftLine, DraftSubject
from generation.engine.animatic.understanding.lexicon import drawings
from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.text import HAN
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.storyboard import (
    Verb,
)

MOST_LINES = 8


class Speech(Nouns):
    """Quotations and the words that announce them."""

    def _on_speech(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        self._drop_relation()
        if self._unclaimed is not None:
            mark.shown(exact=True)
            if self.actors:
                self._unclaimed.speaker = self.actors[0].id
                self._unclaimed = None
        elif after is not None and after.category in {"quote", "comma"}:
            mark.shown(exact=True)
        elif self.actors:
            mark.shown(exact=False, used=Verb.SHAKE.value)
            for actor in self.actors:
                self._add_action(actor, DraftAction(Verb.SHAKE))
        else:
            mark.not_shown()
        self.has_verb = True
        self.narrated = mark.text in {"narrator", "voice", "voiceover", "旁白", "caption"}

    def _on_written(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry, after
        mark.not_shown()
        self.written = True

    def _on_quote(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del entry
        words = " ".join(mark.text.split())[:300].strip()
        if not words or len(self.shot.lines) >= MOST_LINES:
            mark.not_shown()
            return
        claimed_later = not self.actors and _claims(after)
        speakers = (
            []
            if self.narrated or claimed_later
            else [a for a in (self.actors or self._doers()) if a in self.shot.subjects]
        )
        if speakers and not any(is_alive(speaker) for speaker in speakers):
            # A thing rarely speaks while somebody is there who can.
            living = [known for known in (*self.previous, *self.shot.subjects) if is_alive(known)]
            speakers = self._carry(living[:1]) or speakers
        if not speakers and not self.narrated and not claimed_later and self.last is not None:
            speakers = self._carry([self.last])
        language = "zh" if HAN.search(words) else "en"
        line = DraftLine(words, language, speakers[0].id if speakers else None)
        self.shot.lines.append(line)
        self.has_verb = True
        mark.shown(exact=True)
        self.narrated = False
        self._unclaimed = line if claimed_later else None


def is_alive(subject: DraftSubject) -> bool:
    drawing = drawings().get(subject.drawing)
    return subject.character is not None or (drawing is not None and drawing.alive)


def _claims(after: Mark | None) -> bool:
    """Whether what follows a quotation says whose words they were."""
    return after is not None and after.category in {"speech", "drawing", "name", "handle", "comma"}

"""What may be asked for, what it costs the queue, and how a failure is explained. Nothing is stored here."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.engine.protocol import Capabilities, Reference
from generation.engine.storyboard import FPS, Colour, Shape, Style, frame_of
from users.rules import DIRECTION_MARKS, is_control

if TYPE_CHECKING:
    from licensing.models import Character

_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by category that draw nothing."""
_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z][A-Za-z0-9_]{0,31})")
_REFERENCE_PIXELS = 540 * 960

PROBLEMS = {
    "cannot_render": gettext_lazy(
        "The engine found nothing in these words that it can draw. Try to name a thing and a place."
    ),
    "disk_full": gettext_lazy(
        "The site has run out of room for clips. Nothing was kept; please try again later."
    ),
    "storage_down": gettext_lazy("The place where clips are kept is out of reach. Please try again later."),
    "engine_broke": gettext_lazy(
        "The engine broke while it was drawing this. It is not your fault; you can try again."
    ),
    "out_of_memory": gettext_lazy(
        "This clip needed more memory than there is. A shorter or smaller one will fit."
    ),
    "too_slow": gettext_lazy(
        "This took longer than a clip may take, so it was stopped. A shorter one will fit."
    ),
    "worker_lost": gettext_lazy("The machine that made it went away twice. You can try again."),
    "unknown_engine": gettext_lazy("The engine that was chosen is not installed any more."),
}
"""Why a generation failed: the code in its row, and the sentence for its owner."""


def problem_sentence(code: str) -> str:
    """The sentence for a failure code; empty for no code."""
    if not code:
        return ""
    return str(PROBLEMS.get(code, PROBLEMS["engine_broke"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, as typed. ``style`` empty: as the prompt says; ``seed`` None: any.

    ``background`` clips are made when nobody else waits and count against no limit (the demo site).
    """

    prompt: str
    shape: str = Shape.PORTRAIT.value
    seconds: float = 5.0
    short_side: int = 540
    style: str = ""
    engine: str = field(default_factory=lambda: settings.DEFAULT_ENGINE)
    seed: int | None = None
    background: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a wish: the form field, a code, a sentence, and where in the prompt
    (character offsets; ``None`` for the whole field)."""

    field: str
    code: str
    sentence: str
    span: tuple[int, int] | None = None


def tidy(prompt: str) -> str:
    """The prompt as it is kept: composed (NFC), one kind of line end, tabs as spaces, trimmed."""
    text = prompt.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", text).strip()


def prompt_faults(prompt: str) -> list[Fault]:
    """What is wrong with a tidied prompt; spans are offsets into it.

    Emoji alone are a prompt like any other. Marks that turn the reading direction around are refused
    because they make a text read otherwise than it is stored.
    """
    if not any(_is_seen(letter) for letter in prompt):
        return [Fault("prompt", "empty", _("Say in a sentence what the clip should show."))]
    faults = []
    if len(prompt) > settings.PROMPT_MAX_LENGTH:
        faults.append(
            Fault(
                "prompt",
                "too_long",
                _("That is %(length)s characters; the most is %(most)s. Shorten it by %(over)s.")
                % {
                    "length": len(prompt),
                    "most": settings.PROMPT_MAX_LENGTH,
                    "over": len(prompt) - settings.PROMPT_MAX_LENGTH,
                },
                (settings.PROMPT_MAX_LENGTH, len(prompt)),
            )
        )
    for position, letter in enumerate(prompt):
        if letter in DIRECTION_MARKS:
            sentence = _(
                "The text holds an invisible mark that turns the reading direction around (U+%(code)s). Please remove it; "
                "Arabic and Hebrew read well without it."
            )
            faults.append(
                Fault(
                    "prompt",
                    "direction_mark",
                    sentence % {"code": f"{ord(letter):04X}"},
                    (position, position + 1),
                )
            )
            break
    for position, letter in enumerate(prompt):
        if is_control(letter):
            sentence = _(
                "The text holds a control character that nobody can see (U+%(code)s). Please remove it."
            )
            faults.append(
                Fault(
                    "prompt",
                    "control_character",
                    sentence % {"code": f"{ord(letter):04X}"},
                    (position, position + 1),
                )
            )
            break
    return faults


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "CZM" and letter not in _BLANK_LETTERS


@dataclass(frozen=True, slots=True)
class Mention:
    """An @handle in a prompt, in lower case and without the @; offsets cover the @."""

    handle: str
    start: int
    end: int


def mentions(prompt: str) -> list[Mention]:
    """Every @handle, in order. ``me@example.com`` is an address, not a mention."""
    return [Mention(found[1].lower(), found.start(), found.end()) for found in _MENTION.finditer(prompt)]


def mention_faults(
    found: Iterable[Mention], *, offered: Collection[str], people: Collection[str]
) -> list[Fault]:
    """A sentence for each mention that stands for nobody who may appear.

    ``offered`` and ``people`` are handles in lower case: characters on offer, and members of the site.
    """
    faults: dict[str, Fault] = {}
    for mention in found:
        if mention.handle in offered or mention.handle in faults:
            continue
        if mention.handle in people:
            code, sentence = (
                "person_mentioned",
                _(
                    "@%(handle)s is a person. People cannot appear in clips on this site yet; write the name without the @."
                ),
            )
        else:
            code, sentence = (
                "unknown_mention",
                _(
                    "Nobody in the catalogue is called @%(handle)s. Pick a name from the list, or write it without the @."
                ),
            )
        faults[mention.handle] = Fault(
            "prompt", code, sentence % {"handle": mention.handle}, (mention.start, mention.end)
        )
    return list(faults.values())


def shape_faults(
    *, engine: str, shape: str, seconds: float, short_side: int, style: str, engines: dict[str, Capabilities]
) -> list[Fault]:
    """What is wrong with everything but the words. ``style`` may be empty: as the prompt says."""
    can = engines.get(engine)
    if can is None:
        return [
            Fault(
                "engine",
                "unknown_engine",
                _("There is no engine called “%(engine)s” here.") % {"engine": engine[:40]},
            )
        ]
    faults = []
    if shape not in {str(each.value) for each in can.shapes}:
        faults.append(
            Fault(
                "shape",
                "unknown_shape",
                _("Choose one of the shapes: %(shapes)s.")
                % {"shapes": ", ".join(each.value for each in can.shapes)},
            )
        )
    if not math.isfinite(seconds) or not can.min_seconds <= seconds <= can.max_seconds:
        faults.append(
            Fault(
                "seconds",
                "seconds_out_of_range",
                _("A clip lasts %(least)s to %(most)s seconds.")
                % {"least": f"{can.min_seconds:g}", "most": f"{can.max_seconds:g}"},
            )
        )
    if short_side not in can.short_sides:
        faults.append(
            Fault(
                "short_side",
                "unknown_size",
                _("Choose one of the sizes: %(sizes)s.")
                % {"sizes": ", ".join(str(side) for side in can.short_sides)},
            )
        )
    if style and style not in {str(each.value) for each in can.styles}:
        faults.append(
            Fault(
                "style",
                "unknown_style",
                _("Choose one of the styles: %(styles)s.")
                % {"styles": ", ".join(each.value for each in can.styles)},
            )
        )
    return faults


def whole_frames(seconds: float) -> float:
    """``seconds`` rounded to whole frames, so that what is asked for can be made."""
    return round(seconds * FPS) / FPS


def cost(*, shape: Shape, seconds: float, short_side: int) -> float:
    """What the fair queue charges: seconds of a 540x960 clip, other sizes by their pixels.

    A measure of size, not a forecast: how long it takes here is learnt from the clips made lately.
    """
    frame = frame_of(shape, short_side)
    return round(seconds * frame.width * frame.height / _REFERENCE_PIXELS, 3)


def style_or_none(style: str) -> Style | None:
    return Style(style) if style else None


def frozen(character: Character) -> dict[str, Any]:
    """A character as it is kept with a generation: what the engine needs, and the terms that held then."""
    return {
        "handle": character.handle,
        "name": character.name,
        "drawing": character.drawing,
        "colour": character.colour or None,
        "credit": character.credit,
        "terms": character.terms,
    }


def reference_of(frozen: dict[str, Any]) -> Reference:
    """A row's frozen character (``Generation.references``) as the engine takes it."""
    return Reference(
        handle=frozen["handle"],
        name=frozen["name"],
        drawing=frozen["drawing"],
        colour=Colour(frozen["colour"]) if frozen.get("colour") else None,
        credit=frozen.get("credit", ""),
    )

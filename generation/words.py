"""The storyboard's vocabulary in the reader's language, for chips, shot cards and notes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from generation.engine.storyboard import CameraMove, Setting, Style, TimeOfDay, Verb, Weather

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STYLES = {
    Style.FLAT: _("Flat"),
    Style.WATERCOLOUR: _("Watercolour"),
    Style.PIXEL: _("Pixel"),
    Style.NOIR: _("Noir"),
    Style.NEON: _("Neon"),
    Style.PENCIL: _("Pencil"),
    Style.PAPER: _("Paper"),
    Style.FILM: _("Film"),
}
WORDS: dict[type[StrEnum], dict[str, _StrPromise]] = {
    Setting: {
        "meadow": _("a meadow"),
        "beach": _("the beach"),
        "forest": _("a forest"),
        "city": _("the city"),
        "mountains": _("the mountains"),
        "desert": _("the desert"),
        "snowfield": _("a snowfield"),
        "underwater": _("under water"),
        "space": _("space"),
        "room": _("a room"),
        "sky": _("the sky"),
        "stage": _("a stage"),
    },
    TimeOfDay: {"dawn": _("dawn"), "day": _("day"), "sunset": _("sunset"), "night": _("night")},
    Weather: {
        "clear": _("clear"),
        "cloudy": _("cloudy"),
        "rain": _("rain"),
        "snow": _("snow"),
        "fog": _("fog"),
        "storm": _("storm"),
        "wind": _("wind"),
    },
    CameraMove: {
        "still": _("camera still"),
        "pan_left": _("camera pans left"),
        "pan_right": _("camera pans right"),
        "tilt_up": _("camera tilts up"),
        "tilt_down": _("camera tilts down"),
        "zoom_in": _("camera zooms in"),
        "zoom_out": _("camera zooms out"),
        "orbit": _("camera circles"),
        "track": _("camera follows"),
        "handheld": _("camera in the hand"),
    },
    Verb: {
        "stand": _("stands"),
        "sit": _("sits"),
        "sleep": _("sleeps"),
        "walk": _("walks"),
        "run": _("runs"),
        "jump": _("jumps"),
        "bounce": _("bounces"),
        "roll": _("rolls"),
        "float": _("floats"),
        "swim": _("swims"),
        "fly": _("flies"),
        "fall": _("falls"),
        "spin": _("spins"),
        "drive": _("drives"),
        "dance": _("dances"),
        "grow": _("grows"),
        "shake": _("shakes"),
        "surf": _("surfs"),
        "explode": _("explodes"),
        "cheer": _("cheers"),
    },
}

DOING: dict[str, _StrPromise] = {
    "stand": _("standing"),
    "sit": _("sitting"),
    "sleep": _("sleeping"),
    "walk": _("walking"),
    "run": _("running"),
    "jump": _("jumping"),
    "bounce": _("bouncing"),
    "roll": _("rolling"),
    "float": _("floating"),
    "swim": _("swimming"),
    "fly": _("flying"),
    "fall": _("falling"),
    "spin": _("spinning"),
    "drive": _("driving"),
    "dance": _("dancing"),
    "grow": _("growing"),
    "shake": _("shaking"),
    "surf": _("surfing"),
    "explode": _("exploding"),
    "cheer": _("cheering"),
}
_STAND_INS: dict[str, _StrPromise] = {
    **{
        value: words
        for kind in (Setting, TimeOfDay, Weather, CameraMove)
        for value, words in WORDS[kind].items()
    },
    **{style.value: label for style, label in STYLES.items()},
    **DOING,
    "person": _("a person"),
    "next to": _("next to"),
}


def word(kind: type[StrEnum], value: str) -> str:
    """How a value of the vocabulary reads; the value itself if it is newer than this list."""
    return str(WORDS[kind].get(value, value.replace("_", " ")))


def stand_in(used: str) -> str:
    """What is drawn in a phrase's place, as notes tell it: an engine's own word in the reader's language; a
    name in the creator's language stays as it is."""
    return str(_STAND_INS.get(used, used))

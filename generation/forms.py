"""The composer's fields. What may be asked for is decided by ``rules``, once for page and API."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from generation import engines
from generation.engine.storyboard import Shape
from generation.rules import Fault, Wish
from generation.words import STYLES

LENGTHS = ("3", "5", "8", "12", "20", "30")
SHAPES = {Shape.PORTRAIT: _("Tall"), Shape.LANDSCAPE: _("Wide"), Shape.SQUARE: _("Square")}


class ComposerForm(forms.Form):
    """Takes anything that a person may type; ``show`` puts what the domain says beside the fields."""

    prompt = forms.CharField(
        label=_("What should it show?"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    shape = forms.CharField(required=False, empty_value=Shape.PORTRAIT.value)
    seconds = forms.CharField(required=False, empty_value="5")
    short_side = forms.CharField(required=False, empty_value="540")
    style = forms.CharField(required=False)
    engine = forms.CharField(required=False)
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A NUL would end as a server error in the database; the domain names it like any other control character.
        self.fields["prompt"].validators = []

    def wish(self) -> Wish:
        """What was typed, as far as it can be read: a number that is none becomes one that is out of range."""
        typed = self.cleaned_data
        return Wish(
            prompt=typed["prompt"],
            shape=typed["shape"],
            seconds=_number(typed["seconds"]),
            short_side=int(whole) if (whole := _number(typed["short_side"])).is_integer() else -1,
            style=typed["style"],
            engine=typed["engine"] or settings.DEFAULT_ENGINE,
        )

    def idempotency_key(self) -> str:
        return self.cleaned_data["key"] or str(uuid.uuid4())

    def show(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.sentence)

    # --- what the page's chips are made of --------------------------------------------------------

    def _value(self, name: str, default: str) -> str:
        return str(self[name].value() or default)

    def shapes(self) -> list[tuple[str, Any, bool]]:
        """Value, label, chosen."""
        chosen = self._value("shape", Shape.PORTRAIT.value)
        return [(shape.value, label, shape.value == chosen) for shape, label in SHAPES.items()]

    def lengths(self) -> list[tuple[str, bool]]:
        """What was typed otherwise (``?seconds=7``) gets a chip of its own, so that nothing is lost."""
        chosen = self._value("seconds", "5").removesuffix(".0")[:12]
        values = list(LENGTHS) if chosen in LENGTHS else [*LENGTHS, chosen]
        return [(value, value == chosen) for value in values]

    def styles(self) -> list[tuple[str, Any, bool]]:
        chosen = self._value("style", "")
        return [("", _("As the text says"), chosen == "")] + [
            (style.value, label, style.value == chosen) for style, label in STYLES.items()
        ]

    def sizes(self) -> list[tuple[str, str, bool]]:
        chosen = self._value("short_side", "540")
        can = engines.capabilities().get(self._value("engine", settings.DEFAULT_ENGINE))
        sides = can.short_sides if can else (540,)
        return [(str(side), f"{side}p", str(side) == chosen) for side in sides]

    def engines(self) -> list[tuple[str, str, bool]]:
        chosen = self._value("engine", settings.DEFAULT_ENGINE)
        return [(name, label, name == chosen) for name, label in engines.labels().items()]


def _number(text: str) -> float:
    """NaN for what is no number."""
    try:
        return float(text.strip()) if len(text) <= 20 else math.nan
    except ValueError:
        return math.nan

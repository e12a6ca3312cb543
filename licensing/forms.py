"""What the staff type into the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing import drawings, rules
from licensing.models import Character
from users.models import User
from users.rules import is_reserved, skeleton

if TYPE_CHECKING:
    CharacterModelForm = forms.ModelForm[Character]
else:
    CharacterModelForm = forms.ModelForm


class CharacterForm(CharacterModelForm):
    class Meta:
        model = Character
        fields = ("work", "name", "handle", "drawing", "colour", "about", "terms", "offered")
        help_texts = {
            "handle": _("What creators type after @: lower-case letters, digits and _, 3 to 24 of them."),
            "drawing": _("A name of the vector set, for example “hamster”."),
            "colour": _("Empty, or one of the engine's colours, for example “gold”."),
            "terms": _("What creators may and may not do, in words that everybody understands."),
        }

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].strip().lstrip("@").lower()
        if not rules.is_well_formed(handle):
            raise forms.ValidationError(
                _("3 to 24 lower-case letters, digits or _, beginning with a letter.")
            )
        if is_reserved(handle):
            raise forms.ValidationError(_("This name speaks for the site, or looks as if it did."))
        if User.objects.filter(handle_skeleton=skeleton(handle)).exists():
            raise forms.ValidationError(_("A person is called so, or looks alike. Choose another handle."))
        return handle

    def clean_drawing(self) -> str:
        drawing: str = self.cleaned_data["drawing"].strip()
        if not drawings.exists(drawing):
            raise forms.ValidationError(_("The set has no drawing of this name."))
        return drawing

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].strip().lower()
        if colour and colour not in rules.COLOURS:
            raise forms.ValidationError(
                _("Choose one of these, or none: %(colours)s.")
                % {"colours": ", ".join(sorted(rules.COLOURS))}
            )
        return colour

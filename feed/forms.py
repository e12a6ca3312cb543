from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from feed import rules
from feed.models import Visibility


class PublishForm(forms.Form):
    """Words for a clip, and who can see it. What may be in the words is decided in ``decisions``."""

    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": rules.CAPTION_MAX}),
    )
    visibility = forms.ChoiceField(
        label=_("Who can see it"),
        choices=Visibility.choices,
        initial=Visibility.PUBLIC,
        widget=forms.RadioSelect,
    )

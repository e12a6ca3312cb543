"""What people type into the report page and staff into a case."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation import rules
from moderation.models import Reason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    details = forms.CharField(
        label=_("What should we look at?"),
        help_text=_("If you like: where in the clip it is, who is shown, what work it copies."),
        required=False,
        max_length=rules.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CaseForm(forms.Form):
    """One decision about a case; ``act`` is a kind of ruling, ``dismiss``, or ``lift:`` and a ruling's id."""

    act = forms.CharField(max_length=60, error_messages={"required": _("Choose what should happen.")})
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, required=False)
    explanation = forms.CharField(
        label=_("What the person is told"),
        required=False,
        max_length=rules.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

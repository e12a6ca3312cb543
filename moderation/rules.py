"""Limits and sentences of moderation: facts in, verdicts out, nothing stored."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.models import Reason, RulingKind, SubjectKind
from users.rules import DIRECTION_MARKS, is_control

REPORTS_PER_HOUR = 20
"""Reports that one person may send in any 60 minutes."""
TEXT_MAX = 1000
"""Characters of details, explanations and answers, as in the tables."""

REASONS_FIRST = (Reason.MINORS, Reason.LIKENESS)
"""Reasons that cannot wait: their cases go to the head of the queue."""

_BECAUSE: dict[str, Promise] = {
    Reason.LIKENESS: _("It shows the face or voice of somebody who did not agree to that."),
    Reason.RIGHTS: _("It uses somebody's work without their permission."),
    Reason.SEXUAL: _("It shows sexual content."),
    Reason.VIOLENCE: _("It shows violence or cruelty."),
    Reason.HATE: _("It attacks or harasses people."),
    Reason.MINORS: _("It puts children at risk."),
    Reason.SPAM: _("It misleads people or floods the site."),
    Reason.OTHER: _("It breaks the rules of this site."),
}
THEREFORE: dict[str, Promise] = {
    RulingKind.HIDE: _("Only you can see this clip now."),
    RulingKind.AGE_LIMIT: _("Only adults can see this clip now."),
    RulingKind.SUSPEND: _("You can read and watch, but you cannot make, publish, like or report for now."),
}
_LIFTED: dict[str, Promise] = {
    RulingKind.HIDE: _("We looked again. Your clip is visible again."),
    RulingKind.AGE_LIMIT: _("We looked again. Everybody can see your clip again."),
    RulingKind.SUSPEND: _("We looked again. You can use everything again."),
}
NOTHING_DONE = _("We looked at it with care and it stays within the rules. Thank you for telling us.")


def fits(kind: RulingKind, subject: SubjectKind) -> bool:
    """Clips are hidden or limited to adults; people are suspended."""
    return (kind == RulingKind.SUSPEND) == (subject == SubjectKind.USER)


def because(reason: str) -> str:
    """The reason as a sentence to the author, in the active language."""
    return str(_BECAUSE[reason])


def explanation_for(kind: str, reason: str) -> str:
    """The standard explanation of a ruling: the reason, then what it means. In the active language."""
    return f"{_BECAUSE[reason]} {THEREFORE[kind]}"


def lift_explanation_for(kind: str) -> str:
    """The standard words for taking a ruling back, in the active language."""
    return str(_LIFTED[kind])


def clean(text: str) -> str:
    """Text as it is kept: trimmed, with line breaks as ``\\n`` and without control characters
    and marks that turn the writing direction around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if not is_control(sign) and sign not in DIRECTION_MARKS).strip()

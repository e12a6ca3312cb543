"""The kinds of notices that moderation sends, and how each reads. Sending is ``users.decisions.notify``."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from moderation.models import RulingKind
from users import notices

REPORT_UPHELD = "report_upheld"
REPORT_DISMISSED = "report_dismissed"
RULED: dict[str, str] = {
    RulingKind.HIDE: "clip_hidden",
    RulingKind.AGE_LIMIT: "clip_age_limited",
    RulingKind.SUSPEND: "account_suspended",
}
LIFTED: dict[str, str] = {
    RulingKind.HIDE: "clip_hidden_lifted",
    RulingKind.AGE_LIMIT: "clip_age_limited_lifted",
    RulingKind.SUSPEND: "account_suspended_lifted",
}


def rulings_path() -> str:
    """Where people read what was ruled about them."""
    return reverse("moderation:mine")


def register() -> None:
    """Make the kinds known; asked for once, when the app is ready."""
    notices.register(
        REPORT_UPHELD, _("We acted on what you reported. Thank you for telling us."), icon="flag"
    )
    notices.register(REPORT_DISMISSED, _("Your report: %(answer)s"), icon="flag")
    notices.register(
        RULED[RulingKind.HIDE], _("Your clip “%(title)s” was hidden. %(explanation)s"), icon="eye-off"
    )
    notices.register(
        RULED[RulingKind.AGE_LIMIT],
        _("Your clip “%(title)s” is for adults only now. %(explanation)s"),
        icon="shield-alert",
    )
    notices.register(
        RULED[RulingKind.SUSPEND], _("Your account was suspended. %(explanation)s"), icon="shield-alert"
    )
    notices.register(LIFTED[RulingKind.HIDE], _("Your clip “%(title)s” is back. %(explanation)s"), icon="eye")
    notices.register(
        LIFTED[RulingKind.AGE_LIMIT],
        _("Your clip “%(title)s” is open to everybody again. %(explanation)s"),
        icon="eye",
    )
    notices.register(
        LIFTED[RulingKind.SUSPEND], _("Your account is open again. %(explanation)s"), icon="shield-check"
    )

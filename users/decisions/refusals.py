"""Why a wish is not granted: each a class with the sentence for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from users import rules

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):
    """A wish that is not granted. ``str()`` is the sentence for the person, ``field`` what it is about."""

    code = "refused"
    field: str | None = None
    sentence: str | _StrPromise = _("That is not possible.")

    def __str__(self) -> str:
        return str(self.sentence)


class HandleTaken(Refused):
    code, field = "handle_taken", "handle"
    sentence = _("Somebody already has that handle, or one that looks just like it.")


class HandleUnfit(Refused):
    code, field = "handle_unfit", "handle"
    sentences = {
        rules.HandleVerdict.SHORT: _("A handle has at least 3 characters."),
        rules.HandleVerdict.LONG: _("A handle has at most 24 characters."),
        rules.HandleVerdict.LETTERS: _("Use only letters a–z, digits and _."),
        rules.HandleVerdict.START: _("Start with a letter."),
        rules.HandleVerdict.RESERVED: _("That handle is kept for the site."),
    }

    def __init__(self, verdict: rules.HandleVerdict) -> None:
        self.sentence = self.sentences[verdict]
        super().__init__()


class EmailTaken(Refused):
    code, field = "email_taken", "email"
    sentence = _("There is already an account with this e-mail. Log in instead?")


class BirthdayImpossible(Refused):
    code, field = "birthday_impossible", "birth_date"
    sentence = _("That cannot be a birthday.")


class TooYoung(Refused):
    code, field = "too_young", "birth_date"

    def __init__(self) -> None:
        self.sentence = _("You must be at least %(age)s years old to join.") % {"age": settings.MINIMUM_AGE}
        super().__init__()


class InviteUnusable(Refused):
    """``state`` is None for a code that never was one."""

    code = "invite_unusable"
    sentences = {
        None: _("This invite link is not known. Is a letter missing?"),
        rules.InviteState.USED: _("This invite has been used."),
        rules.InviteState.EXPIRED: _("This invite has expired."),
        rules.InviteState.REVOKED: _("This invite was withdrawn."),
        rules.InviteState.FREE: _("This invite has been used."),
    }

    def __init__(self, state: rules.InviteState | None) -> None:
        self.state = state
        self.sentence = self.sentences[state]
        super().__init__()


class InviteNeeded(Refused):
    code = "invite_needed"
    sentence = _("Joining needs an invite.")


class InviteGone(Refused):
    code = "invite_gone"
    sentence = _("That invite is used up, expired or already withdrawn.")


class NotYours(Refused):
    """Said to outsiders as "there is nothing here"."""

    code = "not_found"
    sentence = _("There is nothing here.")


class TooManyTokens(Refused):
    code, field = "too_many_tokens", "name"
    sentence = _("You have the most tokens that one account can have. Revoke one first.")


class LastAdministrator(Refused):
    code = "last_administrator"
    sentence = _("You are the only administrator. Make somebody else one before you go.")

"""Writes about people. Each function is one transaction; a Refused says in its own words why not.

Passwords are hashed before a transaction starts: hashing takes a third of a second, and nobody should
wait for that behind a locked invite.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uuid6
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from users import events, handles, notices, rules
from users.models import Invite, Notice, Redemption, TokenLabel, User, WaitlistEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

log = logging.getLogger(__name__)


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


# --- joining ----------------------------------------------------------------------------------


def redeem(*, code: str, now: dt.datetime) -> Invite:
    """Take one place of an invite, inside the caller's transaction; the row stays locked until its end.

    One conditional UPDATE decides: whatever the number of people that try at once, a code admits
    exactly ``max_uses`` of them. Raises InviteUnusable.
    """
    if Invite.objects.usable(now=now).filter(code=code).update(uses=F("uses") + 1) == 1:
        return Invite.objects.get(code=code)
    raise InviteUnusable(state_of_code(code=code, now=now))


def state_of_code(*, code: str, now: dt.datetime) -> rules.InviteState | None:
    """None if there is no such code. Reads only."""
    invite = Invite.objects.filter(code=code).first()
    return None if invite is None else invite.state_at(now)


def refuse_unfit_handle(handle: str) -> None:
    """Raises HandleUnfit or HandleTaken; passing says nothing about the next moment: the constraints do."""
    verdict = rules.judge_handle(handle)
    if verdict != rules.HandleVerdict.FINE:
        raise HandleUnfit(verdict)
    looks = Q(handle__iexact=handle) | Q(handle_skeleton=rules.skeleton(handle))
    if handles.is_spoken_for(handle) or User.objects.filter(looks).exists():
        raise HandleTaken


def refuse_unfit_birth_date(birth_date: dt.date, *, today: dt.date) -> None:
    """Raises BirthdayImpossible or TooYoung."""
    if not rules.is_possible_birth_date(birth_date, today):
        raise BirthdayImpossible
    if rules.age_on(birth_date, today) < settings.MINIMUM_AGE:
        raise TooYoung


def sign_up(
    *,
    email: str,
    handle: str,
    password: str | None,
    birth_date: dt.date,
    invite_code: str | None,
    now: dt.datetime,
    display_name: str = "",
    locale: str = "en",
    country: str = "",
    email_is_verified: bool = False,
) -> User:
    """A new account: the only way in for people, whichever page or provider they come from.

    Everything or nothing: a place of the invite (needed unless the site is open), the user, the
    e-mail address, the new person's own invites, and the notices. ``password`` None: they log in by a provider.
    Raises Refused and its kinds.
    """
    refuse_unfit_birth_date(birth_date, today=now.date())
    refuse_unfit_handle(handle)
    if invite_code is None and settings.SIGNUP_MODE != "open":
        raise InviteNeeded
    if invite_code is not None:
        state = state_of_code(code=invite_code, now=now)
        if state != rules.InviteState.FREE:
            raise InviteUnusable(state)
    user = User(
        email=User.objects.normalize_email(email),
        handle=handle,
        handle_skeleton=rules.skeleton(handle),
        display_name=display_name,
        birth_date=birth_date,
        locale=locale,
        country=country,
        date_joined=now,
        password=make_password(password),
    )
    try:
        with transaction.atomic():
            invite = None if invite_code is None else redeem(code=invite_code, now=now)
            user.save(force_insert=True)
            proven = email_is_verified or (invite is not None and invite.email.lower() == user.email.lower())
            EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True, verified=proven)
            if invite is not None:
                Redemption.objects.create(invite=invite, user=user, at=now)
                if invite.created_by is not None:
                    notify(
                        user=invite.created_by,
                        kind="invite_used",
                        data={"handle": user.handle},
                        url=user.profile_path,
                        now=now,
                    )
            granted = grant_invites(user=user, now=now)
            notify(user=user, kind="welcome", data={"invites": len(granted)}, url="/invites", now=now)
            transaction.on_commit(partial(events.person_joined.send, sender=User, user_id=user.pk))
    except IntegrityError as error:
        raise _refusal_of(error) from error
    return user


def _refusal_of(error: IntegrityError) -> Exception:
    """Somebody was faster: the broken constraint as the person's sentence."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name in {"user_handle_unique", "user_handle_looks_unique"}:
        return HandleTaken()
    if name in {
        "user_email_unique",
        "unique_verified_email",
        "account_emailaddress_user_id_email_987c8728_uniq",
    }:
        return EmailTaken()
    return error


def grant_invites(*, user: User, now: dt.datetime) -> list[Invite]:
    """Everybody's own invites: ``INVITES_PER_USER`` links for one person each. Granted once; asking again grants none."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Invite.objects.filter(created_by=user, max_uses=1).exists():
            return []
        expires_at = now + dt.timedelta(days=settings.INVITE_DAYS)
        return Invite.objects.bulk_create(
            Invite(created_by=user, created_at=now, expires_at=expires_at)
            for _place in range(settings.INVITES_PER_USER)
        )


def make_invite(
    *,
    by: User | None,
    max_uses: int,
    now: dt.datetime,
    days: int | None = None,
    note: str = "",
    email: str = "",
) -> Invite:
    """An invite beyond everybody's own; who may ask for one is the caller's matter (staff, commands)."""
    return Invite.objects.create(
        created_by=by,
        max_uses=max_uses,
        created_at=now,
        expires_at=now + dt.timedelta(days=settings.INVITE_DAYS if days is None else days),
        note=note,
        email=email,
    )


def revoke(*, code: str, by: User, now: dt.datetime) -> None:
    """Withdraw what is left of an invite. Its owner may, and staff may; it must have a free place.

    Raises NotYours (also for codes that do not exist) or InviteGone.
    """
    theirs = (
        Invite.objects.filter(code=code) if by.is_staff else Invite.objects.filter(code=code, created_by=by)
    )
    if theirs.usable(now=now).update(revoked_at=now) == 1:
        return
    if theirs.exists():
        raise InviteGone
    raise NotYours


# --- the waitlist -----------------------------------------------------------------------------


def wait(*, email: str, locale: str, now: dt.datetime) -> None:
    """Put an address on the waitlist; silent if it is there already, so the answer tells nothing."""
    WaitlistEntry.objects.bulk_create(
        [WaitlistEntry(email=email.lower(), locale=locale, created_at=now)], ignore_conflicts=True
    )


def invite_from_waitlist(*, entry_id: int, by: User, now: dt.datetime) -> bool:
    """Mail somebody on the waitlist a link of their own; False if they have one already.

    The mail leaves after the commit. If it cannot, the link stays visible to staff.
    """
    with transaction.atomic():
        entry = WaitlistEntry.objects.select_for_update().get(pk=entry_id)
        if entry.invited_at is not None:
            return False
        invite = make_invite(by=None, max_uses=1, now=now, note=f"waitlist, @{by.handle}", email=entry.email)
        entry.invite, entry.invited_at = invite, now
        entry.save(update_fields=["invite", "invited_at"])
        transaction.on_commit(partial(_mail_invite, entry.email, invite.url, entry.locale, invite.expires_at))
    return True


def _mail_invite(email: str, url: str, locale: str, expires_at: dt.datetime) -> None:
    with translation.override(locale):
        context = {"url": url, "SITE_NAME": settings.SITE_NAME, "expires_at": expires_at}
        subject = render_to_string("users/mail/invite_subject.txt", context).strip()
        message = EmailMessage(subject, render_to_string("users/mail/invite_body.txt", context), to=[email])
    try:
        message.send()
    except OSError as error:
        log.error("The invite for the waitlist could not be mailed: %s", error)  # noqa: TRY400 - one line is enough


# --- notices ----------------------------------------------------------------------------------


def notify(*, user: User, kind: str, data: dict[str, Any], url: str, now: dt.datetime) -> Notice:
    """Tell ``user`` something; joins the caller's transaction. Raises ValueError for a kind nobody registered."""
    if not notices.is_known(kind):
        raise ValueError(f"{kind} is not a kind of notice: register it in users.notices")
    return Notice.objects.create(user=user, kind=kind, data=data, url=url, created_at=now)


def read_notices(*, user: User, ids: Iterable[int], now: dt.datetime) -> int:
    """Mark ``user``'s own notices as read; returns how many were not before."""
    return Notice.objects.filter(user=user, pk__in=list(ids)).unread().update(read_at=now)


# --- one's own account ------------------------------------------------------------------------


def set_avatar(*, user: User, picture: bytes) -> None:
    """Show ``picture`` (WebP, see ``avatars.redraw``) from now on; the old one is deleted once that is certain."""
    name = default_storage.save(f"avatars/{uuid.uuid4()}.webp", ContentFile(picture))
    try:
        with transaction.atomic():
            current = User.objects.select_for_update().get(pk=user.pk)
            old = current.avatar.name
            current.avatar.name = name
            current.save(update_fields=["avatar"])
            if old:
                transaction.on_commit(partial(default_storage.delete, old))
    except BaseException:
        default_storage.delete(name)
        raise
    user.avatar.name = name


def remove_avatar(*, user: User) -> None:
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        old = current.avatar.name
        current.avatar.name = ""
        current.save(update_fields=["avatar"])
        if old:
            transaction.on_commit(partial(default_storage.delete, old))
    user.avatar.name = ""


def edit_profile(*, user: User, **fields: str) -> None:
    """Change any of display_name, bio, locale and country, and nothing else."""
    unknown = fields.keys() - {"display_name", "bio", "locale", "country"}
    if unknown:
        raise TypeError(f"not part of a profile: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))


def make_token(*, user: User, name: str, now: dt.datetime) -> str:
    """A new API token; returned here and nowhere else ever again. Raises TooManyTokens."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if AuthToken.objects.filter(user=user).count() >= settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]:
            raise TooManyTokens
        token, secret = AuthToken.objects.create(user=user)
        AuthToken.objects.filter(pk=token.pk).update(created=now)
        TokenLabel.objects.create(token=token, name=name)
    return str(secret)


def revoke_token(*, user: User, digest: str) -> None:
    """Raises NotYours if ``user`` has no such token."""
    deleted, _rows = AuthToken.objects.filter(user=user, digest=digest).delete()
    if not deleted:
        raise NotYours


def close_account(*, user: User, now: dt.datetime) -> None:
    """Forget a person: name, address, birthday, picture, log-ins, tokens, notices and free invites.

    The row stays, empty and inactive, for what others rely on (who invited whom, rulings made). Their
    posts are invisible from this moment; the apps above delete clips and drafts on ``account_closed``.
    The handle's look stays taken, so that nobody can pose as the one who left. Closing twice is harmless.
    Raises LastAdministrator.
    """
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        if current.closed_at is not None:
            return
        administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        if current.is_superuser and [administrator.pk for administrator in administrators] == [current.pk]:
            raise LastAdministrator
        picture = current.avatar.name
        gone = uuid6.uuid7()
        current.email = f"{gone}@closed.invalid"
        current.handle = f"gone_{gone.hex[-19:]}"
        current.display_name = current.bio = current.country = ""
        current.avatar.name = ""
        current.birth_date = None
        current.is_active = current.is_staff = current.is_superuser = False
        current.set_unusable_password()
        current.closed_at = now
        current.save()
        current.groups.clear()
        current.user_permissions.clear()
        Invite.objects.filter(created_by=current).usable(now=now).update(revoked_at=now)
        Invite.objects.filter(created_by=current).update(note="")
        sessions = list(UserSession.objects.filter(user=current))
        Authenticator.objects.filter(user=current).delete()
        SocialAccount.objects.filter(user=current).delete()
        EmailAddress.objects.filter(user=current).delete()
        AuthToken.objects.filter(user=current).delete()
        Notice.objects.filter(user=current).delete()
        transaction.on_commit(partial(_end_sessions, sessions))
        if picture:
            transaction.on_commit(partial(default_storage.delete, picture))
        transaction.on_commit(partial(events.account_closed.send, sender=User, user_id=current.pk))


def _end_sessions(sessions: list[UserSession]) -> None:
    for session in sessions:
        session.end()


# --- the operator -----------------------------------------------------------------------------

OPERATOR_EMAIL = "admin@localhost"
OPERATOR_PLACES = 50


def welcome_operator(*, password_file: Path, now: dt.datetime) -> tuple[User, str | None, Invite]:
    """The operator's account, its password while it is still the one we made, and a link to let people in.

    Makes each of them once. The password is in ``password_file`` (mode 0600) before the account exists, so
    that a crash in between loses nothing; it is removed as soon as it is no longer the password.
    """
    operator = User.objects.filter(email=OPERATOR_EMAIL).first()
    if operator is None:
        operator = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    password: str | None = None
    if operator is None:
        password = _password_of(password_file) or _new_password(password_file)
        hashed = make_password(password)
        with transaction.atomic():
            operator = User(
                email=OPERATOR_EMAIL, handle="admin", is_staff=True, is_superuser=True, date_joined=now
            )
            operator.handle_skeleton = rules.skeleton(operator.handle)
            operator.password = hashed
            operator.save(force_insert=True)
            EmailAddress.objects.create(user=operator, email=OPERATOR_EMAIL, primary=True, verified=True)
    else:
        password = _password_of(password_file)
        if password is not None and not operator.check_password(password):
            password_file.unlink(missing_ok=True)
            password = None
    soon = now + dt.timedelta(days=1)
    links = Invite.objects.filter(created_by=operator, max_uses__gt=1).usable(now=soon)
    invite = links.order_by("-pk").first() or make_invite(
        by=operator, max_uses=OPERATOR_PLACES, now=now, days=365
    )
    return operator, password, invite


def _password_of(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def _new_password(path: Path) -> str:
    password = secrets.token_urlsafe(12)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(password + "\n", "utf-8")
    return password

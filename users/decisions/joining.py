"""Coming in: invites, sign-up, the waitlist.

Passwords are hashed before a transaction starts: hashing takes a third of a second, and nobody should
wait for that behind a locked invite.
"""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation

from users import handles, rules
from users.decisions.inbox import notify
from users.decisions.refusals import (
    BirthdayImpossible,
    EmailTaken,
    HandleTaken,
    HandleUnfit,
    InviteGone,
    InviteNeeded,
    InviteUnusable,
    NotYours,
    TooYoung,
)
from users.models import Invite, Redemption, User, WaitlistEntry

log = logging.getLogger(__name__)


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
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
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

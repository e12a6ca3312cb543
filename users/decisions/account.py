"""One's own account: the profile, the picture, tokens, and leaving.

A person's row is locked with ``no_key``: rows that point to it (likes, notices, redemptions) can be made meanwhile,
and whoever makes one while holding an invite waits for nobody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

import uuid6
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from knox.models import AuthToken

from users import events
from users.decisions.refusals import LastAdministrator, NotYours, TooManyTokens
from users.models import Invite, Notice, TokenLabel, User


def set_avatar(*, user: User, picture: bytes) -> None:
    """Show ``picture`` (WebP, see ``avatars.redraw``) from now on; the old one is deleted once that is certain."""
    name = default_storage.save(f"avatars/{uuid.uuid4()}.webp", ContentFile(picture))
    try:
        with transaction.atomic():
            current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
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
        current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
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
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
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
        # With all administrators, in the order of keys: two of them who leave at once do not wait for each other.
        locked = User.objects.select_for_update(no_key=True).filter(
            Q(pk=user.pk) | Q(is_superuser=True, is_active=True)
        )
        people = {person.pk: person for person in locked.order_by("pk")}
        current = people.pop(user.pk)
        if current.closed_at is not None:
            return
        if current.is_superuser and not any(
            other.is_superuser and other.is_active for other in people.values()
        ):
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

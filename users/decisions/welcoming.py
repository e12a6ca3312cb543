"""The operator: who looks after the site before anybody else is there."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from users import rules
from users.decisions.joining import make_invite
from users.models import Invite, User

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

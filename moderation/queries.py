"""What other apps and pages ask of moderation: who is suspended, what was ruled, what waits."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from moderation.models import Ruling, RulingKind, SubjectKind
from users.models import User


def suspension_of(user: User | AnonymousUser) -> Ruling | None:
    """The ruling that keeps a person from submitting, publishing, liking and reporting; None if there is none."""
    if not user.is_authenticated:
        return None
    return (
        Ruling.objects.in_force()
        .filter(subject_kind=SubjectKind.USER, subject_id=user.public_id, kind=RulingKind.SUSPEND)
        .first()
    )


def is_suspended(user: User | AnonymousUser) -> bool:
    """One indexed look-up; False for people without an account, who may do none of it anyway."""
    if not user.is_authenticated:
        return False
    return (
        Ruling.objects.in_force()
        .filter(subject_kind=SubjectKind.USER, subject_id=user.public_id, kind=RulingKind.SUSPEND)
        .exists()
    )

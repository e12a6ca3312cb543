"""People as a subject of reports: the one kind that moderation describes itself."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.auth.models import AnonymousUser

from moderation import subjects
from moderation.models import SubjectKind
from moderation.subjects import Subject
from users.models import User


def describe(public_id: uuid.UUID) -> Subject | None:
    person = User.objects.filter(public_id=public_id).first()
    if person is None:
        return None

    def visible_to(viewer: User | AnonymousUser, today: dt.date) -> bool:
        return person.is_active

    return Subject(
        kind=SubjectKind.USER,
        public_id=public_id,
        author=person,
        title=f"@{person.handle}",
        link=person.profile_path,
        created_at=person.date_joined,
        visible_to=visible_to,
        gone=not person.is_active,
        caption=person.bio,
        poster=person.avatar_url,
    )


def register() -> None:
    subjects.register(SubjectKind.USER, describe)

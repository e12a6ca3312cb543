"""Reads about people, across models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connection
from django.db.models import F, Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce
from knox.models import AuthToken

from users import notices, rules
from users.models import Invite, Notice, Redemption, User

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class InviteRow:
    """An invite as its owner sees it."""

    invite: Invite
    state: rules.InviteState
    redemptions: list[Redemption]

    @property
    def revocable(self) -> bool:
        return self.state == rules.InviteState.FREE


def invites_of(user: User, *, now: dt.datetime) -> list[InviteRow]:
    """Free ones first, then as they were given out. Two queries."""
    joined = Redemption.objects.select_related("user").order_by("at")
    invites = (
        Invite.objects.filter(created_by=user)
        .prefetch_related(Prefetch("redemptions", joined))
        .order_by("-created_at", "pk")
    )
    rows = [InviteRow(invite, invite.state_at(now), list(invite.redemptions.all())) for invite in invites]
    return sorted(rows, key=lambda row: list(rules.InviteState).index(row.state))


def invites_left(user: User, *, now: dt.datetime) -> int:
    """How many more people this one's links let in."""
    usable = Invite.objects.usable(now=now).filter(created_by=user)
    return usable.aggregate(left=Coalesce(Sum(F("max_uses") - F("uses")), 0))["left"]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Guest:
    """One line of the tree of who invited whom."""

    user_id: int
    handle: str
    is_active: bool
    depth: int
    joined_at: dt.datetime
    brought: int
    """How many came through this person, directly or not."""


TREE_MAX = 5_000
_TREE = """
WITH RECURSIVE edges AS (
    SELECT redemption.user_id, invite.created_by_id AS host_id
    FROM users_redemption redemption JOIN users_invite invite ON invite.id = redemption.invite_id
), tree AS (
    SELECT person.id, 0 AS depth, ARRAY[person.id] AS line
    FROM users_user person
    WHERE CASE WHEN %(root)s::bigint IS NULL
          THEN NOT EXISTS (SELECT 1 FROM edges WHERE edges.user_id = person.id AND edges.host_id IS NOT NULL)
          ELSE person.id = %(root)s END
    UNION ALL
    SELECT edges.user_id, tree.depth + 1, tree.line || edges.user_id
    FROM tree JOIN edges ON edges.host_id = tree.id
    WHERE edges.user_id <> ALL (tree.line)
)
SELECT person.id, person.handle, person.is_active, tree.depth, person.date_joined
FROM tree JOIN users_user person ON person.id = tree.id
ORDER BY tree.line
LIMIT %(most)s
"""


def invite_tree(*, root: User | None = None, most: int = TREE_MAX) -> list[Guest]:
    """Who invited whom, in the order of a walk: each person is followed by those they brought.

    From ``root``, or from everybody that nobody invited. One query; at most ``most`` lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TREE, {"root": None if root is None else root.pk, "most": most})
        rows = cursor.fetchall()
    guests: list[Guest] = []
    above: list[int] = []  # how many stand below, at each depth of the walk so far, read backwards
    for user_id, handle, is_active, depth, joined_at in reversed(rows):
        above += [0] * (depth + 2 - len(above))
        brought, above[depth + 1] = above[depth + 1], 0
        above[depth] += brought + 1
        guests.append(Guest(user_id, handle, is_active, depth, joined_at, brought))
    return guests[::-1]


def line_of(user: User) -> list[User]:
    """Who invited ``user``, and who invited them, up to somebody whom nobody did."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line AS (
                SELECT %s::bigint AS id, 0 AS step
                UNION
                SELECT invite.created_by_id, line.step + 1
                FROM line JOIN users_redemption redemption ON redemption.user_id = line.id
                JOIN users_invite invite ON invite.id = redemption.invite_id
                WHERE invite.created_by_id IS NOT NULL AND line.step < 200
            )
            SELECT id FROM line WHERE step > 0 ORDER BY step
            """,
            [user.pk],
        )
        ids = [row[0] for row in cursor.fetchall()]
    people = User.objects.in_bulk(ids)
    return [people[pk] for pk in ids]


@dataclass(frozen=True)
class NoticeRow:
    notice: Notice
    sentence: str
    icon: str


def inbox(user: User, *, most: int = 50, before: int | None = None) -> list[NoticeRow]:
    """``user``'s notices, unread first, newest first; further pages (``before`` a notice's id) hold read ones only."""
    mine: QuerySet[Notice] = Notice.objects.filter(user=user)
    if before is not None:
        mine = mine.filter(pk__lt=before, read_at__isnull=False).order_by("-pk")
    else:
        mine = mine.order_by(F("read_at").desc(nulls_first=True), "-pk")
    return read_out(mine[:most])


def read_out(rows: Iterable[Notice]) -> list[NoticeRow]:
    return [NoticeRow(row, notices.read_out(row.kind, row.data), notices.icon_of(row.kind)) for row in rows]


def tokens_of(user: User) -> list[AuthToken]:
    """Newest first, with their labels. One query."""
    return list(AuthToken.objects.filter(user=user).select_related("label").order_by("-created"))


def account_data(user: User) -> dict[str, object]:
    """All that this app knows of a person, for their export. No secrets: those are hashes, or shown once."""
    return {
        "id": user.public_id,
        "email": user.email,
        "emails": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "handle": user.handle,
        "display_name": user.display_name,
        "bio": user.bio,
        "birth_date": user.birth_date,
        "language": user.locale,
        "country": user.country,
        "joined_at": user.date_joined,
        "last_login_at": user.last_login,
        "invites": list(
            Invite.objects.filter(created_by=user)
            .order_by("pk")
            .values("code", "max_uses", "uses", "created_at", "expires_at", "revoked_at", "note")
        ),
        "joined_with": list(Redemption.objects.filter(user=user).values("at", "invite__code")),
        "notices": list(
            Notice.objects.filter(user=user)
            .order_by("pk")
            .values("kind", "data", "url", "created_at", "read_at")
        ),
        "tokens": list(AuthToken.objects.filter(user=user).values("label__name", "created")),
        "second_factors": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
        "connections": list(SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined")),
        "sessions": list(
            UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at", "last_seen_at")
        ),
    }

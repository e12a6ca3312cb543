"""What ``bench feed`` measures: the site's own pages with three yardsticks beside them, and how to fill them.

The yardsticks pass the same middleware: ``/bench/bare`` returns the bytes of the feed page and asks nobody,
``/bench/rows`` returns the feed's rows as JSON made by one SQL statement.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import login
from django.db import connection, models
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone

from feed import queries, views
from feed.models import Like, Post
from generation.models import Generation
from moderation.models import Ruling
from sora_site.urls import urlpatterns as site
from users.models import User

PEOPLE = 2_000
VIEWER = "viewer"
_page = b""
_queries = 0


def _count(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    global _queries
    _queries += 1
    return execute(sql, params, many, context)


def _listen(connection: Any, **_more: Any) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


connection_created.connect(_listen)


def enter(request: HttpRequest) -> HttpResponse:
    login(request, User.objects.get(handle=VIEWER), backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("ok")


def keep(request: HttpRequest) -> HttpResponse:
    global _page
    _page = views.home(request).content
    return HttpResponse(str(len(_page)))


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_page)


def rows(_request: HttpRequest) -> HttpResponse:
    sql, params = queries.feed_statement(known=False, adult=False, further=False, limit=queries.FEED_PAGE)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT json_agg(page) FROM ({sql}) page", params)  # noqa: S608 - our own statement
        return HttpResponse(cursor.fetchone()[0], content_type="application/json")


def asked(_request: HttpRequest) -> HttpResponse:
    """How many queries there were since it was asked last."""
    global _queries
    count, _queries = _queries, 0
    return JsonResponse({"queries": count})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/enter", enter),
    path("bench/keep", keep),
    path("bench/bare", bare),
    path("bench/rows", rows),
    path("bench/asked", asked),
    *site,
]


# --- filling ----------------------------------------------------------------------------------


def _multiply(first: models.Model, count: int, **columns: str) -> None:
    """``count`` copies of a stored row, with SQL expressions for some columns; ``n`` counts from 1."""
    about = type(first)._meta
    names = [field.column for field in about.concrete_fields if not field.primary_key]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(columns.get(str(name), f'f."{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {about.db_table} ({quoted}) SELECT {values} FROM {about.db_table} f, "  # noqa: S608
            f"generate_series(1, {count}) n WHERE f.id = {first.pk}"
        )


def fill(posts: int) -> None:
    """``posts`` posts of 2,000 people with 3 likes each; a tenth not public, 2 % taken back, 1 % hidden, 1 % for
    adults, 5 authors suspended, 3 in 10 with a licensed character."""
    now = timezone.now()
    adult = dt.date(1990, 1, 1)
    viewer = User.objects.create_user("viewer@example.org", VIEWER, birth_date=adult)
    _multiply(
        viewer, PEOPLE, public_id="gen_random_uuid()", email="'p' || n || '@example.org'", handle="'person' || n",
        handle_skeleton="'person' || n", display_name="'Person ' || n",
    )  # fmt: skip
    first_person = User.objects.get(handle="person1").pk
    character = (
        '[{"handle": "mochi", "name": "Mochi", "drawing": "hamster", "colour": "gold",'
        ' "credit": "Mochi © Tanuki Works", "terms": "Anyone may show Mochi in friendly clips, with the credit line."}]'
    )
    clip = Generation.objects.create(
        owner=viewer, idempotency_key="first", prompt="A dog runs along the beach", engine="animatic", seed=1, state="ready",
        clip="clips/first.mp4", poster="clips/first.jpg", thumbhash="IQgSHwRJiIeAiHiIiIeIiHdw+HeI", width=540, height=960,
        duration=5.0, finished_at=now, background=True,
    )  # fmt: skip
    _multiply(
        clip, posts, public_id="gen_random_uuid()", idempotency_key="'k' || n",
        owner_id=f"{first_person} + (n * 7919) % {PEOPLE}",
        captions="CASE WHEN n % 2 = 0 THEN 'clips/first.vtt' ELSE '' END",
        references=f"CASE WHEN n % 10 < 3 THEN '{character}'::jsonb ELSE '[]'::jsonb END",
    )  # fmt: skip
    post = Post.objects.create(
        author=viewer, generation=clip, caption="First", published_at=now, was_public=True
    )
    offset = Generation.objects.get(idempotency_key="k1").pk - 1
    _multiply(
        post, posts, public_id="gen_random_uuid()", generation_id=f"{offset} + n",
        author_id=f"{first_person} + (n * 7919) % {PEOPLE}",
        caption="'Clip ' || n || ': the dog ran after the ball, and the ball <was> faster & rounder 跑得真快'",
        visibility="CASE WHEN n % 20 = 0 THEN 'unlisted' WHEN n % 20 = 1 THEN 'private' ELSE 'public' END",
        deleted_at="CASE WHEN n % 50 = 3 THEN now() END",
        published_at=f"now() - interval '40 seconds' * ({posts} - n)", like_count="3", view_count="n % 500",
    )  # fmt: skip
    first_post = Post.objects.get(generation__idempotency_key="k1").pk
    like = Like.objects.create(post=post, user=viewer)
    for turn in range(3):
        people = (
            f"{first_person} + (n::bigint * 104729 + {turn * 613}) % {PEOPLE}" if turn else str(viewer.pk)
        )
        _multiply(like, posts, post_id=f"{first_post} + n - 1", user_id=people)
    staff = User.objects.create_superuser("staff@example.org", "moderator1")
    ruling = Ruling.objects.create(
        subject_kind="post",
        subject_id=post.public_id,
        kind="hide",
        reason="spam",
        explanation="Spam.",
        made_by=staff,
    )
    nth = f"(SELECT public_id FROM feed_post WHERE id = {first_post} + n * 100 - %d)"  # noqa: S608 - numbers of ours
    _multiply(ruling, posts // 100, public_id="gen_random_uuid()", subject_id=nth % 5)
    _multiply(ruling, posts // 100, public_id="gen_random_uuid()", subject_id=nth % 6, kind="'age_limit'")
    for number in range(5):
        author = User.objects.get(handle=f"person{number + 10}")
        Ruling.objects.create(
            subject_kind="user",
            subject_id=author.public_id,
            kind="suspend",
            reason="spam",
            explanation="Spam.",
            made_by=staff,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

"""The feed over HTTP for programs. Lists are built from tuples, not by serializers: those describe them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from feed import decisions, media, queries, visits
from feed.models import Visibility
from users.asking import person_of
from users.models import User

MAX_LIMIT = 50


class Conflict(APIException):
    status_code = 409


class CreditSerializer(serializers.Serializer[dict[str, str]]):
    handle = serializers.CharField()
    name = serializers.CharField()
    credit = serializers.CharField()


class AuthorSerializer(serializers.Serializer[dict[str, str]]):
    handle = serializers.CharField()
    name = serializers.CharField()
    avatar = serializers.CharField(help_text="Path of the picture on this site.")


class PostSerializer(serializers.Serializer[dict[str, Any]]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    caption = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    published_at = serializers.DateTimeField()
    author = AuthorSerializer()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    seconds = serializers.FloatField()
    clip = serializers.CharField(
        help_text="Path of the MP4; signed and short-lived if the post is not public."
    )
    poster = serializers.CharField()
    captions = serializers.CharField(allow_null=True)
    thumbhash = serializers.CharField()
    credits = CreditSerializer(many=True)
    engine = serializers.CharField()
    like_count = serializers.IntegerField()
    view_count = serializers.IntegerField()
    liked = serializers.BooleanField(help_text="Whether you like it.")


class PostPageSerializer(serializers.Serializer[dict[str, Any]]):
    results = PostSerializer(many=True)
    after = serializers.CharField(
        allow_null=True, help_text="Give it back as `after` for the next page; null at the end."
    )


class PublishSerializer(serializers.Serializer[dict[str, Any]]):
    generation = serializers.UUIDField(help_text="Your finished draft.")
    caption = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)


class EditSerializer(serializers.Serializer[dict[str, Any]]):
    caption = serializers.CharField(allow_blank=True, required=False, trim_whitespace=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)


class LikesSerializer(serializers.Serializer[dict[str, Any]]):
    liked = serializers.BooleanField()
    like_count = serializers.IntegerField()


class ViewingSerializer(serializers.Serializer[dict[str, Any]]):
    post = serializers.UUIDField()
    watched_ms = serializers.IntegerField(min_value=0, max_value=86_400_000)
    completed = serializers.BooleanField(default=False)
    muted = serializers.BooleanField(default=True)


class ViewsSerializer(serializers.Serializer[dict[str, Any]]):
    views = serializers.ListField(child=ViewingSerializer(), allow_empty=False, max_length=50)


class KeptSerializer(serializers.Serializer[dict[str, Any]]):
    counted = serializers.IntegerField(help_text="How many of the views were new.")


class ViewsThrottle(SimpleRateThrottle):
    """A player sends a batch now and then; more than one a second is not somebody watching."""

    scope = "views"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


def as_json(clip: queries.Clip, viewer: queries.Viewer) -> dict[str, Any]:
    return {
        "id": str(clip.public_id),
        "url": f"{settings.SITE_URL}/v/{clip.public_id}",
        "caption": clip.caption,
        "visibility": clip.visibility,
        "published_at": clip.published_at,
        "author": {"handle": clip.handle, "name": clip.name, "avatar": clip.avatar_url},
        "width": clip.width,
        "height": clip.height,
        "seconds": clip.duration,
        "clip": media.link(clip, "clip.mp4", viewer),
        "poster": media.link(clip, "poster.jpg", viewer),
        "captions": media.link(clip, "captions.vtt", viewer) if clip.captions else None,
        "thumbhash": clip.thumbhash,
        "credits": [{key: each[key] for key in ("handle", "name", "credit")} for each in clip.credits],
        "engine": clip.engine,
        "like_count": clip.like_count,
        "view_count": clip.view_count,
        "liked": clip.liked,
    }


def _page(page: queries.FeedPage, viewer: queries.Viewer) -> Response:
    return Response({"results": [as_json(clip, viewer) for clip in page.clips], "after": page.after or None})


def _after(request: Request) -> queries.Cursor | None:
    text = request.query_params.get("after", "")
    try:
        return queries.read_cursor(text) if text else None
    except queries.BadCursor as error:
        raise ValidationError({"after": [_("This cursor was not made by this site.")]}) from error


def _limit(request: Request, usual: int) -> int:
    text = request.query_params.get("limit", str(usual))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MAX_LIMIT:
        raise ValidationError({"limit": [_("A whole number from 1 to %(most)s.") % {"most": MAX_LIMIT}]})
    return int(text)


def _viewer(request: Request) -> queries.Viewer:
    return request.user if isinstance(request.user, User) else AnonymousUser()


def _refusal(error: decisions.CannotPost) -> APIException:
    match error.code:
        case "suspended":
            return PermissionDenied(error.message, code=error.code)
        case "already_published" | "not_ready":
            return Conflict(error.message, code=error.code)
    return ValidationError({error.field or "non_field_errors": [error.message]}, code=error.code)


def _shown(public_id: UUID, viewer: queries.Viewer) -> dict[str, Any]:
    clip = queries.clip_of(public_id, viewer=viewer, now=timezone.now())
    if clip is None:
        raise NotFound
    return as_json(clip, viewer)


_PAGING = [
    OpenApiParameter("after", str, description="Cursor of the page before."),
    OpenApiParameter("limit", int, description=f"1 to {MAX_LIMIT}."),
]


class FeedView(APIView):
    """Public clips, newest first."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="feed", parameters=_PAGING, responses=PostPageSerializer)
    def get(self, request: Request) -> Response:
        viewer, limit = _viewer(request), _limit(request, queries.FEED_PAGE)
        return _page(
            queries.feed_page(viewer, after=_after(request), limit=limit, now=timezone.now()), viewer
        )


class PostsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="publish", request=PublishSerializer, responses={201: PostSerializer})
    def post(self, request: Request) -> Response:
        """Publish one of your finished drafts."""
        wish = PublishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        person = person_of(request)
        try:
            made = decisions.publish(author=person, now=timezone.now(), **wish.validated_data)
        except decisions.NotThere as error:
            raise NotFound from error
        except decisions.CannotPost as error:
            raise _refusal(error) from error
        location = reverse("api-post", args=[made.public_id])
        return Response(_shown(made.public_id, person), status=201, headers={"Location": location})


class PostView(APIView):
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="post", responses=PostSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(_shown(public_id, _viewer(request)))

    @extend_schema(operation_id="post_edit", request=EditSerializer, responses=PostSerializer)
    def patch(self, request: Request, public_id: UUID) -> Response:
        """Change the caption or who can see it."""
        wish = EditSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        person = person_of(request)
        try:
            decisions.edit(
                author=person,
                post=public_id,
                caption=wish.validated_data.get("caption"),
                visibility=wish.validated_data.get("visibility"),
                now=timezone.now(),
            )
        except decisions.NotThere as error:
            raise NotFound from error
        except decisions.CannotPost as error:
            raise _refusal(error) from error
        return Response(_shown(public_id, person))

    @extend_schema(operation_id="post_withdraw", responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        """Take it back: its clip is a draft again."""
        try:
            decisions.withdraw(author=person_of(request), post=public_id, now=timezone.now())
        except decisions.NotThere as error:
            raise NotFound from error
        return Response(status=204)


class LikeView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="like", request=None, responses=LikesSerializer)
    def put(self, request: Request, public_id: UUID) -> Response:
        """Like it; doing so again changes nothing."""
        return self._answer(request, public_id, liked=True)

    @extend_schema(operation_id="unlike", responses=LikesSerializer)
    def delete(self, request: Request, public_id: UUID) -> Response:
        return self._answer(request, public_id, liked=False)

    def _answer(self, request: Request, public_id: UUID, *, liked: bool) -> Response:
        decide = decisions.like if liked else decisions.unlike
        try:
            count = decide(user=person_of(request), post=public_id, now=timezone.now())
        except decisions.NotThere as error:
            raise NotFound from error
        except decisions.CannotPost as error:
            raise _refusal(error) from error
        return Response({"liked": liked, "like_count": count})


class ViewsView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [ViewsThrottle]

    @extend_schema(operation_id="views", request=ViewsSerializer, responses=KeptSerializer)
    def post(self, request: Request) -> Response:
        """Tell what was watched, in batches of up to 50. A post counts once an hour for a visit."""
        told = ViewsSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        visit = visits.visit_of(request, now=timezone.now())
        counted = 0
        if visit:
            viewings = [decisions.Viewing(**each) for each in told.validated_data["views"]]
            counted = decisions.record_views(
                viewer=_viewer(request), visit=visit, viewings=viewings, now=timezone.now()
            )
        return Response({"counted": counted})


class PersonPostsView(APIView):
    """Somebody's posts, newest first; your own with those that only you see."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="user_posts", parameters=_PAGING, responses=PostPageSerializer)
    def get(self, request: Request, handle: str) -> Response:
        author = get_object_or_404(User, handle__iexact=handle, is_active=True)
        viewer, limit = _viewer(request), _limit(request, queries.GRID_PAGE)
        page = queries.profile_page(
            author, viewer=viewer, after=_after(request), limit=limit, now=timezone.now()
        )
        return _page(page, viewer)

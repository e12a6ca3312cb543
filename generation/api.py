"""Generations over the API: the same decisions that the pages call."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, UserRateThrottle
from rest_framework.views import APIView

from generation import decisions, queries
from generation.models import Generation, Stage, State
from generation.rules import Wish
from users.asking import person_of

_PAGE = 50


class SubmitThrottle(UserRateThrottle):
    scope = "submit"


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooManyClips(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many"


class WishSerializer(serializers.Serializer[Wish]):
    """What to make. Only ``prompt`` is needed."""

    prompt = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,
        help_text="In any language; @handles name licensed characters.",
    )
    shape = serializers.CharField(default="9:16", max_length=8, help_text="9:16, 16:9 or 1:1.")
    seconds = serializers.FloatField(default=5.0, help_text="3 to 30.")
    short_side = serializers.IntegerField(
        default=540, min_value=-1, max_value=100_000, help_text="Pixels: 540 or 720."
    )
    style = serializers.CharField(  # type: ignore[assignment]  # shadows what only fields use
        default="", allow_blank=True, max_length=20, help_text="Empty: as the prompt says."
    )
    engine = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="Empty: the site's default."
    )
    seed = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**63 - 1)

    def wish(self) -> Wish:
        given = dict(self.validated_data)
        given["engine"] = given["engine"] or settings.DEFAULT_ENGINE
        return Wish(**given)


class NoteSerializer(serializers.Serializer[dict[str, Any]]):
    """What became of one phrase of the prompt (character offsets)."""

    phrase = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=["shown", "approximated", "not_shown"])
    used = serializers.CharField(allow_blank=True)


class GenerationSerializer(serializers.Serializer[dict[str, Any]]):
    id = serializers.UUIDField()
    prompt = serializers.CharField()
    shape = serializers.CharField()
    seconds = serializers.FloatField()
    short_side = serializers.IntegerField()
    style = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # as above
    engine = serializers.CharField()
    seed = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    progress = serializers.FloatField(help_text="0 to 1.")
    position = serializers.IntegerField(
        allow_null=True, help_text="Place in the queue while waiting; 1 is next."
    )
    eta = serializers.FloatField(allow_null=True, help_text="Seconds until it is ready, roughly.")
    fragments = serializers.IntegerField(help_text="Live fragments that can be fetched now.")
    mime = serializers.CharField(allow_blank=True)
    base = serializers.CharField(
        help_text="Address of the live fragments, before their number; 0 is the init segment."
    )
    clip = serializers.CharField(allow_blank=True)
    poster = serializers.CharField(allow_blank=True)
    captions = serializers.CharField(allow_blank=True)
    duration = serializers.FloatField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    notes = NoteSerializer(many=True)
    problem = serializers.CharField(allow_blank=True)
    problem_sentence = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class GenerationPageSerializer(serializers.Serializer[dict[str, Any]]):
    results = GenerationSerializer(many=True)
    next = serializers.UUIDField(allow_null=True, help_text="Give it as ``before`` to read on.")


class RefusalSerializer(serializers.Serializer[dict[str, Any]]):
    detail = serializers.CharField()
    code = serializers.CharField()


def _shown(generation: Generation) -> dict[str, Any]:
    snapshot = queries.snapshot(generation, now=timezone.now())
    names = list(GenerationSerializer().get_fields())
    own = {name: getattr(generation, name) for name in names if name not in snapshot}
    return own | {name: snapshot[name] for name in names if name in snapshot}


def _explained(error: decisions.Refused) -> APIException:
    """A refusal of the domain as the API says it."""
    match error:
        case decisions.Invalid(faults=faults):
            by_field: dict[str, list[str]] = {}
            for fault in faults:
                by_field.setdefault(fault.field, []).append(fault.sentence)
            return ValidationError(by_field)
        case decisions.Suspended():
            return PermissionDenied(str(error), code=error.code)
        case decisions.TooMany():
            return TooManyClips(str(error), code=error.code)
    return Conflict(str(error), code=error.code)


def _own(request: Request, public_id: uuid.UUID) -> Generation:
    generation = Generation.objects.owned_by(request.user).filter(public_id=public_id).first()
    if generation is None:
        raise Http404
    return generation


_ID = OpenApiParameter("public_id", uuid.UUID, OpenApiParameter.PATH)
_REFUSALS = {404: RefusalSerializer, 409: RefusalSerializer}


class Generations(APIView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [SubmitThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(
        operation_id="generations_list",
        parameters=[
            OpenApiParameter("state", str, enum=[*State.values, "active"]),
            OpenApiParameter("q", str, description="Words of the prompt."),
            OpenApiParameter("before", uuid.UUID, description="Read on after this one, towards older ones."),
        ],
        responses=GenerationPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """One's own generations, newest first."""
        user = person_of(request)
        found = queries.drafts_of(
            user, words=request.query_params.get("q", ""), state=request.query_params.get("state", "")
        )
        if before := request.query_params.get("before"):
            try:
                last = Generation.objects.filter(owner=user).get(public_id=uuid.UUID(before))
            except (ValueError, Generation.DoesNotExist) as error:
                raise ValidationError({"before": [_("No generation of yours has this id.")]}) from error
            found = queries.older_than(found, last)
        page = list(found[: _PAGE + 1])
        more = page[_PAGE - 1].public_id if len(page) > _PAGE else None
        return Response({"results": [_shown(each) for each in page[:_PAGE]], "next": more})

    @extend_schema(
        operation_id="generations_create",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="The same key with the same body makes one clip, however often it is sent; with another body it is refused.",
            )
        ],
        request=WishSerializer,
        responses={
            201: GenerationSerializer,
            200: OpenApiResponse(GenerationSerializer, "Made by an earlier call with this key."),
            403: RefusalSerializer,
            409: RefusalSerializer,
            429: RefusalSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Ask for a clip."""
        body = WishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key") or str(uuid.uuid4())
        try:
            generation, new = decisions.submit(
                owner=person_of(request), wish=body.wish(), idempotency_key=key, now=timezone.now()
            )
        except decisions.Refused as error:
            raise _explained(error) from error
        return Response(_shown(generation), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


class OneGeneration(APIView):
    @extend_schema(
        operation_id="generations_read",
        parameters=[_ID],
        responses={200: GenerationSerializer, 404: RefusalSerializer},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """One of one's own generations."""
        return Response(_shown(_own(request, public_id)))

    @extend_schema(operation_id="generations_delete", parameters=[_ID], responses={204: None, **_REFUSALS})
    def delete(self, request: Request, public_id: uuid.UUID) -> Response:
        """Delete it with its files; refused while it is published."""
        try:
            decisions.delete(generation=_own(request, public_id), now=timezone.now())
        except decisions.Refused as error:
            raise _explained(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class Cancel(APIView):
    @extend_schema(
        operation_id="generations_cancel",
        parameters=[_ID],
        request=None,
        responses={200: GenerationSerializer, **_REFUSALS},
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Take a wish back while it waits or is being made."""
        generation = _own(request, public_id)
        if not decisions.cancel(generation=generation, now=timezone.now()):
            raise Conflict(_("It is neither waiting nor being made."), code="not_now")
        generation.refresh_from_db()
        return Response(_shown(generation))


class Retry(APIView):
    throttle_classes = [SubmitThrottle]

    @extend_schema(
        operation_id="generations_retry",
        parameters=[_ID],
        request=None,
        responses={200: GenerationSerializer, **_REFUSALS},
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Make a failed or cancelled one again."""
        try:
            generation = decisions.retry(generation=_own(request, public_id), now=timezone.now())
        except decisions.Refused as error:
            raise _explained(error) from error
        return Response(_shown(generation))

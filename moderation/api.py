"""Reporting, and reading what was ruled about oneself, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import decisions, queries, rules
from moderation.models import Reason, Report, Ruling, SubjectKind
from users.asking import person_of
from users.models import User


class NewReportSerializer(serializers.Serializer[dict[str, Any]]):
    subject_kind = serializers.ChoiceField(choices=SubjectKind.choices)
    subject_id = serializers.UUIDField(help_text="The id of the post or the person.")
    reason = serializers.ChoiceField(choices=Reason.choices)
    details = serializers.CharField(required=False, allow_blank=True, default="", max_length=rules.TEXT_MAX)


class ReportSerializer(serializers.ModelSerializer[Report]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Report
        fields = ("id", "subject_kind", "subject_id", "reason", "details", "state", "created_at")
        read_only_fields = fields


class RulingSerializer(serializers.ModelSerializer[Ruling]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Ruling
        fields = (
            "id",
            "subject_kind",
            "subject_id",
            "kind",
            "reason",
            "explanation",
            "made_at",
            "lifted_at",
            "lift_explanation",
        )
        read_only_fields = fields


class ReportRefusalSerializer(serializers.Serializer[dict[str, str]]):
    detail = serializers.CharField()
    code = serializers.CharField()


class Refusal(exceptions.APIException):
    """One of ``decisions``' refusals, in the API's shape."""

    def __init__(self, refusal: decisions.Refused) -> None:
        super().__init__(refusal.message, code=refusal.code)
        self.status_code = refusal.status


class ReportsView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="report",
        summary="Tell the staff that something is wrong",
        description="One report of a person about a thing is open at a time: a second one is answered with the first and 200.",
        request=NewReportSerializer,
        responses={
            201: ReportSerializer,
            200: ReportSerializer,
            403: OpenApiResponse(ReportRefusalSerializer, description="Suspended, or one's own."),
            404: OpenApiResponse(ReportRefusalSerializer, description="Nothing that this person can see."),
            429: OpenApiResponse(ReportRefusalSerializer, description="Too many within an hour."),
        },
    )
    def post(self, request: Request) -> Response:
        wanted = NewReportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            received = decisions.report(
                reporter=person_of(request), now=timezone.now(), **wanted.validated_data
            )
        except decisions.Unclear as refusal:
            raise exceptions.ValidationError({refusal.field: [refusal.message]}) from refusal
        except decisions.Refused as refusal:
            raise Refusal(refusal) from refusal
        code = status.HTTP_201_CREATED if received.new else status.HTTP_200_OK
        return Response(ReportSerializer(received.report).data, status=code)


class NewestFirst(CursorPagination):
    page_size = 50
    ordering = ("-made_at", "-pk")


class RulingsView(generics.ListAPIView[Ruling]):
    permission_classes = (IsAuthenticated,)
    serializer_class = RulingSerializer
    pagination_class = NewestFirst
    queryset = Ruling.objects.none()

    @extend_schema(operation_id="rulings", summary="What the staff decided about me, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Ruling]:
        return (
            queries.rulings_for(self.request.user) if isinstance(self.request.user, User) else self.queryset
        )

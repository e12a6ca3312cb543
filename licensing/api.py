"""The catalogue for programs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from licensing import queries
from licensing.models import Character
from licensing.views import WORDS_MAX


class CharacterSerializer(serializers.ModelSerializer[Character]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    work = serializers.CharField(source="work.name", read_only=True)
    rights_holder = serializers.CharField(source="work.rights_holder.name", read_only=True)
    credit = serializers.CharField(read_only=True, help_text="The line that clips with the character carry.")
    picture_url = serializers.SerializerMethodField()

    class Meta:
        model = Character
        fields = ("id", "handle", "name", "about", "work", "rights_holder", "credit", "terms", "picture_url")
        read_only_fields = fields

    def get_picture_url(self, character: Character) -> str:
        return f"{settings.SITE_URL}{reverse('licensing:picture', args=[character.public_id])}"


class ByHandle(CursorPagination):
    page_size = 50
    ordering = "handle"


class CharactersView(generics.ListAPIView[Character]):
    permission_classes = (AllowAny,)
    serializer_class = CharacterSerializer
    pagination_class = ByHandle

    @extend_schema(
        operation_id="characters",
        summary="Characters that clips may show, with their terms",
        parameters=[OpenApiParameter("q", str, description="Words of a name, a work or a rights holder.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Character]:
        return queries.catalogue(self.request.query_params.get("q", "")[:WORDS_MAX])

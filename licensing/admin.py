"""The register, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from licensing.forms import CharacterForm
from licensing.models import Character, Property, RightsHolder

if TYPE_CHECKING:
    HolderBase = admin.ModelAdmin[RightsHolder]
    WorkBase = admin.ModelAdmin[Property]
    CharacterBase = admin.ModelAdmin[Character]
else:
    HolderBase = WorkBase = CharacterBase = admin.ModelAdmin


@admin.register(RightsHolder)
class RightsHolderAdmin(HolderBase):
    list_display = ("name", "works", "created_at")
    search_fields = ("name",)
    readonly_fields = ("created_at",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightsHolder]:
        return super().get_queryset(request).annotate(work_count=Count("works"))

    @admin.display(description=_("works"), ordering="work_count")
    def works(self, holder: RightsHolder) -> int:
        count: int = holder.work_count  # type: ignore[attr-defined] # annotated above
        return count


@admin.register(Property)
class PropertyAdmin(WorkBase):
    list_display = ("name", "rights_holder")
    list_select_related = ("rights_holder",)
    search_fields = ("name", "rights_holder__name")
    ordering = ("name",)


@admin.register(Character)
class CharacterAdmin(CharacterBase):
    form = CharacterForm
    list_display = ("picture", "name", "handle", "work", "offered")
    list_display_links = ("picture", "name")
    list_filter = ("offered", "work__rights_holder")
    list_select_related = ("work__rights_holder",)
    search_fields = ("name", "handle", "work__name")
    ordering = ("handle",)

    @admin.display(description="")
    def picture(self, character: Character) -> str:
        if not character.offered:
            return "–"
        path = reverse("licensing:picture", args=[character.public_id])
        return format_html('<img src="{}" width="40" height="40" alt="{}">', path, character.name)

"""Generations for staff: everything to read, nothing to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from generation import delivery
from generation.models import Generation, State, Turn

if TYPE_CHECKING:
    GenerationAdminBase = admin.ModelAdmin[Generation]
    TurnAdminBase = admin.ModelAdmin[Turn]
else:
    GenerationAdminBase = TurnAdminBase = admin.ModelAdmin


class _ReadOnly:
    """Rows are moved by workers and owners; staff look on."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Generation)
class GenerationAdmin(_ReadOnly, GenerationAdminBase):
    list_display = (
        "public_id",
        "owner",
        "state",
        "stage",
        "short_prompt",
        "engine",
        "seconds",
        "created_at",
        "problem",
    )
    list_filter = (
        "state",
        "stage",
        "problem",
        "engine",
        "background",
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("public_id", "prompt", "owner__handle", "worker")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("clip_link",)

    @admin.display(description=_("prompt"))
    def short_prompt(self, generation: Generation) -> str:
        return generation.prompt if len(generation.prompt) <= 80 else f"{generation.prompt[:79]}…"

    @admin.display(description=_("watch"))
    def clip_link(self, generation: Generation) -> SafeString | str:
        if generation.state != State.READY:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', delivery.signed_link(generation, "clip.mp4"), _("Watch the clip")
        )


@admin.register(Turn)
class TurnAdmin(_ReadOnly, TurnAdminBase):
    list_display = ("owner", "next_start", "last_start", "waiting")
    ordering = ("next_start",)
    list_select_related = ("owner",)
    search_fields = ("owner__handle",)

    @admin.display(description=_("waiting jobs"))
    def waiting(self, turn: Turn) -> SafeString:
        link = reverse("admin:generation_generation_changelist")
        count = Generation.objects.queued().filter(owner_id=turn.owner_id).count()
        return format_html(
            '<a href="{}?state__exact=queued&owner__id__exact={}">{}</a>', link, turn.owner_id, count
        )

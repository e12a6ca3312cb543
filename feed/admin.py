from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from feed.models import Post
from moderation.models import Ruling, SubjectKind

if TYPE_CHECKING:
    PostAdminBase = admin.ModelAdmin[Post]
else:
    PostAdminBase = admin.ModelAdmin


@admin.register(Post)
class PostAdmin(PostAdminBase):
    """Reading only: what happens to posts is decided by their authors, and by rulings."""

    list_display = [
        "public_id",
        "author",
        "caption",
        "visibility",
        "published_at",
        "deleted_at",
        "like_count",
        "view_count",
    ]
    list_filter = ["visibility", ("deleted_at", admin.EmptyFieldListFilter), "published_at"]
    list_select_related = ["author"]
    search_fields = ["=public_id", "caption", "author__handle"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    fields = readonly_fields = (
        "public_id",
        "page",
        "author",
        "caption",
        "visibility",
        "published_at",
        "deleted_at",
        "like_count",
        "view_count",
        "rulings",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).order_by("-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        return False

    @admin.display(description=_("page"))
    def page(self, post: Post) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', post.get_absolute_url())

    @admin.display(description=_("rulings"))
    def rulings(self, post: Post) -> SafeString | str:
        about = Ruling.objects.filter(subject_kind=SubjectKind.POST, subject_id=post.public_id).order_by("pk")
        rows = [
            (
                reverse("admin:moderation_ruling_change", args=[ruling.pk]),
                ruling.get_kind_display(),
                ruling.made_at.date(),
            )
            for ruling in about
        ]
        return format_html_join(", ", '<a href="{}">{} ({})</a>', rows) or "–"

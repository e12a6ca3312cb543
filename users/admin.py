"""People for staff. An age band stands where a birthday would; nobody's password or address book is here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from users import decisions, queries
from users.asking import person_of
from users.models import Invite, Redemption, User, WaitlistEntry

if TYPE_CHECKING:
    UserRecords = admin.ModelAdmin[User]
    InviteRecords = admin.ModelAdmin[Invite]
    RedemptionRecords = admin.ModelAdmin[Redemption]
    WaitlistRecords = admin.ModelAdmin[WaitlistEntry]
    InviteModelForm = forms.ModelForm[Invite]
else:
    InviteModelForm = forms.ModelForm
    UserRecords = InviteRecords = RedemptionRecords = WaitlistRecords = admin.ModelAdmin


@admin.register(User)
class UserAdmin(UserRecords):
    list_display = (
        "handle",
        "display_name",
        "age_band",
        "country",
        "is_active",
        "is_staff",
        "date_joined",
        "invited_by",
    )
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("handle", "display_name", "email")
    ordering = ("-date_joined",)
    fieldsets = (
        (None, {"fields": ("handle", "display_name", "bio", "email", "age_band", "locale", "country")}),
        (_("Standing"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("History"), {"fields": ("date_joined", "last_login", "closed_at", "line", "tree_link")}),
    )
    filter_horizontal = ("groups",)
    readonly_fields = (
        "handle",
        "email",
        "age_band",
        "date_joined",
        "last_login",
        "closed_at",
        "line",
        "tree_link",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).select_related("redemption__invite__created_by")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only administrators make staff, and nobody revives an account that its owner closed."""
        fixed = tuple(self.readonly_fields)
        if not request.user.is_superuser:
            fixed += ("is_staff", "is_superuser", "groups")
        if obj is not None and obj.closed_at is not None:
            fixed += (
                "is_active",
                "is_staff",
                "is_superuser",
                "groups",
                "display_name",
                "bio",
                "locale",
                "country",
            )
        return fixed

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @admin.display(description=_("age"))
    def age_band(self, user: User) -> str:
        return user.age_band_on(timezone.now().date()).value

    @admin.display(description=_("invited by"))
    def invited_by(self, user: User) -> str:
        redemption = getattr(user, "redemption", None)
        return str(redemption.invite.created_by or "–") if redemption else "–"

    @admin.display(description=_("came through"))
    def line(self, user: User) -> str:
        return " ← ".join(f"@{host.handle}" for host in queries.line_of(user)) or "–"

    @admin.display(description=_("brought"))
    def tree_link(self, user: User) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:users_user_tree_of", args=[user.pk]), _("Whom they brought")
        )

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("tree/", self.admin_site.admin_view(self.tree), name="users_user_tree"),
            path("tree/<int:pk>/", self.admin_site.admin_view(self.tree), name="users_user_tree_of"),
        ]
        return own + super().get_urls()

    def tree(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        root = None if pk is None else get_object_or_404(User, pk=pk)
        guests = queries.invite_tree(root=root)
        context = self.admin_site.each_context(request) | {
            "title": _("Who invited whom"),
            "guests": guests,
            "root": root,
            "cut": len(guests) == queries.TREE_MAX,
            "opts": self.opts,
        }
        return render(request, "admin/users/invite_tree.html", context)


class InviteForm(InviteModelForm):
    def clean_expires_at(self) -> dt.datetime:
        expires_at: dt.datetime = self.cleaned_data["expires_at"]
        if expires_at <= timezone.now():
            raise forms.ValidationError(_("That has passed already."))
        return expires_at


@admin.register(Invite)
class InviteAdmin(InviteRecords):
    form = InviteForm
    list_display = ("code_start", "created_by", "uses", "max_uses", "state", "expires_at", "note")
    list_select_related = ("created_by",)
    search_fields = ("code", "created_by__handle", "note", "email")
    ordering = ("-created_at",)
    fields = ("max_uses", "expires_at", "note")
    readonly_fields = ("link", "created_by", "uses", "state", "created_at", "revoked_at", "guests")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Invite | None = None) -> Any:
        own = ("max_uses", "expires_at", "note")
        return (
            own
            if obj is None
            else ("link", "created_by", *own, "uses", "state", "created_at", "revoked_at", "guests")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Invite | None = None) -> tuple[str, ...]:
        return () if obj is None else (*self.readonly_fields, "max_uses", "expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = person_of(request)
        super().save_model(request, obj, form, change)

    @admin.display(description=_("code"))
    def code_start(self, invite: Invite) -> str:
        return f"{invite.code[:8]}…"

    @admin.display(description=_("link"))
    def link(self, invite: Invite) -> str:
        return invite.url

    @admin.display(description=_("state"))
    def state(self, invite: Invite) -> str:
        return invite.state_at(timezone.now()).value

    @admin.display(description=_("who came"))
    def guests(self, invite: Invite) -> str:
        came = invite.redemptions.select_related("user").order_by("at")
        return format_html_join(", ", "@{}", ((redemption.user.handle,) for redemption in came)) or "–"

    @admin.action(description=_("Withdraw what is left"))
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invite]) -> None:
        done = 0
        for code in chosen.values_list("code", flat=True):
            try:
                decisions.revoke(code=code, by=person_of(request), now=timezone.now())
                done += 1
            except decisions.InviteGone:
                continue
        messages.success(
            request, ngettext("%(n)d invite withdrawn.", "%(n)d invites withdrawn.", done) % {"n": done}
        )


@admin.register(Redemption)
class RedemptionAdmin(RedemptionRecords):
    list_display = ("user", "invite", "host", "at")
    list_select_related = ("user", "invite__created_by")
    search_fields = ("user__handle", "invite__created_by__handle", "invite__code")
    ordering = ("-at",)

    @admin.display(description=_("invited by"))
    def host(self, redemption: Redemption) -> str:
        return str(redemption.invite.created_by or "–")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Redemption | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Redemption | None = None) -> bool:
        return False


@admin.register(WaitlistEntry)
class WaitlistAdmin(WaitlistRecords):
    list_display = ("email", "locale", "created_at", "invited_at", "link")
    list_select_related = ("invite",)
    list_filter = (("invited_at", admin.EmptyFieldListFilter),)
    search_fields = ("email",)
    ordering = ("created_at",)
    readonly_fields = ("created_at", "invited_at", "link")
    actions = ("invite",)

    @admin.display(description=_("link"))
    def link(self, entry: WaitlistEntry) -> str:
        return entry.invite.url if entry.invite else "–"

    @admin.action(description=_("Invite by mail"), permissions=["change"])
    def invite(self, request: HttpRequest, chosen: QuerySet[WaitlistEntry]) -> None:
        now = timezone.now()
        done = sum(
            decisions.invite_from_waitlist(entry_id=pk, by=person_of(request), now=now)
            for pk in chosen.values_list("pk", flat=True)
        )
        messages.success(
            request, ngettext("%(n)d person invited.", "%(n)d people invited.", done) % {"n": done}
        )

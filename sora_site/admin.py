"""The staff's admin. Logging in goes through the same door, limits and second factors as for everyone."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    site_title = _("Staff")
    site_header = _("Staff")
    index_title = _("What needs attention")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Guests go to the site's own log-in and come back; people who are not staff are refused."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context=extra_context)
        return response

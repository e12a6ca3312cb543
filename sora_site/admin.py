"""The staff's admin. Logging in goes through the same door, limits and second factors as for everyone."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    site_title = _("Staff")
    site_header = _("Staff")
    index_title = _("What needs attention")


StaffSite.login = secure_admin_login(StaffSite.login)  # type: ignore[method-assign]

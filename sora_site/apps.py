from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import apps as admin_apps

_PACKAGES = frozenset({"account", "mfa", "socialaccount", "usersessions", "knox", "django_dramatiq"})


class SiteConfig(AppConfig):
    name = "sora_site"
    default = True

    def ready(self) -> None:
        """Take the tables of installed packages off the staff's desk: secrets, sessions, tokens are nobody's to browse."""
        for model in list(admin.site._registry):  # noqa: SLF001 - Django offers no public list
            if model._meta.app_label in _PACKAGES:
                admin.site.unregister(model)


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin under our ``StaffSite``."""

    default = False
    default_site = "sora_site.admin.StaffSite"

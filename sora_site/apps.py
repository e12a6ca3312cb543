from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(AppConfig):
    name = "sora_site"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin under our ``StaffSite``."""

    default = False
    default_site = "sora_site.admin.StaffSite"

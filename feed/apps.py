from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedConfig(AppConfig):
    name = "feed"
    verbose_name = _("Feed")

    def ready(self) -> None:
        from feed import receivers, subjects  # noqa: F401 - importing connects the receivers

        subjects.register()

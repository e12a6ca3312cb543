from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from moderation import notices, people, staff

        notices.register()
        people.register()
        post_migrate.connect(staff.keep_group, sender=self)

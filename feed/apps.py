from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "feed"

    def ready(self) -> None:
        from feed import receivers, subjects  # noqa: F401 - importing connects the receivers

        subjects.register()

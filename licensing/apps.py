from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "licensing"

    def ready(self) -> None:
        from licensing import queries
        from users import handles

        handles.register(queries.is_character)

"""An app that adds the test engine, as an operator's plug-in would: name it in ``EXTRA_APPS``."""

from django.apps import AppConfig


class FlipbookConfig(AppConfig):
    name = "generation.tests"
    label = "flipbook"
    default = True

    def ready(self) -> None:
        register()


def register() -> None:
    """Make the flipbook known, with its reader."""
    from generation import engines
    from generation.tests import flipbook

    engines.register(
        engines.Known(
            name="flipbook",
            label=flipbook.Flipbook.label,
            spec="generation.tests.flipbook:Flipbook",
            capabilities=flipbook.CAPABILITIES,
            reader="generation.tests.flipbook:understand",
        )
    )

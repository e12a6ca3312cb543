"""What this app does about its own news: it tells the owner."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation import events
from generation.models import Generation
from users import notices
from users.decisions import notify

READY, FAILED = "clip_ready", "clip_failed"
_TITLE_LENGTH = 60


def register_notices() -> None:
    notices.register(READY, _("Your clip is ready: “%(title)s”"), icon="clapperboard")
    notices.register(
        FAILED, _("Your clip could not be made: “%(title)s”. It cost you nothing."), icon="triangle-alert"
    )


@receiver(events.generation_ready, dispatch_uid="generation.tell_ready")
def tell_ready(sender: type[Generation], generation: Generation, **kwargs: Any) -> None:
    _tell(generation, READY)


@receiver(events.generation_failed, dispatch_uid="generation.tell_failed")
def tell_failed(sender: type[Generation], generation: Generation, **kwargs: Any) -> None:
    _tell(generation, FAILED)


def _tell(generation: Generation, kind: str) -> None:
    if generation.background:
        return
    words = " ".join(generation.prompt.split())
    title = words if len(words) <= _TITLE_LENGTH else f"{words[: _TITLE_LENGTH - 1].rstrip()}…"
    notify(
        user=generation.owner,
        kind=kind,
        data={"title": title},
        url=reverse("generation:detail", args=[generation.public_id]),
        now=timezone.now(),
    )

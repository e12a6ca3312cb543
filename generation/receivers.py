"""What this app does about news: it tells owners what became of their clips, and forgets closed accounts."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation import decisions, events
from generation.models import Generation
from users import exports, notices
from users.decisions import notify
from users.events import account_closed
from users.models import User

log = logging.getLogger(__name__)
READY, FAILED = "clip_ready", "clip_failed"
_TITLE_LENGTH = 60
_EXPORTED = (
    "public_id", "prompt", "shape", "seconds", "short_side", "style", "engine", "seed", "state", "created_at", "finished_at",
)  # fmt: skip


def register() -> None:
    """Make our notices, and our part of the copy of one's data, known."""
    notices.register(READY, _("Your clip is ready: “%(title)s”"), icon="clapperboard")
    notices.register(
        FAILED, _("Your clip could not be made: “%(title)s”. It cost you nothing."), icon="triangle-alert"
    )
    exports.register("generations", export)


def export(user: User) -> list[dict[str, Any]]:
    """A person's generations for the copy of their data."""
    return list(Generation.objects.owned_by(user).order_by("id").values(*_EXPORTED))


@receiver(events.generation_ready, dispatch_uid="generation.tell_ready")
def tell_ready(sender: type[Generation], generation: Generation, **kwargs: Any) -> None:
    _tell(generation, READY)


@receiver(events.generation_failed, dispatch_uid="generation.tell_failed")
def tell_failed(sender: type[Generation], generation: Generation, **kwargs: Any) -> None:
    _tell(generation, FAILED)


@receiver(account_closed, dispatch_uid="generation.forget_owner")
def forget_owner(user_id: int, **kwargs: Any) -> None:
    count = decisions.forget_owner(owner_id=user_id, now=timezone.now())
    log.info("%s generations of a closed account were deleted", count)


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

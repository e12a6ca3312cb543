"""What the feed does about news from below."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from feed import decisions
from feed.models import Post
from generation.events import MustStay, generation_deleting, generation_ready
from generation.models import Generation
from users.events import account_closed

log = logging.getLogger(__name__)


@receiver(generation_ready)
def publish_wished(generation: Generation, **_more: Any) -> None:
    """Clips of the demo site go into the feed as they become ready."""
    if generation.background:
        decisions.grant_wish(generation=generation, now=timezone.now())


@receiver(generation_deleting)
def keep_published(generation: Generation, **_more: Any) -> None:
    """A clip that people may be watching is taken back first, and deleted then."""
    standing = Post.objects.filter(generation=generation, deleted_at=None)
    if generation.owner.is_active and standing.exists():
        raise MustStay(_("This clip is published. Take the post back first, then delete the draft."))


@receiver(account_closed)
def withdraw_all(user_id: int, **_more: Any) -> None:
    count = decisions.withdraw_all(author_id=user_id, now=timezone.now())
    log.info("%s posts of a closed account were taken back", count)

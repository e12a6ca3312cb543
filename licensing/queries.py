"""What other apps and pages ask of the register."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse

from licensing.models import Character
from users.rules import skeleton

CANDIDATES = 8


def catalogue(words: str = "") -> QuerySet[Character]:
    """Characters that creators may use, by work and handle; ``words`` narrows to names, works and owners."""
    found = Character.objects.offered().select_related("work__rights_holder")
    for word in words.lstrip("@").split()[:6]:
        found = found.filter(
            Q(handle__icontains=word)
            | Q(name__icontains=word)
            | Q(work__name__icontains=word)
            | Q(work__rights_holder__name__icontains=word)
        )
    return found.order_by("work__rights_holder__name", "work__name", "handle")


def mention_candidates(prefix: str) -> list[Character]:
    """Up to ``CANDIDATES`` characters whose handle, or a word of whose name, begins with what was typed
    after ``@``; handles first. An empty prefix gives the first ones by handle."""
    typed = prefix.strip().lstrip("@")
    offered = Character.objects.offered().select_related("work__rights_holder").order_by("handle")
    by_handle = list(offered.filter(handle__istartswith=typed)[:CANDIDATES])
    if not typed or len(by_handle) == CANDIDATES:
        return by_handle
    named = offered.filter(Q(name__istartswith=typed) | Q(name__icontains=f" {typed}"))
    others = named.exclude(pk__in=[character.pk for character in by_handle])
    return by_handle + list(others[: CANDIDATES - len(by_handle)])


def as_mention(character: Character) -> dict[str, str]:
    """What the composer shows of a character, as JSON values; ``picture`` is a path of this site."""
    return {
        "handle": character.handle,
        "name": character.name,
        "credit": character.credit,
        "terms": character.terms,
        "picture": reverse("licensing:picture", args=[character.public_id]),
    }


def is_character(handle: str) -> bool:
    """Whether a character, offered or not, goes by this handle or by one that looks like it."""
    wanted = skeleton(handle)
    return any(skeleton(taken) == wanted for taken in Character.objects.values_list("handle", flat=True))

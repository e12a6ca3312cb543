"""How each kind of notice reads. An app registers its own kinds when it is loaded.

Does not store or send: ``users.decisions.notify`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kind:
    sentence: str | _StrPromise
    """With ``%(name)s`` where ``Notice.data`` has ``name``."""
    icon: str


_kinds: dict[str, Kind] = {}


def register(kind: str, sentence: str | _StrPromise, icon: str = "bell") -> None:
    """Make ``kind`` known. ``sentence`` is translatable; ``icon`` is a name in the site's icon set.

    Raises ValueError if the kind is taken by another sentence.
    """
    if kind in _kinds and _kinds[kind] != Kind(sentence, icon):
        raise ValueError(f"{kind} is already a kind of notice")
    _kinds[kind] = Kind(sentence, icon)


def is_known(kind: str) -> bool:
    return kind in _kinds


def icon_of(kind: str) -> str:
    return _kinds[kind].icon if kind in _kinds else "bell"


def read_out(kind: str, data: Mapping[str, object]) -> str:
    """The notice as a sentence in the active language.

    A kind whose app is no longer installed, or data that lacks a word, reads as a plain hint and never breaks the inbox.
    """
    if kind not in _kinds:
        return str(_("There is news for you."))
    try:
        return str(_kinds[kind].sentence) % data
    except (KeyError, TypeError, ValueError):
        return str(_("There is news for you."))


register("welcome", _("Welcome! Your %(invites)s invites are ready to give away."), icon="ticket")
register("invite_used", _("@%(handle)s joined with your invite."), icon="user-plus")

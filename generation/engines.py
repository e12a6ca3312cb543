"""Which engines this site has, as far as web and worker need to know: a name, a label, what it can do, where it is.

Nothing here imports an engine: drawing libraries and models stay in the studio's processes. An app of
``EXTRA_APPS`` adds an engine by calling ``register`` in its ``AppConfig.ready``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from generation.engine.protocol import Capabilities, Request
from generation.engine.storyboard import MAX_SECONDS, MIN_SECONDS, Shape, Storyboard, Style


@dataclass(frozen=True, slots=True)
class Known:
    """``spec`` is a name of ``engine.registry``, or ``module:Class`` of an engine from elsewhere;
    ``capabilities`` says what the engine's own property says.

    ``reader`` is ``module:function`` that makes a Storyboard of a Request in milliseconds and without a model, for the
    composer's live line; empty if the engine has no such thing.
    """

    name: str
    label: str
    spec: str
    capabilities: Capabilities
    reader: str = ""


_known: dict[str, Known] = {}


def register(known: Known) -> None:
    """Offer an engine under its name; the last one to register a name has it."""
    _known[known.name] = known


def names() -> list[str]:
    return list(_known)


def labels() -> dict[str, str]:
    return {known.name: known.label for known in _known.values()}


def label_of(name: str) -> str:
    """What people call an engine; its name if this site does not have it any more."""
    known = _known.get(name)
    return name if known is None else known.label


def capabilities() -> dict[str, Capabilities]:
    return {known.name: known.capabilities for known in _known.values()}


def spec_of(name: str) -> str | None:
    """Where the engine's class is; None for an engine that this site does not have."""
    known = _known.get(name)
    return None if known is None else known.spec


def read(name: str, request: Request) -> Storyboard | None:
    """What an engine understands of a request, if it can tell without being loaded."""
    known = _known.get(name)
    if known is None or not known.reader:
        return None
    module, _colon, function = known.reader.partition(":")
    reader = cast("Callable[[Request], Storyboard]", getattr(importlib.import_module(module), function))
    return reader(request)


def default_spec() -> str:
    """The engine that a drawing process loads at its start."""
    return spec_of(settings.DEFAULT_ENGINE) or next(iter(_known.values())).spec


register(
    Known(
        name="animatic",
        label="Animatic",
        spec="animatic",
        capabilities=Capabilities(
            shapes=tuple(Shape),
            short_sides=(540, 720),
            styles=tuple(Style),
            languages=("en", "zh"),
            min_seconds=MIN_SECONDS,
            max_seconds=MAX_SECONDS,
            audio=True,
            resume=True,
            references=True,
            licence="Drawings: Fluent Emoji, MIT",
        ),
        reader="generation.engine.animatic.understanding:understand",
    )
)

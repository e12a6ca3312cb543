from __future__ import annotations

from pathlib import Path

import pytest

from generation.engine.animatic.sprites import Sprites


@pytest.fixture(scope="session")
def sprites(tmp_path_factory: pytest.TempPathFactory) -> Sprites:
    """Drawings with a cache of the session's own."""
    folder: Path = tmp_path_factory.mktemp("drawings")
    return Sprites(folder)

"""Where the files of a generation lie in the storage, and how they go away.

``generations/<id>/<take>/`` holds one take: ``clip.mp4``, ``poster.jpg``, ``captions.vtt`` and the live fragments under
``live/`` (``init.mp4``, ``00001.m4s``...). A worker that lost its lease thus never writes into another's take.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from generation.models import Generation

log = logging.getLogger(__name__)


def folder_of(generation: Generation) -> str:
    return f"generations/{generation.public_id}"


def part_name(generation: Generation, part: str) -> str:
    return f"{folder_of(generation)}/{generation.takes}/{part}"


def fragment_name(generation: Generation, number: int, *, take: int | None = None) -> str:
    """Live fragment ``number`` of a take, from 1; 0 is the init segment."""
    leaf = "init.mp4" if number == 0 else f"{number:05d}.m4s"
    return f"{folder_of(generation)}/{generation.takes if take is None else take}/live/{leaf}"


def discard_take(generation: Generation) -> None:
    """Remove what this take has stored; what cannot be removed now goes with the next sweep."""
    with contextlib.suppress(OSError):
        remove_tree(f"{folder_of(generation)}/{generation.takes}")


def keep_only_take(generation: Generation) -> int:
    """Remove every file of a finished generation except its clip, poster and captions."""
    kept = {generation.clip, generation.poster, generation.captions}
    removed = 0
    try:
        takes, _names = default_storage.listdir(folder_of(generation))
    except FileNotFoundError:
        return 0
    for take in takes:
        base = f"{folder_of(generation)}/{take}"
        folders, names = default_storage.listdir(base)
        removed += sum(remove_tree(f"{base}/{folder}") for folder in folders)
        for leaf in names:
            if f"{base}/{leaf}" not in kept:
                default_storage.delete(f"{base}/{leaf}")
                removed += 1
    return removed


def remove_tree(name: str) -> int:
    """Remove a folder of the storage with all that it holds. Returns how many files went."""
    try:
        folders, names = default_storage.listdir(name)
    except FileNotFoundError:
        return 0
    removed = 0
    for folder in folders:
        removed += remove_tree(f"{name}/{folder}")
    for leaf in names:
        default_storage.delete(f"{name}/{leaf}")
        removed += 1
    with contextlib.suppress(NotImplementedError, OSError):
        Path(default_storage.path(name)).rmdir()
    return removed


def work_base() -> Path:
    """Where drawing processes leave files until these are stored."""
    return Path(settings.DATA_DIR) / "studio"


def engine_cache() -> Path:
    """Where engines keep what they can use again, such as rasterised drawings; it may be deleted at any time."""
    folder = Path(settings.DATA_DIR) / "engine-cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clear_work(*, older_than: float) -> int:
    """Remove work folders that nobody has touched for ``older_than`` seconds (their worker was killed)."""
    base = work_base()
    if not base.is_dir():
        return 0
    removed = 0
    for folder in base.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > older_than:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed

"""Typed reading of environment variables: the only place that knows ``os.environ``.

Each reader takes a name and a default and fails with a sentence that names the variable.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int, *, least: int | None = None) -> int:
    value = os.environ.get(name, "").strip()
    if value == "":
        return default
    try:
        result = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error
    if least is not None and result < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {result}")
    return result


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or list(default)


def choice(name: str, default: str, allowed: frozenset[str]) -> str:
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}")
    return value


def mapping(name: str) -> dict[str, Any]:
    """A JSON object."""
    try:
        value = json.loads(os.environ.get(name, "") or "{}")
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"{name} must be a JSON object: {error}") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} must be a JSON object")
    return value


def database(name: str) -> dict[str, object]:
    """``postgres://user:password@host:port/name?option=value`` as Django's DATABASES entry.

    A host may be a folder holding a Unix socket: ``postgres://user@/name?host=/run/postgresql``.
    """
    url = os.environ.get(name, "")
    if not url:
        raise ImproperlyConfigured(f"{name} is not set; script/server and script/test set it for you")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with postgres://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def storage(name: str, default_folder: Path) -> tuple[dict[str, object], Path | None]:
    """``file:///folder`` or ``s3://bucket/prefix?endpoint_url=...`` as a STORAGES entry.

    The second value is the local folder, or None when files live elsewhere.
    """
    url = os.environ.get(name, "") or default_folder.as_uri()
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        }, folder
    if parts.scheme == "s3":
        options: dict[str, object] = dict(parse_qsl(parts.query))
        options |= {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 3600,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}, None
    raise ImproperlyConfigured(f"{name} must start with file:// or s3://, not {parts.scheme}://")

"""What the operator asked for: the variables that the supervisor itself reads. settings.py reads all others."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sora_site.embedded.process import ServiceError
from sora_site.supervisor.state import ROOT, data_folder

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Options:
    """host, port: where the web server listens (port 0: any free one). data: everything that the site keeps.

    demo: load the fictional catalogue and feed. render_workers: clips made at the same time.
    database_url, redis_url: servers of the operator's; empty: the embedded ones.
    """

    host: str
    port: int
    data: Path
    demo: bool
    render_workers: int
    database_url: str
    redis_url: str
    debug: bool

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Options:
        """From HOST, PORT, DATA_DIR, DEMO, RENDER_WORKERS, DATABASE_URL, REDIS_URL, DEBUG. Raises ServiceError."""
        database_url = environment.get("DATABASE_URL", "")
        # Made-up people belong into a database of our own making, not into somebody's server unasked.
        demo = environment.get("DEMO", "").strip().lower() or ("0" if database_url else "1")
        return cls(
            host=environment.get("HOST", "").strip() or "127.0.0.1",
            port=_number(environment, "PORT", 8000, 0, 65535),
            data=data_folder(environment),
            demo=demo in {"1", "true", "yes", "on"},
            render_workers=_number(environment, "RENDER_WORKERS", 1, 1, 64),
            database_url=database_url,
            redis_url=environment.get("REDIS_URL", ""),
            debug=environment.get("DEBUG", "").strip().lower() in {"1", "true", "yes", "on"},
        )

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    def address(self, port: int) -> str:
        """The URL for a browser on this machine."""
        host = "localhost" if self.host in _EVERYWHERE | {"127.0.0.1"} else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def listen(self) -> socket.socket:
        """The web server's socket, bound before anything else starts. It stays open while the web server restarts."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
        except socket.gaierror:
            raise ServiceError(f"HOST={self.host} is not an address of this machine.") from None
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
            listener.bind(address)
            listener.listen(1024)
        except PermissionError:
            raise ServiceError(
                f"Port {self.port} is for root alone: choose another, as in PORT=8000 script/server."
            ) from None
        except OSError as error:
            if error.errno == 98:  # EADDRINUSE
                other = self.port + 1 if self.port < 65535 else 8000
                raise ServiceError(
                    f"Port {self.port} is taken by another program: choose another, as in PORT={other} script/server."
                ) from None
            raise ServiceError(f"Cannot listen on {self.host}, port {self.port}: {error.strerror}.") from None
        return listener

    def environment(self, base: Mapping[str, str], *, port: int) -> dict[str, str]:
        """What the site's programs get over `base`; without the URLs of the services."""
        told = {
            "DATA_DIR": str(self.data),
            "SECRET_KEY": base.get("SECRET_KEY") or _secret_key(self.data),
            "SITE_URL": base.get("SITE_URL") or self.address(port),
            "STATIC_ROOT": base.get("STATIC_ROOT") or str(self.data / "static"),
            "DJANGO_SETTINGS_MODULE": base.get("DJANGO_SETTINGS_MODULE") or "sora_site.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), base.get("PYTHONPATH", "")))),
        }
        if not base.get("ALLOWED_HOSTS") and self.host not in _LOOPBACK:
            own = {"localhost", "127.0.0.1", "[::1]", socket.gethostname(), self.host} - _EVERYWHERE
            told["ALLOWED_HOSTS"] = ",".join(sorted(own))
        return told


def read_env_file(path: Path) -> dict[str, str]:
    """``NAME=value`` lines, with ``#`` comments and optional quotes around the value. A missing file is empty."""
    found = {}
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ServiceError(f"Cannot read {path}: {error.strerror}.") from error
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name.isidentifier():
            raise ServiceError(f"{path}, line {number}: expected NAME=value.")
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[name] = value
    return found


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environment.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise ServiceError(f"{name}={value}: expected a whole number from {least} to {most}.")
    return int(value)


def _secret_key(data: Path) -> str:
    """Made once: whoever has it can sign links and sessions of this site."""
    path = data / "secret_key"
    try:
        known = path.read_text().strip() if path.exists() else ""
        if known:
            return known
        path.unlink(missing_ok=True)  # empty: the disk was full when it was made
        fresh = secrets.token_urlsafe(48)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(fresh)
    except OSError as error:
        raise ServiceError(f"Cannot keep the secret key in {path}: {error.strerror}.") from error
    return fresh

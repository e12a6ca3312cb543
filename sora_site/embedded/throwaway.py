"""Services for one run of the tests or of a bench: real, empty, fast rather than durable, gone afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from sora_site.embedded.postgres import Postgres
from sora_site.embedded.valkey import Valkey

_SETTINGS = {"max_connections": "200", "max_wal_size": "2GB", "autovacuum_naptime": "10s"}


class Throwaway:
    """``with Throwaway() as services:`` starts both servers in a temporary folder and removes it at the end.

    env: what a command needs to use them (DATABASE_URL, REDIS_URL, DATA_DIR, SECRET_KEY), to be laid over
    os.environ. The servers end with this process, however it ends. Enter it in the main thread.
    """

    def __init__(self) -> None:
        self.folder = Path()
        self.env: dict[str, str] = {}
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    def __enter__(self) -> Throwaway:
        self.folder = Path(tempfile.mkdtemp(prefix="sora-site-"))
        try:
            logs = self.folder / "logs"
            self._postgres = Postgres(
                self.folder / "postgres", log=logs / "postgres.log", durable=False, settings=_SETTINGS
            )
            self._valkey = Valkey(self.folder / "valkey", log=logs / "valkey.log", durable=False)
            self._valkey.start()
            self._postgres.start()
        except BaseException:
            self._end()
            raise
        self.env = {
            "DATABASE_URL": self._postgres.url,
            "REDIS_URL": self._valkey.url,
            "DATA_DIR": str(self.folder / "data"),
            "SECRET_KEY": secrets.token_urlsafe(48),
        }
        (self.folder / "data").mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for server in (self._postgres, self._valkey):
            if server is not None:
                server.kill()  # nothing here is worth a clean shutdown
        shutil.rmtree(self.folder, ignore_errors=True)

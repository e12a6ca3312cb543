"""PostgreSQL and Valkey that come with the site, for everybody who has no servers of their own yet.

Django-free: the supervisor, the tests and the benches start them before Django is loaded.
"""

from sora_site.embedded.postgres import Postgres
from sora_site.embedded.process import ServiceError
from sora_site.embedded.throwaway import Throwaway
from sora_site.embedded.valkey import Valkey

__all__ = ["Postgres", "ServiceError", "Throwaway", "Valkey"]

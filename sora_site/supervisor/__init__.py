"""Starts a whole site, keeps it up, stops it: what ``script/server`` runs.

Two processes stand above the others. The *keeper* (keeper.py) does nothing but outlive: it becomes the parent of
every process that loses its own, and clears up when the supervisor is killed. The *supervisor* (supervise.py)
starts, watches and stops. Nothing here imports Django: a second start must be quick.
"""

from sora_site.supervisor.site import Site

__all__ = ["Site"]

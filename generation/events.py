"""News for the apps above: what became of a generation.

``generation_ready`` and ``generation_failed`` are sent after the commit, with ``generation``. A receiver that
raises is logged and stops nobody. ``generation_deleting`` is sent inside the transaction that deletes,
with ``generation``: a receiver that still needs the clip (it is published) raises ``MustStay``.
"""

from django.dispatch import Signal

generation_ready = Signal()
generation_failed = Signal()
generation_deleting = Signal()


class MustStay(Exception):
    """The clip may not be deleted now; the message says why, to its owner."""

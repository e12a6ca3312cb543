"""News of posts, sent after the writes are committed.

``published`` and ``withdrawn`` carry ``post`` (a Post); ``liked`` carries ``post`` and ``user``.
"""

from django.dispatch import Signal

published = Signal()
withdrawn = Signal()
liked = Signal()

"""News about people for the apps above. Sent after the transaction that made it true has committed."""

from django.dispatch import Signal

account_closed = Signal()
"""``user_id``: the person is gone for good; what is theirs elsewhere must go too."""

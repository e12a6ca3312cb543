"""Everything that changes a generation: what its owner wishes, and what a worker reports.

Each function is one transaction, takes keywords only, and gets the time as an argument. State moves by
conditional UPDATE along ``models.TRANSITIONS``; what returns a ``bool`` says whether this call did it.
"""

from generation.decisions.queue import (
    abandon,
    claim_next,
    fail,
    finish,
    give_back,
    heartbeat,
    lose,
    record_fragment,
    record_fragments_gone,
    record_progress,
    record_purged,
    record_storyboard,
    somebody_waits,
)
from generation.decisions.wishes import (
    IdempotencyConflict,
    Invalid,
    NotNow,
    Refused,
    StillNeeded,
    Suspended,
    TooMany,
    cancel,
    check,
    delete,
    forget_owner,
    retry,
    submit,
)

__all__ = [
    "IdempotencyConflict", "Invalid", "NotNow", "Refused", "StillNeeded", "Suspended", "TooMany",
    "abandon", "cancel", "check", "claim_next", "delete", "fail", "finish", "forget_owner", "give_back", "heartbeat", "lose", "record_fragment",
    "record_fragments_gone", "record_progress", "record_purged", "record_storyboard", "retry", "somebody_waits", "submit",
]  # fmt: skip

"""Moving money."""

from preceptor.pay.operations.ledger import (
    EARN,
    Earned,
    Moved,
    move,
    overturn,
    record_earnings,
    reverse,
)

__all__ = [
    "EARN",
    "Earned",
    "Moved",
    "move",
    "overturn",
    "record_earnings",
    "reverse",
]

"""Moving money."""

from preceptor.pay.operations.ledger import (
    EARN,
    Earned,
    record_earnings,
)

__all__ = [
    "EARN",
    "Earned",
    "record_earnings",
]

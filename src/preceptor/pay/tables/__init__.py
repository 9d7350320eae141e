"""The rows of money."""

from preceptor.pay.tables.ledger import (
    LedgerEntry,
)
from preceptor.pay.tables.rates import (
    FloorRate,
    Rate,
)

__all__ = [
    "FloorRate",
    "LedgerEntry",
    "Rate",
]

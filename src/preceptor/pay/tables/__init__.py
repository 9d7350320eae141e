"""The rows of money."""

from preceptor.pay.tables.ledger import (
    LedgerEntry,
)

__all__ = [
    "LedgerEntry",
]

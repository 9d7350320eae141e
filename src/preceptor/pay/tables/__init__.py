"""The rows of money."""

from preceptor.pay.tables.ledger import (
    LedgerEntry,
)
from preceptor.pay.tables.payouts import (
    Payout,
    PayoutBatch,
    PayoutMethod,
    PayrollPerson,
)
from preceptor.pay.tables.prices import TaskPrice
from preceptor.pay.tables.rates import (
    FloorRate,
    Rate,
)

__all__ = [
    "FloorRate",
    "LedgerEntry",
    "Payout",
    "PayoutBatch",
    "PayoutMethod",
    "PayrollPerson",
    "Rate",
    "TaskPrice",
]

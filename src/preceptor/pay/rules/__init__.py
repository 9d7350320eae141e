"""What may be decided about money."""

from preceptor.pay.rules.ledger import (
    ACCOUNT_PATTERN,
    ADJUSTMENTS,
    FEES,
    PAID,
    EntryKind,
    is_account,
    payout_account,
    person_account,
    project_account,
    reversal_source,
    time_source,
)

__all__ = [
    "ACCOUNT_PATTERN",
    "ADJUSTMENTS",
    "FEES",
    "PAID",
    "EntryKind",
    "is_account",
    "payout_account",
    "person_account",
    "project_account",
    "reversal_source",
    "time_source",
]

"""The ledger, and how people are paid. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.pay.rules import (
    BATCH_STATE_NAMES,
    FAILURE_ADVICE,
    FAILURE_NAMES,
    LEFT_OUT_NAMES,
    METHOD_NAMES,
    PAYOUT_STATE_NAMES,
    BatchState,
    FailureReason,
    LeftOut,
    MethodKind,
    PayoutState,
    Statement,
    StatementLine,
    StatementPeriod,
    StatementSum,
)

__all__ = [
    "BATCH_STATE_NAMES",
    "FAILURE_ADVICE",
    "FAILURE_NAMES",
    "LEFT_OUT_NAMES",
    "METHOD_NAMES",
    "PAYOUT_STATE_NAMES",
    "BatchState",
    "FailureReason",
    "LeftOut",
    "MethodKind",
    "PayoutState",
    "Statement",
    "StatementLine",
    "StatementPeriod",
    "StatementSum",
]

"""Payouts: the ways money is sent, the states of batches and payouts, and why money comes back."""

from base64 import b32encode
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from preceptor.lib.i18n import LazyText, _


class MethodKind(StrEnum):
    """A way to send money."""

    SEPA = "sepa"
    PAYPAL = "paypal"
    WISE = "wise"


METHOD_NAMES: Mapping[MethodKind, LazyText] = {
    MethodKind.SEPA: _("Bank account (SEPA)"),
    MethodKind.PAYPAL: _("PayPal"),
    MethodKind.WISE: _("Wise"),
}

BATCH_LIMITS: Mapping[MethodKind, int] = {
    MethodKind.SEPA: 10_000,
    MethodKind.PAYPAL: 5_000,
    MethodKind.WISE: 1_000,
}
"""Payouts that one file may hold: what PayPal and Wise take at once; a size that banks take, for SEPA."""


class BatchState(StrEnum):
    """How far a batch is."""

    DRAFT = "draft"
    APPROVED = "approved"
    EXPORTED = "exported"
    SENT = "sent"
    CANCELLED = "cancelled"


BATCH_STATE_NAMES: Mapping[BatchState, LazyText] = {
    BatchState.DRAFT: _("Draft"),
    BatchState.APPROVED: _("Approved"),
    BatchState.EXPORTED: _("File written"),
    BatchState.SENT: _("Sent"),
    BatchState.CANCELLED: _("Cancelled"),
}


class PayoutState(StrEnum):
    """What has become of a payout."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    LEFT_OUT = "left_out"


PAYOUT_STATE_NAMES: Mapping[PayoutState, LazyText] = {
    PayoutState.OPEN: _("On its way"),
    PayoutState.PAID: _("Paid"),
    PayoutState.FAILED: _("Failed"),
    PayoutState.RETURNED: _("Returned"),
    PayoutState.LEFT_OUT: _("Left out"),
}


class FailureReason(StrEnum):
    """Why money did not arrive, or came back."""

    DETAILS_WRONG = "details_wrong"
    ACCOUNT_CLOSED = "account_closed"
    NAME_DIFFERS = "name_differs"
    REFUSED = "refused"
    UNCLAIMED = "unclaimed"
    OTHER = "other"


FAILURE_NAMES: Mapping[FailureReason, LazyText] = {
    FailureReason.DETAILS_WRONG: _("There is no such account"),
    FailureReason.ACCOUNT_CLOSED: _("The account is closed"),
    FailureReason.NAME_DIFFERS: _("The name is not the account holder’s"),
    FailureReason.REFUSED: _("The bank or service refused it"),
    FailureReason.UNCLAIMED: _("It was not collected in time"),
    FailureReason.OTHER: _("Another reason"),
}

FAILURE_ADVICE: Mapping[FailureReason, LazyText] = {
    FailureReason.DETAILS_WRONG: _("Check the account number or address and enter it again."),
    FailureReason.ACCOUNT_CLOSED: _("Enter another account."),
    FailureReason.NAME_DIFFERS: _("Enter the name exactly as your bank or service writes it."),
    FailureReason.REFUSED: _("Ask your bank or service why, or enter another account."),
    FailureReason.UNCLAIMED: _("Make sure that mails of the service reach you, or choose another way to be paid."),
    FailureReason.OTHER: _("Check what you have entered. If it is right, confirm it; or ask for help."),
}


class LeftOut(StrEnum):
    """Why a payout of a batch was never sent."""

    CHANGED = "changed"
    CANCELLED = "cancelled"


LEFT_OUT_NAMES: Mapping[LeftOut, LazyText] = {
    LeftOut.CHANGED: _("The balance is lower than when the batch was made"),
    LeftOut.CANCELLED: _("The batch was cancelled"),
}


def payout_reference(payout_id: UUID) -> str:
    """The payout's name in files, at banks and services: 26 capital letters and digits.

    PayPal takes 30 characters without spaces, SEPA 35.
    """
    return b32encode(payout_id.bytes).decode().rstrip("=")


def payout_source(payout_id: UUID) -> str:
    """The source of the entry by which the money leaves its person's account."""
    return f"payout:{payout_id}"


def settlement_source(payout_id: UUID) -> str:
    """The source of the entry by which the money has arrived."""
    return f"paid:{payout_id}"

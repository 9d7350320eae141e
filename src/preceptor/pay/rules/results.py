"""What banks and services answer about a batch: a table with a reference and a state in each line."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.pay.rules.payouts import FailureReason, PayoutState

MOST_LINES = 20_000
REFERENCES = ("reference", "customer id", "unique id", "paymentreference", "payment reference", "endtoendid")
"""Headings under which our reference comes back: our own, PayPal's, Wise's, SEPA's."""
STATES = ("state", "status", "transaction status", "transfer status")
REASONS = ("reason", "failure reason", "reason code")

WORDS: Mapping[str, tuple[PayoutState, FailureReason]] = {
    "paid": (PayoutState.PAID, FailureReason.OTHER),
    "completed": (PayoutState.PAID, FailureReason.OTHER),
    "success": (PayoutState.PAID, FailureReason.OTHER),
    "outgoing_payment_sent": (PayoutState.PAID, FailureReason.OTHER),
    "accc": (PayoutState.PAID, FailureReason.OTHER),
    "acsc": (PayoutState.PAID, FailureReason.OTHER),
    "failed": (PayoutState.FAILED, FailureReason.REFUSED),
    "denied": (PayoutState.FAILED, FailureReason.REFUSED),
    "blocked": (PayoutState.FAILED, FailureReason.REFUSED),
    "cancelled": (PayoutState.FAILED, FailureReason.REFUSED),
    "rjct": (PayoutState.FAILED, FailureReason.REFUSED),
    "returned": (PayoutState.RETURNED, FailureReason.UNCLAIMED),
    "refunded": (PayoutState.RETURNED, FailureReason.REFUSED),
    "funds_refunded": (PayoutState.RETURNED, FailureReason.REFUSED),
    "bounced_back": (PayoutState.RETURNED, FailureReason.REFUSED),
}
"""States as we, PayPal, Wise and ISO 20022 (`pain.002`) call them. All others, such as *unclaimed*, are still open."""


class ResultLine(msgspec.Struct, frozen=True):
    """What became of one payout: its reference, and the state it is to be in."""

    reference: str
    state: PayoutState
    reason: FailureReason


def read_results(text: str) -> Iterator[ResultLine]:
    """The lines of a file that say something final about a payout.

    Raises:
        InvalidError: no table, without the headings, or far too long.
    """
    rows = csv.reader(StringIO(text.lstrip("\ufeff"), newline=""), delimiter=_delimiter(text))
    try:
        heading = [cell.strip().lower() for cell in next(rows, [])]
        reference, state, reason = (_place(heading, names) for names in (REFERENCES, STATES, REASONS))
        if reference is None or state is None:
            raise _wrong()
        for number, row in enumerate(rows):
            if number >= MOST_LINES:
                raise _wrong()
            if len(row) > max(reference, state):
                known = WORDS.get(row[state].strip().lower())
                if known is not None:
                    yield ResultLine(row[reference].strip(" '").upper(), known[0], _reason(row, reason, known[1]))
    except csv.Error:
        raise _wrong() from None


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def _place(heading: list[str], names: tuple[str, ...]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _reason(row: list[str], place: int | None, otherwise: FailureReason) -> FailureReason:
    said = row[place].strip().lower() if place is not None and place < len(row) else ""
    return FailureReason(said) if said in set(FailureReason) else otherwise


def _wrong() -> InvalidError:
    message = _("This is no table with a heading, a column “reference” and a column “status”.")
    return InvalidError(fields=[FieldProblem("file", message)])

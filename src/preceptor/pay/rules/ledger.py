"""Accounts of the ledger, and the kinds of its entries.

An account is a text: what it is, and whose.

- `project:<id>`: what a project has cost. Pays earnings.
- `person:<id>`: what a person has earned and not been paid out yet.
- `payout:<id>`: money that has left a person's account and is on its way to them.
- `paid`: money that has arrived.
- `adjustments`: what was given by hand, with a reason.
"""

from enum import StrEnum
from uuid import UUID

PAID = "paid"
ADJUSTMENTS = "adjustments"

ACCOUNT_PATTERN = r"[a-z]{1,20}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
"""What the name of an account looks like. The database holds entries to a looser one, which costs less."""


class EntryKind(StrEnum):
    """What an entry of the ledger is."""

    EARNING = "earning"
    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    PAYOUT = "payout"
    SETTLEMENT = "settlement"


def person_account(person_id: UUID) -> str:
    """What a person has earned and not been paid out yet."""
    return f"person:{person_id}"


def project_account(project_id: UUID) -> str:
    """What a project has cost."""
    return f"project:{project_id}"


def payout_account(payout_id: UUID) -> str:
    """Money that is on its way to a person."""
    return f"payout:{payout_id}"


def time_source(entry_id: UUID) -> str:
    """The source of what a time entry has earned."""
    return f"time:{entry_id}"


def reversal_source(entry_id: UUID) -> str:
    """The source of the entry that reverses another."""
    return f"reversal:{entry_id}"

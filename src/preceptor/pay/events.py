"""What happens to money. Entries are their own record; events stand for decisions about them."""

from typing import ClassVar

from preceptor.lib.events import Event


class Adjusted(Event, frozen=True, kw_only=True):
    """Somebody was given an amount by hand. The subject is the person; the reason stands in the ledger."""

    name: ClassVar[str] = "pay.adjusted"

    amount_minor: int
    currency: str


class AdjustmentReversed(Event, frozen=True, kw_only=True):
    """An amount given by hand was taken back, or given again. The subject is the new entry."""

    name: ClassVar[str] = "pay.adjustment_reversed"


class PayoutMethodSet(Event, frozen=True, kw_only=True):
    """A person said where they want their money. The subject is the person; what they said is not written here."""

    name: ClassVar[str] = "pay.method_set"

    currency: str
    kind: str


class PayoutMethodRemoved(Event, frozen=True, kw_only=True):
    """A person took back where they want their money. The subject is the person."""

    name: ClassVar[str] = "pay.method_removed"

    currency: str


class PayrollChanged(Event, frozen=True, kw_only=True):
    """A person is employed and paid elsewhere from now on, or no longer. The subject is the person."""

    name: ClassVar[str] = "pay.payroll_changed"

    employed: bool


class BatchMade(Event, frozen=True, kw_only=True):
    """A batch of payouts was drafted. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_made"

    payouts: int
    total_minor: int
    currency: str


class BatchApproved(Event, frozen=True, kw_only=True):
    """A second person approved a batch; the money has left people's accounts. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_approved"

    payouts: int
    left_out: int
    total_minor: int
    currency: str


class BatchExported(Event, frozen=True, kw_only=True):
    """The file of a batch was written. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_exported"

    sha256: str


class BatchDownloaded(Event, frozen=True, kw_only=True):
    """Somebody downloaded the file of a batch, which holds names and accounts. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_downloaded"


class BatchSent(Event, frozen=True, kw_only=True):
    """The file of a batch was given to the bank or service. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_sent"


class BatchCancelled(Event, frozen=True, kw_only=True):
    """A batch was cancelled; all its money is people's again. The subject is the batch."""

    name: ClassVar[str] = "pay.batch_cancelled"


class PayoutPaid(Event, frozen=True, kw_only=True):
    """A payout has arrived. The subject is the payout."""

    name: ClassVar[str] = "pay.payout_paid"


class PayoutFailed(Event, frozen=True, kw_only=True):
    """A payout did not arrive, and its money is its person's again. The subject is the payout."""

    name: ClassVar[str] = "pay.payout_failed"

    reason: str


class PayoutReturned(Event, frozen=True, kw_only=True):
    """A payout came back, and its money is its person's again. The subject is the payout."""

    name: ClassVar[str] = "pay.payout_returned"

    reason: str


class FloorsImported(Event, frozen=True, kw_only=True):
    """An operator set floors: the least that an hour may earn in places, from days on."""

    name: ClassVar[str] = "pay.floors_imported"

    floors: int


class RateSet(Event, frozen=True, kw_only=True):
    """A rate of a project or role was set, from a moment on. The subject is the new version."""

    name: ClassVar[str] = "pay.rate_set"


class TaskPriceSet(Event, frozen=True, kw_only=True):
    """A project's price for each task was set, from a moment on. The subject is the new version."""

    name: ClassVar[str] = "pay.task_price_set"

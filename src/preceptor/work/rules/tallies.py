"""What each event adds to the counts of its project."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from preceptor.lib.events import Event
from preceptor.work.events import (
    Accepted,
    AnswersGiven,
    Claimed,
    Ended,
    Expired,
    GuidelinesTimed,
    ItemsAdded,
    ItemsCancelled,
    OverCapDecided,
    Reinstated,
    Rejected,
    Reported,
    Returned,
    Revived,
    Skipped,
    StintEnded,
    Submitted,
    ToppedUp,
)


class Measure(StrEnum):
    """What is counted about a project."""

    ITEMS = "items"
    """Items that were not cancelled."""
    OPEN = "open"
    """Slots that nobody holds."""
    HELD = "held"
    """Slots that somebody holds by a lease. Rework keeps its slot and is counted as returned."""
    SUBMITTED = "submitted"
    """Answers that wait for a verdict."""
    RETURNED = "returned"
    """Answers that wait for rework, or are in it."""
    ACCEPTED = "accepted"
    GIVEN = "given"
    """Answers among the accepted ones that came from elsewhere and cost nothing here."""
    REJECTED = "rejected"
    SURPLUS = "surplus"
    """Answers that came after their slot had gone to somebody else."""
    SKIPPED = "skipped"
    REPORTED = "reported"
    EXPIRED = "expired"
    """Tasks that were opened and left until their time ran out."""
    COST_MINOR = "cost_minor"
    """What was earned on the project, in minor units of its currency."""
    EARNED_MS = "earned_ms"
    """Paid time, in milliseconds."""


Change = Mapping[Measure, int]

TAKEN: Change = {Measure.OPEN: -1, Measure.HELD: 1}


def change_of(event: Event) -> Change:
    """What `event` adds to the counts of its project; nothing where it changes none of them."""
    change: Change = {}
    match event:
        case ItemsAdded():
            change = {Measure.ITEMS: event.items, Measure.OPEN: event.slots}
        case AnswersGiven():
            change = {Measure.ACCEPTED: event.answers, Measure.GIVEN: event.answers, Measure.OPEN: -event.taken}
        case ItemsCancelled():
            change = {Measure.ITEMS: -event.items, Measure.OPEN: -event.slots}
        case Claimed() | Revived():
            change = TAKEN
        case Ended():
            change = {**_end(event), Measure.COST_MINOR: event.amount_minor, Measure.EARNED_MS: event.earned_ms}
        case Accepted():
            change = {Measure.SUBMITTED: -1, Measure.ACCEPTED: 1}
        case Returned():
            change = {Measure.SUBMITTED: -1, Measure.RETURNED: 1}
        case Rejected():
            change = {
                Measure.SUBMITTED: -1,
                Measure.REJECTED: 1,
                Measure.OPEN: int(event.reopened),
                Measure.COST_MINOR: -event.amount_minor,
            }
        case _:
            change = _later(event)
    return change


def _later(event: Event) -> Change:
    """What comes after a verdict, or beside any."""
    match event:
        case Reinstated():
            filled = {Measure.SURPLUS: 1} if event.surplus else {Measure.ACCEPTED: 1, Measure.OPEN: -1}
            return {Measure.REJECTED: -1, Measure.COST_MINOR: event.amount_minor, **filled}
        case OverCapDecided() | GuidelinesTimed():
            return {Measure.COST_MINOR: event.amount_minor, Measure.EARNED_MS: event.earned_ms}
        case StintEnded() | ToppedUp():
            return {Measure.COST_MINOR: event.amount_minor}
    return {}


def _end(event: Ended) -> Change:
    change: Change = {}
    match event:
        case Submitted(surplus=True):
            change = {Measure.SURPLUS: 1}
        case Submitted(rework=True):
            change = {Measure.RETURNED: -1, Measure.SUBMITTED: 1}
        case Submitted():
            change = {Measure.HELD: -1, Measure.SUBMITTED: 1}
        case Skipped():
            change = {Measure.SKIPPED: 1, **_slot(event)}
        case Reported():
            change = {Measure.REPORTED: 1, **_slot(event)}
        case Expired(rework=False):
            change = {Measure.EXPIRED: int(not (event.prefetched or event.again)), **_slot(event)}
    return change


def _slot(event: Ended) -> Change:
    """What became of the slot of a task that was given back."""
    return {} if event.slot is None else {Measure.OPEN: int(event.slot == "open"), Measure.HELD: -1}


def in_currency(change: Change, *, event: Event, currency: str | None) -> Change:
    """The change without money that is in another currency than the project's: the ledger adds that up apart."""
    if getattr(event, "currency", "") in {"", currency}:
        return change
    return {measure: amount for measure, amount in change.items() if measure is not Measure.COST_MINOR}


def total_of(changes: Iterable[Change]) -> dict[Measure, int]:
    """All changes together; measures that do not change are left out."""
    total: dict[Measure, int] = {}
    for change in changes:
        for measure, amount in change.items():
            total[measure] = total.get(measure, 0) + amount
    return {measure: amount for measure, amount in total.items() if amount}

"""What each event adds to the counts of its trainer and of its day."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from preceptor.lib.events import Event
from preceptor.work.events import Accepted, Ended, Expired, Reinstated, Rejected, Reported, Returned, Skipped, Submitted


class TrainerMeasure(StrEnum):
    """What is counted about a trainer on a project, in the order in which it is kept."""

    SUBMITTED = "submitted"
    """Tasks handed in; handing in again after rework adds none."""
    ACCEPTED = "accepted"
    KEPT = "kept"
    """Reviews that accepted the answer as it was."""
    CORRECTED = "corrected"
    """Reviews that accepted it with a correction."""
    RETURNED = "returned"
    """Reviews that sent it back, each round once."""
    REJECTED = "rejected"
    GIVEN_BACK = "given_back"
    """Tasks that were skipped, reported, or opened and left until their time ran out."""
    ACTIVE_MS = "active_ms"
    """Active time in tasks that have ended, in milliseconds."""


class DayMeasure(StrEnum):
    """What is counted about a day of a project, in the order in which it is kept."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


Key = TypeVar("Key")
Counted = TypeVar("Counted", TrainerMeasure, DayMeasure)


def add_change(totals: dict[Key, dict[Counted, int]], key: Key, change: Mapping[Counted, int]) -> None:
    """Add `change` to the counts under `key`; nothing comes in where nothing changes."""
    if change:
        total = totals.setdefault(key, {})
        for measure, amount in change.items():
            total[measure] = total.get(measure, 0) + amount


def trainer_change_of(event: Event, *, corrected: bool = False) -> Mapping[TrainerMeasure, int]:
    """What `event` adds to the counts of the trainer whose task it happened to.

    Args:
        event: what happened.
        corrected: of an accepted answer, that a reviewer wrote the revision that counts.
    """
    change: Mapping[TrainerMeasure, int] = {}
    match event:
        case Submitted():
            change = {TrainerMeasure.SUBMITTED: int(not event.rework)}
        case Skipped() | Reported() | Expired(rework=False, prefetched=False):
            change = {TrainerMeasure.GIVEN_BACK: 1}
        case Accepted(by_time=True):
            change = {TrainerMeasure.ACCEPTED: 1}
        case Accepted():
            change = {TrainerMeasure.ACCEPTED: 1, TrainerMeasure.CORRECTED if corrected else TrainerMeasure.KEPT: 1}
        case Returned():
            change = {TrainerMeasure.RETURNED: 1}
        case Rejected():
            change = {TrainerMeasure.REJECTED: 1}
        case Reinstated():
            change = {TrainerMeasure.REJECTED: -1, TrainerMeasure.ACCEPTED: int(not event.surplus)}
    return {**change, TrainerMeasure.ACTIVE_MS: event.active_ms} if isinstance(event, Ended) else change


def day_change_of(event: Event) -> Mapping[DayMeasure, int]:
    """What `event` adds to the counts of the day on which it happened."""
    match event:
        case Submitted(rework=False):
            return {DayMeasure.SUBMITTED: 1}
        case Accepted() | Reinstated(surplus=False):
            return {DayMeasure.ACCEPTED: 1}
        case _:
            return {}

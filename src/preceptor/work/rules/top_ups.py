"""Topping pay by the task up to the hour that was promised."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

import msgspec

from preceptor.lib.money import Money

HOUR_MS = 3_600_000


class MonthOfTasks(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did on a project in a month, of tasks that are paid by the task.

    Attributes:
        month: its first day, UTC.
        paid_ms: active and waiting time up to the caps.
        promised_exact: the sum of rate times milliseconds, in minor units: divided by an hour it is what is promised.
        by_task: what the tasks have earned.
        topped_up: what was added to it before.
    """

    person_id: UUID
    project_id: UUID
    month: date
    currency: str
    paid_ms: int
    promised_exact: int
    by_task: int
    topped_up: int = 0
    top_ups: int = 0

    @property
    def promised(self) -> Money:
        """What the time would have earned by the hour, rounded once, half to even."""
        exact = Decimal(self.promised_exact) / HOUR_MS
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), self.currency)

    @property
    def missing(self) -> Money:
        """What the tasks and earlier top-ups lack of the promise. Nothing is ever taken back."""
        return Money(max(self.promised.amount - self.by_task - self.topped_up, 0), self.currency)

    @property
    def an_hour(self) -> Money:
        """What an hour has earned by the task alone."""
        return Money(round(self.by_task * HOUR_MS / self.paid_ms) if self.paid_ms else 0, self.currency)


def month_of(moment: datetime) -> date:
    """The first day of its month, UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def percentile(values: Iterable[int], share: float) -> int | None:
    """The value below which a share of the others lie, between the nearest two (as `percentile_cont` in SQL)."""
    ordered: Sequence[int] = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below))

"""When a project will have what it asks for, and at what cost, if it goes on as it did lately."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

LEAST_ACCEPTED = 10
"""With fewer accepted answers than this nothing can be said."""
MOST_DAYS = 3_650
"""Ten years: beyond that a date says nothing."""


def expected_end(*, remaining: int, recent: Sequence[int], today: date) -> date | None:
    """The day on which the last answer is accepted; None where nothing is left or nothing can be said.

    Args:
        remaining: answers still to be accepted.
        recent: how many were accepted on each of the last days, today among them.
        today: in UTC.
    """
    accepted = sum(recent)
    if remaining <= 0 or accepted < LEAST_ACCEPTED:
        return None
    days = ceil(remaining * len(recent) / accepted)
    return today + timedelta(days=days) if days <= MOST_DAYS else None


def expected_cost(*, cost_minor: int, accepted: int, wanted: int) -> int | None:
    """What `wanted` accepted answers will have cost, in minor units; None where nothing can be said."""
    if accepted < LEAST_ACCEPTED or accepted >= wanted:
        return None
    return round(cost_minor * wanted / accepted)

"""Reading money."""

from preceptor.pay.queries.floors import (
    all_floors,
    floor_for,
    floors_for,
)
from preceptor.pay.queries.ledger import (
    PAGE_SIZE,
    EntryView,
    Period,
    PeriodSum,
    balances,
    earned_by_period,
    earned_by_project,
    list_entries,
    project_cost,
)
from preceptor.pay.queries.rates import (
    rate_for,
    versions_of,
)

__all__ = [
    "PAGE_SIZE",
    "EntryView",
    "Period",
    "PeriodSum",
    "all_floors",
    "balances",
    "earned_by_period",
    "earned_by_project",
    "floor_for",
    "floors_for",
    "list_entries",
    "project_cost",
    "rate_for",
    "versions_of",
]

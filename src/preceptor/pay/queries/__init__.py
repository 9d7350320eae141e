"""Reading money."""

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

__all__ = [
    "PAGE_SIZE",
    "EntryView",
    "Period",
    "PeriodSum",
    "balances",
    "earned_by_period",
    "earned_by_project",
    "list_entries",
    "project_cost",
]

"""Imports and releases. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.datasets.rules import (
    PROBLEMS_KEPT,
    ImportOptions,
    ImportState,
    OnProblem,
    Phase,
    ReleaseSettings,
    ReleaseState,
    ReviewWord,
    chosen_columns,
    columns_from,
)

__all__ = [
    "PROBLEMS_KEPT",
    "ImportOptions",
    "ImportState",
    "OnProblem",
    "Phase",
    "ReleaseSettings",
    "ReleaseState",
    "ReviewWord",
    "chosen_columns",
    "columns_from",
]

"""Reading hiring."""

from preceptor.hiring.queries.standing import (
    facts_of,
    standing_of,
    standings_of,
)

__all__ = [
    "facts_of",
    "standing_of",
    "standings_of",
]

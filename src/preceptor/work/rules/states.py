"""The states of an assignment."""

from enum import StrEnum


class AssignmentState(StrEnum):
    """Where an assignment stands."""

    PREFETCHED = "prefetched"
    ACTIVE = "active"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    REPORTED = "reported"
    EXPIRED = "expired"
    SURPLUS = "surplus"


LEASED = frozenset({AssignmentState.PREFETCHED, AssignmentState.ACTIVE, AssignmentState.PAUSED})
"""States that hold a slot by a lease, which runs out."""

WRITABLE = frozenset({AssignmentState.ACTIVE, AssignmentState.PAUSED, AssignmentState.EXPIRED})
"""States in which a draft may be saved and an answer handed in."""

HANDED_IN = frozenset(
    {
        AssignmentState.SUBMITTED,
        AssignmentState.ACCEPTED,
        AssignmentState.RETURNED,
        AssignmentState.REJECTED,
        AssignmentState.SURPLUS,
    }
)
"""States in which there is a submission."""

"""The time, in one place, so that everything else is handed it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The moment, in UTC. Called at the doors (requests, jobs, commands); operations are given it as `now`."""
    return datetime.now(UTC)

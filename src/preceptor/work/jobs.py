"""What the worker does for work."""

from collections.abc import Sequence

from preceptor.lib.db import WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.work.operations.breakdowns import add_to_breakdowns
from preceptor.work.operations.tallies import add_to_tallies


async def fold_tallies(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Count what happened, for the pages of projects and the list of work."""
    await add_to_tallies(session, events=[happened.event for happened in events])
    await add_to_breakdowns(session, happened=events)

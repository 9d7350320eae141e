"""What follows from work that was handed in, in batches from the log of events."""

from collections.abc import Sequence
from uuid import UUID

from preceptor.lib.clock import utc_now
from preceptor.lib.db import WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.quality.operations import move_reviews, open_reviews


async def sample_submissions(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Open reviews of the answers that were handed in, as far as their projects ask for it."""
    await open_reviews(session, assignment_ids=_subjects(events), now=utc_now())


async def follow_corrections(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Let open reviews look at what trainers have corrected."""
    await move_reviews(session, assignment_ids=_subjects(events))


def _subjects(events: Sequence[HappenedEvent]) -> list[UUID]:
    return [happened.event.subject_id for happened in events if happened.event.subject_id is not None]

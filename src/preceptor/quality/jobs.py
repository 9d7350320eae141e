"""What follows from work that was handed in, in batches from the log of events."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from preceptor.lib.clock import utc_now
from preceptor.lib.db import WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.lib.errors import ProblemError
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations.deliveries import announce
from preceptor.projects.rules import WebhookEvent
from preceptor.quality.events import ReviewDecided
from preceptor.quality.operations import move_reviews, open_reviews, settle
from preceptor.work.queries.told import told_of_submissions

log = structlog.get_logger()


async def sample_submissions(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Open reviews of the answers that were handed in, as far as their projects ask for it."""
    await open_reviews(session, assignment_ids=_subjects(events), now=utc_now())


async def follow_corrections(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Let open reviews look at what trainers have corrected."""
    await move_reviews(session, assignment_ids=_subjects(events))


async def score_sittings(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Decide the sittings that were handed in, as far as no person has to grade anything in them."""
    for sitting_id in _subjects(events):
        try:
            await settle(session, actor=SYSTEM, sitting_id=sitting_id, now=utc_now())
        except ProblemError:
            # The exam, or the plug-in with its task kind, is gone; others must not wait for that.
            log.exception("a sitting cannot be graded", sitting=str(sitting_id))


async def announce_reviews(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell webhooks of verdicts."""

    async def facts(session: WriteSession, happened: Sequence[HappenedEvent]) -> dict[UUID, dict[str, object]]:
        decided = {one.id: one.event for one in happened if isinstance(one.event, ReviewDecided)}
        ids = {event.submission_id for event in decided.values()}
        told = await told_of_submissions(session, submission_ids=ids)
        return {
            event_id: {**_verdict(event), **_whose(told[event.submission_id])} for event_id, event in decided.items()
        }

    await announce(session, event=WebhookEvent.REVIEW_DECIDED, happened=events, facts=facts)


def _verdict(event: ReviewDecided) -> dict[str, object]:
    return {
        "review_id": str(event.subject_id),
        "verdict": event.verdict,
        "reason": event.reason,
        "round": event.round,
        "correction_id": str(event.correction_id) if event.correction_id else None,
    }


def _whose(submission: dict[str, object]) -> dict[str, object]:
    return {name: submission[name] for name in ("submission_id", "assignment_id", "item_id", "trainer")}


def _subjects(events: Sequence[HappenedEvent]) -> list[UUID]:
    return [happened.event.subject_id for happened in events if happened.event.subject_id is not None]

"""Opening reviews of what was handed in, and accepting what nobody needs to look at any longer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.ids import new_id
from preceptor.people.rules import SYSTEM
from preceptor.quality.events import ReviewOpened, ReviewVoided
from preceptor.quality.queries.holding import hold_open_of
from preceptor.quality.queries.waiting import Reviewable, hold_due, newest_revisions, reviewable
from preceptor.quality.rules import KEPT_FOR, is_sampled
from preceptor.quality.tables import Review
from preceptor.work.operations.verdicts import accept


async def open_reviews(session: WriteSession, *, assignment_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Open reviews of those of these answers that a reviewer shall look at; answers which these are.

    Repeating it changes nothing. What waits for no verdict (any more), such as surplus work, is left alone. A reworked
    answer is kept for a day for the reviewer who returned it.
    """
    chosen = [
        one
        for one in await reviewable(session, assignment_ids=assignment_ids)
        if is_sampled(one.first_id, share=one.share, rework=one.round > 0)
    ]
    if not chosen:
        return set()
    statement = insert(Review).values([_row(one, now) for one in chosen])
    opened = await session.execute(
        statement.on_conflict_do_nothing(index_elements=["submission_id"]).returning(
            Review.id, Review.project_id, Review.assignment_id, Review.submission_id, Review.round, Review.reviewer_id
        )
    )
    for review_id, project_id, assignment_id, submission_id, round_, reviewer_id in opened:
        session.emit(
            ReviewOpened(
                subject_id=review_id,
                project_id=project_id,
                assignment_id=assignment_id,
                submission_id=submission_id,
                round=round_,
                kept=reviewer_id is not None,
            )
        )
    return {one.assignment_id for one in chosen}


def _row(one: Reviewable, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "project_id": one.project_id,
        "assignment_id": one.assignment_id,
        "submission_id": one.newest_id,
        "trainer_id": one.trainer_id,
        "round": one.round,
        "state": "open",
        "reviewer_id": one.returned_by,
        "lease_until": now + KEPT_FOR if one.returned_by else None,
    }


async def move_reviews(session: WriteSession, *, assignment_ids: Collection[UUID]) -> None:
    """Let the open reviews of these answers look at the newest revision: their trainers have corrected them."""
    newest = await newest_revisions(session, assignment_ids=assignment_ids)
    for review in await hold_open_of(session, assignment_ids=list(assignment_ids)):
        review.submission_id = newest[review.assignment_id]


async def accept_unreviewed(session: WriteSession, *, now: datetime, limit: int = 200) -> int:
    """Accept what has waited long enough: what no reviewer looks at, and what none has looked at in time.

    Answers how many rows were dealt with; with a full load there may be more.
    """
    due = await hold_due(session, now=now, limit=limit)
    if not due:
        return 0
    # Asked again here and not taken from the events: a worker that is behind must not accept what it has yet to open.
    opened = await open_reviews(session, assignment_ids=[one.id for one in due if not one.late], now=now)
    accepted = [one.id for one in due if one.id not in opened]
    newest = await newest_revisions(session, assignment_ids=accepted)
    for assignment_id in accepted:
        await accept(
            session, actor=SYSTEM, assignment_id=assignment_id, submission_id=newest[assignment_id], by_time=True
        )
    for review in await hold_open_of(session, assignment_ids=accepted):
        void(session, review)
    return len(due)


def void(session: WriteSession, review: Review) -> None:
    """Close a review whose answer waits for no verdict any more."""
    review.state, review.reviewer_id, review.lease_until = "void", None, None
    session.emit(ReviewVoided(subject_id=review.id, project_id=review.project_id, assignment_id=review.assignment_id))

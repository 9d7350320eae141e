"""Claiming reviews, keeping them and putting them back. A claim closes the answer for its trainer's corrections."""

from datetime import datetime
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, GoneError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project
from preceptor.quality.events import ReviewClaimed, ReviewReleased
from preceptor.quality.operations.opening import void
from preceptor.quality.queries.holding import hold_expired, hold_next_open, hold_own_claim, hold_review
from preceptor.quality.queries.waiting import newest_revisions
from preceptor.quality.rules import LEASE, kept_from
from preceptor.quality.tables import Review
from preceptor.work.operations.verdicts import NotSubmittedError, begin_review


class ReviewTakenError(ConflictError):
    """A colleague holds the review, or it is kept for one."""

    code = "review_taken"
    title = _("A colleague is looking at this answer just now.")


class ReviewNotHeldError(ConflictError):
    """The actor does not hold the review (any more)."""

    code = "review_not_held"
    title = _("You do not hold this review, or not any longer. Take it again.")


class ReviewEndedError(GoneError):
    """The review has been decided, or nothing is left to decide."""

    code = "review_ended"
    title = _("This review has ended: it was decided, or the answer was accepted because it had waited long enough.")


async def claim_review(session: WriteSession, *, actor: Actor, slug: str | None = None, now: datetime) -> UUID | None:
    """Take the next review for the actor and answer its id; None where nothing waits for them.

    What they hold already comes first, then what is kept for them, then the oldest. Nobody gets their own work.

    Args:
        session: the transaction.
        actor: who reviews.
        slug: only in this project.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not decide reviews.
        NoSuchProjectError: no such project, or not theirs to see.
    """
    actor.require(Permission.REVIEW_DECIDE)
    if slug is not None:
        await access_project(session, actor=actor, slug=slug)
    held = await hold_own_claim(session, actor=actor, slug=slug)
    if held is not None:
        held.lease_until = now + LEASE
        return held.id
    while (review := await hold_next_open(session, actor=actor, slug=slug, now=now)) is not None:
        if await _take(session, review, actor=actor, now=now):
            return review.id
        await session.flush()  # it is void; look for the next one
    return None


async def take_review(session: WriteSession, *, actor: Actor, review_id: UUID, now: datetime) -> None:
    """Take this very review; repeating it renews the hold.

    Raises:
        MissingPermissionError: the actor does not decide reviews.
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewTakenError: a colleague has it, or it is kept for one.
        ReviewEndedError: it is decided, or nothing is left to decide.
    """
    actor.require(Permission.REVIEW_DECIDE)
    review = (await hold_review(session, actor=actor, review_id=review_id)).row
    if review.state == "claimed" and review.reviewer_id == actor.person_id:
        review.lease_until = now + LEASE
        return
    if review.state in {"decided", "void"}:
        raise ReviewEndedError
    is_kept = kept_from(reviewer_id=review.reviewer_id, until=review.lease_until, person_id=actor.person_id, now=now)
    if review.state == "claimed" or is_kept:
        raise ReviewTakenError
    if not await _take(session, review, actor=actor, now=now):
        raise ReviewEndedError


async def _take(session: WriteSession, review: Review, *, actor: Actor, now: datetime) -> bool:
    """Claim a locked open review; False where its answer waits for no verdict any more, and the review is void."""
    try:
        await begin_review(session, assignment_id=review.assignment_id, began=True)
    except NotSubmittedError:
        void(session, review)
        return False
    # From here on the trainer cannot correct; what they corrected until now is what the reviewer sees.
    newest = await newest_revisions(session, assignment_ids=[review.assignment_id])
    review.submission_id = newest[review.assignment_id]
    review.state, review.reviewer_id, review.lease_until = "claimed", actor.person_id, now + LEASE
    session.emit(
        ReviewClaimed(
            actor_id=actor.person_id,
            subject_id=review.id,
            project_id=review.project_id,
            assignment_id=review.assignment_id,
        )
    )
    return True


async def renew_review(session: WriteSession, *, actor: Actor, review_id: UUID, now: datetime) -> datetime:
    """Keep a review in hands; answers until when.

    Raises:
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewNotHeldError: somebody else has it, or nobody.
    """
    actor.require(Permission.REVIEW_DECIDE)
    review = (await hold_review(session, actor=actor, review_id=review_id)).row
    if review.state != "claimed" or review.reviewer_id != actor.person_id:
        raise ReviewNotHeldError
    review.lease_until = now + LEASE
    return review.lease_until


async def release_review(session: WriteSession, *, actor: Actor, review_id: UUID) -> None:
    """Put a review back undecided: anybody may take it, and its trainer may correct again. Repeating changes nothing.

    Raises:
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewNotHeldError: it is in somebody else's hands.
        ReviewEndedError: it is decided, or nothing is left to decide.
    """
    actor.require(Permission.REVIEW_DECIDE)
    review = (await hold_review(session, actor=actor, review_id=review_id)).row
    if review.state == "open":
        return
    if review.state != "claimed":
        raise ReviewEndedError
    if review.reviewer_id != actor.person_id:
        raise ReviewNotHeldError
    await _put_back(session, review, actor_id=actor.person_id, expired=False)


async def expire_reviews(session: WriteSession, *, now: datetime, limit: int = 200) -> int:
    """Put back what reviewers have held for too long without a sign of life. Answers how many."""
    expired = await hold_expired(session, now=now, limit=limit)
    for review in expired:
        await _put_back(session, review, actor_id=None, expired=True)
    return len(expired)


async def _put_back(session: WriteSession, review: Review, *, actor_id: UUID | None, expired: bool) -> None:
    try:
        await begin_review(session, assignment_id=review.assignment_id, began=False)
    except NotSubmittedError:
        void(session, review)
        return
    review.state, review.reviewer_id, review.lease_until = "open", None, None
    session.emit(
        ReviewReleased(
            actor_id=actor_id,
            subject_id=review.id,
            project_id=review.project_id,
            assignment_id=review.assignment_id,
            expired=expired,
        )
    )

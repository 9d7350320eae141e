"""Claiming reviews, keeping them and putting them back. A claim closes the answer for its trainer's corrections."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from preceptor.hiring.queries import standing_of
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, ForbiddenError, GoneError
from preceptor.lib.i18n import _
from preceptor.pay.rules import Activity
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.projects.queries import access_project, project_terms
from preceptor.quality.events import ReviewClaimed, ReviewReleased
from preceptor.quality.operations.opening import void
from preceptor.quality.queries.holding import hold_expired, hold_next_open, hold_own_claim, hold_review
from preceptor.quality.queries.offered import check_content, content_of, offered_to, without_measures
from preceptor.quality.queries.waiting import newest_revisions
from preceptor.quality.rules import LEASE, kept_from
from preceptor.quality.tables import Review
from preceptor.work.operations.stints import StintClock, beat_stint, begin_stint, end_stint
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


class StaleReviewError(ConflictError):
    """What was looked at is not the newest revision any more."""

    code = "stale_review"
    title = _("The trainer has corrected this answer since you opened it. Please look at it again.")


class NotReviewingError(ForbiddenError):
    """A measure keeps the actor from new reviews here. What they hold they can finish."""

    code = "not_reviewing"
    title = _("A measure keeps you from new reviews here. Its reasons, and the way to appeal, stand under Decisions.")


async def check_standing(session: WriteSession, *, actor: Actor, project_id: UUID | None, now: datetime) -> None:
    """Make sure that no measure keeps the actor from reviewing; with a project, there.

    Raises:
        NotReviewingError: one does.
    """
    found = await standing_of(session, person_id=actor.person_id, project_id=project_id, now=now)
    if not found.may_work:
        raise NotReviewingError


async def claim_review(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str | None = None,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> UUID | None:
    """Take the next review for the actor and answer its id; None where nothing waits for them.

    What they hold already comes first, then what is kept for them, then the oldest. Nobody gets their own work, nor
    content that they have not said yes to or had enough of for one day, and whom a measure keeps from some projects is
    served from the others.

    Args:
        session: the transaction.
        actor: who reviews.
        slug: only in this project.
        daily_minutes: with content of one category, where a project does not say.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not decide reviews.
        NoSuchProjectError: no such project, or not theirs to see.
        NotReviewingError: a measure keeps them from all that waits.
    """
    actor.require(Permission.REVIEW_DECIDE)
    if slug is not None:
        await access_project(session, actor=actor, slug=slug)
    held = await hold_own_claim(session, actor=actor, slug=slug)
    if held is not None:
        held.lease_until = now + LEASE
        await run_clock(session, held, now=now)
        return held.id
    offered = await offered_to(session, actor=actor, daily_minutes=daily_minutes, now=now)
    if offered.barred.everywhere:
        raise NotReviewingError
    while (review := await hold_next_open(session, actor=actor, slug=slug, offered=offered, now=now)) is not None:
        if offered.why_not(review.project_id, await content_of(session, assignment_id=review.assignment_id)) is None:
            if await _take(session, review, actor=actor, now=now):
                return review.id
            await session.flush()  # it is void; look for the next one
        elif not await _know_again(session, review):
            return None
    free = without_measures(offered)
    if offered.barred and await hold_next_open(session, actor=actor, slug=slug, offered=free, now=now) is not None:
        raise NotReviewingError  # something waits, in projects that are closed to them
    return None


async def _know_again(session: WriteSession, review: Review) -> bool:
    """Look again what an open review shows, whose item was put elsewhere while somebody held it; False: no change."""
    before = review.content
    await session.execute(update(Review).where(Review.id == review.id).values(state="open"))
    await session.refresh(review)
    return review.content != before


async def take_review(
    session: WriteSession,
    *,
    actor: Actor,
    review_id: UUID,
    seen: bool = False,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> None:
    """Take this very review; repeating it renews the hold.

    Args:
        session: the transaction.
        actor: who reviews.
        review_id: what they take.
        seen: they have seen it already and are deciding it, so that no content needs to be kept from them.
        daily_minutes: with content of one category, where its project does not say.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not decide reviews.
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewTakenError: a colleague has it, or it is kept for one.
        ReviewEndedError: it is decided, or nothing is left to decide.
        NotReviewingError: a measure keeps them from new ones.
        NotReadyError: it shows content that they are not to be shown now.
    """
    actor.require(Permission.REVIEW_DECIDE)
    review = (await hold_review(session, actor=actor, review_id=review_id)).row
    if review.state == "claimed" and review.reviewer_id == actor.person_id:
        review.lease_until = now + LEASE
        await run_clock(session, review, now=now)
        return
    if review.state in {"decided", "void"}:
        raise ReviewEndedError
    is_kept = kept_from(reviewer_id=review.reviewer_id, until=review.lease_until, person_id=actor.person_id, now=now)
    if review.state == "claimed" or is_kept:
        raise ReviewTakenError
    await check_standing(session, actor=actor, project_id=review.project_id, now=now)
    if not seen:
        await check_content(
            session, actor=actor, assignment_id=review.assignment_id, daily_minutes=daily_minutes, now=now
        )
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
    await session.flush()
    await run_clock(session, review, now=now)
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


async def beat_review(
    session: WriteSession,
    *,
    actor: Actor,
    review_id: UUID,
    signs: tuple[int, ...] = (),
    reading_ms: int = 0,
    foreground: bool = True,
    paused: bool | None = None,
    submission_id: UUID | None = None,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> tuple[datetime, StintClock]:
    """A heartbeat of the review desk: gives out the reviewer's time, and keeps the review theirs while they live.

    Who comes back to what they had put aside for too long goes on with it, and is paid from that sign of life on.

    Args:
        session: the transaction.
        actor: who reviews.
        review_id: what they look at.
        signs: milliseconds ago of moments with a key, pointer or scroll.
        reading_ms: how long the text in view takes to read.
        foreground: False for a page in the background.
        paused: stop the clock (True) or go on (False); None leaves it as it is.
        submission_id: the revision they look at. With it, a sign of life takes the review again where the hold had run
            out in the meantime, as long as nobody else took it and the answer is still the same.
        daily_minutes: with content of one category, where its project does not say.
        now: the time.

    Returns:
        Until when the review is theirs, and where their clock stands.

    Raises:
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewTakenError: a colleague has it.
        ReviewNotHeldError: nobody has it, and nothing says that it was looked at.
        ReviewEndedError, NotReviewingError, NotReadyError: it cannot be taken again; see `take_review`.
        StaleReviewError: it could be, but the answer was corrected since.
    """
    actor.require(Permission.REVIEW_DECIDE)
    held = await hold_review(session, actor=actor, review_id=review_id)
    review = held.row
    alive = foreground and (bool(signs) or paused is not None)
    if review.state == "open" and alive and submission_id is not None:
        await take_review(session, actor=actor, review_id=review_id, daily_minutes=daily_minutes, now=now)
        if review.submission_id != submission_id:
            raise StaleReviewError(extra={"submission_id": str(review.submission_id)})
    if review.state == "claimed" and review.reviewer_id != actor.person_id:
        raise ReviewTakenError
    if review.state != "claimed" or review.lease_until is None:
        raise ReviewNotHeldError
    if signs or paused is not None:
        review.lease_until = now + LEASE
    clock = await beat_stint(
        session,
        person_id=actor.person_id,
        subject_id=review.id,
        idle_after=timedelta(seconds=held.rules.idle_after_seconds),
        signs=signs,
        reading_ms=reading_ms,
        foreground=foreground,
        paused=paused,
        now=now,
    )
    return review.lease_until, clock


async def run_clock(session: WriteSession, review: Review, *, now: datetime) -> None:
    """Let the clock of whoever holds a review run: their time is paid."""
    assert review.reviewer_id is not None
    terms = await project_terms(session, project_id=review.project_id)
    await begin_stint(
        session,
        person_id=review.reviewer_id,
        project=terms,
        activity=Activity.REVIEW,
        subject_id=review.id,
        categories=await content_of(session, assignment_id=review.assignment_id),
        now=now,
    )


async def stop_clock(session: WriteSession, review: Review, *, outcome: str, seen: bool, now: datetime) -> None:
    """Book the reviewer's time. `seen`: they ended it themselves."""
    terms = await project_terms(session, project_id=review.project_id)
    idle_after = timedelta(milliseconds=terms.idle_after_ms)
    await end_stint(session, subject_id=review.id, idle_after=idle_after, outcome=outcome, seen=seen, now=now)


async def release_review(session: WriteSession, *, actor: Actor, review_id: UUID, now: datetime) -> None:
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
    await _put_back(session, review, actor_id=actor.person_id, expired=False, now=now)


async def expire_reviews(session: WriteSession, *, now: datetime, limit: int = 200) -> int:
    """Put back what reviewers have held for too long without a sign of life. Answers how many."""
    expired = await hold_expired(session, now=now, limit=limit)
    for review in expired:
        await _put_back(session, review, actor_id=None, expired=True, now=now)
    return len(expired)


async def _put_back(
    session: WriteSession, review: Review, *, actor_id: UUID | None, expired: bool, now: datetime
) -> None:
    outcome = "expired" if expired else "released"
    await stop_clock(session, review, outcome=outcome, seen=not expired, now=now)
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

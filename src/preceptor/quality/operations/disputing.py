"""Contesting a rejection, and deciding that as somebody else than its reviewer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.projects.rules import text_problems
from preceptor.quality.events import DisputeDecided, DisputeOpened
from preceptor.quality.operations.holding import Signs, beat_hold, end_hold, lock_subject
from preceptor.quality.operations.telling import tell_decided
from preceptor.quality.queries.disputes import hold_dispute, rejection_of
from preceptor.quality.rules import MAX_NOTE, clean_note
from preceptor.quality.tables import Dispute
from preceptor.work.operations.stints import StintClock
from preceptor.work.operations.verdicts import reinstate


class NotContestableError(ConflictError):
    """The answer is not rejected by a reviewer."""

    code = "not_contestable"
    title = _("Only an answer that a reviewer has rejected can be contested.")


class DisputeDecidedError(ConflictError):
    """Somebody has decided it otherwise."""

    code = "dispute_decided"
    title = _("This has been decided already.")


async def contest(session: WriteSession, *, actor: Actor, assignment_id: UUID, note: str) -> UUID:
    """Contest the rejection of one of the actor's own answers, once. Repeating it answers the same dispute.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        NotContestableError: it is not rejected.
        InvalidError: no note, or too long a one.
    """
    note = clean_note(note)
    problems = list(text_problems("note", note, most=MAX_NOTE))
    if not note:
        problems.append(FieldProblem("note", _("Say what the reviewer has overlooked.")))
    if problems:
        raise InvalidError(fields=problems)
    review = await rejection_of(session, actor=actor, assignment_id=assignment_id)
    if review is None or review.reviewer_id is None:
        raise NotContestableError
    known = await session.scalar(select(Dispute.id).where(Dispute.review_id == review.id))
    if known is not None:
        return known
    dispute = Dispute(
        review_id=review.id,
        assignment_id=review.assignment_id,
        project_id=review.project_id,
        trainer_id=review.trainer_id,
        reviewer_id=review.reviewer_id,
        note=note,
    )
    session.add(dispute)
    await session.flush()
    session.emit(
        DisputeOpened(
            actor_id=actor.person_id,
            subject_id=dispute.id,
            project_id=review.project_id,
            assignment_id=review.assignment_id,
        )
    )
    return dispute.id


async def beat_dispute(
    session: WriteSession,
    *,
    actor: Actor,
    dispute_id: UUID,
    signs: Signs,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> StintClock:
    """A heartbeat of whoever reads a dispute: the first one takes it, and their time is paid as reviewing is.

    `daily_minutes`: with content of one category, where the project does not say.

    Raises:
        MissingPermissionError: the actor does not decide disputes.
        NoSuchDisputeError: not there, not theirs to see, about their own work or their own verdict.
        DisputeDecidedError: it was decided.
        HeldByColleagueError: a colleague is at it.
        NotReviewingError: a measure keeps them from new ones.
        NotReadyError: it shows content that they are not to be shown now.
    """
    actor.require(Permission.DISPUTE_DECIDE)
    await lock_subject(session, subject_id=dispute_id)
    dispute, _submission_id = await hold_dispute(session, actor=actor, dispute_id=dispute_id)
    if dispute.state != "open":
        raise DisputeDecidedError
    return await beat_hold(
        session,
        actor=actor,
        kind="dispute",
        subject_id=dispute_id,
        project_id=dispute.project_id,
        assignment_id=dispute.assignment_id,
        signs=signs,
        daily_minutes=daily_minutes,
        now=now,
    )


async def decide_dispute(
    session: WriteSession, *, actor: Actor, dispute_id: UUID, overturn: bool, answer: str, now: datetime
) -> None:
    """Let a rejection stand, or overturn it: the answer counts, and what was taken back is given back.

    Repeating the same decision changes nothing.

    Args:
        session: the transaction.
        actor: neither the trainer nor the reviewer who rejected.
        dispute_id: what is decided.
        overturn: the rejection was wrong.
        answer: to the trainer; needed where the rejection stands.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not decide disputes.
        NoSuchDisputeError: not there, not theirs to see, about their own work or their own verdict.
        DisputeDecidedError: it was decided otherwise.
        HeldByColleagueError: a colleague is at it.
        NotRejectedError: the answer is not rejected any more.
        InvalidError: no answer to the trainer, or too long a one.
    """
    actor.require(Permission.DISPUTE_DECIDE)
    await lock_subject(session, subject_id=dispute_id)
    dispute, submission_id = await hold_dispute(session, actor=actor, dispute_id=dispute_id)
    answer = clean_note(answer)
    problems = list(text_problems("answer", answer, most=MAX_NOTE))
    if not overturn and not answer:
        problems.append(FieldProblem("answer", _("Say why the rejection stands: the trainer reads it.")))
    if problems:
        raise InvalidError(fields=problems)
    wanted = "overturned" if overturn else "upheld"
    if dispute.state == wanted:
        return
    if dispute.state != "open":
        raise DisputeDecidedError
    await end_hold(session, actor=actor, subject_id=dispute_id, outcome="dispute", now=now)
    given = None
    if overturn:
        given = await reinstate(
            session, actor=actor, assignment_id=dispute.assignment_id, submission_id=submission_id, now=now
        )
    dispute.state, dispute.decided_by, dispute.answer, dispute.decided_at = wanted, actor.person_id, answer, now
    session.emit(
        DisputeDecided(
            actor_id=actor.person_id,
            subject_id=dispute.id,
            project_id=dispute.project_id,
            assignment_id=dispute.assignment_id,
            overturned=overturn,
        )
    )
    await tell_decided(session, dispute=dispute, given=given)

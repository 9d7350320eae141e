"""Deciding reviews: one verdict, once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.quality.events import ReviewDecided
from preceptor.quality.operations.claiming import (
    ReviewEndedError,
    ReviewNotHeldError,
    ReviewTakenError,
    StaleReviewError,
    stop_clock,
    take_review,
)
from preceptor.quality.operations.telling import tell_rejected
from preceptor.quality.queries.comparing import contents_of, says_the_same
from preceptor.quality.queries.holding import (
    HeldReview,
    form_of,
    hold_review,
)
from preceptor.quality.rules import REJECT_REASONS, Verdict, clean_note, decision_problems
from preceptor.quality.tables import Review
from preceptor.work.operations.submitting import Form
from preceptor.work.operations.verdicts import accept, add_review_revision, reject, return_for_rework


class AlreadyDecidedError(ConflictError):
    """Another verdict was given, in another window or by a colleague. `extra` holds it."""

    code = "already_decided"
    title = _("Another verdict was given on this answer already.")


class Decision(msgspec.Struct, frozen=True):
    """What was decided. `repeated`: it had been decided just so before."""

    review_id: UUID
    verdict: Verdict
    correction_id: UUID | None
    repeated: bool


async def decide(
    session: WriteSession,
    *,
    actor: Actor,
    review_id: UUID,
    verdict: Verdict,
    reason: str | None = None,
    note: str = "",
    content: dict[str, Any] | None = None,
    submission_id: UUID | None = None,
    now: datetime,
) -> Decision:
    """Give the verdict on an answer that the actor holds. Repeating the same one changes nothing.

    Args:
        session: the transaction.
        actor: the reviewer.
        review_id: what they decide.
        verdict: what they say.
        reason: a key of the verdict's closed list, for a return or rejection.
        note: to the trainer; needed for a return or rejection.
        content: the corrected answer, for *correct*.
        submission_id: the revision they looked at. With it, a decision also counts where the hold had run out in the
            meantime, as long as nobody else took the review and the answer is still the same.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not decide reviews.
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        ReviewTakenError: a colleague holds it.
        ReviewNotHeldError: the hold has run out.
        ReviewEndedError: nothing is left to decide.
        StaleReviewError: the answer was corrected since.
        AlreadyDecidedError: another verdict was given.
        InvalidError: reason or note is missing, no more rounds of rework, or nothing was corrected.
        InvalidAnswerError: the corrected answer is incomplete.
    """
    actor.require(Permission.REVIEW_DECIDE)
    held = await hold_review(session, actor=actor, review_id=review_id)
    review = held.row
    note = clean_note(note)
    if review.state == "decided":
        return await _repeated(session, held, actor, verdict=verdict, reason=reason, note=note, content=content)
    await _make_sure_held(session, review, actor=actor, submission_id=submission_id, now=now)
    problems = decision_problems(
        verdict=verdict,
        reason=reason,
        note=note,
        has_content=content is not None,
        round_=review.round,
        most_rounds=held.rules.max_rework_rounds,
    )
    if problems:
        raise InvalidError(fields=problems)
    review.correction_id = await _carry_out(
        session, held, actor, verdict=verdict, reason=reason, content=content, now=now
    )
    await stop_clock(session, review, outcome="decided", seen=True, now=now)
    review.state, review.verdict, review.reason, review.note = "decided", verdict.value, reason, note
    review.lease_until, review.decided_at = None, now
    session.emit(
        ReviewDecided(
            actor_id=actor.person_id,
            subject_id=review.id,
            project_id=review.project_id,
            assignment_id=review.assignment_id,
            submission_id=review.submission_id,
            verdict=verdict.value,
            reason=reason,
            round=review.round,
            correction_id=review.correction_id,
        )
    )
    return Decision(review.id, verdict, review.correction_id, repeated=False)


async def _make_sure_held(
    session: WriteSession, review: Review, *, actor: Actor, submission_id: UUID | None, now: datetime
) -> None:
    if review.state == "void":
        raise ReviewEndedError
    if review.state == "claimed" and review.reviewer_id != actor.person_id:
        raise ReviewTakenError
    if review.state == "open":
        if submission_id is None:
            raise ReviewNotHeldError
        await take_review(session, actor=actor, review_id=review.id, seen=True, now=now)
    if submission_id is not None and submission_id != review.submission_id:
        raise StaleReviewError(extra={"submission_id": str(review.submission_id)})


async def _carry_out(
    session: WriteSession,
    held: HeldReview,
    actor: Actor,
    *,
    verdict: Verdict,
    reason: str | None,
    content: dict[str, Any] | None,
    now: datetime,
) -> UUID | None:
    """Let the verdict take effect on the answer; answers the id of a correction."""
    review = held.row
    match verdict:
        case Verdict.ACCEPT:
            await accept(session, actor=actor, assignment_id=review.assignment_id, submission_id=review.submission_id)
        case Verdict.CORRECT:
            assert content is not None
            form = await form_of(session, kind=held.kind, submission_id=review.submission_id)
            before = (await contents_of(session, [review.submission_id])).get(review.submission_id)
            if says_the_same(form.kind, before, content):
                message = _("Nothing was changed. Correct something, or accept the answer as it is.")
                raise InvalidError(fields=[FieldProblem("content", message)])
            correction_id = await add_review_revision(
                session,
                actor=actor,
                assignment_id=review.assignment_id,
                content=content,
                form=Form(form.kind, form.settings),
                now=now,
            )
            await accept(session, actor=actor, assignment_id=review.assignment_id, submission_id=correction_id)
            return correction_id
        case Verdict.RETURN:
            assert reason is not None
            await return_for_rework(session, actor=actor, assignment_id=review.assignment_id, reason=reason, now=now)
        case Verdict.REJECT:
            assert reason is not None
            no_pay = REJECT_REASONS[reason].no_pay
            taken = await reject(
                session, actor=actor, assignment_id=review.assignment_id, reason=reason, no_pay=no_pay, now=now
            )
            await tell_rejected(session, review=review, reason=reason, taken=taken if no_pay else None)
    return None


async def _repeated(
    session: WriteSession,
    held: HeldReview,
    actor: Actor,
    *,
    verdict: Verdict,
    reason: str | None,
    note: str,
    content: dict[str, Any] | None,
) -> Decision:
    review = held.row
    same = (review.reviewer_id, review.verdict, review.reason, review.note) == (
        actor.person_id,
        verdict.value,
        reason,
        note,
    )
    if same and review.correction_id is not None and content is not None:
        before = (await contents_of(session, [review.correction_id])).get(review.correction_id)
        same = says_the_same(task_kind(held.kind), before, content)
    if not same:
        raise AlreadyDecidedError(extra={"verdict": review.verdict or ""})
    return Decision(review.id, verdict, review.correction_id, repeated=True)

"""What came of a trainer's own work: verdicts, reasons, notes and corrections. Reviewers stay unnamed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.projects.queries import form_at
from preceptor.projects.tables import Project
from preceptor.quality.queries.comparing import ShownChange, changes_between, contents_of
from preceptor.quality.queries.reviews import past_review
from preceptor.quality.rules import Verdict
from preceptor.quality.tables import Review
from preceptor.work.operations.drafts import NoSuchAssignmentError
from preceptor.work.queries.turns import shown_turns, turns_of
from preceptor.work.tables import Assignment, Item, Submission


class ReviewResult(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on one's own answer.

    Attributes:
        submission_id: the revision that was looked at.
        correction: the answer as the reviewer corrected it, if they did; `changes` is what they changed.
    """

    review_id: UUID
    assignment_id: UUID
    submission_id: UUID
    round: int
    verdict: Verdict
    verdict_label: str
    reason: str | None
    reason_label: str | None
    note: str
    decided_at: datetime
    correction: dict[str, Any] | None = None
    changes: list[ShownChange] = []


async def latest_results(
    session: ReadSession, *, actor: Actor, assignment_ids: Collection[UUID]
) -> dict[UUID, ReviewResult]:
    """The newest verdict on each of these answers of the actor's own, without corrections, for lists.

    Answers that are somebody else's, or were not decided by a reviewer, are left out.
    """
    rows = await session.scalars(
        select(Review)
        .where(
            Review.assignment_id.in_(assignment_ids),
            Review.trainer_id == actor.person_id,
            Review.state == "decided",
        )
        .order_by(Review.round, Review.id)
    )
    return {review.assignment_id: _result(review, actor) for review in rows}


async def reviews_of_assignment(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> list[ReviewResult]:
    """Every verdict on one of the actor's own answers, oldest first, with what a correction changed.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    found = await session.execute(
        select(Assignment, Item, Project.kind)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Assignment.id == assignment_id, Assignment.trainer_id == actor.person_id)
    )
    row = found.first()
    if row is None:
        raise NoSuchAssignmentError
    rows = await session.scalars(
        select(Review).where(Review.assignment_id == assignment_id, Review.state == "decided").order_by(Review.round)
    )
    reviews = list(rows)
    corrected = [review for review in reviews if review.correction_id is not None]
    if not corrected:
        return [_result(review, actor) for review in reviews]
    return await _with_corrections(session, actor, reviews, assignment=row[0], item=row[1], kind_key=row[2])


async def _with_corrections(
    session: ReadSession,
    actor: Actor,
    reviews: Collection[Review],
    *,
    assignment: Assignment,
    item: Item,
    kind_key: str,
) -> list[ReviewResult]:
    kind = task_kind(kind_key)
    submissions = await session.execute(
        select(Submission.id, Submission.form_version).where(Submission.assignment_id == assignment.id)
    )
    versions = dict(submissions.all())
    given = kind.given_turn(kind.decode_item(item.content))
    driver = await session.driver()
    turns = shown_turns(await turns_of(driver, assignment_id=assignment.id, item_id=item.id, given=given))
    contents = await contents_of(session, [one for r in reviews for one in (r.submission_id, r.correction_id)])
    results = []
    for review in reviews:
        result = _result(review, actor)
        if review.correction_id is not None:
            version = versions[review.submission_id]
            form = await form_at(session, project_id=assignment.project_id, version=version)
            before, after = contents.get(review.submission_id), contents.get(review.correction_id)
            changes = changes_between(kind, kind.decode_settings(form.settings), turns, before, after)
            result = msgspec.structs.replace(result, correction=after, changes=changes)
        results.append(result)
    return results


def _result(review: Review, actor: Actor) -> ReviewResult:
    past = past_review(review, actor)
    return ReviewResult(
        review_id=review.id,
        assignment_id=review.assignment_id,
        submission_id=review.submission_id,
        round=past.round,
        verdict=past.verdict,
        verdict_label=past.verdict_label,
        reason=past.reason,
        reason_label=past.reason_label,
        note=past.note,
        decided_at=past.decided_at,
    )

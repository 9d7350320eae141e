"""Answers that wait for a verdict: which of them a reviewer looks at, and which have waited long enough."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, select

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.projects.rules import ProjectRules, ProjectState, Purpose
from preceptor.projects.tables import Project
from preceptor.quality.tables import Review
from preceptor.work.tables import Assignment, Submission

# What is due, from an index of the answers that wait. Rows somebody else holds are left for the next time, so that
# nothing here waits for a reviewer or trainer who is at it this moment.
DUE = """
SELECT due.id, due.late
FROM unnest(%(projects)s::uuid[], %(unsampled_before)s::timestamptz[], %(late_before)s::timestamptz[])
     AS given (project_id, unsampled_before, late_before)
CROSS JOIN LATERAL (
    SELECT assignment.id, assignment.ended_at < given.late_before AS late
    FROM assignment
    WHERE assignment.project_id = given.project_id AND assignment.state = 'submitted' AND NOT assignment.in_review
      AND assignment.ended_at < given.unsampled_before
      AND (assignment.ended_at < given.late_before
           OR NOT EXISTS (SELECT FROM review WHERE review.assignment_id = assignment.id
                                               AND review.round = assignment.rework_round))
    ORDER BY assignment.ended_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
) AS due
LIMIT %(limit)s
"""

NEWEST = """
SELECT DISTINCT ON (assignment_id) assignment_id, id FROM submission
WHERE assignment_id = ANY(%s) ORDER BY assignment_id, revision DESC
"""


class Reviewable(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that waits for a verdict and has no review in this round of rework.

    Attributes:
        first_id: its first submission, by which sampling is decided.
        newest_id: its newest revision, which a reviewer looks at.
        share: of the project.
        returned_by: the reviewer who returned it last, if anybody did.
    """

    assignment_id: UUID
    project_id: UUID
    trainer_id: UUID
    round: int
    first_id: UUID
    newest_id: UUID
    share: float
    returned_by: UUID | None


class DueAssignment(msgspec.Struct, frozen=True):
    """An answer that has waited long enough. `late`: also for a review; else it has none."""

    id: UUID
    late: bool


async def newest_revisions(session: ReadSession, *, assignment_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The newest revision of each answer."""
    driver = await session.driver()
    rows = await (await driver.execute(NEWEST, (list(assignment_ids),))).fetchall()
    return dict(rows)


async def reviewable(session: ReadSession, *, assignment_ids: Collection[UUID]) -> list[Reviewable]:
    """Those of these answers that a review could be made of now."""
    in_this_round = and_(Review.assignment_id == Assignment.id, Review.round == Assignment.rework_round)
    rows = await session.execute(
        select(
            Assignment.id,
            Assignment.project_id,
            Assignment.trainer_id,
            Assignment.rework_round,
            Submission.id,
            Project.rules,
        )
        .join(Submission, and_(Submission.assignment_id == Assignment.id, Submission.revision == 1))
        .join(Project, Project.id == Assignment.project_id)
        .where(
            Assignment.id.in_(assignment_ids),
            Assignment.state == "submitted",
            Project.purpose != Purpose.EXAM.value,  # graded, not reviewed
            ~exists().where(in_this_round),
        )
        .order_by(Assignment.id)
    )
    found = list(rows)
    newest = await newest_revisions(session, assignment_ids=[row[0] for row in found])
    returned_by = await _returned_by(session, [row[0] for row in found if row[3] > 0])
    return [
        Reviewable(
            assignment_id=assignment_id,
            project_id=project_id,
            trainer_id=trainer_id,
            round=round_,
            first_id=first_id,
            newest_id=newest[assignment_id],
            share=msgspec.convert(rules, ProjectRules).review_share,
            returned_by=returned_by.get(assignment_id),
        )
        for assignment_id, project_id, trainer_id, round_, first_id, rules in found
    ]


async def _returned_by(session: ReadSession, assignment_ids: Collection[UUID]) -> dict[UUID, UUID]:
    if not assignment_ids:
        return {}
    rows = await session.execute(
        select(Review.assignment_id, Review.reviewer_id)
        .where(Review.assignment_id.in_(assignment_ids), Review.verdict == "return", Review.reviewer_id.is_not(None))
        .order_by(Review.round)
    )
    return {assignment_id: reviewer_id for assignment_id, reviewer_id in rows if reviewer_id is not None}


async def hold_due(session: WriteSession, *, now: datetime, limit: int) -> list[DueAssignment]:
    """Answers that nobody need wait for any longer, locked until the transaction ends.

    Those without a review once their trainer's time for corrections is over, and all that have waited as long as the
    project lets work wait for a review, unless a reviewer is at it.
    """
    projects = list(
        await session.execute(
            select(Project.id, Project.rules).where(
                Project.state != ProjectState.DRAFT.value, Project.purpose != Purpose.EXAM.value
            )
        )
    )
    rules = [msgspec.convert(row[1], ProjectRules) for row in projects]
    late = [now - timedelta(days=one.accept_after_days) for one in rules]
    unsampled = [
        max(now - timedelta(hours=one.correction_hours), before) for one, before in zip(rules, late, strict=True)
    ]
    driver = await session.driver()
    values = {
        "projects": [row[0] for row in projects],
        "unsampled_before": unsampled,
        "late_before": late,
        "limit": limit,
    }
    found = await (await driver.execute(DUE, values)).fetchall()
    return [DueAssignment(id=assignment_id, late=is_late) for assignment_id, is_late in found]

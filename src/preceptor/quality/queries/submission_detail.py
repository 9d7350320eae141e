"""One answer of a project with all there is to it: what was shown, by which models, revisions, times and reviews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import ProjectView, form_at
from preceptor.quality.queries.comparing import ShownChange, changes_between
from preceptor.quality.queries.project_submissions import name_of_state
from preceptor.quality.queries.reviews import PastReview, past_review
from preceptor.quality.tables import Review
from preceptor.work.queries.submissions import (
    GivenBack,
    Revision,
    assignment_as_seen,
    given_back_of,
    paid_of,
    revisions_of,
)
from preceptor.work.queries.summaries import summary_of
from preceptor.work.queries.times import TimeView, time_view
from preceptor.work.queries.turns import TurnRecord, shown_turns, turns_of
from preceptor.work.queries.views import AssignmentView
from preceptor.work.rules.words import ORIGIN_NAMES_TO_OTHERS
from preceptor.work.tables import Assignment, Item, Submission, TimeEntry


class NoSuchSubmissionError(NotFoundError):
    """There is no such answer in this project."""

    code = "no_such_submission"
    title = _("There is no such answer in this project.")


class RevisionRead(msgspec.Struct, frozen=True):
    """A revision, who wrote it, and what it says differently from the one before."""

    revision: Revision
    author: str
    changes: list[ShownChange]

    @property
    def origin_name(self) -> LazyText:
        """How it came to be, in words."""
        return ORIGIN_NAMES_TO_OTHERS[self.revision.origin]


class ReviewRead(msgspec.Struct, frozen=True):
    """A verdict, and the pseudonym of whoever gave it."""

    review: PastReview
    reviewer: str


class ProjectSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as its project's manager sees it.

    Attributes:
        assignment: what the trainer saw, as the workbench showed it; never with a draft.
        turns: the same turns with the models behind the responses.
        revisions: first to last; none where nothing was handed in.
        amount: all that it has earned so far.
    """

    assignment: AssignmentView
    turns: list[TurnRecord]
    person_id: UUID
    pseudonym: str
    summary: str
    claimed_at: datetime
    ended_at: datetime | None
    revisions: list[RevisionRead]
    reviews: list[ReviewRead]
    given_back: GivenBack | None
    times: list[TimeView]
    paid_ms: int
    amount: Money

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return name_of_state(self.assignment.state, rework_round=self.assignment.rework_round)


async def access_project_submission(
    session: ReadSession, *, actor: Actor, project: ProjectView, assignment_id: UUID
) -> ProjectSubmission:
    """One answer of a project, by the id of its assignment or of one of its submissions.

    Raises:
        MissingPermissionError: the actor may not read submissions.
        NoSuchSubmissionError: it is not there, or is another project's.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.SUBMISSION_READ)
    by_submission = select(Submission.assignment_id).where(Submission.id == assignment_id).scalar_subquery()
    found = await session.execute(
        select(Assignment, Item, Person.pseudonym)
        .join(Item, Item.id == Assignment.item_id)
        .join(Person, Person.id == Assignment.trainer_id)
        .where(Assignment.id.in_([assignment_id, by_submission]), Assignment.project_id == project.id)
    )
    row = found.first()
    if row is None:
        raise NoSuchSubmissionError
    assignment, item, pseudonym = row
    turns = await _turns(session, project, assignment, item)
    seen = await assignment_as_seen(session, actor, assignment, item)
    paid = (await paid_of(session, [assignment.id]))[assignment.id]
    return ProjectSubmission(
        assignment=msgspec.structs.replace(seen, draft=None),
        turns=turns,
        person_id=assignment.trainer_id,
        pseudonym=pseudonym,
        summary=summary_of(
            kind=project.kind,
            content=item.content,
            brief=item.brief,
            topic=item.topic,
            prompt=turns[0].prompt if turns else None,
        ),
        claimed_at=assignment.claimed_at,
        ended_at=assignment.ended_at,
        revisions=await _revisions(session, project, assignment.id, turns),
        reviews=await _reviews(session, actor, assignment.id),
        given_back=await given_back_of(session, assignment.id),
        times=await _times(session, project, assignment.id),
        paid_ms=paid.ms,
        amount=Money(paid.minor, assignment.currency),
    )


async def _turns(session: ReadSession, project: ProjectView, row: Assignment, item: Item) -> list[TurnRecord]:
    kind = task_kind(project.kind)
    given = kind.given_turn(kind.decode_item(item.content))
    return await turns_of(await session.driver(), assignment_id=row.id, item_id=row.item_id, given=given)


async def _revisions(
    session: ReadSession, project: ProjectView, assignment_id: UUID, turns: Sequence[TurnRecord]
) -> list[RevisionRead]:
    kind = task_kind(project.kind)
    rows = await session.execute(
        select(Submission.id, Submission.form_version, Person.pseudonym)
        .join(Person, Person.id == Submission.author_id)
        .where(Submission.assignment_id == assignment_id)
    )
    written = {row[0]: (row[1], row[2]) for row in rows}
    shown = shown_turns(turns)
    read: list[RevisionRead] = []
    before: dict[str, Any] | None = None
    for revision in await revisions_of(session, assignment_id):
        version, author = written[revision.id]
        form = await form_at(session, project_id=project.id, version=version)
        changes = changes_between(kind, kind.decode_settings(form.settings), shown, before, revision.content)
        read.append(RevisionRead(revision, author, changes))
        before = revision.content
    return read


async def _reviews(session: ReadSession, actor: Actor, assignment_id: UUID) -> list[ReviewRead]:
    rows = await session.execute(
        select(Review, Person.pseudonym)
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .where(Review.assignment_id == assignment_id, Review.state == "decided")
        .order_by(Review.round)
    )
    return [ReviewRead(past_review(review, actor), reviewer or "") for review, reviewer in rows]


async def _times(session: ReadSession, project: ProjectView, assignment_id: UUID) -> list[TimeView]:
    rows = await session.scalars(
        select(TimeEntry).where(TimeEntry.assignment_id == assignment_id).order_by(TimeEntry.id)
    )
    return [time_view(entry, project.title) for entry in rows]

"""A person's own work: what they have done, task by task, and each with all that was shown and answered."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, or_, select

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor
from preceptor.projects.queries import form_at, project_terms
from preceptor.projects.tables import Project
from preceptor.work.queries.lists import kind_title
from preceptor.work.queries.summaries import summary_of
from preceptor.work.queries.times import TimeView, time_of_assignment
from preceptor.work.queries.views import AssignmentView, ViewedAssignment, full_view
from preceptor.work.rules.clock import Spent
from preceptor.work.rules.pay import Outset
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS
from preceptor.work.rules.states import LEASED
from preceptor.work.rules.words import NO_PAY_NOTE, ORIGIN_NAMES, STATE_NAMES, STATE_NOTES
from preceptor.work.tables import Assignment, AssignmentNote, Item, Submission, SubmissionBody, TimeEntry, Turn

PAGE_SIZE = 50


class NoSuchWorkError(NotFoundError):
    """There is no such assignment, or it is somebody else's."""

    code = "no_such_assignment"
    title = _("There is no such task, or it is not yours.")


class MyWorkEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One of somebody's own tasks that has ended, in a list. Times in milliseconds.

    Attributes:
        ended_at: None while it is in rework.
        amount: all that it has earned so far.
        correctable: it was handed in and nobody has begun to look at it.
    """

    assignment_id: UUID
    project_slug: str
    project_title: str
    kind_title: LazyText
    summary: str
    state: str
    rework_round: int
    ended_at: datetime | None
    paid_ms: int
    amount: Money
    correctable: bool

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return state_name(self.state, rework_round=self.rework_round)


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it was handed in or corrected. `content` is None where it was erased."""

    id: UUID
    number: int
    origin: str
    at: datetime
    content: dict[str, Any] | None

    @property
    def origin_name(self) -> LazyText:
        """How it came to be, in words."""
        return ORIGIN_NAMES[self.origin]


class GivenBack(msgspec.Struct, frozen=True):
    """Why somebody skipped or reported a task."""

    kind: str
    reason: LazyText
    note: str
    at: datetime


class SubmissionDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One of somebody's own tasks, with everything they saw and gave.

    Attributes:
        assignment: the task as the workbench shows it; its draft is what was written and not handed in.
        revisions: first to last; none where nothing was handed in.
        given_back: why it was skipped or reported.
        correctable: it was handed in and nobody has begun to look at it.
    """

    assignment: AssignmentView
    summary: str
    claimed_at: datetime
    ended_at: datetime | None
    revisions: list[Revision]
    given_back: GivenBack | None
    times: list[TimeView]
    paid_ms: int
    amount: Money
    correctable: bool
    no_pay: bool = False
    """It was rejected for a reason that took back what it had earned."""

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return state_name(self.assignment.state, rework_round=self.assignment.rework_round)

    @property
    def state_note(self) -> LazyText | None:
        """What the state means for the trainer."""
        if self.assignment.state == "submitted" and not self.correctable:
            return _("Somebody is looking at it, so that it can no longer be corrected.")
        return NO_PAY_NOTE if self.no_pay else STATE_NOTES.get(self.assignment.state)


def state_name(state: str, *, rework_round: int = 0) -> LazyText:
    """The state of an assignment in words."""
    return _("In rework") if rework_round and state in LEASED else STATE_NAMES[state]


async def my_work(session: ReadSession, *, actor: Actor, cursor: str | None = None) -> Page[MyWorkEntry]:
    """The actor's own tasks that have ended or came back, the one taken last first.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    query = (
        select(Assignment, Item, Project, Turn.prompt)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(Turn, and_(Turn.assignment_id == Assignment.id, Turn.position == 0))
        .where(
            Assignment.trainer_id == actor.person_id,
            Assignment.started_at.is_not(None),
            or_(Assignment.state.not_in([state.value for state in LEASED]), Assignment.rework_round > 0),
        )
        .order_by(Assignment.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor:
        query = query.where(Assignment.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = rows[:PAGE_SIZE]
    paid = await paid_of(session, [row[0].id for row in shown])
    return Page(
        [
            _entry(row, item=item, project=project, prompt=prompt, paid=paid[row.id])
            for row, item, project, prompt in shown
        ],
        encode_cursor(shown[-1][0].id) if len(rows) > PAGE_SIZE else None,
    )


class Paid(msgspec.Struct, frozen=True):
    """What was paid for an assignment in all, claims over its cap included; nothing where it was taken back."""

    ms: int = 0
    minor: int = 0


async def paid_of(session: ReadSession, assignment_ids: Collection[UUID]) -> dict[UUID, Paid]:
    """What was paid for each of these assignments. For callers that have made sure who asks."""
    rows = await session.execute(
        select(TimeEntry.assignment_id, func.sum(TimeEntry.paid_ms), func.sum(TimeEntry.amount_minor))
        .join(Assignment, Assignment.id == TimeEntry.assignment_id)
        .where(TimeEntry.assignment_id.in_(assignment_ids), ~Assignment.no_pay)
        .group_by(TimeEntry.assignment_id)
    )
    found = {row[0]: Paid(int(row[1]), int(row[2])) for row in rows}
    return {one: found.get(one, Paid()) for one in assignment_ids}


def _entry(row: Assignment, *, item: Item, project: Project, prompt: str | None, paid: Paid) -> MyWorkEntry:
    return MyWorkEntry(
        assignment_id=row.id,
        project_slug=project.slug,
        project_title=project.title,
        kind_title=kind_title(project.kind),
        summary=summary_of(kind=project.kind, content=item.content, brief=item.brief, topic=item.topic, prompt=prompt),
        state=row.state,
        rework_round=row.rework_round,
        ended_at=row.ended_at,
        paid_ms=paid.ms,
        amount=Money(paid.minor, row.currency),
        correctable=_is_correctable(row),
    )


def _is_correctable(row: Assignment) -> bool:
    return row.state == "submitted" and not row.in_review


async def access_submission(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> SubmissionDetail:
    """One of the actor's own tasks, by its id or the id of one of its submissions.

    Raises:
        NoSuchWorkError: not there, or not theirs.
    """
    by_submission = select(Submission.assignment_id).where(Submission.id == assignment_id).scalar_subquery()
    found = await session.execute(
        select(Assignment, Item)
        .join(Item, Item.id == Assignment.item_id)
        .where(
            or_(Assignment.id == assignment_id, Assignment.id == by_submission),
            Assignment.trainer_id == actor.person_id,
        )
    )
    pair = found.first()
    if pair is None:
        raise NoSuchWorkError
    row, item = pair
    view = await assignment_as_seen(session, actor, row, item)
    paid = (await paid_of(session, [row.id]))[row.id]
    return SubmissionDetail(
        assignment=view,
        summary=summary_of(
            kind=view.project.kind,
            content=item.content,
            brief=item.brief,
            topic=item.topic,
            prompt=view.turns[0].prompt if view.turns else None,
        ),
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        revisions=await revisions_of(session, row.id),
        given_back=await given_back_of(session, row.id),
        times=await time_of_assignment(session, actor=actor, assignment_id=row.id),
        paid_ms=paid.ms,
        amount=Money(paid.minor, row.currency),
        correctable=_is_correctable(row),
        no_pay=row.no_pay,
    )


async def assignment_as_seen(session: ReadSession, actor: Actor, row: Assignment, item: Item) -> AssignmentView:
    """An assignment as the workbench showed it. For callers that have made sure who asks."""
    terms = await project_terms(session, project_id=row.project_id)
    form = await form_at(session, project_id=row.project_id, version=row.form_version)
    kind = task_kind(terms.kind)
    viewed = ViewedAssignment(
        id=row.id,
        state=row.state,
        item_id=row.item_id,
        brief=item.brief,
        topic=item.topic,
        content=item.content,
        form_version=row.form_version,
        guidelines_version=row.guidelines_version,
        rate=Money(row.rate_minor, row.currency),
        cap_ms=row.cap_ms,
        spent=Spent(row.active_ms, row.waiting_ms, row.idle_ms, row.paused_ms),
        lease_until=row.lease_until,
        rework_round=row.rework_round,
        categories=tuple(row.categories or ()),
        outset=Outset(row.round_payable_ms, row.round_earned_ms),
    )
    settings = kind.decode_settings(form.settings)
    return await full_view(await session.driver(), viewed, actor=actor, terms=terms, kind=kind, settings=settings)


async def revisions_of(session: ReadSession, assignment_id: UUID) -> list[Revision]:
    """What was handed in, first to last. For callers that have made sure who asks."""
    rows = await session.execute(
        select(Submission, SubmissionBody)
        .join(SubmissionBody, SubmissionBody.submission_id == Submission.id)
        .where(Submission.assignment_id == assignment_id)
        .order_by(Submission.revision)
    )
    return [
        Revision(
            id=row.id,
            number=row.revision,
            origin=row.origin,
            at=row.submitted_at,
            content=None if body.erased_at else body.content,
        )
        for row, body in rows
    ]


async def given_back_of(session: ReadSession, assignment_id: UUID) -> GivenBack | None:
    """Why a task was skipped or reported, if it was. For callers that have made sure who asks."""
    row = await session.scalar(
        select(AssignmentNote)
        .where(AssignmentNote.assignment_id == assignment_id)
        .order_by(AssignmentNote.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    reasons = REPORT_REASONS if row.kind == "reported" else SKIP_REASONS
    return GivenBack(row.kind, reasons[row.reason], row.note, row.at)

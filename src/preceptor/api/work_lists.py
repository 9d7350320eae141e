"""What a trainer can take, what they have done, and what they have earned."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery

from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.pay.queries import balances, earned_by_period
from preceptor.people import Actor
from preceptor.quality.queries import ReviewResult, reviews_of_assignment
from preceptor.work.desk import Desk
from preceptor.work.queries.lists import WorkEntry, WorkList, list_returned, list_unfinished, list_work
from preceptor.work.queries.submissions import SubmissionDetail, access_submission, my_work
from preceptor.work.queries.times import TimeView, list_time
from preceptor.work.queries.views import AssignmentView

DAYS = timedelta(days=31)


class ReasonTold(msgspec.Struct, frozen=True):
    """Why there is nothing to take, and what would change it."""

    code: str
    text: str
    hint: str
    link: str
    """A page on which it can be changed; empty where there is none."""
    until: datetime | None
    """When it changes by itself, where that is known."""


class WorkProject(msgspec.Struct, frozen=True, kw_only=True):
    """A project on your list of work. `acknowledged_version`: newest guidelines you have said you read; 0 for none.

    `task_price`: what each task handed in earns; pay is then topped up to the hour. null: the hour is paid.
    """

    slug: str
    title: str
    brief: str
    kind: str
    rate_per_hour: Money
    task_price: Money | None
    unpaid: bool
    estimated_minutes: int
    cap_minutes: int | None
    open: int
    reason: ReasonTold | None
    guidelines_version: int
    acknowledged_version: int
    teams: list[str]
    current_assignment_id: UUID | None
    content: list[str]
    """What its tasks may show, by category."""
    exposed_minutes: int | None
    daily_minutes: int
    more: ReasonTold | None
    """Why not more, where you can take some of its tasks."""


class WaitingWork(msgspec.Struct, frozen=True):
    """A task of yours that waits: returned for rework, or left unfinished while nobody else has taken it."""

    assignment_id: UUID
    project: str
    summary: str


class WorkAnswer(msgspec.Struct, frozen=True):
    """Your list of work. `reason` says why it holds no project where it holds none."""

    projects: list[WorkProject]
    returned: list[WaitingWork]
    unfinished: list[WaitingWork]
    reason: ReasonTold | None


class SubmissionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of your tasks that has ended or came back. `paid_ms` and `amount`: all that it earned."""

    assignment_id: UUID
    project: str
    project_slug: str
    summary: str
    state: str
    rework_round: int
    ended_at: datetime | None
    paid_ms: int
    amount: Money
    correctable: bool


class SubmissionsAnswer(msgspec.Struct, frozen=True):
    """A page of your tasks, the one taken last first."""

    submissions: list[SubmissionRow]
    next_cursor: str | None


class RevisionTold(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it was handed in or corrected; `content` is null where it was erased."""

    submission_id: UUID
    number: int
    origin: str
    at: datetime
    content: dict[str, Any] | None


class ReviewTold(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on your answer."""

    submission_id: UUID
    round: int
    verdict: str
    reason: str | None
    reason_text: str | None
    note: str
    decided_at: datetime


class TimeTold(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of work that has ended, with what it earned."""

    at: datetime
    project: str
    assignment_id: UUID | None
    activity: str
    outcome: str
    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int
    paid_ms: int
    rate_per_hour: Money
    amount: Money


class SubmissionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One of your tasks with everything you saw and gave."""

    assignment: AssignmentView
    revisions: list[RevisionTold]
    reviews: list[ReviewTold]
    times: list[TimeTold]
    ended_at: datetime | None
    paid_ms: int
    amount: Money
    correctable: bool


class DayTold(msgspec.Struct, frozen=True):
    """What you earned on a day of your own time zone."""

    day: date
    amount: Money


class EarningsAnswer(msgspec.Struct, frozen=True):
    """What you have earned and not been paid out (`balances`), the last 31 days, and a page of your time entries."""

    balances: list[Money]
    days: list[DayTold]
    entries: list[TimeTold]
    next_cursor: str | None


@get("/work", summary="What you can take")
async def show_work(request: Request[Actor]) -> WorkAnswer:
    """Every project of your teams with what is open for you, or why nothing is; and what waits for you."""
    actor = request.actor
    desk: Desk = request.part("desk")
    async with request.db.read() as session:
        found = await list_work(session, actor=actor, now=request.now, daily_minutes=desk.daily_minutes)
        returned = await list_returned(session, actor=actor)
        unfinished = await list_unfinished(session, actor=actor, now=request.now)
    waiting = [one.project_id for one in found.entries if one.reason]
    await desk.waits(actor=actor, project_ids=waiting, now=request.now)
    return WorkAnswer(
        projects=[_project(entry) for entry in found.entries],
        returned=[WaitingWork(one.assignment_id, one.project_title, one.summary) for one in returned],
        unfinished=[WaitingWork(one.assignment_id, one.project_title, one.summary) for one in unfinished],
        reason=_reason(found),
    )


def told(reason: Any) -> ReasonTold:
    """A reason as the API tells it."""
    return ReasonTold(str(reason.code), str(reason.text), str(reason.hint), reason.link, reason.until)


def _reason(of: WorkEntry | WorkList) -> ReasonTold | None:
    reason = of.reason
    return None if reason is None else told(reason)


def _project(entry: WorkEntry) -> WorkProject:
    return WorkProject(
        slug=entry.slug,
        title=entry.title,
        brief=entry.brief,
        kind=entry.kind,
        rate_per_hour=entry.rate,
        task_price=entry.task_price,
        unpaid=entry.unpaid,
        estimated_minutes=entry.estimated_minutes,
        cap_minutes=entry.cap_minutes,
        open=entry.open,
        reason=_reason(entry),
        guidelines_version=entry.guidelines_version,
        acknowledged_version=entry.acknowledged_version,
        teams=entry.teams,
        current_assignment_id=entry.current_assignment_id,
        content=[one.value for one in entry.content],
        exposed_minutes=entry.exposed_minutes,
        daily_minutes=entry.daily_minutes,
        more=None if entry.more is None else told(entry.more),
    )


@get("/submissions", summary="What you have done")
async def show_submissions(request: Request[Actor], cursor: FromQuery[str | None] = None) -> SubmissionsAnswer:
    """Your own tasks that have ended or came back, fifty a page."""
    async with request.db.read() as session:
        found = await my_work(session, actor=request.actor, cursor=cursor)
    rows = [
        SubmissionRow(
            assignment_id=entry.assignment_id,
            project=entry.project_title,
            project_slug=entry.project_slug,
            summary=entry.summary,
            state=entry.state,
            rework_round=entry.rework_round,
            ended_at=entry.ended_at,
            paid_ms=entry.paid_ms,
            amount=entry.amount,
            correctable=entry.correctable,
        )
        for entry in found.rows
    ]
    return SubmissionsAnswer(rows, found.next_cursor)


@get("/submissions/{assignment_id:uuid}", summary="One of your tasks, as you did it")
async def show_submission(request: Request[Actor], assignment_id: FromPath[UUID]) -> SubmissionAnswer:
    """One of your own tasks, by its id or the id of one of its submissions, with every revision and review."""
    async with request.db.read() as session:
        detail = await access_submission(session, actor=request.actor, assignment_id=assignment_id)
        reviews = await reviews_of_assignment(session, actor=request.actor, assignment_id=detail.assignment.id)
    return _submission(detail, reviews)


def _submission(detail: SubmissionDetail, reviews: list[ReviewResult]) -> SubmissionAnswer:
    return SubmissionAnswer(
        assignment=detail.assignment,
        revisions=[
            RevisionTold(
                submission_id=revision.id,
                number=revision.number,
                origin=revision.origin,
                at=revision.at,
                content=revision.content,
            )
            for revision in detail.revisions
        ],
        reviews=[
            ReviewTold(
                submission_id=review.submission_id,
                round=review.round,
                verdict=review.verdict,
                reason=review.reason,
                reason_text=review.reason_label,
                note=review.note,
                decided_at=review.decided_at,
            )
            for review in reviews
        ],
        times=[_time(entry) for entry in detail.times],
        ended_at=detail.ended_at,
        paid_ms=detail.paid_ms,
        amount=detail.amount,
        correctable=detail.correctable,
    )


def _time(entry: TimeView) -> TimeTold:
    return TimeTold(
        at=entry.at,
        project=entry.project_title,
        assignment_id=entry.assignment_id,
        activity=entry.activity,
        outcome=entry.outcome,
        active_ms=entry.active_ms,
        waiting_ms=entry.waiting_ms,
        idle_ms=entry.idle_ms,
        paused_ms=entry.paused_ms,
        paid_ms=entry.paid_ms,
        rate_per_hour=entry.rate,
        amount=entry.amount,
    )


@get("/earnings", summary="What you have earned")
async def show_earnings(request: Request[Actor], cursor: FromQuery[str | None] = None) -> EarningsAnswer:
    """Your balance, the last 31 days, and your time entries, fifty a page."""
    actor = request.actor
    async with request.db.read() as session:
        balance = await balances(session, actor=actor)
        days = await earned_by_period(session, actor=actor, period="day", since=request.now - DAYS)
        page = await list_time(session, actor=actor, cursor=cursor)
    return EarningsAnswer(
        balances=balance,
        days=[DayTold(one.begins, one.amount) for one in days],
        entries=[_time(entry) for entry in page.rows],
        next_cursor=page.next_cursor,
    )


handlers: list[Any] = [show_work, show_submissions, show_submission, show_earnings]

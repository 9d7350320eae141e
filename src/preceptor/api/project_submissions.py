"""What was submitted in a project, for its managers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects.queries import access_project
from preceptor.quality.queries.project_submissions import AnswerFilter, AnswerState, list_project_submissions
from preceptor.quality.queries.submission_detail import access_project_submission
from preceptor.work.queries.views import AssignmentView

MOST_TYPED = 100


class AnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. `trainer` is a pseudonym; `verdict` the newest one, null where nobody has reviewed it.

    `amount` is all that it has earned; `active_ms` the active time over all rounds of rework.
    """

    assignment_id: UUID
    item_id: UUID
    trainer: str
    summary: str
    state: str
    rework_round: int
    claimed_at: datetime
    ended_at: datetime | None
    active_ms: int
    amount: Money
    verdict: str | None
    revisions: int


class AnswersAnswer(msgspec.Struct, frozen=True):
    """Some answers, newest first.

    A request looks at a bounded number of answers. Where `looked_at` is not null it stopped there: `next_cursor` goes
    on, also where `submissions` holds few or none.
    """

    submissions: list[AnswerRow]
    next_cursor: str | None
    looked_at: int | None


class ShownModel(msgspec.Struct, frozen=True):
    """Which model wrote a response, and as what it ended."""

    response_id: str
    model: str | None
    state: str
    finish_reason: str | None
    tokens: int | None


class RevisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A revision; `content` is null where it was erased."""

    submission_id: UUID
    number: int
    origin: str
    author: str
    at: datetime
    content: dict[str, Any] | None


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict; `reviewer` is a pseudonym."""

    round: int
    verdict: str
    reason: str | None
    note: str
    reviewer: str
    decided_at: datetime


class AnswerDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with what the trainer was shown (`assignment`), every revision and every verdict."""

    assignment: AssignmentView
    trainer: str
    models: list[ShownModel]
    revisions: list[RevisionRow]
    reviews: list[VerdictRow]
    claimed_at: datetime
    ended_at: datetime | None
    paid_ms: int
    amount: Money


@get("/projects/{slug:str}/submissions", summary="A project's submissions")
async def show_submissions(
    request: Request[Actor],
    slug: FromPath[str],
    in_state: Annotated[AnswerState | None, QueryParameter(name="state")] = None,
    trainer: FromQuery[str] = "",
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    verdict: FromQuery[Literal["accept", "correct", "return", "reject", "none"] | None] = None,
    cursor: FromQuery[str | None] = None,
) -> AnswersAnswer:
    """Answers, newest first, fifty at a time. Without a state: all that were submitted.

    `trainer`: how their pseudonym begins. `since`, `until`: first and last day, in UTC.
    """
    wanted = AnswerFilter(
        state=in_state, trainer=trainer.strip()[:MOST_TYPED], since=since, until=until, verdict=verdict or ""
    )
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        found = await list_project_submissions(
            session, actor=request.actor, project=project, wanted=wanted, cursor=cursor
        )
    rows = [
        AnswerRow(
            assignment_id=row.assignment_id,
            item_id=row.item_id,
            trainer=row.pseudonym,
            summary=row.summary,
            state=row.state,
            rework_round=row.rework_round,
            claimed_at=row.claimed_at,
            ended_at=row.ended_at,
            active_ms=row.active_ms,
            amount=row.amount,
            verdict=row.verdict,
            revisions=row.revisions,
        )
        for row in found.rows
    ]
    return AnswersAnswer(rows, found.next_cursor, found.looked_at)


@get("/projects/{slug:str}/submissions/{assignment_id:uuid}", summary="One of a project's submissions")
async def show_submission(
    request: Request[Actor], slug: FromPath[str], assignment_id: FromPath[UUID]
) -> AnswerDocument:
    """An answer with everything, by the id of its assignment or of one of its submissions."""
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        detail = await access_project_submission(
            session, actor=request.actor, project=project, assignment_id=assignment_id
        )
    return AnswerDocument(
        assignment=detail.assignment,
        trainer=detail.pseudonym,
        models=[
            ShownModel(one.id, one.model, one.state, one.finish_reason, one.tokens)
            for turn in detail.turns
            for one in turn.responses
        ],
        revisions=[
            RevisionRow(
                submission_id=one.revision.id,
                number=one.revision.number,
                origin=one.revision.origin,
                author=one.author,
                at=one.revision.at,
                content=one.revision.content,
            )
            for one in detail.revisions
        ],
        reviews=[
            VerdictRow(
                round=one.review.round,
                verdict=one.review.verdict,
                reason=one.review.reason,
                note=one.review.note,
                reviewer=one.reviewer,
                decided_at=one.review.decided_at,
            )
            for one in detail.reviews
        ],
        claimed_at=detail.claimed_at,
        ended_at=detail.ended_at,
        paid_ms=detail.paid_ms,
        amount=detail.amount,
    )


handlers: list[Any] = [show_submissions, show_submission]

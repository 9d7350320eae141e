"""Contested rejections: the list, and one of them with the work, for somebody else to decide."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.quality.operations import HeldByColleagueError, decide_dispute, release_hold
from preceptor.quality.queries.disputes import DisputedWork, Disputes, access_dispute, list_disputes
from preceptor.quality.queries.offered import NotReadyError
from preceptor.web.filled import problems_of
from preceptor.web.reviewer.held import HeldData, held_data
from preceptor.web.wellbeing import wellbeing_of


class DisputesPage(msgspec.Struct, frozen=True):
    """The list."""

    found: Disputes
    decided: bool
    paged: bool


class DisputePage(msgspec.Struct, frozen=True):
    """One of them. `module` and `data`: the kind's widget; None where the texts were erased."""

    work: DisputedWork
    module: str
    data: dict[str, Any] | None
    answer: str
    problems: list[FieldProblem]
    held: HeldData

    def error(self, path: str) -> LazyText | str | None:
        """What is wrong with a field."""
        return next((one.message for one in self.problems if one.path == path), None)


class DecisionFields(msgspec.Struct, frozen=True):
    """A decision."""

    decision: str
    answer: str = ""


@get("/disputes", name="disputes")
async def show_disputes(
    request: Request[Actor], decided: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """Rejections that wait for somebody else to look, or those that were decided."""
    async with request.db.read() as session:
        found = await list_disputes(
            session,
            actor=request.actor,
            open_only=decided != "true",
            cursor=cursor or None,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )
    view = DisputesPage(found, decided == "true", bool(cursor))
    return page(request, "web/reviewer/disputes.html", view)


@get("/disputes/{dispute_id:uuid}", name="disputes.one")
async def show_dispute(request: Request[Actor], dispute_id: FromPath[UUID]) -> Response[str]:
    """What the trainer saw and answered, what was said about it, and the decision to be taken."""
    try:
        return await _page(request, dispute_id)
    except NotReadyError as error:
        return redirect(request, "/disputes", said=error.detail, kind="warn")


async def _page(
    request: Request[Actor], dispute_id: UUID, *, answer: str = "", problems: list[FieldProblem] | None = None
) -> Response[str]:
    async with request.db.read() as session:
        work = await access_dispute(
            session,
            actor=request.actor,
            dispute_id=dispute_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )
        wellbeing = await wellbeing_of(request, session)
        held = await held_data(request, session, path=f"/disputes/{dispute_id}", wellbeing=wellbeing)
    data = {
        "assignment": work.assignment,
        "value": work.content,
        "original": None,
        "mode": "review",
        "wellbeing": wellbeing,
    }
    module = task_kind(work.assignment.project.kind).widget_module
    view = DisputePage(work, module, None if work.content is None else data, answer, problems or [], held)
    return page(request, "web/reviewer/dispute.html", view, status=422 if problems else 200)


@post("/disputes/{dispute_id:uuid}/decide", name="disputes.decide")
async def do_decide(request: Request[Actor], dispute_id: FromPath[UUID]) -> Response[str]:
    """Let it stand, or overturn it."""
    raw = await request.form()
    try:
        fields = parse_form(raw, DecisionFields)
        async with request.db.write() as session:
            await decide_dispute(
                session,
                actor=request.actor,
                dispute_id=dispute_id,
                overturn=fields.decision == "overturn",
                answer=fields.answer,
                now=request.now,
            )
    except (InvalidError, HeldByColleagueError) as error:
        return await _page(request, dispute_id, answer=str(raw.get("answer", "")), problems=problems_of(error))
    except ConflictError as error:
        return redirect(request, "/disputes", said=error.title, kind="warn")
    return redirect(request, "/disputes", said=_("Decided. The trainer is told."))


@post("/disputes/{dispute_id:uuid}/release", name="disputes.release")
async def put_back(request: Request[Actor], dispute_id: FromPath[UUID]) -> Response[str]:
    """Put it back undecided."""
    async with request.db.write() as session:
        await release_hold(session, actor=request.actor, subject_id=dispute_id, now=request.now)
    return redirect(request, "/disputes", said=_("You have put it back. Your time with it is paid."))


handlers: list[Any] = [show_disputes, show_dispute, do_decide, put_back]

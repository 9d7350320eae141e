"""Grading what was written in exams, against the rubric."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.people import Actor
from preceptor.quality.operations import HeldByColleagueError, grade_part, release_hold
from preceptor.quality.queries.exams import PartsToGrade, PartView, access_part, list_parts_to_grade
from preceptor.quality.queries.offered import NotReadyError
from preceptor.web.filled import Filled, problems_of
from preceptor.web.reviewer.held import HeldData, held_data
from preceptor.web.wellbeing import wellbeing_of


class GradeFields(msgspec.Struct, frozen=True):
    """The form: points by criterion; `decision` on a part that was reported."""

    points: dict[str, int] = {}
    note: str = ""
    decision: str = ""


class GradingPage(msgspec.Struct, frozen=True):
    """What waits, and what is not offered to the reader."""

    found: PartsToGrade


class PartPage(msgspec.Struct, frozen=True):
    """One part with its rubric. `data`: what the kind's widget is handed; None where nothing was submitted."""

    part: PartView
    form: Filled
    module: str
    file: str
    data: dict[str, Any] | None
    held: HeldData


@get("/grading", name="grading")
async def show_grading(request: Request[Actor]) -> Response[str]:
    """Parts of exams that wait for a grader."""
    async with request.db.read() as session:
        found = await list_parts_to_grade(
            session, actor=request.actor, now=request.now, daily_minutes=request.settings.daily_minutes
        )
    return page(request, "web/reviewer/grading.html", GradingPage(found))


@get("/grading/{item_id:uuid}", name="grading.part")
async def show_part(request: Request[Actor], item_id: FromPath[UUID]) -> Response[str]:
    """One part as it was, and the rubric."""
    try:
        return await _part(request, item_id, Filled({}))
    except NotReadyError as error:
        return redirect(request, "/grading", said=error.detail, kind="warn")


async def _part(request: Request[Actor], item_id: UUID, form: Filled, *, status: int = 200) -> Response[str]:
    async with request.db.read() as session:
        part = await access_part(
            session,
            actor=request.actor,
            item_id=item_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )
        wellbeing = await wellbeing_of(request, session)
        held = await held_data(request, session, path=f"/grading/{item_id}", wellbeing=wellbeing)
    module = task_kind(part.kind).widget_module
    shown = {
        "id": str(part.item_id),
        "state": "submitted",
        "project": {"slug": part.project_slug, "title": part.project_title, "kind": part.kind},
        "item": part.item,
        "form": part.form,
        "turns": part.turns,
        "draft": None,
        "content_warnings": part.content_warnings,
    }
    data = {"assignment": shown, "value": part.answer, "original": None, "mode": "review", "wellbeing": wellbeing}
    view = PartPage(
        part=part,
        form=form,
        module=module,
        file=f"{module.removeprefix('@preceptor/')}.js",
        data=data,
        held=held,
    )
    return page(request, "web/reviewer/grading_part.html", view, status=status)


@post("/grading/{item_id:uuid}", name="grading.part.grade")
async def do_grade(request: Request[Actor], item_id: FromPath[UUID]) -> Response[str]:
    """Give the points, or decide about what was reported."""
    tree = nest_form((await request.form()).multi_items())
    try:
        fields = convert_form(tree, GradeFields)
        async with request.db.write() as session:
            await grade_part(
                session,
                actor=request.actor,
                item_id=item_id,
                points=fields.points,
                note=fields.note,
                left_out=fields.decision == "left_out",
                now=request.now,
            )
    except (InvalidError, HeldByColleagueError) as error:
        return await _part(request, item_id, Filled(tree, problems_of(error)), status=error.status)
    except ConflictError as error:
        return redirect(request, "/grading", said=error.title, kind="warn")
    return redirect(request, "/grading", said=_("Your grade is kept. Your name stands by the result."))


@post("/grading/{item_id:uuid}/release", name="grading.part.release")
async def put_back(request: Request[Actor], item_id: FromPath[UUID]) -> Response[str]:
    """Put it back ungraded."""
    async with request.db.write() as session:
        await release_hold(session, actor=request.actor, subject_id=item_id, now=request.now)
    return redirect(request, "/grading", said=_("You have put it back. Your time with it is paid."))


handlers: list[Any] = [show_grading, show_part, do_grade, put_back]

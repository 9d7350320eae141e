"""Sitting an exam: what it asks, beginning it, handing it in, and what came of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.hiring.queries import CertificationView, NoSuchExamError, access_certification, prerequisites_of
from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, earned
from preceptor.lib.web import Request, page, redirect
from preceptor.people import Actor
from preceptor.projects import ProjectTerms, Purpose
from preceptor.projects.queries import access_project, project_terms
from preceptor.quality.operations.exams import begin_exam
from preceptor.quality.queries.chances import Chance, chance_of
from preceptor.quality.queries.results_of_exams import SittingView, access_sitting, titles_of_fields
from preceptor.web.wellbeing import wellbeing_of
from preceptor.work.operations.sittings import NoSuchSittingError, hand_in_sitting
from preceptor.work.queries.sittings import PartFacts, parts_of_sitting
from preceptor.work.queries.submissions import access_submission


class ExamPage(msgspec.Struct, frozen=True, kw_only=True):
    """The exam before, between and during sittings."""

    project: ProjectTerms
    chance: Chance
    certification: CertificationView
    needed: list[tuple[str, int]]
    titles: dict[str, LazyText]
    parts: list[PartFacts]
    """Of the open sitting."""
    answered: int
    under_way: UUID | None
    pay: Money | None
    """What sitting it in the estimated time earns."""


class KeyShown(msgspec.Struct, frozen=True):
    """A part's answer and key as the widget shows them."""

    module: str
    file: str
    answer: dict[str, Any]
    key: dict[str, Any]


class ResultPage(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a sitting."""

    view: SittingView
    certification: CertificationView
    mine: bool
    shown: KeyShown | None
    part: int


ENDED = frozenset({"submitted", "accepted", "skipped", "reported", "surplus"})


@get("/exams/{slug:str}", name="exam")
async def show_exam(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """What the exam asks and gives, and how one stands before it."""
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        await access_project(session, actor=actor, slug=slug)
        project = await project_terms(session, slug=slug)
        if project.purpose is not Purpose.EXAM:
            raise NoSuchExamError
        chance = await chance_of(session, person_id=actor.person_id, project=project, now=now)
        certification_id = chance.terms.certification_id
        parts = (
            await parts_of_sitting(session, sitting_id=chance.current.id, kind=project.kind) if chance.current else []
        )
        view = ExamPage(
            project=project,
            chance=chance,
            certification=await access_certification(session, actor=actor, certification_id=certification_id, now=now),
            needed=[
                (name, need.level) for need, name in await prerequisites_of(session, certification_id=certification_id)
            ],
            titles=await titles_of_fields(session, project=project),
            parts=parts,
            answered=sum(one.state in ENDED for one in parts),
            under_way=next((one.assignment_id for one in parts if one.state in {"active", "paused"}), None),
            pay=None
            if project.rules.unpaid
            else earned(
                rate_per_hour=project.rate,
                paid_ms=timedelta(minutes=chance.terms.minutes) // timedelta(milliseconds=1),
            ),
        )
    return page(request, "web/trainer/exam.html", view)


@post("/exams/{slug:str}/begin", name="exam.begin")
async def do_begin(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Begin a sitting, and say where its parts are."""
    try:
        async with request.db.write() as session:
            await begin_exam(session, actor=request.actor, slug=slug, now=request.now)
    except ConflictError as error:
        return redirect(request, f"/exams/{slug}", said=error.title, kind="warn")
    return redirect(request, f"/exams/{slug}", said=_("You have begun. Take the parts one after the other."))


@post("/exams/{slug:str}/hand-in", name="exam.hand_in")
async def do_hand_in(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Hand in the open sitting as it stands."""
    actor = request.actor
    try:
        async with request.db.write() as session:
            project = await project_terms(session, slug=slug)
            chance = await chance_of(session, person_id=actor.person_id, project=project, now=request.now)
            if chance.current is None:
                raise NoSuchSittingError
            await hand_in_sitting(session, actor=actor, sitting_id=chance.current.id, now=request.now)
    except ConflictError as error:
        return redirect(request, f"/exams/{slug}", said=error.title, kind="warn")
    where = f"/exams/{slug}/sittings/{chance.current.id}"
    return redirect(request, where, said=_("Your exam is handed in. You are told when it is decided."))


@get("/exams/{slug:str}/sittings/{sitting_id:uuid}", name="exam.sitting")
async def show_sitting(
    request: Request[Actor], slug: FromPath[str], sitting_id: FromPath[UUID], part: FromQuery[int] = 0
) -> Response[str]:
    """What came of a sitting, part by part. With `part`, its answer beside what was right, where that is shown."""
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        found = await access_sitting(session, actor=actor, sitting_id=sitting_id, now=now)
        if found.project.slug != slug:
            raise NoSuchSittingError
        certification = await access_certification(session, actor=actor, certification_id=found.certification, now=now)
        shown = None
        wanted = next((one for one in found.parts if one.facts.number == part), None)
        mine = found.sitting.person_id == actor.person_id
        if mine and wanted is not None and wanted.key is not None and wanted.facts.assignment_id is not None:
            detail = await access_submission(session, actor=actor, assignment_id=wanted.facts.assignment_id)
            module = task_kind(found.project.kind).widget_module
            seen = msgspec.structs.replace(detail.assignment, draft=None)
            answer = detail.revisions[-1].content if detail.revisions else None
            wellbeing = await wellbeing_of(request, session)
            data = {"assignment": seen, "original": None, "mode": "review", "wellbeing": wellbeing}
            shown = KeyShown(
                module,
                f"{module.removeprefix('@preceptor/')}.js",
                {**data, "value": answer},
                {**data, "value": wanted.key},
            )
    view = ResultPage(view=found, certification=certification, mine=mine, shown=shown, part=part)
    return page(request, "web/trainer/exam_result.html", view)


handlers: list[Any] = [show_exam, do_begin, do_hand_in, show_sitting]

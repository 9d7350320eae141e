"""Exams: their terms and keys, sitting them, results and grading."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from preceptor.api.held_back import HeldBackPart, held_back_parts
from preceptor.hiring import ExamTerms
from preceptor.hiring.operations import set_exam
from preceptor.hiring.queries import exam_terms
from preceptor.lib.web import Request
from preceptor.people import Actor, Permission
from preceptor.projects.queries import access_project, project_terms
from preceptor.quality.operations import grade_part
from preceptor.quality.operations.exams import begin_exam
from preceptor.quality.queries.chances import chance_of
from preceptor.quality.queries.exams import PartRow, PartView, access_part, list_parts_to_grade
from preceptor.quality.queries.results_of_exams import access_sitting
from preceptor.work.operations.keys import set_key
from preceptor.work.operations.sittings import hand_in_sitting
from preceptor.work.queries.keys import KeyView, access_key


class KeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is right, in the form of an answer, or null; given responses are named by id or `given-response-1`."""

    key: dict[str, Any] | None = None
    by_hand: bool = False


class SittingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting in short. `passed` is null until it is decided.

    `withheld`: parts of it were not handed out because of a no to their content, or while
    the exam was not open; failed, it is no attempt.
    """

    id: UUID
    attempt: int
    begun_at: datetime
    due_at: datetime
    ended_at: datetime | None
    passed: bool | None
    withheld: bool


class ExamAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An exam as the reader stands before it. `refusal`: why they cannot begin now; `marks` in percent by level."""

    slug: str
    title: str
    certification_id: UUID
    minutes: int
    days: int
    retake_days: int
    attempts_left: int
    held_level: int
    marks: dict[int, dict[str, int]]
    refusal: str | None
    refused_until: datetime | None
    sittings: list[SittingAnswer]


class FieldResult(msgspec.Struct, frozen=True, kw_only=True):
    """A field: mean over `parts` in percent, with its 95 % Wilson interval, and the marks by level."""

    name: str
    mean: float
    low: float
    high: float
    parts: int
    needed: dict[int, int]
    advice: str


class PartResult(msgspec.Struct, frozen=True, kw_only=True):
    """A part. `outcome` is null until the sitting is decided; scores are percent."""

    number: int
    assignment_id: UUID | None
    outcome: str | None
    note: str


class SittingResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a sitting. The key is never part of it."""

    id: UUID
    exam: str
    attempt: int
    begun_at: datetime
    ended_at: datetime | None
    passed: bool | None
    level: int | None
    fields: list[FieldResult]
    parts: list[PartResult]
    decided_at: datetime | None
    decided_by: str | None


class BegunSitting(msgspec.Struct, frozen=True):
    """The sitting that was begun; its parts are claimed like work."""

    id: UUID


class PartsAnswer(msgspec.Struct, frozen=True):
    """Parts that wait for a grader, the longest waiting first. `held_back`: what else waits, and why not you."""

    parts: list[PartRow]
    held_back: list[HeldBackPart]


class GradeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points by criterion. A part that was reported gets none: it is left out, or counts as not answered."""

    points: dict[str, int] = {}
    note: str = ""
    left_out: bool = False


@get("/projects/{slug:str}/exam", summary="An exam's terms")
async def show_terms(request: Request[Actor], slug: FromPath[str]) -> ExamTerms:
    """What it asks and certifies, for its managers."""
    request.actor.require(Permission.PROJECT_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        return await exam_terms(session, project_id=project.id)


@put("/projects/{slug:str}/exam", summary="Write an exam's terms", status_code=204)
async def replace_terms(request: Request[Actor], slug: FromPath[str], data: JSONBody[ExamTerms]) -> None:
    """As a whole. Sittings that have not been decided yet are graded by what holds then."""
    async with request.db.write() as session:
        await set_exam(session, actor=request.actor, slug=slug, terms=data)


@get("/projects/{slug:str}/items/{item_id:uuid}/key", summary="An item's key")
async def show_key(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> KeyView:
    """For those who may write items, and for nobody else."""
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        return await access_key(session, actor=request.actor, project=project, item_id=item_id)


@put("/projects/{slug:str}/items/{item_id:uuid}/key", summary="Write an item's key", status_code=204)
async def replace_key(
    request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID], data: JSONBody[KeyBody]
) -> None:
    """It is held against the form; what it leaves open is not compared."""
    async with request.db.write() as session:
        await access_project(session, actor=request.actor, slug=slug)
        terms = await project_terms(session, slug=slug)
        await set_key(session, actor=request.actor, terms=terms, item_id=item_id, key=data.key, by_hand=data.by_hand)


@get("/exams/{slug:str}", summary="An exam")
async def show_exam(request: Request[Actor], slug: FromPath[str]) -> ExamAnswer:
    """What it asks, and whether you can begin now."""
    actor = request.actor
    actor.require(Permission.WORK_DO)
    async with request.db.read() as session:
        await access_project(session, actor=actor, slug=slug)
        project = await project_terms(session, slug=slug)
        chance = await chance_of(session, person_id=actor.person_id, project=project, now=request.now)
    terms = chance.terms
    return ExamAnswer(
        slug=slug,
        title=project.title,
        certification_id=terms.certification_id,
        minutes=terms.minutes,
        days=terms.days,
        retake_days=terms.retake_days,
        attempts_left=chance.attempts_left,
        held_level=chance.held_level,
        marks={one.level: one.marks for one in terms.levels},
        refusal=None if chance.refusal is None else chance.refusal.code.value,
        refused_until=None if chance.refusal is None else chance.refusal.at,
        sittings=[
            SittingAnswer(
                id=one.id,
                attempt=one.attempt,
                begun_at=one.begun_at,
                due_at=one.due_at,
                ended_at=one.ended_at,
                passed=passed,
                withheld=one.withheld,
            )
            for one, passed in chance.sittings
        ],
    )


@post("/exams/{slug:str}/sittings", summary="Begin an exam")
async def begin(request: Request[Actor], slug: FromPath[str]) -> BegunSitting:
    """Its parts are claimed, answered and paid like any other work."""
    async with request.db.write() as session:
        return BegunSitting(await begin_exam(session, actor=request.actor, slug=slug, now=request.now))


@post("/sittings/{sitting_id:uuid}/hand-in", summary="Hand in a sitting", status_code=204)
async def hand_in(request: Request[Actor], sitting_id: FromPath[UUID]) -> None:
    """As it stands: what is not answered counts as wrong. With its last part it is handed in by itself."""
    async with request.db.write() as session:
        await hand_in_sitting(session, actor=request.actor, sitting_id=sitting_id, now=request.now)


@get("/sittings/{sitting_id:uuid}", summary="The result of a sitting")
async def show_sitting(request: Request[Actor], sitting_id: FromPath[UUID]) -> SittingResult:
    """One's own, or for managers anybody's."""
    async with request.db.read() as session:
        found = await access_sitting(session, actor=request.actor, sitting_id=sitting_id, now=request.now)
    return SittingResult(
        id=sitting_id,
        exam=found.project.slug,
        attempt=found.sitting.attempt,
        begun_at=found.sitting.begun_at,
        ended_at=found.sitting.ended_at,
        passed=found.passed,
        level=found.level,
        fields=[
            FieldResult(
                name=one.name,
                mean=one.mean,
                low=one.low,
                high=one.high,
                parts=one.parts,
                needed=dict(one.needed),
                advice=one.advice,
            )
            for one in found.marks
        ],
        parts=[
            PartResult(
                number=one.facts.number,
                assignment_id=one.facts.assignment_id,
                outcome=None if one.outcome is None else one.outcome.value,
                note=one.note,
            )
            for one in found.parts
        ],
        decided_at=found.decided_at,
        decided_by=found.decided_by,
    )


@get("/grading", summary="Parts to grade")
async def show_grading(request: Request[Actor]) -> PartsAnswer:
    """What people wrote in exams, or reported."""
    async with request.db.read() as session:
        found = await list_parts_to_grade(
            session, actor=request.actor, now=request.now, daily_minutes=request.settings.daily_minutes
        )
    return PartsAnswer(found.rows, held_back_parts(found.held_back))


@get("/grading/{item_id:uuid}", summary="A part to grade")
async def show_part(request: Request[Actor], item_id: FromPath[UUID]) -> PartView:
    """The work as it was, and the rubric."""
    async with request.db.read() as session:
        return await access_part(
            session,
            actor=request.actor,
            item_id=item_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )


@post("/grading/{item_id:uuid}", summary="Grade a part", status_code=204)
async def grade(request: Request[Actor], item_id: FromPath[UUID], data: JSONBody[GradeBody]) -> None:
    """Once; your name stands by the result."""
    async with request.db.write() as session:
        await grade_part(
            session,
            actor=request.actor,
            item_id=item_id,
            points=data.points,
            note=data.note,
            left_out=data.left_out,
            now=request.now,
        )


handlers = [
    show_terms,
    replace_terms,
    show_key,
    replace_key,
    show_exam,
    begin,
    hand_in,
    show_sitting,
    show_grading,
    show_part,
    grade,
]

"""An exam's terms: what it certifies, its marks by level, its rubric; and the sittings so far."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.hiring import WRITTEN, Criterion, ExamTerms, LevelMarks
from preceptor.hiring.operations import set_exam
from preceptor.hiring.queries import CertificationView, NoSuchExamError, exam_terms, list_certifications
from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.people import Actor, Permission
from preceptor.projects import Purpose
from preceptor.projects.queries import ProjectView, access_project, project_terms
from preceptor.quality.queries.chances import missing_in_exam
from preceptor.quality.queries.results_of_exams import WRITTEN_TITLE, SittingRow, count_waiting, list_sittings
from preceptor.web.filled import Filled, problems_of
from preceptor.work.operations.keys import set_key
from preceptor.work.queries.keys import KeyCounts, KeyView, access_key, fields_in_keys, key_counts
from preceptor.work.queries.tryouts import tryout_of


class RubricFields(msgspec.Struct, frozen=True):
    """A row of the rubric."""

    title: str = ""
    points: int = 10
    description: str = ""
    key: str = ""


class ExamFields(msgspec.Struct, frozen=True):
    """The form. `marks`: by level (`level1`) and field, in percent. Times are UTC."""

    certification_id: UUID
    attempts: int = 2
    retake_days: int = 7
    days: int = 7
    minutes: int = 60
    opens_at: str = ""
    closes_at: str = ""
    reveals_key: bool = False
    marks: dict[str, dict[str, int]] = {}
    rubric: list[RubricFields] = []
    advice: dict[str, str] = {}


class ExamPage(msgspec.Struct, frozen=True, kw_only=True):
    """The exam for its managers."""

    project: ProjectView
    certifications: list[CertificationView]
    fields: dict[str, LazyText]
    counts: KeyCounts
    missing: list[FieldProblem]
    sittings: list[SittingRow]
    waiting: int
    form: Filled
    has_terms: bool


class KeyPage(msgspec.Struct, frozen=True, kw_only=True):
    """An item's key."""

    project: ProjectView
    item_id: UUID
    key: KeyView
    module: str
    file: str
    data: dict[str, Any]
    problems: list[tuple[str, LazyText]]


@get("/projects/{slug:str}/exam", name="project.exam")
async def show_exam(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """What the exam asks, what it lacks, and who sat it."""
    return await _page(request, slug)


async def _page(request: Request[Actor], slug: str, *, form: Filled | None = None, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.PROJECT_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        if project.purpose is not Purpose.EXAM:
            raise NoSuchExamError
        try:
            terms: ExamTerms | None = await exam_terms(session, project_id=project.id)
        except NoSuchExamError:
            terms = None
        said = await fields_in_keys(session, actor=actor, project=project)
        missing = []
        if terms is not None:
            plain = await project_terms(session, slug=slug)
            missing = await missing_in_exam(session, project=plain, terms=terms)
        view = ExamPage(
            project=project,
            certifications=await list_certifications(session, actor=actor, now=request.now),
            fields={name: one.title for name, one in said.items()} | {WRITTEN: WRITTEN_TITLE},
            counts=await key_counts(session, actor=actor, project_id=project.id),
            missing=missing,
            sittings=await list_sittings(session, actor=actor, project_id=project.id),
            waiting=await count_waiting(session, project_id=project.id),
            form=form or Filled(_values(terms)),
            has_terms=terms is not None,
        )
    return page(request, "web/manager/exam.html", view, status=status)


def _values(terms: ExamTerms | None) -> dict[str, Any]:
    if terms is None:
        return {"attempts": 2, "retake_days": 7, "days": 7, "minutes": 60}
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(terms))
    for name in ("opens_at", "closes_at"):
        at = getattr(terms, name)
        values[name] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if at else ""
    return values | {"marks": {f"level{one.level}": dict(one.marks) for one in terms.levels}}


@post("/projects/{slug:str}/exam", name="project.exam.change")
async def do_change(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Write down what it asks."""
    tree = nest_form((await request.form()).multi_items())
    try:
        async with request.db.write() as session:
            await set_exam(session, actor=request.actor, slug=slug, terms=_terms(convert_form(tree, ExamFields)))
    except (InvalidError, ConflictError) as error:
        return await _page(request, slug, form=Filled(tree, problems_of(error)), status=error.status)
    return redirect(request, f"/projects/{slug}/exam", said=_("The exam’s terms are saved."))


def _terms(fields: ExamFields) -> ExamTerms:
    levels = []
    for name, marks in fields.marks.items():
        level = name.removeprefix("level")
        if marks and level.isdigit():
            levels.append(LevelMarks(int(level), dict(marks)))
    rubric = [
        Criterion(one.key or _key(one.title, index), one.title, one.points, one.description)
        for index, one in enumerate(fields.rubric)
        if one.title
    ]
    return ExamTerms(
        certification_id=fields.certification_id,
        attempts=fields.attempts,
        retake_days=fields.retake_days,
        days=fields.days,
        minutes=fields.minutes,
        opens_at=_utc("opens_at", fields.opens_at),
        closes_at=_utc("closes_at", fields.closes_at),
        reveals_key=fields.reveals_key,
        levels=tuple(levels),
        rubric=tuple(rubric),
        advice={name: text for name, text in fields.advice.items() if text},
    )


def _key(title: str, index: int) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')[:30] or 'line'}_{index + 1}"


def _utc(path: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(fields=[FieldProblem(path, _("This is not a day and a time."))]) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


@get("/projects/{slug:str}/items/{item_id:uuid}/key", name="project.item.key")
async def show_key(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """What is right about an item, in the form in which it is answered."""
    return await _key_page(request, slug, item_id)


async def _key_page(
    request: Request[Actor],
    slug: str,
    item_id: UUID,
    *,
    given: KeyView | None = None,
    error: InvalidError | None = None,
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        key = given or await access_key(session, actor=actor, project=project, item_id=item_id)
        seen = await tryout_of(session, actor=actor, slug=slug, start=item_id, now=request.now)
    module = task_kind(project.kind).widget_module
    view = KeyPage(
        project=project,
        item_id=item_id,
        key=key,
        module=module,
        file=f"{module.removeprefix('@preceptor/')}.js",
        data={"assignment": seen, "value": key.key, "original": None, "mode": "correct"},
        problems=[("", problem.message) for problem in (problems_of(error) if error else [])],
    )
    return page(request, "web/manager/item_key.html", view, status=error.status if error else 200)


@post("/projects/{slug:str}/items/{item_id:uuid}/key", name="project.item.key.change")
async def do_set_key(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """Write the key down, or take it back."""
    # The widget's own controls stand inside the form and come along; only these three count.
    raw = await request.form()
    by_hand = raw.get("by_hand") == "true"
    content = raw.get("content")
    key: dict[str, Any] | None = None
    if raw.get("action") != "remove" and raw.get("has_key") == "true":
        try:
            key = msgspec.json.decode(content if isinstance(content, str) else "", type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise InvalidError from error
    try:
        async with request.db.write() as session:
            await access_project(session, actor=request.actor, slug=slug)
            terms = await project_terms(session, slug=slug)
            await set_key(session, actor=request.actor, terms=terms, item_id=item_id, key=key, by_hand=by_hand)
    except InvalidError as error:
        return await _key_page(request, slug, item_id, given=KeyView(key, by_hand), error=error)
    return redirect(request, f"/projects/{slug}/items/{item_id}", said=_("The key is saved."))


handlers: list[Any] = [show_exam, do_change, show_key, do_set_key]

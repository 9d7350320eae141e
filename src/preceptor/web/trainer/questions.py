"""Questions and answers of a project: one room for its trainers, leads and managers."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import InvalidError, ProblemError, TooManyError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import FUNCTION_NAMES, Actor, Permission, TeamFunction
from preceptor.projects.operations import (
    answer_question,
    ask_question,
    choose_answer,
    pin_question,
    remove_post,
    see_question,
)
from preceptor.projects.queries import (
    NoSuchQuestionError,
    ProjectView,
    QuestionSummary,
    QuestionView,
    access_discussion,
    access_question,
    list_questions,
)
from preceptor.web.filled import Filled, problems_of

FUNCTION_TONES = {TeamFunction.MEMBER: "", TeamFunction.LEAD: "accent", TeamFunction.MANAGER: "good"}


class AskFields(msgspec.Struct, frozen=True):
    """A question."""

    title: str = ""
    markdown: str = ""


class AnswerFields(msgspec.Struct, frozen=True):
    """An answer."""

    markdown: str = ""


class ChooseFields(msgspec.Struct, frozen=True):
    """The answer that settles it; none where empty."""

    answer_id: UUID | None = None


class PinFields(msgspec.Struct, frozen=True):
    """Whether it is pinned."""

    pinned: bool


class RemoveFields(msgspec.Struct, frozen=True):
    """Which post, and why."""

    reason: str = ""
    answer_id: UUID | None = None


class QuestionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The questions of a project."""

    project: ProjectView
    questions: list[QuestionSummary]
    next_cursor: str | None
    search: str
    unanswered: bool
    form: Filled
    manages: bool
    functions: dict[TeamFunction, Any]
    tones: dict[TeamFunction, str]


class QuestionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One question with its answers."""

    project: ProjectView
    question: QuestionView
    form: Filled
    manages: bool
    functions: dict[TeamFunction, Any]
    tones: dict[TeamFunction, str]


@get("/projects/{slug:str}/questions", name="questions")
async def show_questions(
    request: Request[Actor],
    slug: FromPath[str],
    q: FromQuery[str] = "",
    show: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """The questions, pinned ones first; `show=open` shows those without an answer that settles them."""
    return await _list(request, slug, Filled({}), search=q, unanswered=show == "open", cursor=cursor)


async def _list(
    request: Request[Actor],
    slug: str,
    form: Filled,
    *,
    search: str = "",
    unanswered: bool = False,
    cursor: str = "",
    status: int = 200,
) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        project = await access_discussion(session, actor=actor, slug=slug)
        found = await list_questions(
            session, actor=actor, slug=slug, search=search, unanswered=unanswered, cursor=cursor or None
        )
    view = QuestionsPage(
        project=project,
        questions=found.rows,
        next_cursor=found.next_cursor,
        search=search,
        unanswered=unanswered,
        form=form,
        manages=actor.may(Permission.PROJECT_READ),
        functions=dict(FUNCTION_NAMES),
        tones=FUNCTION_TONES,
    )
    return page(request, "web/trainer/questions.html", view, status=status)


@post("/projects/{slug:str}/questions", name="questions.ask")
async def do_ask(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Ask; what was typed is never lost."""
    raw = await request.form()
    try:
        fields = parse_form(raw, AskFields)
        async with request.db.write() as session:
            made = await ask_question(
                session,
                actor=request.actor,
                slug=slug,
                title=fields.title,
                markdown=fields.markdown,
                now=request.now,
            )
    except (InvalidError, TooManyError) as error:
        return await _list(request, slug, Filled(dict(raw), problems_of(error)), status=error.status)
    said = _("Asked. You get a notice when somebody answers.")
    return redirect(request, f"/projects/{slug}/questions/{made}", said=said)


@get("/projects/{slug:str}/questions/{question_id:uuid}", name="question")
async def show_question(request: Request[Actor], slug: FromPath[str], question_id: FromPath[UUID]) -> Response[str]:
    """One question; whoever opens it has read it."""
    return await _one(request, slug, question_id, Filled({}))


async def _one(
    request: Request[Actor], slug: str, question_id: UUID, form: Filled, *, status: int = 200
) -> Response[str]:
    actor = request.actor
    async with request.db.write() as session:
        question = await access_question(session, actor=actor, question_id=question_id)
        if question.project_slug != slug:
            raise NoSuchQuestionError
        project = await access_discussion(session, actor=actor, slug=slug)
        await see_question(session, actor=actor, question_id=question_id, now=request.now)
    view = QuestionPage(
        project=project,
        question=question,
        form=form,
        manages=actor.may(Permission.PROJECT_READ),
        functions=dict(FUNCTION_NAMES),
        tones=FUNCTION_TONES,
    )
    return page(request, "web/trainer/question.html", view, status=status)


@post("/projects/{slug:str}/questions/{question_id:uuid}/answers", name="question.answer")
async def do_answer(request: Request[Actor], slug: FromPath[str], question_id: FromPath[UUID]) -> Response[str]:
    """Answer; what was typed is never lost."""
    raw = await request.form()
    try:
        fields = parse_form(raw, AnswerFields)
        async with request.db.write() as session:
            await answer_question(
                session, actor=request.actor, question_id=question_id, markdown=fields.markdown, now=request.now
            )
    except (InvalidError, TooManyError) as error:
        return await _one(request, slug, question_id, Filled(dict(raw), problems_of(error)), status=error.status)
    return redirect(request, f"/projects/{slug}/questions/{question_id}", said=_("Your answer is there."))


@post("/projects/{slug:str}/questions/{question_id:uuid}/answer", name="question.choose")
async def do_choose(request: Request[Actor], slug: FromPath[str], question_id: FromPath[UUID]) -> Response[str]:
    """Say which answer settles it."""
    fields = parse_form(await request.form(), ChooseFields)
    async with request.db.write() as session:
        await choose_answer(session, actor=request.actor, question_id=question_id, answer_id=fields.answer_id)
    return redirect(request, f"/projects/{slug}/questions/{question_id}")


@post("/projects/{slug:str}/questions/{question_id:uuid}/pin", name="question.pin")
async def do_pin(request: Request[Actor], slug: FromPath[str], question_id: FromPath[UUID]) -> Response[str]:
    """Pin it, or not any more."""
    fields = parse_form(await request.form(), PinFields)
    async with request.db.write() as session:
        await pin_question(session, actor=request.actor, question_id=question_id, pinned=fields.pinned)
    return redirect(request, f"/projects/{slug}/questions/{question_id}")


@post("/projects/{slug:str}/questions/{question_id:uuid}/remove", name="question.remove")
async def do_remove(request: Request[Actor], slug: FromPath[str], question_id: FromPath[UUID]) -> Response[str]:
    """Remove the question or one of its answers."""
    fields = parse_form(await request.form(), RemoveFields)
    here = f"/projects/{slug}/questions/{question_id}"
    try:
        async with request.db.write() as session:
            await remove_post(
                session,
                actor=request.actor,
                question_id=question_id,
                answer_id=fields.answer_id,
                reason=fields.reason,
                now=request.now,
            )
    except InvalidError as error:
        return redirect(request, here, said=_problem(error), kind="warn")
    said = _("It is removed. Its author is told why.") if fields.reason else _("It is removed.")
    return redirect(request, here if fields.answer_id else f"/projects/{slug}/questions", said=said)


def _problem(error: ProblemError) -> Any:
    return error.fields[0].message if error.fields else error.title


handlers: list[Any] = [
    show_questions,
    do_ask,
    show_question,
    do_answer,
    do_choose,
    do_pin,
    do_remove,
]

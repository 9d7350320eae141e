"""Questions about projects, and their answers."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects.operations import (
    answer_question,
    ask_question,
    choose_answer,
    note_folded,
    pin_question,
    remove_post,
    see_question,
)
from preceptor.projects.queries import QuestionSummary, QuestionView, access_question, list_questions


class QuestionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to ask, in one line, with more in Markdown where it needs more."""

    title: str
    markdown: str = ""


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer in Markdown."""

    markdown: str


class ChosenAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer that settles the question; null for none."""

    answer_id: UUID | None


class PinnedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it stays above the others."""

    pinned: bool


class FoldedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the guidelines that holds the answer."""

    version: int


class RemovedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words that its author reads, and which answer; null for the question itself."""

    reason: str = ""
    answer_id: UUID | None = None


class PostMade(msgspec.Struct, frozen=True):
    """The question or answer that was just written."""

    id: UUID


class QuestionRows(msgspec.Struct, frozen=True):
    """Some questions; `next_cursor` leads to the next ones."""

    questions: list[QuestionSummary]
    next_cursor: str | None


@get("/projects/{slug:str}/questions", summary="Questions about a project")
async def show_questions(
    request: Request[Actor],
    slug: FromPath[str],
    search: FromQuery[str] = "",
    unanswered: FromQuery[bool] = False,  # noqa: FBT002 (a query parameter)
    cursor: FromQuery[str | None] = None,
) -> QuestionRows:
    """Pinned ones, then those with the newest words. Trainers see authors by pseudonym, managers by name."""
    async with request.db.read() as session:
        found = await list_questions(
            session, actor=request.actor, slug=slug, search=search, unanswered=unanswered, cursor=cursor
        )
    return QuestionRows(found.rows, found.next_cursor)


@post("/projects/{slug:str}/questions", summary="Ask something about a project", status_code=201)
async def ask(request: Request[Actor], slug: FromPath[str], data: JSONBody[QuestionBody]) -> PostMade:
    """Ask in front of everybody who works on the project: ten questions a day at most."""
    async with request.db.write() as session:
        return PostMade(
            await ask_question(
                session, actor=request.actor, slug=slug, title=data.title, markdown=data.markdown, now=request.now
            )
        )


@get("/questions/{question_id:uuid}", summary="A question")
async def show_question(request: Request[Actor], question_id: FromPath[UUID]) -> QuestionView:
    """A question with its answers; the one that settles it comes first."""
    async with request.db.read() as session:
        return await access_question(session, actor=request.actor, question_id=question_id)


@post("/questions/{question_id:uuid}/answers", summary="Answer a question", status_code=201)
async def answer(request: Request[Actor], question_id: FromPath[UUID], data: JSONBody[AnswerBody]) -> PostMade:
    """Answer: thirty an hour at most. Whoever asked gets a notice."""
    async with request.db.write() as session:
        return PostMade(
            await answer_question(
                session, actor=request.actor, question_id=question_id, markdown=data.markdown, now=request.now
            )
        )


@put("/questions/{question_id:uuid}/answer", summary="Choose the answer", status_code=204)
async def choose(request: Request[Actor], question_id: FromPath[UUID], data: JSONBody[ChosenAnswer]) -> None:
    """Say which answer settles a question: whoever asked it, a lead, or a manager."""
    async with request.db.write() as session:
        await choose_answer(session, actor=request.actor, question_id=question_id, answer_id=data.answer_id)


@put("/questions/{question_id:uuid}/pinned", summary="Pin a question", status_code=204)
async def pin(request: Request[Actor], question_id: FromPath[UUID], data: JSONBody[PinnedBody]) -> None:
    """Keep it above the others, or not any more."""
    async with request.db.write() as session:
        await pin_question(session, actor=request.actor, question_id=question_id, pinned=data.pinned)


@put("/questions/{question_id:uuid}/guidelines", summary="Say that the guidelines hold the answer", status_code=204)
async def fold(request: Request[Actor], question_id: FromPath[UUID], data: JSONBody[FoldedBody]) -> None:
    """Write down which version of the guidelines holds what the question taught."""
    async with request.db.write() as session:
        await note_folded(session, actor=request.actor, question_id=question_id, version=data.version)


@post("/questions/{question_id:uuid}/remove", summary="Remove a question or an answer", status_code=204)
async def remove(request: Request[Actor], question_id: FromPath[UUID], data: JSONBody[RemovedBody]) -> None:
    """Managers give a reason, which the author reads. One may take back one's own answers, and unanswered questions."""
    async with request.db.write() as session:
        await remove_post(
            session,
            actor=request.actor,
            question_id=question_id,
            answer_id=data.answer_id,
            reason=data.reason,
            now=request.now,
        )


@post("/questions/{question_id:uuid}/seen", summary="Say that you have read a question", status_code=204)
async def note_seen(request: Request[Actor], question_id: FromPath[UUID]) -> None:
    """It counts as unread again once somebody else writes."""
    async with request.db.write() as session:
        await access_question(session, actor=request.actor, question_id=question_id)
        await see_question(session, actor=request.actor, question_id=question_id, now=request.now)


handlers: list[Any] = [show_questions, ask, show_question, answer, choose, pin, fold, remove, note_seen]

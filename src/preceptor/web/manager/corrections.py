"""What people ask to have put right in their data, and answering it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import answer_correction
from preceptor.people.queries import CorrectionView, open_corrections
from preceptor.web.manager.filled import Filled


class AnswerForm(msgspec.Struct, frozen=True):
    """An answer: `yes` says that it was put right."""

    verdict: str
    answer: str = ""


class CorrectionsPage(msgspec.Struct, frozen=True):
    """Wishes that wait."""

    wishes: list[CorrectionView]
    form: Filled
    answering: UUID | None


@get("/people/corrections", name="people.corrections")
async def show_corrections(request: Request[Actor]) -> Response[str]:
    """Wishes, oldest first."""
    return await _page(request, Filled({}))


async def _page(
    request: Request[Actor], form: Filled, *, answering: UUID | None = None, status: int = 200
) -> Response[str]:
    async with request.db.read() as session:
        wishes = await open_corrections(session, actor=request.actor)
    return page(request, "web/manager/corrections.html", CorrectionsPage(wishes, form, answering), status=status)


@post("/people/corrections/{correction_id:uuid}", name="people.corrections.answer")
async def do_answer(request: Request[Actor], correction_id: FromPath[UUID]) -> Response[str]:
    """Answer a wish."""
    raw = await request.form()
    try:
        form = parse_form(raw, AnswerForm)
        async with request.db.write() as session:
            await answer_correction(
                session,
                actor=request.actor,
                correction_id=correction_id,
                done=form.verdict == "yes",
                answer=form.answer,
                now=request.now,
            )
    except InvalidError as error:
        back = Filled({"answer": str(raw.get("answer", ""))}, error.fields)
        return await _page(request, back, answering=correction_id, status=error.status)
    return redirect(request, "/people/corrections", said=_("They were told."))


handlers: list[Any] = [show_corrections, do_answer]

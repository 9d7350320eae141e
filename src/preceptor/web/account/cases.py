"""What was decided about oneself, by whom and why; appealing, and answering the offer of another team."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.hiring.operations import answer_transfer, appeal_case
from preceptor.hiring.queries import CaseSummary, CaseView, access_case, my_cases
from preceptor.hiring.queries.case_files import (
    CaseFileView,
    access_case_file,
    case_files,
)
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.storage import storage_of
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.downloads import attached_file
from preceptor.people import Actor
from preceptor.quality.queries import RecordView, case_records
from preceptor.web.attached import attach_to_case


class AppealForm(msgspec.Struct, frozen=True):
    """Why one thinks that a measure is wrong."""

    words: str


class TransferForm(msgspec.Struct, frozen=True):
    """The answer to the offer of another team."""

    answer: str


class CasesPage(msgspec.Struct, frozen=True):
    """Every case about oneself."""

    cases: list[CaseSummary]


class CasePage(msgspec.Struct, frozen=True):
    """One case, with everything."""

    case: CaseView
    records: list[RecordView]
    files: list[CaseFileView]
    appeal_days: int
    words: str
    problems: list[FieldProblem]


@get("/account/cases", name="account.cases")
async def show_cases(request: Request[Actor]) -> Response[str]:
    """The list."""
    async with request.db.read() as session:
        found = await my_cases(session, actor=request.actor, now=request.now)
    return page(request, "web/account/cases.html", CasesPage(found))


@get("/account/cases/{case_id:uuid}", name="account.case")
async def show_case(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """One case: who, what, why, the records, and what one can do."""
    return await _page(request, case_id)


async def _page(
    request: Request[Actor], case_id: UUID, *, words: str = "", problems: list[FieldProblem] | None = None
) -> Response[str]:
    async with request.db.read() as session:
        case = await access_case(session, actor=request.actor, case_id=case_id, now=request.now)
        records = await case_records(session, case=case)
        files = await case_files(session, case_id=case_id)
    view = CasePage(case, records, files, request.settings.appeal_days, words, problems or [])
    return page(request, "web/account/case.html", view, status=422 if problems else 200)


@post("/account/cases/{case_id:uuid}/appeal", name="account.case.appeal")
async def do_appeal(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Appeal."""
    raw = await request.form()
    try:
        form = parse_form(raw, AppealForm)
        async with request.db.write() as session:
            await appeal_case(
                session,
                actor=request.actor,
                case_id=case_id,
                words=form.words,
                within=request.settings.appeal_time,
                now=request.now,
            )
    except InvalidError as error:
        return await _page(request, case_id, words=str(raw.get("words", "")), problems=error.fields)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, f"/account/cases/{case_id}", said=_("Your appeal has come in."))


@post("/account/cases/{case_id:uuid}/files", name="account.case.files")
async def do_attach(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Attach a file."""
    try:
        await attach_to_case(request, case_id=case_id)
    except InvalidError as error:
        return await _page(request, case_id, problems=error.fields)
    return redirect(request, f"/account/cases/{case_id}", said=_("Attached. Whoever decides can read it."))


@get("/account/cases/{case_id:uuid}/files/{file_id:uuid}", name="account.case.file")
async def send_file(request: Request[Actor], case_id: FromPath[UUID], file_id: FromPath[UUID]) -> Response[Any]:
    """A file that was attached, for whoever may read the case."""
    actor, settings = request.actor, request.settings
    async with request.db.read() as session:
        found, path = await access_case_file(
            session, actor=actor, case_id=case_id, file_id=file_id, storage=storage_of(settings), now=request.now
        )
    return attached_file(request, found, path)


@post("/account/cases/{case_id:uuid}/transfer", name="account.case.transfer")
async def do_answer(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Accept or decline another team."""
    form = parse_form(await request.form(), TransferForm)
    accepted = form.answer == "accept"
    async with request.db.write() as session:
        await answer_transfer(session, actor=request.actor, case_id=case_id, accepted=accepted, now=request.now)
    request.authentication.forget(request.actor.person_id)
    said = _("You are in the new team.") if accepted else _("Your answer is kept.")
    return redirect(request, f"/account/cases/{case_id}", said=said)


handlers: list[Any] = [show_cases, show_case, do_appeal, do_attach, send_file, do_answer]

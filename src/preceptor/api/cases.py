"""Due process: measures that people announced, with reasons and records, and the appeals against them."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.api.imports import FileOperation
from preceptor.hiring import MOST_FILE_BYTES, CaseReason, CaseRecord, Measure, NewCase, Outcome, Scope
from preceptor.hiring.operations import answer_transfer, appeal_case, attach_case_file, withdraw_case
from preceptor.hiring.queries import CaseSummary, CasesWanted, CaseView, access_case, list_cases, my_cases
from preceptor.hiring.queries.case_files import (
    CaseFileView,
    access_case_file,
    case_files,
)
from preceptor.lib.money import Money
from preceptor.lib.storage import FileTooLargeError, storage_of
from preceptor.lib.web import Request
from preceptor.lib.web.downloads import attached_file
from preceptor.people import Actor
from preceptor.quality.operations import decide_case, open_case
from preceptor.quality.queries import RecordView, WorthALook, case_records, worth_a_look


class CaseRows(msgspec.Struct, frozen=True):
    """Some cases; `next_cursor` leads to the next ones."""

    cases: list[CaseSummary]
    next_cursor: str | None


class CaseWhole(msgspec.Struct, frozen=True):
    """A case with the records it rests on."""

    case: CaseView
    records: list[RecordView]


class CaseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure to be announced; see `NewCase`."""

    person_id: UUID
    measure: Measure
    reason: CaseReason
    words: str
    project_id: UUID | None = None
    scope: Scope = Scope.FROM
    lasts_days: int | None = None
    immediate: bool = False
    records: list[CaseRecord] = []
    transfer_team_id: UUID | None = None
    no_transfer: str = ""


class WordsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one has to say."""

    words: str


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to the offer of another team."""

    accepted: bool


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an appeal is decided. `back_pay` is needed where a measure that had bound somebody is overturned."""

    outcome: Outcome
    words: str
    back_pay: Money | None = None


class CaseFileMade(msgspec.Struct, frozen=True):
    """The file that was attached."""

    id: UUID


class CaseMade(msgspec.Struct, frozen=True):
    """The new case."""

    id: UUID


@get("/my/cases", summary="Cases about oneself")
async def show_mine(request: Request[Actor]) -> list[CaseSummary]:
    """Every case about oneself, newest first; also after a removal."""
    async with request.db.read() as session:
        return await my_cases(session, actor=request.actor, now=request.now)


@get("/cases", summary="Cases")
async def show_cases(
    request: Request[Actor],
    show: FromQuery[CasesWanted] = CasesWanted.ALL,
    person_id: Annotated[UUID | None, QueryParameter(name="person_id")] = None,
    cursor: FromQuery[str | None] = None,
) -> CaseRows:
    """Cases, newest first: all of them, those with an open appeal, or those whose appeal is overdue."""
    async with request.db.read() as session:
        found = await list_cases(
            session, actor=request.actor, now=request.now, wanted=show, person_id=person_id, cursor=cursor
        )
    return CaseRows(found.rows, found.next_cursor)


@get("/cases/worth-a-look", summary="Whose rejections stand out")
async def show_worth_a_look(request: Request[Actor]) -> list[WorthALook]:
    """People whose share of rejections lies above everybody else’s, beyond chance. Nothing follows by itself."""
    async with request.db.read() as session:
        return await worth_a_look(session, actor=request.actor)


@post("/cases", summary="Announce a measure", status_code=201)
async def make_case(request: Request[Actor], data: JSONBody[CaseBody]) -> CaseMade:
    """Announce a warning, restriction, suspension or removal, in the name of whoever is signed in."""
    values = {**msgspec.structs.asdict(data), "records": tuple(data.records)}
    async with request.db.write() as session:
        case_id = await open_case(
            session,
            actor=request.actor,
            case=NewCase(**values),
            notice=request.settings.notice_time,
            now=request.now,
        )
    request.authentication.forget(data.person_id)
    return CaseMade(case_id)


@get("/cases/{case_id:uuid}", summary="A case")
async def show_case(request: Request[Actor], case_id: FromPath[UUID]) -> CaseWhole:
    """One case with its words and records: one’s own, or anybody’s for those who may read cases."""
    async with request.db.read() as session:
        case = await access_case(session, actor=request.actor, case_id=case_id, now=request.now)
        return CaseWhole(case, await case_records(session, case=case))


@post("/cases/{case_id:uuid}/appeal", summary="Appeal", status_code=204)
async def make_appeal(request: Request[Actor], case_id: FromPath[UUID], data: JSONBody[WordsBody]) -> None:
    """Appeal against a measure, once. Somebody else decides."""
    async with request.db.write() as session:
        await appeal_case(
            session,
            actor=request.actor,
            case_id=case_id,
            words=data.words,
            within=request.settings.appeal_time,
            now=request.now,
        )
    request.authentication.forget(request.actor.person_id)


@get("/cases/{case_id:uuid}/files", summary="Files of a case")
async def show_files(request: Request[Actor], case_id: FromPath[UUID]) -> list[CaseFileView]:
    """What was attached to it, for whoever may read the case. An erased file has no name."""
    async with request.db.read() as session:
        await access_case(session, actor=request.actor, case_id=case_id, now=request.now)
        return await case_files(session, case_id=case_id)


@post("/cases/{case_id:uuid}/files", summary="Attach a file to a case", operation_class=FileOperation)
async def attach_file(request: Request[Actor], case_id: FromPath[UUID], name: FromQuery[str] = "file") -> CaseFileMade:
    """Attach a file to a case about oneself until it is over, or to what one announced until the appeal against it.

    The file is the request's body: a PDF, a picture (PNG, JPEG, WebP) or plain text, 5 MB at most, five by each.
    """
    if (request.content_length or 0) > MOST_FILE_BYTES:
        raise FileTooLargeError
    data = await request.body()
    async with request.db.write() as session:
        file_id = await attach_case_file(
            session,
            actor=request.actor,
            case_id=case_id,
            name=name,
            data=data,
            storage=storage_of(request.settings),
            now=request.now,
        )
    return CaseFileMade(file_id)


@get("/cases/{case_id:uuid}/files/{file_id:uuid}", summary="A file of a case")
async def send_file(request: Request[Actor], case_id: FromPath[UUID], file_id: FromPath[UUID]) -> Response[Any]:
    """The bytes of a file, for whoever may read the case; to be saved."""
    actor, settings = request.actor, request.settings
    async with request.db.read() as session:
        found, path = await access_case_file(
            session, actor=actor, case_id=case_id, file_id=file_id, storage=storage_of(settings), now=request.now
        )
    return attached_file(request, found, path)


@post("/cases/{case_id:uuid}/transfer", summary="Answer the offer of another team", status_code=204)
async def make_answer(request: Request[Actor], case_id: FromPath[UUID], data: JSONBody[AnswerBody]) -> None:
    """Accept or decline the team that was offered. Accepted in time, it takes the measure’s place."""
    async with request.db.write() as session:
        await answer_transfer(session, actor=request.actor, case_id=case_id, accepted=data.accepted, now=request.now)
    request.authentication.forget(request.actor.person_id)


@post("/cases/{case_id:uuid}/decision", summary="Decide an appeal", status_code=204)
async def make_decision(request: Request[Actor], case_id: FromPath[UUID], data: JSONBody[DecisionBody]) -> None:
    """Decide an appeal against a measure that somebody else announced."""
    async with request.db.write() as session:
        await decide_case(
            session,
            actor=request.actor,
            case_id=case_id,
            outcome=data.outcome,
            words=data.words,
            back_pay=data.back_pay,
            now=request.now,
        )


@post("/cases/{case_id:uuid}/withdrawal", summary="Withdraw a measure", status_code=204)
async def make_withdrawal(request: Request[Actor], case_id: FromPath[UUID], data: JSONBody[WordsBody]) -> None:
    """Take a measure back before its appeal is decided."""
    async with request.db.write() as session:
        await withdraw_case(session, actor=request.actor, case_id=case_id, words=data.words, now=request.now)


handlers: list[Any] = [
    show_mine,
    show_cases,
    show_worth_a_look,
    make_case,
    show_case,
    make_appeal,
    show_files,
    attach_file,
    send_file,
    make_answer,
    make_decision,
    make_withdrawal,
]

"""Applications: one's own, and those that managers decide."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.hiring import ApplicationState, Given
from preceptor.hiring.operations import (
    admit,
    apply_signed_in,
    decline_offer,
    refuse,
    withdraw_application,
)
from preceptor.hiring.queries import (
    ApplicationView,
    Candidate,
    CandidateSearch,
    access_candidate,
    list_candidates,
    my_application,
    my_applications,
)
from preceptor.lib.errors import NotFoundError
from preceptor.lib.web import Request
from preceptor.people import Actor, ContentCategory, Place, Spoken


class StepDocument(msgspec.Struct, frozen=True):
    """A state that an application came into; `by` names who decided it, `note` what the applicant was told."""

    state: ApplicationState
    at: datetime
    by: str
    note: str


class ApplicationDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An application. `line`: its place on the waiting list. `answer_by`: until when an offer that was made stands."""

    id: UUID
    offer: int
    title: str
    state: ApplicationState
    state_at: datetime
    place: Place
    languages: list[Spoken]
    skills: list[str]
    consents: list[ContentCategory]
    why: str
    line: int | None
    answer_by: datetime | None
    created_at: datetime
    steps: list[StepDocument]


class CandidateDocument(ApplicationDocument, frozen=True, kw_only=True):
    """An application as whoever decides sees it. `shortfalls`: what they lack. `alike`: who looks like them."""

    person_id: UUID
    name: str
    email: str
    shortfalls: list[str]
    alike: list[str]


class CandidateRows(msgspec.Struct, frozen=True):
    """Some applications; `next_cursor` leads to the next ones."""

    applications: list[CandidateDocument]
    next_cursor: str | None


class ApplyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an applicant says of themselves."""

    place: Place
    languages: list[Spoken]
    skills: list[str] = []
    consents: list[ContentCategory] = []
    why: str = ""


class NoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason, which the person reads."""

    note: str


def _common(view: ApplicationView) -> dict[str, Any]:
    given = view.given
    return {
        "id": view.id,
        "offer": view.offer.number,
        "title": view.offer.fields.title,
        "state": view.state,
        "state_at": view.state_at,
        "place": given.place,
        "languages": list(given.spoken),
        "skills": list(given.skills),
        "consents": sorted(given.consents),
        "why": given.why,
        "line": view.line,
        "answer_by": view.answer_by,
        "created_at": view.created_at,
        "steps": [StepDocument(one.state, one.at, one.by, one.note) for one in view.steps],
    }


def _candidate(row: Candidate) -> CandidateDocument:
    return CandidateDocument(
        **_common(row.application),
        person_id=row.application.person_id,
        name=row.name,
        email=row.email,
        shortfalls=[str(one.text) for one in row.application.shortfalls],
        alike=row.alike,
    )


@get("/applications", summary="Your applications")
async def show_mine(request: Request[Actor]) -> dict[str, list[ApplicationDocument]]:
    """Your own applications, newest first."""
    async with request.db.read() as session:
        rows = await my_applications(session, actor=request.actor, now=request.now)
    return {"applications": [ApplicationDocument(**_common(row)) for row in rows]}


@post("/offers/{number:int}/applications", summary="Apply", status_code=201)
async def send(request: Request[Actor], number: FromPath[int], data: JSONBody[ApplyBody]) -> ApplicationDocument:
    """Apply with your account. Whoever has none applies on the offer's page."""
    given = Given(
        place=data.place,
        spoken=tuple(data.languages),
        skills=tuple(data.skills),
        consents=frozenset(data.consents),
        why=data.why,
    )
    if not 0 <= number < 2**31:
        raise NotFoundError
    async with request.db.write() as session:
        made = await apply_signed_in(session, actor=request.actor, number=number, given=given, now=request.now)
    return await _mine(request, made)


async def _mine(request: Request[Actor], application_id: UUID) -> ApplicationDocument:
    async with request.db.read() as session:
        row = await my_application(session, actor=request.actor, application_id=application_id, now=request.now)
    return ApplicationDocument(**_common(row))


@get("/applications/{application_id:uuid}", summary="One of your applications")
async def show_one(request: Request[Actor], application_id: FromPath[UUID]) -> ApplicationDocument:
    """Where it stands."""
    return await _mine(request, application_id)


@post("/applications/{application_id:uuid}/withdraw", summary="Withdraw an application", status_code=200)
async def withdraw(request: Request[Actor], application_id: FromPath[UUID]) -> ApplicationDocument:
    """Take back your own application."""
    async with request.db.write() as session:
        await withdraw_application(session, actor=request.actor, application_id=application_id, now=request.now)
    return await _mine(request, application_id)


@post("/applications/{application_id:uuid}/decline", summary="Decline an offer", status_code=200)
async def decline(request: Request[Actor], application_id: FromPath[UUID]) -> ApplicationDocument:
    """Decline the offer that was made to you."""
    async with request.db.write() as session:
        await decline_offer(session, actor=request.actor, application_id=application_id, now=request.now)
    return await _mine(request, application_id)


@get("/hiring/applications", summary="Applications")
async def show_candidates(
    request: Request[Actor],
    offer: FromQuery[int | None] = None,
    in_state: Annotated[ApplicationState | None, QueryParameter(name="state")] = None,
    language: FromQuery[str] = "",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> CandidateRows:
    """Applications, newest first."""
    wanted = CandidateSearch(number=offer, states=[in_state] if in_state else (), language=language[:20], words=q[:200])
    async with request.db.read() as session:
        found = await list_candidates(session, actor=request.actor, wanted=wanted, now=request.now, cursor=cursor)
    return CandidateRows([_candidate(row) for row in found.rows], found.next_cursor)


@get("/hiring/applications/{application_id:uuid}", summary="An application")
async def show_candidate(request: Request[Actor], application_id: FromPath[UUID]) -> CandidateDocument:
    """One application with the person behind it."""
    async with request.db.read() as session:
        return _candidate(
            await access_candidate(session, actor=request.actor, application_id=application_id, now=request.now)
        )


@post("/hiring/applications/{application_id:uuid}/admit", summary="Admit an applicant", status_code=200)
async def let_in(request: Request[Actor], application_id: FromPath[UUID]) -> CandidateDocument:
    """To the exam, to the offer where there is none, or to the waiting list while there is no room."""
    async with request.db.write() as session:
        await admit(session, actor=request.actor, application_id=application_id, now=request.now)
    async with request.db.read() as reading:
        return _candidate(
            await access_candidate(reading, actor=request.actor, application_id=application_id, now=request.now)
        )


@post("/hiring/applications/{application_id:uuid}/refuse", summary="Not take an applicant on", status_code=200)
async def turn_down(
    request: Request[Actor], application_id: FromPath[UUID], data: JSONBody[NoteBody]
) -> CandidateDocument:
    """Not take them on, with a reason that they read."""
    async with request.db.write() as session:
        await refuse(session, actor=request.actor, application_id=application_id, note=data.note, now=request.now)
    async with request.db.read() as reading:
        return _candidate(
            await access_candidate(reading, actor=request.actor, application_id=application_id, now=request.now)
        )


handlers: list[Any] = [
    show_mine,
    send,
    show_one,
    withdraw,
    decline,
    show_candidates,
    show_candidate,
    let_in,
    turn_down,
]

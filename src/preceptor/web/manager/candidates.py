"""Applications and engagements, for managers: reading, deciding, changing rates with notice."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.hiring import APPLICATION_STATE_NAMES, ApplicationState
from preceptor.hiring.operations import admit, change_rate, end_engagement, refuse
from preceptor.hiring.queries import (
    Candidate,
    CandidateSearch,
    access_candidate,
    list_candidates,
    list_engagements,
)
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import nest_form
from preceptor.people import Actor
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.offer_fields import read_rate
from preceptor.web.shown_offers import common_languages, language_choices, number_of
from preceptor.web.trainer.applications import ShownApplication, shown_application
from preceptor.web.trainer.engagements import ShownEngagement, shown_engagement

DECIDABLE = (ApplicationState.RECEIVED, ApplicationState.WAITING)
REFUSABLE = (*DECIDABLE, ApplicationState.INVITED, ApplicationState.PASSED)


class ShownCandidate(msgspec.Struct, frozen=True):
    """An application and the person behind it, in words."""

    row: Candidate
    application: ShownApplication


class CandidatesPage(msgspec.Struct, frozen=True):
    """Applications."""

    candidates: list[ShownCandidate]
    words: str
    state: str
    language: str
    offer: str
    states: list[tuple[str, LazyText]]
    languages: list[tuple[str, str]]
    older: str | None


class CandidatePage(msgspec.Struct, frozen=True):
    """One application, to be decided."""

    candidate: ShownCandidate
    can_admit: bool
    can_refuse: bool
    note: str
    problems: list[FieldProblem]


class EngagedPage(msgspec.Struct, frozen=True):
    """Who is engaged."""

    engaged: list[ShownEngagement]
    offer: str
    form: Filled
    older: str | None


def _shown(row: Candidate) -> ShownCandidate:
    return ShownCandidate(row, shown_application(row.application))


@get("/hiring/applications", name="hiring.applications")
async def show_candidates(
    request: Request[Actor],
    q: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    language: FromQuery[str] = "",
    offer: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """Applications, newest first."""
    wanted = CandidateSearch(
        number=number_of(offer) if offer else None,
        states=[ApplicationState(in_state)] if in_state in set(ApplicationState) else (),
        words=q[:200],
        language=language[:20],
    )
    async with request.db.read() as session:
        found = await list_candidates(
            session, actor=request.actor, wanted=wanted, now=request.now, cursor=cursor or None
        )
    kept = {"q": q, "state": in_state, "language": language, "offer": offer, "cursor": found.next_cursor or ""}
    query = urlencode({key: value for key, value in kept.items() if value})
    view = CandidatesPage(
        candidates=[_shown(row) for row in found.rows],
        words=q,
        state=in_state,
        language=language,
        offer=offer,
        states=[
            (one.value, name)
            for one, name in APPLICATION_STATE_NAMES.items()
            if one is not ApplicationState.UNCONFIRMED
        ],
        languages=language_choices(common_languages()),
        older=f"/hiring/applications?{query}" if found.next_cursor else None,
    )
    return page(request, "web/manager/candidates.html", view)


@get("/hiring/applications/{application_id:uuid}", name="hiring.application")
async def show_candidate(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """One application with all that was said."""
    return await _candidate(request, application_id)


async def _candidate(
    request: Request[Actor],
    application_id: UUID,
    *,
    note: str = "",
    problems: list[FieldProblem] | None = None,
    status: int = 200,
) -> Response[str]:
    async with request.db.read() as session:
        row = await access_candidate(session, actor=request.actor, application_id=application_id, now=request.now)
    view = CandidatePage(
        candidate=_shown(row),
        can_admit=row.application.state in DECIDABLE,
        can_refuse=row.application.state in REFUSABLE,
        note=note,
        problems=problems or [],
    )
    return page(request, "web/manager/candidate.html", view, status=status)


@post("/hiring/applications/{application_id:uuid}/admit", name="hiring.application.admit")
async def do_admit(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """Admit them, or put them on the waiting list while there is no room."""
    async with request.db.write() as session:
        state = await admit(session, actor=request.actor, application_id=application_id, now=request.now)
    said = {
        ApplicationState.INVITED: _("They are invited to the exam."),
        ApplicationState.OFFERED: _("They have the offer."),
    }.get(state, _("There is no room now: they are on the waiting list, and move up by themselves."))
    return redirect(request, f"/hiring/applications/{application_id}", said=said)


@post("/hiring/applications/{application_id:uuid}/refuse", name="hiring.application.refuse")
async def do_refuse(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """Not take them on, with a reason that they read."""
    note = str((await request.form()).get("note", ""))
    try:
        async with request.db.write() as session:
            await refuse(session, actor=request.actor, application_id=application_id, note=note, now=request.now)
    except InvalidError as error:
        return await _candidate(request, application_id, note=note, problems=error.fields, status=error.status)
    return redirect(request, f"/hiring/applications/{application_id}", said=_("They have been told."))


@get("/hiring/engagements", name="hiring.engagements")
async def show_engaged(
    request: Request[Actor], offer: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """Who is engaged, at which rate."""
    return await _engaged(request, offer, Filled({}), cursor=cursor)


async def _engaged(
    request: Request[Actor], offer: str, form: Filled, *, cursor: str = "", status: int = 200
) -> Response[str]:
    async with request.db.read() as session:
        found = await list_engagements(
            session,
            actor=request.actor,
            number=number_of(offer) if offer else None,
            now=request.now,
            cursor=cursor or None,
        )
    query = urlencode({"offer": offer, "cursor": found.next_cursor or ""})
    view = EngagedPage(
        engaged=[shown_engagement(row) for row in found.rows],
        offer=offer,
        form=form,
        older=f"/hiring/engagements?{query}" if found.next_cursor else None,
    )
    return page(request, "web/manager/engaged.html", view, status=status)


@post("/hiring/offers/{number:str}/rate", name="hiring.offer.rate")
async def do_change_rate(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Tell everybody engaged by an offer of another rate."""
    values = nest_form((await request.form()).multi_items())
    now = request.now
    try:
        rate = read_rate(str(values.get("rate", "")), str(values.get("currency", "")))
        since = _day(str(values.get("effective_from", "")), now)
        async with request.db.write() as session:
            told = await change_rate(
                session,
                actor=request.actor,
                number=number_of(number),
                rate=rate,
                effective_from=since,
                reason=str(values.get("reason", "")),
                now=now,
            )
    except InvalidError as error:
        return await _engaged(request, number, Filled(values, problems_of(error)), status=error.status)
    said = ngettext_lazy("{count} person has been told.", "{count} people have been told.", told)
    return redirect(request, f"/hiring/engagements?offer={number_of(number)}", said=said)


def _day(text: str, now: datetime) -> datetime:
    """The beginning of a day in UTC; now for today.

    Raises:
        InvalidError: it is no day.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidError(fields=[FieldProblem("effective_from", _("Give a day."))]) from error
    return now if day <= now < day + timedelta(days=1) else day


@post("/hiring/offers/{number:str}/end/{person_id:uuid}", name="hiring.engagement.end")
async def do_end(request: Request[Actor], number: FromPath[str], person_id: FromPath[UUID]) -> Response[str]:
    """Tell somebody that their engagement ends, with the notice agreed."""
    reason = str((await request.form()).get("reason", ""))
    try:
        async with request.db.write() as session:
            await end_engagement(
                session,
                actor=request.actor,
                person_id=person_id,
                number=number_of(number),
                ends_at=None,
                reason=reason,
                now=request.now,
            )
    except InvalidError as error:
        return await _engaged(request, number, Filled({}, problems_of(error)), status=error.status)
    said = _("They have been told, with the notice that was agreed.")
    return redirect(request, f"/hiring/engagements?offer={number_of(number)}", said=said)


handlers: list[Any] = [
    show_candidates,
    show_candidate,
    do_admit,
    do_refuse,
    show_engaged,
    do_change_rate,
    do_end,
]

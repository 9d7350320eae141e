"""Announcing a measure to somebody, and the end of work to many together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery

from preceptor.hiring import (
    MEASURE_MEANINGS,
    MEASURE_NAMES,
    NO_REPROACH,
    REASON_NAMES,
    SCOPE_NAMES,
    CaseReason,
    CaseRecord,
    Measure,
    NewCase,
    RecordKind,
    Scope,
)
from preceptor.hiring.operations import end_work
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.people.queries import (
    PersonView,
    TeamView,
    access_person,
    list_people,
    list_team_members,
    list_teams,
)
from preceptor.projects.queries import list_projects
from preceptor.quality.operations import open_case
from preceptor.quality.queries import RecordView, recent_records
from preceptor.web.manager.filled import Filled, parse_id

Choice = tuple[str, LazyText]
FOUND_AT_MOST = 12


class CaseFields(msgspec.Struct, frozen=True):
    """A measure to be announced. `records` are written as `kind:id`."""

    person_id: UUID
    measure: Measure
    reason: CaseReason
    words: str
    project_id: UUID | None = None
    scope: Scope = Scope.FROM
    lasts_days: int | None = None
    immediate: bool = False
    records: list[str] = []
    transfer_team_id: UUID | None = None
    no_transfer: str = ""


class EndFields(msgspec.Struct, frozen=True):
    """The end of work, for many."""

    team: UUID
    reason: CaseReason
    measure: Measure
    words: str
    person_ids: list[UUID] = []
    project_id: UUID | None = None
    transfer_team_id: UUID | None = None
    no_transfer: str = ""


class NewCasePage(msgspec.Struct, frozen=True):
    """The form of a measure, or the search for whom it is about."""

    person: PersonView | None
    search: str
    found: list[PersonView]
    form: Filled
    measures: list[tuple[str, LazyText, LazyText]]
    reasons: list[Choice]
    scopes: list[Choice]
    projects: list[tuple[UUID, str]]
    teams: list[tuple[UUID, str]]
    records: list[RecordView]
    notice_days: int


class EndPage(msgspec.Struct, frozen=True):
    """The form of the end of work."""

    teams: list[TeamView]
    team: TeamView | None
    members: Sequence[PersonView]
    form: Filled
    measures: list[Choice]
    reasons: list[Choice]
    projects: list[tuple[UUID, str]]
    notice_days: int


async def _projects(session: ReadSession, actor: Actor) -> list[tuple[UUID, str]]:
    found = await list_projects(session, actor=actor)
    return [(one.id, one.title) for one in found.rows]


@get("/cases/new", name="case.new")
async def show_new(request: Request[Actor], person: FromQuery[str] = "", q: FromQuery[str] = "") -> Response[str]:
    """The form, about a person that was chosen; else the search for one."""
    return await _new_page(request, person_id=parse_id(person), search=q, form=Filled({}))


async def _new_page(
    request: Request[Actor], *, person_id: UUID | None, search: str = "", form: Filled, status: int = 200
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.CASE_OPEN)
    async with request.db.read() as session:
        person = None if person_id is None else await access_person(session, actor=actor, person_id=person_id)
        found = []
        if person is None and search.strip():
            found = (await list_people(session, actor=actor, search=search.strip())).rows[:FOUND_AT_MOST]
        view = NewCasePage(
            person=person,
            search=search,
            found=found,
            form=form,
            measures=[(one.value, MEASURE_NAMES[one], MEASURE_MEANINGS[one]) for one in Measure],
            reasons=[(one.value, text) for one, text in REASON_NAMES.items()],
            scopes=[(one.value, text) for one, text in SCOPE_NAMES.items()],
            projects=await _projects(session, actor) if person else [],
            teams=[(one.id, one.name) for one in await list_teams(session, actor=actor)],
            records=await recent_records(session, actor=actor, person_id=person.id) if person else [],
            notice_days=request.settings.notice_days,
        )
    return page(request, "web/manager/case_new.html", view, status=status)


@post("/cases/new", name="case.open")
async def do_open(request: Request[Actor]) -> Response[str]:
    """Announce a measure."""
    raw = await request.form()
    names = [field.name for field in msgspec.structs.fields(CaseFields)]
    values = {name: raw.getall(name, []) if name == "records" else str(raw.get(name, "")) for name in names}
    try:
        fields = parse_form(raw, CaseFields)
        case = NewCase(
            person_id=fields.person_id,
            measure=fields.measure,
            reason=fields.reason,
            words=fields.words,
            project_id=fields.project_id,
            scope=fields.scope,
            lasts_days=fields.lasts_days,
            immediate=fields.immediate,
            records=tuple(_record(one) for one in fields.records),
            transfer_team_id=fields.transfer_team_id,
            no_transfer=fields.no_transfer,
        )
        async with request.db.write() as session:
            case_id = await open_case(
                session, actor=request.actor, case=case, notice=request.settings.notice_time, now=request.now
            )
    except InvalidError as error:
        form = Filled(values, error.fields)
        return await _new_page(request, person_id=parse_id(str(values["person_id"])), form=form, status=error.status)
    request.authentication.forget(fields.person_id)
    return redirect(request, f"/cases/{case_id}", said=_("It is announced, and the person was told."))


def _record(text: str) -> CaseRecord:
    kind, _colon, key = text.partition(":")
    try:
        return CaseRecord(RecordKind(kind), UUID(key))
    except ValueError as error:
        raise InvalidError(fields=[FieldProblem("records", _("This is no record."))]) from error


@get("/cases/end-of-work", name="cases.end_of_work")
async def show_end(request: Request[Actor], team: FromQuery[str] = "") -> Response[str]:
    """The form: choose a team, then its members."""
    return await _end_page(request, team_id=parse_id(team), form=Filled({}))


async def _end_page(request: Request[Actor], *, team_id: UUID | None, form: Filled, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.CASE_OPEN)
    async with request.db.read() as session:
        teams = await list_teams(session, actor=actor)
        team = next((one for one in teams if one.id == team_id), None)
        view = EndPage(
            teams=teams,
            team=team,
            members=await list_team_members(session, actor=actor, team_id=team.id) if team else [],
            form=form,
            measures=[(one.value, MEASURE_NAMES[one]) for one in (Measure.RESTRICTION, Measure.REMOVAL)],
            reasons=[(one.value, text) for one, text in REASON_NAMES.items() if one in NO_REPROACH],
            projects=await _projects(session, actor),
            notice_days=request.settings.notice_days,
        )
    return page(request, "web/manager/end_of_work.html", view, status=status)


@post("/cases/end-of-work", name="cases.end_of_work.announce")
async def do_end(request: Request[Actor]) -> Response[str]:
    """Announce the end of work to everybody chosen, or to nobody."""
    raw = await request.form()
    names = [field.name for field in msgspec.structs.fields(EndFields)]
    values = {name: raw.getall(name, []) if name == "person_ids" else str(raw.get(name, "")) for name in names}
    try:
        fields = parse_form(raw, EndFields)
        cases = [
            NewCase(
                person_id=one,
                measure=fields.measure,
                reason=fields.reason,
                words=fields.words,
                project_id=fields.project_id,
                transfer_team_id=fields.transfer_team_id,
                no_transfer=fields.no_transfer,
            )
            for one in dict.fromkeys(fields.person_ids)
        ]
        async with request.db.write() as session:
            made = await end_work(
                session, actor=request.actor, cases=cases, notice=request.settings.notice_time, now=request.now
            )
    except InvalidError as error:
        form = Filled(values, error.fields)
        return await _end_page(request, team_id=parse_id(str(values["team"])), form=form, status=error.status)
    said = ngettext_lazy("{count} person was told.", "{count} people were told.", len(made))
    return redirect(request, "/cases", said=said)


handlers: list[Any] = [show_new, do_open, show_end, do_end]

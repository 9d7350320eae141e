"""Teams, and who is in them."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError, InvalidError, NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import FUNCTION_NAMES, Actor, Permission, TeamFunction
from preceptor.people.operations import add_member, add_team, remove_member, set_team_function, transfer_person
from preceptor.people.queries import (
    MemberView,
    PersonView,
    TeamView,
    access_person,
    list_people,
    list_team_members,
    list_teams,
)
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.people_tabs import Tab, people_tabs

FOUND_AT_MOST = 12


class TeamFields(msgspec.Struct, frozen=True):
    """A new team."""

    name: str


class MemberFields(msgspec.Struct, frozen=True):
    """Who joins or leaves."""

    person_id: UUID


class FunctionFields(msgspec.Struct, frozen=True):
    """What somebody is in the team."""

    person_id: UUID
    function: TeamFunction


class TransferFields(msgspec.Struct, frozen=True):
    """Who is moved where, and why."""

    person_id: UUID
    to_team_id: UUID | None = None
    reason: str = ""


class TeamsPage(msgspec.Struct, frozen=True):
    """All teams, and the form of a new one."""

    teams: list[TeamView]
    form: Filled
    may_write: bool
    tabs: list[Tab]


class TeamPage(msgspec.Struct, frozen=True):
    """A team's members, and people who could join it."""

    team: TeamView
    others: list[TeamView]
    """Where somebody could be moved to."""
    members: list[MemberView]
    found: list[PersonView]
    search: str
    functions: dict[TeamFunction, LazyText]
    may_write: bool


@get("/people/teams", name="teams")
async def show_teams(request: Request[Actor]) -> Response[str]:
    """All teams."""
    return await _teams_page(request, Filled({}))


async def _teams_page(request: Request[Actor], form: Filled, *, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.PERSON_READ)
    async with request.db.read() as session:
        view = TeamsPage(
            teams=await list_teams(session, actor=actor),
            form=form,
            may_write=actor.may(Permission.TEAM_WRITE),
            tabs=people_tabs(actor),
        )
    return page(request, "web/manager/teams.html", view, status=status)


@post("/people/teams", name="teams.add")
async def do_add_team(request: Request[Actor]) -> Response[str]:
    """Found a team, and go on to its members."""
    raw = await request.form()
    try:
        fields = parse_form(raw, TeamFields)
        async with request.db.write() as session:
            team_id = await add_team(session, actor=request.actor, name=fields.name)
    except (InvalidError, ConflictError) as error:
        form = Filled({"name": str(raw.get("name", ""))}, problems_of(error))
        return await _teams_page(request, form, status=error.status)
    return redirect(request, f"/people/teams/{team_id}", said=_("The team is there. Now choose its members."))


@get("/people/teams/{team_id:uuid}", name="team")
async def show_team(request: Request[Actor], team_id: FromPath[UUID], q: FromQuery[str] = "") -> Response[str]:
    """One team; with `q`, also people of that name who are not in it."""
    actor = request.actor
    actor.require(Permission.PERSON_READ)
    async with request.db.read() as session:
        team = await _team(session, actor, team_id)
        teams = await list_teams(session, actor=actor)
        members = await list_team_members(session, actor=actor, team_id=team_id)
        found = (await list_people(session, actor=actor, search=q.strip())).rows if q.strip() else []
    inside = {person.id for person in members}
    view = TeamPage(
        team=team,
        others=[one for one in teams if one.id != team_id],
        functions=FUNCTION_NAMES,
        members=sorted(members, key=lambda person: person.name.casefold()),
        found=[person for person in found if person.id not in inside and person.state == "active"][:FOUND_AT_MOST],
        search=q,
        may_write=actor.may(Permission.TEAM_WRITE),
    )
    return page(request, "web/manager/team.html", view)


async def _team(session: ReadSession, actor: Actor, team_id: UUID) -> TeamView:
    for team in await list_teams(session, actor=actor):
        if team.id == team_id:
            return team
    raise NotFoundError


@post("/people/teams/{team_id:uuid}/members", name="team.add")
async def do_add_member(request: Request[Actor], team_id: FromPath[UUID]) -> Response[str]:
    """Put a person into the team."""
    fields = parse_form(await request.form(), MemberFields)
    async with request.db.write() as session:
        await _team(session, request.actor, team_id)
        person = await access_person(session, actor=request.actor, person_id=fields.person_id)
        await add_member(session, actor=request.actor, team_id=team_id, person_id=person.id)
    request.authentication.forget(person.id)
    return redirect(request, f"/people/teams/{team_id}", said=_("{name} is in the team.").format(name=person.name))


@post("/people/teams/{team_id:uuid}/members/remove", name="team.remove")
async def do_remove_member(request: Request[Actor], team_id: FromPath[UUID]) -> Response[str]:
    """Take a person out of the team."""
    fields = parse_form(await request.form(), MemberFields)
    async with request.db.write() as session:
        person = await access_person(session, actor=request.actor, person_id=fields.person_id)
        await remove_member(session, actor=request.actor, team_id=team_id, person_id=person.id)
    request.authentication.forget(person.id)
    said = _("{name} is no longer in the team.").format(name=person.name)
    return redirect(request, f"/people/teams/{team_id}", said=said)


@post("/people/teams/{team_id:uuid}/function", name="team.function")
async def do_set_function(request: Request[Actor], team_id: FromPath[UUID]) -> Response[str]:
    """Say what somebody is in the team."""
    fields = parse_form(await request.form(), FunctionFields)
    async with request.db.write() as session:
        person = await access_person(session, actor=request.actor, person_id=fields.person_id)
        await set_team_function(
            session, actor=request.actor, team_id=team_id, person_id=person.id, function=fields.function
        )
    request.authentication.forget(person.id)
    name = FUNCTION_NAMES[fields.function]
    said = _("{name} is now in this team as: {function}.").format(name=person.name, function=str(name))
    return redirect(request, f"/people/teams/{team_id}", said=said)


@post("/people/teams/{team_id:uuid}/transfer", name="team.transfer")
async def do_transfer(request: Request[Actor], team_id: FromPath[UUID]) -> Response[str]:
    """Move somebody to another team."""
    fields = parse_form(await request.form(), TransferFields)
    here = f"/people/teams/{team_id}"
    if fields.to_team_id is None:
        return redirect(request, here, said=_("Choose the team they come to."), kind="warn")
    try:
        async with request.db.write() as session:
            person = await access_person(session, actor=request.actor, person_id=fields.person_id)
            await transfer_person(
                session,
                actor=request.actor,
                person_id=person.id,
                from_team_id=team_id,
                to_team_id=fields.to_team_id,
                reason=fields.reason,
                now=request.now,
            )
    except (InvalidError, ConflictError) as error:
        return redirect(request, here, said=problems_of(error)[0].message, kind="warn")
    request.authentication.forget(person.id)
    said = _("{name} was moved and is told why. What they did and can stays theirs.").format(name=person.name)
    return redirect(request, here, said=said)


handlers = [
    show_teams,
    do_add_team,
    show_team,
    do_add_member,
    do_remove_member,
    do_set_function,
    do_transfer,
]

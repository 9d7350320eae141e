"""Teams, and who is in them."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.people.operations import add_member, add_team, remove_member
from preceptor.people.queries import PersonView, TeamView, access_person, list_people, list_team_members, list_teams
from preceptor.web.manager.filled import Filled, problems_of

FOUND_AT_MOST = 12


class TeamFields(msgspec.Struct, frozen=True):
    """A new team."""

    name: str


class MemberFields(msgspec.Struct, frozen=True):
    """Who joins or leaves."""

    person_id: UUID


class TeamsPage(msgspec.Struct, frozen=True):
    """All teams, and the form of a new one."""

    teams: list[TeamView]
    form: Filled
    may_write: bool
    may_clients: bool


class TeamPage(msgspec.Struct, frozen=True):
    """A team's members, and people who could join it."""

    team: TeamView
    members: list[PersonView]
    found: list[PersonView]
    search: str
    may_write: bool
    may_clients: bool


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
            may_clients=actor.may(Permission.CLIENT_CREATE),
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
        members = await list_team_members(session, actor=actor, team_id=team_id)
        found = (await list_people(session, actor=actor, search=q.strip())).rows if q.strip() else []
    inside = {person.id for person in members}
    view = TeamPage(
        team=team,
        members=sorted(members, key=lambda person: person.name.casefold()),
        found=[person for person in found if person.id not in inside and person.state == "active"][:FOUND_AT_MOST],
        search=q,
        may_write=actor.may(Permission.TEAM_WRITE),
        may_clients=actor.may(Permission.CLIENT_CREATE),
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


handlers = [show_teams, do_add_team, show_team, do_add_member, do_remove_member]

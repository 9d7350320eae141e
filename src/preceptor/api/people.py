"""People, teams, invitations and client organisations."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.lib.errors import NotFoundError
from preceptor.lib.web import Request
from preceptor.people import Actor, Role
from preceptor.people.operations import add_member, add_team, change_roles, remove_member
from preceptor.people.queries import (
    MemberView,
    PersonView,
    TeamView,
    access_person,
    list_people,
    list_team_members,
    list_teams,
)
from preceptor.projects.operations import add_client_organisation, invite_person, set_person_clients
from preceptor.projects.queries import ClientView, list_client_organisations


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What something new is called."""

    name: str


class MadeNow(msgspec.Struct, frozen=True):
    """What was just made."""

    id: UUID


class PeopleRows(msgspec.Struct, frozen=True):
    """Some people; `next_cursor` leads to the next ones."""

    people: list[PersonView]
    next_cursor: str | None


class InvitationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite. Clients need a `client_id`, others have none."""

    email: str
    roles: list[Role]
    team_ids: list[UUID] = []
    client_id: UUID | None = None


class InvitationMade(msgspec.Struct, frozen=True):
    """The link of an invitation. It is told this once, works once and for 14 days."""

    link: str


class RolesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All roles of a person."""

    roles: list[Role]


class ClientsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All client organisations a person acts for."""

    client_ids: list[UUID]


@get("/people", summary="People")
async def show_people(
    request: Request[Actor],
    search: FromQuery[str] = "",
    in_role: Annotated[Role | None, QueryParameter(name="role")] = None,
    cursor: FromQuery[str | None] = None,
) -> PeopleRows:
    """People by name or address, newest first."""
    async with request.db.read() as session:
        found = await list_people(session, actor=request.actor, search=search, role=in_role, cursor=cursor)
    return PeopleRows(people=found.rows, next_cursor=found.next_cursor)


@get("/people/{person_id:uuid}", summary="A person")
async def show_person(request: Request[Actor], person_id: FromPath[UUID]) -> PersonView:
    """Oneself, or anybody for those who may read people."""
    async with request.db.read() as session:
        return await access_person(session, actor=request.actor, person_id=person_id)


@put("/people/{person_id:uuid}/roles", summary="Set a person's roles")
async def set_roles(request: Request[Actor], person_id: FromPath[UUID], data: JSONBody[RolesBody]) -> PersonView:
    """Set all roles of a person."""
    async with request.db.write() as session:
        await change_roles(session, actor=request.actor, person_id=person_id, roles=data.roles)
    request.authentication.forget(person_id)
    async with request.db.read() as reading:
        return await access_person(reading, actor=request.actor, person_id=person_id)


@put("/people/{person_id:uuid}/clients", summary="Set whom a person acts for")
async def set_clients(request: Request[Actor], person_id: FromPath[UUID], data: JSONBody[ClientsBody]) -> PersonView:
    """Set all client organisations that a person acts for."""
    async with request.db.write() as session:
        await set_person_clients(session, actor=request.actor, person_id=person_id, client_ids=data.client_ids)
    request.authentication.forget(person_id)
    async with request.db.read() as reading:
        return await access_person(reading, actor=request.actor, person_id=person_id)


@post("/invitations", summary="Invite somebody", status_code=201)
async def make_invitation(request: Request[Actor], data: JSONBody[InvitationBody]) -> InvitationMade:
    """Make a link by which somebody makes their account."""
    async with request.db.write() as session:
        secret = await invite_person(session, actor=request.actor, now=request.now, **msgspec.structs.asdict(data))
    return InvitationMade(f"{request.settings.base_url.rstrip('/')}/invitation/{secret}")


@get("/teams", summary="Teams")
async def show_teams(request: Request[Actor]) -> dict[str, list[TeamView]]:
    """All teams for those who read people, else one's own."""
    async with request.db.read() as session:
        return {"teams": await list_teams(session, actor=request.actor)}


@post("/teams", summary="Found a team", status_code=201)
async def make_team(request: Request[Actor], data: JSONBody[Name]) -> MadeNow:
    """Found a team."""
    async with request.db.write() as session:
        return MadeNow(await add_team(session, actor=request.actor, name=data.name))


@get("/teams/{team_id:uuid}/members", summary="Members of a team")
async def show_members(request: Request[Actor], team_id: FromPath[UUID]) -> dict[str, list[MemberView]]:
    """Who is in a team, and what they are there."""
    async with request.db.read() as session:
        return {"members": await list_team_members(session, actor=request.actor, team_id=team_id)}


@put("/teams/{team_id:uuid}/members/{person_id:uuid}", summary="Put a person into a team", status_code=204)
async def join_team(request: Request[Actor], team_id: FromPath[UUID], person_id: FromPath[UUID]) -> None:
    """Put a person into a team; nothing happens where they are in it already."""
    async with request.db.write() as session:
        if team_id not in {team.id for team in await list_teams(session, actor=request.actor)}:
            raise NotFoundError
        await access_person(session, actor=request.actor, person_id=person_id)
        await add_member(session, actor=request.actor, team_id=team_id, person_id=person_id)
    request.authentication.forget(person_id)


@delete("/teams/{team_id:uuid}/members/{person_id:uuid}", summary="Take a person out of a team", status_code=204)
async def leave_team(request: Request[Actor], team_id: FromPath[UUID], person_id: FromPath[UUID]) -> None:
    """Take a person out of a team."""
    async with request.db.write() as session:
        await remove_member(session, actor=request.actor, team_id=team_id, person_id=person_id)
    request.authentication.forget(person_id)


@get("/clients", summary="Client organisations")
async def show_clients(request: Request[Actor]) -> dict[str, list[ClientView]]:
    """Client organisations that are yours to see."""
    async with request.db.read() as session:
        return {"clients": await list_client_organisations(session, actor=request.actor)}


@post("/clients", summary="Add a client organisation", status_code=201)
async def make_client(request: Request[Actor], data: JSONBody[Name]) -> MadeNow:
    """Enter a client organisation."""
    async with request.db.write() as session:
        return MadeNow(await add_client_organisation(session, actor=request.actor, name=data.name))


handlers: list[Any] = [
    show_people,
    show_person,
    set_roles,
    set_clients,
    make_invitation,
    show_teams,
    make_team,
    show_members,
    join_team,
    leave_team,
    show_clients,
    make_client,
]

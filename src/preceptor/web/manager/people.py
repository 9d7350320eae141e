"""People: who is here, who is invited, what each may do."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import ROLE_NAMES, Actor, Permission, Role
from preceptor.people.operations import change_roles
from preceptor.people.queries import PersonView, TeamView, access_person, list_people, list_teams
from preceptor.projects.operations import invite_person, set_person_clients
from preceptor.projects.queries import ClientView, list_client_organisations
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.people_tabs import Tab, people_tabs

ROLE_MEANINGS: dict[Role, LazyText] = {
    Role.TRAINER: _("Does the work of their teams."),
    Role.REVIEWER: _("Checks what trainers submit."),
    Role.MANAGER: _("Makes projects, adds items, freezes releases."),
    Role.CLIENT: _("Sees the projects of their organisation and downloads its data."),
    Role.OPERATOR: _("Runs the installation: models, people, events."),
    Role.REPRESENTATIVE: _("Speaks for the trainers: reads figures about all of them together."),
}


class InvitationFields(msgspec.Struct, frozen=True):
    """Whom to invite, as what."""

    email: str
    roles: list[Role] = []
    team_ids: list[UUID] = []
    client_id: UUID | None = None


class RolesFields(msgspec.Struct, frozen=True):
    """A person's roles, all of them."""

    roles: list[Role] = []


class ClientsFields(msgspec.Struct, frozen=True):
    """The client organisations a person acts for, all of them."""

    client_ids: list[UUID] = []


class PeoplePage(msgspec.Struct, frozen=True):
    """People by name."""

    people: list[PersonView]
    roles: list[tuple[str, LazyText]]
    search: str
    role: str
    next_cursor: str | None
    may_invite: bool
    tabs: list[Tab]


class InvitePage(msgspec.Struct, frozen=True):
    """The form of an invitation, or the link it made."""

    form: Filled
    roles: list[tuple[str, LazyText, LazyText]]
    teams: list[TeamView]
    clients: list[tuple[UUID, str]]
    link: str
    email: str


class PersonPage(msgspec.Struct, frozen=True):
    """One person, and what may be changed about them."""

    person: PersonView
    roles: list[tuple[str, LazyText, LazyText]]
    clients: list[ClientView]
    problems: list[FieldProblem]
    may_change_roles: bool
    may_clients: bool
    may_open_case: bool


@get("/people", name="people")
async def show_people(
    request: Request[Actor],
    q: FromQuery[str] = "",
    in_role: Annotated[str, QueryParameter(name="role")] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """Everybody with an account, newest first."""
    actor = request.actor
    role = Role(in_role) if in_role in ROLE_NAMES else None
    async with request.db.read() as session:
        found = await list_people(session, actor=actor, search=q.strip(), role=role, cursor=cursor or None)
    view = PeoplePage(
        people=found.rows,
        roles=[(name.value, text) for name, text in ROLE_NAMES.items()],
        search=q,
        role=in_role,
        next_cursor=found.next_cursor,
        may_invite=actor.may(Permission.PERSON_INVITE),
        tabs=people_tabs(actor),
    )
    return page(request, "web/manager/people.html", view)


@get("/people/invite", name="people.invite")
async def show_invite(request: Request[Actor], team: FromQuery[str] = "") -> Response[str]:
    """The form of an invitation."""
    form = Filled({"roles": [Role.TRAINER.value], "team_ids": [team]})
    return await _invite_page(request, form)


async def _invite_page(request: Request[Actor], form: Filled, *, link: str = "", status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.PERSON_INVITE)
    trusted = actor.may(Permission.PERSON_WRITE)
    async with request.db.read() as session:
        view = InvitePage(
            form=form,
            roles=_roles([role for role in Role if trusted or role not in {Role.MANAGER, Role.OPERATOR}]),
            teams=await list_teams(session, actor=actor),
            clients=[(row.id, row.name) for row in await list_client_organisations(session, actor=actor)],
            link=link,
            email=str(form.value("email")),
        )
    return page(request, "web/manager/invite.html", view, status=status)


def _roles(roles: list[Role]) -> list[tuple[str, LazyText, LazyText]]:
    return [(role.value, ROLE_NAMES[role], ROLE_MEANINGS[role]) for role in roles]


@post("/people/invite", name="people.invite.add", status_code=200)
async def do_invite(request: Request[Actor]) -> Response[str]:
    """Make an invitation and show its link, this once."""
    raw = await request.form()
    values = {
        "email": str(raw.get("email", "")),
        "roles": raw.getall("roles", []),
        "team_ids": raw.getall("team_ids", []),
        "client_id": str(raw.get("client_id", "")),
    }
    try:
        fields = parse_form(raw, InvitationFields)
        async with request.db.write() as session:
            secret = await invite_person(
                session,
                actor=request.actor,
                email=fields.email,
                roles=fields.roles,
                team_ids=fields.team_ids,
                client_id=fields.client_id,
                now=request.now,
            )
    except (InvalidError, ConflictError) as error:
        return await _invite_page(request, Filled(values, problems_of(error)), status=error.status)
    link = f"{request.settings.base_url.rstrip('/')}/invitation/{secret}"
    return await _invite_page(request, Filled(values), link=link)


@get("/people/{person_id:uuid}", name="person")
async def show_person(request: Request[Actor], person_id: FromPath[UUID]) -> Response[str]:
    """One person."""
    async with request.db.read() as session:
        return await _person_page(request, session, person_id)


async def _person_page(
    request: Request[Actor], session: ReadSession, person_id: UUID, error: InvalidError | None = None
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.PERSON_READ)
    view = PersonPage(
        person=await access_person(session, actor=actor, person_id=person_id),
        roles=_roles(list(Role)),
        clients=await list_client_organisations(session, actor=actor),
        problems=problems_of(error) if error else [],
        may_change_roles=actor.may(Permission.PERSON_WRITE),
        may_open_case=actor.may(Permission.CASE_OPEN) and person_id != actor.person_id,
        may_clients=actor.may(Permission.CLIENT_CREATE),
    )
    return page(request, "web/manager/person.html", view, status=error.status if error else 200)


@post("/people/{person_id:uuid}/roles", name="person.roles")
async def do_change_roles(request: Request[Actor], person_id: FromPath[UUID]) -> Response[str]:
    """Set a person's roles; they hold from their next click."""
    roles = parse_form(await request.form(), RolesFields).roles
    async with request.db.write() as session:
        await change_roles(session, actor=request.actor, person_id=person_id, roles=roles)
    request.authentication.forget(person_id)
    return redirect(request, f"/people/{person_id}", said=_("Saved."))


@post("/people/{person_id:uuid}/clients", name="person.clients")
async def do_change_clients(request: Request[Actor], person_id: FromPath[UUID]) -> Response[str]:
    """Say which client organisations a person acts for."""
    client_ids = parse_form(await request.form(), ClientsFields).client_ids
    try:
        async with request.db.write() as session:
            await set_person_clients(session, actor=request.actor, person_id=person_id, client_ids=client_ids)
    except InvalidError as error:
        async with request.db.read() as reading:
            return await _person_page(request, reading, person_id, error)
    request.authentication.forget(person_id)
    return redirect(request, f"/people/{person_id}", said=_("Saved."))


handlers = [show_people, show_invite, do_invite, show_person, do_change_roles, do_change_clients]

"""What joins people to client organisations: inviting somebody for one, and saying for which a person acts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.operations import invite, set_clients
from preceptor.people.queries import access_person, list_teams
from preceptor.people.rules import Actor, Permission, Role
from preceptor.projects.queries import list_client_organisations


async def invite_person(
    session: WriteSession,
    *,
    actor: Actor,
    email: str,
    roles: Collection[Role],
    team_ids: Collection[UUID] = (),
    client_id: UUID | None = None,
    now: datetime,
) -> str:
    """Make an invitation and answer the secret of its link, as `people.operations.invite`; teams and client exist.

    Raises:
        MissingPermissionError: the actor may not invite, or invites to more than their own role allows.
        EmailTakenError: the address has an account.
        InvalidError: no role, not an address, an unknown team or client organisation, or a client without one.
    """
    actor.require(Permission.PERSON_INVITE)
    problems = []
    if set(team_ids) - {team.id for team in await list_teams(session, actor=actor)}:
        problems.append(FieldProblem("team_ids", _("There is no such team.")))
    if client_id is not None:
        problems += await _client_problems(session, actor, [client_id], path="client_id")
        if Role.CLIENT not in roles:
            problems.append(FieldProblem("client_id", _("Only clients act for a client organisation.")))
    elif Role.CLIENT in roles:
        problems.append(FieldProblem("client_id", _("Choose the client organisation they act for.")))
    if problems:
        raise InvalidError(fields=problems)
    return await invite(
        session, actor=actor, email=email, roles=roles, team_ids=set(team_ids), client_id=client_id, now=now
    )


async def set_person_clients(
    session: WriteSession, *, actor: Actor, person_id: UUID, client_ids: Collection[UUID]
) -> None:
    """Say which client organisations a person acts for. Their sessions see it within thirty seconds.

    Raises:
        MissingPermissionError: the actor may not make clients.
        NoSuchPersonError: no such person.
        InvalidError: one of the organisations does not exist.
    """
    actor.require(Permission.CLIENT_CREATE)
    await access_person(session, actor=actor, person_id=person_id)
    if problems := await _client_problems(session, actor, client_ids, path="client_ids"):
        raise InvalidError(fields=problems)
    await set_clients(session, actor=actor, person_id=person_id, client_ids=sorted(set(client_ids)))


async def _client_problems(
    session: WriteSession, actor: Actor, client_ids: Collection[UUID], *, path: str
) -> list[FieldProblem]:
    known = {client.id for client in await list_client_organisations(session, actor=actor)}
    return [FieldProblem(path, _("There is no such client organisation."))] if set(client_ids) - known else []

"""Teams as their own people see them, and who was moved where."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import case, join, select
from sqlalchemy.orm import aliased

from preceptor.lib.db import ReadSession
from preceptor.people.queries.accounts import NoSuchPersonError
from preceptor.people.rules import Actor, Permission, TeamFunction
from preceptor.people.tables import Membership, Person, Team, TeamTransfer


class OwnTeam(msgspec.Struct, frozen=True):
    """A team as its members see it.

    Attributes:
        id: the team.
        name: what it is called.
        function: what the actor is in it.
        leads: pseudonyms of those who lead it.
        managers: names of its managers.
    """

    id: UUID
    name: str
    function: TeamFunction
    leads: list[str]
    managers: list[str]


class TransferView(msgspec.Struct, frozen=True):
    """That somebody was moved to a team; `from_team` is empty where they only joined another."""

    at: datetime
    from_team: str
    to_team: str
    reason: str
    by: str
    """Name of whoever moved them."""


async def list_own_teams(session: ReadSession, *, actor: Actor) -> list[OwnTeam]:
    """The actor's teams by name, with whom to turn to."""
    mine = aliased(Membership)
    rows = await session.execute(
        select(Team.id, Team.name, mine.function, Membership.function, Person.name, Person.pseudonym)
        .join(mine, (mine.team_id == Team.id) & (mine.person_id == actor.person_id))
        .outerjoin(
            join(Membership, Person, (Person.id == Membership.person_id) & (Person.state == "active")),
            (Membership.team_id == Team.id) & (Membership.function != TeamFunction.MEMBER.value),
        )
        .order_by(Team.name, Team.id, Person.name)
    )
    teams: dict[UUID, OwnTeam] = {}
    for team_id, name, own, function, name_of_manager, pseudonym in rows:
        team = teams.setdefault(team_id, OwnTeam(team_id, name, TeamFunction(own), [], []))
        if function == TeamFunction.LEAD.value:
            team.leads.append(pseudonym)
        elif function == TeamFunction.MANAGER.value:
            team.managers.append(name_of_manager)
    return list(teams.values())


async def list_transfers(session: ReadSession, *, actor: Actor, person_id: UUID) -> list[TransferView]:
    """Where a person was moved, newest first: one's own moves, or anybody's for those who read people.

    Raises:
        NoSuchPersonError: they are not the actor's to see.
    """
    if person_id != actor.person_id and not actor.may(Permission.PERSON_READ):
        raise NoSuchPersonError
    before, after, by = aliased(Team), aliased(Team), aliased(Person)
    rows = await session.execute(
        select(
            TeamTransfer.at,
            case((before.name.is_(None), ""), else_=before.name),
            after.name,
            TeamTransfer.reason,
            case((by.name.is_(None), ""), else_=by.name),
        )
        .outerjoin(before, before.id == TeamTransfer.from_team_id)
        .join(after, after.id == TeamTransfer.to_team_id)
        .outerjoin(by, by.id == TeamTransfer.by)
        .where(TeamTransfer.person_id == person_id)
        .order_by(TeamTransfer.id.desc())
        .limit(100)
    )
    return [TransferView(*row) for row in rows]


async def credit_name_of(session: ReadSession, *, actor: Actor) -> str:
    """The name under which the actor wants to be credited; empty where they do not."""
    return await session.scalar(select(Person.credit_name).where(Person.id == actor.person_id)) or ""

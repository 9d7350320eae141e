"""Teams and who is in them."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.people.events import TeamJoined, TeamLeft, TeamMade
from preceptor.people.rules import Actor, Permission, clean_name
from preceptor.people.tables import Membership, Team


class TeamNameTakenError(ConflictError):
    """Another team has this name."""

    title = _("There is a team of this name already.")
    code = "team_name_taken"


async def add_team(session: WriteSession, *, actor: Actor, name: str) -> UUID:
    """Found a team and answer its id.

    Raises:
        MissingPermissionError: the actor may not write teams.
        TeamNameTakenError: the name is taken.
        InvalidError: the name is empty or too long.
    """
    actor.require(Permission.TEAM_WRITE)
    cleaned = clean_name(name)
    if await session.scalar(select(Team.id).where(Team.name == cleaned)) is not None:
        raise TeamNameTakenError
    team = Team(name=cleaned)
    session.add(team)
    await session.flush()
    session.emit(TeamMade(actor_id=actor.person_id, subject_id=team.id))
    return team.id


async def add_member(session: WriteSession, *, actor: Actor, team_id: UUID, person_id: UUID) -> None:
    """Put a person into a team; nothing happens where they are in it already.

    Raises:
        MissingPermissionError: the actor may not write teams.
    """
    actor.require(Permission.TEAM_WRITE)
    statement = insert(Membership).values(team_id=team_id, person_id=person_id).on_conflict_do_nothing()
    await session.execute(statement)
    session.emit(TeamJoined(actor_id=actor.person_id, subject_id=team_id, person_id=person_id))


async def remove_member(session: WriteSession, *, actor: Actor, team_id: UUID, person_id: UUID) -> None:
    """Take a person out of a team.

    Raises:
        MissingPermissionError: the actor may not write teams.
    """
    actor.require(Permission.TEAM_WRITE)
    await session.execute(delete(Membership).where(Membership.team_id == team_id, Membership.person_id == person_id))
    session.emit(TeamLeft(actor_id=actor.person_id, subject_id=team_id, person_id=person_id))

"""Teams and who is in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _, gettext
from preceptor.people.events import TeamFunctionSet, TeamJoined, TeamLeft, TeamMade, TeamTransferred
from preceptor.people.operations.notices import Told, notify
from preceptor.people.queries import NoSuchPersonError, NoSuchTeamError
from preceptor.people.rules import Actor, Permission, TeamFunction, clean_name, reason_problems
from preceptor.people.tables import Membership, Person, Team, TeamTransfer


class TeamNameTakenError(ConflictError):
    """Another team has this name."""

    title = _("There is a team of this name already.")
    code = "team_name_taken"


class NotInTeamError(ConflictError):
    """The person is not in the team (any more)."""

    title = _("This person is not in the team any more. Load the page again.")
    code = "not_in_team"


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


async def set_team_function(
    session: WriteSession, *, actor: Actor, team_id: UUID, person_id: UUID, function: TeamFunction
) -> None:
    """Say what somebody is in their team. Their sessions see it within thirty seconds.

    Raises:
        MissingPermissionError: the actor may not write teams.
        NotInTeamError: they are not in it.
    """
    actor.require(Permission.TEAM_WRITE)
    changed = await session.execute(
        update(Membership)
        .where(Membership.team_id == team_id, Membership.person_id == person_id)
        .values(function=function.value)
        .returning(Membership.person_id)
    )
    if changed.first() is None:
        raise NotInTeamError
    session.emit(
        TeamFunctionSet(actor_id=actor.person_id, subject_id=team_id, person_id=person_id, function=function.value)
    )


async def transfer_person(
    session: WriteSession,
    *,
    actor: Actor,
    person_id: UUID,
    from_team_id: UUID | None,
    to_team_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Move a person to another team and tell them why. What they did, can and earned is theirs and stays as it is.

    Args:
        session: the transaction.
        actor: a manager or operator.
        person_id: who is moved.
        from_team_id: the team they leave; None where they only join another.
        to_team_id: the team they come to, as a member.
        reason: in words that the person reads.
        now: the time.

    Raises:
        MissingPermissionError: the actor may not write teams.
        NoSuchPersonError: there is no such person.
        NoSuchTeamError: there is no such team.
        NotInTeamError: they are not in the team that they should leave.
        InvalidError: no reason, one that is too long, or both teams are the same.
    """
    actor.require(Permission.TEAM_WRITE)
    cleaned = reason.strip()
    problems = list(reason_problems("reason", cleaned))
    if from_team_id == to_team_id:
        problems.append(FieldProblem("to_team_id", _("Choose another team than the one they leave.")))
    if problems:
        raise InvalidError(fields=problems)
    if await session.scalar(select(Person.id).where(Person.id == person_id)) is None:
        raise NoSuchPersonError
    name = await session.scalar(select(Team.name).where(Team.id == to_team_id))
    if name is None:
        raise NoSuchTeamError
    if from_team_id is not None:
        left = await session.execute(
            delete(Membership)
            .where(Membership.team_id == from_team_id, Membership.person_id == person_id)
            .returning(Membership.person_id)
        )
        if left.first() is None:
            raise NotInTeamError
        session.emit(TeamLeft(actor_id=actor.person_id, subject_id=from_team_id, person_id=person_id))
    joined = insert(Membership).values(team_id=to_team_id, person_id=person_id).on_conflict_do_nothing()
    await session.execute(joined)
    session.add(
        TeamTransfer(
            person_id=person_id,
            from_team_id=from_team_id,
            to_team_id=to_team_id,
            reason=cleaned,
            by=actor.person_id if actor.person_id.int else None,
            at=now,
        )
    )
    session.emit(TeamJoined(actor_id=actor.person_id, subject_id=to_team_id, person_id=person_id))
    session.emit(
        TeamTransferred(actor_id=actor.person_id, subject_id=to_team_id, person_id=person_id, from_team_id=from_team_id)
    )

    def text() -> Told:
        return Told(
            gettext("You are in the team {team} now").format(team=name),
            gettext("Reason: {reason}").format(reason=cleaned)
            + "\n"
            + gettext("What you have done, your certifications and what you have earned stay as they are."),
        )

    await notify(session, person_id=person_id, kind="team.moved", text=text, link="/teams")

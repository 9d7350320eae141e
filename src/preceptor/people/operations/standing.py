"""What hiring writes down about people: from when a removal binds them, and the team they moved to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.people.events import TeamJoined
from preceptor.people.rules import Actor
from preceptor.people.tables import Membership, Person


async def set_removal(
    session: WriteSession, *, person_id: UUID, since: datetime | None, until: datetime | None
) -> None:
    """Say from when and until when a removal binds somebody. For hiring, which has decided it by due process."""
    changed = Person.removed_at.is_distinct_from(since) | Person.removed_until.is_distinct_from(until)
    await session.execute(
        update(Person).where(Person.id == person_id, changed).values(removed_at=since, removed_until=until)
    )


async def join_offered_team(session: WriteSession, *, actor: Actor, person_id: UUID, team_id: UUID) -> None:
    """Put somebody into a team that they were offered and have accepted. For hiring, which keeps the offer."""
    statement = insert(Membership).values(team_id=team_id, person_id=person_id).on_conflict_do_nothing()
    await session.execute(statement)
    session.emit(TeamJoined(actor_id=actor.person_id, subject_id=team_id, person_id=person_id))

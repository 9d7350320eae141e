"""Who works in teams, and where they are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Place
from preceptor.people.tables import Membership, Person


async def member_places(
    session: ReadSession, *, team_ids: Collection[UUID]
) -> list[tuple[UUID, Place, frozenset[str]]]:
    """The members of teams, each once, with their place and roles. For callers that have made sure who asks."""
    rows = await session.execute(
        select(Person.id, Person.country, Person.region, Person.roles)
        .where(Person.id.in_(select(Membership.person_id).where(Membership.team_id.in_(team_ids))))
        .order_by(Person.id)
    )
    return [(row[0], Place(row[1], row[2]), frozenset(row[3])) for row in rows]

"""What the floors of places say about the rates of a project."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, literal, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem
from preceptor.lib.money import Money
from preceptor.pay.queries import all_floors, versions_of
from preceptor.pay.rules import Activity, floor_problems, rate_in_force
from preceptor.people.rules import Place, Role
from preceptor.people.tables import Membership, Person


async def places_of_trainers(session: ReadSession, *, team_ids: Collection[UUID]) -> list[Place]:
    """Where the trainers of some teams are, each place once."""
    rows = await session.execute(
        select(Person.country, Person.region)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.team_id.in_(team_ids), literal(Role.TRAINER.value) == any_(Person.roles))
        .distinct()
    )
    return sorted(Place(country, region) for country, region in rows)


async def below_floors(
    session: ReadSession, *, project_id: UUID | None, rate: Money, team_ids: Collection[UUID], at: datetime
) -> list[FieldProblem]:
    """Why a project's own rate must not be published: it is below the floor of a place whose trainers it would pay.

    Places that have a rate of their own in the table are left to that one. Each problem is told once.

    Args:
        session: where to look.
        project_id: None for a project that is being made.
        rate: the project's own, per hour.
        team_ids: who works on it.
        at: from when it is paid.
    """
    floors = await all_floors(session)
    if not floors or not rate.amount:
        return []
    versions = [] if project_id is None else await versions_of(session, project_id=project_id, activity=Activity.WORK)
    found: list[FieldProblem] = []
    for place in [Place(), *await places_of_trainers(session, team_ids=team_ids)]:
        own, _later = rate_in_force(versions, place=place, level=0, activity=Activity.WORK, at=at)
        if own is None:
            found += floor_problems(rate, place=place, floors=floors, at=at)
    return list({str(one.message): one for one in found}.values())

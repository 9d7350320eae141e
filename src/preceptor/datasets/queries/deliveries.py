"""What clients said of releases, and who is credited in them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import any_, literal, select

from preceptor.datasets.queries.access import access_data_project
from preceptor.datasets.tables import DeliveryDecision, Release, ReleaseMember
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Role
from preceptor.people.tables import Person
from preceptor.projects.tables import Project
from preceptor.work.tables import Submission


class DeliveryView(msgspec.Struct, frozen=True):
    """What was said of a release: `accepted`, or `incomplete` with what it lacks."""

    verdict: str
    note: str
    by: str
    """Name of whoever said it."""
    at: datetime


async def list_deliveries(session: ReadSession, *, actor: Actor, slug: str, number: int) -> list[DeliveryView]:
    """What was said of a release, newest first.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchProjectError: there is no such project, or its data is not theirs.
    """
    project = await access_data_project(session, actor=actor, slug=slug)
    rows = await session.execute(
        select(DeliveryDecision.verdict, DeliveryDecision.note, Person.name, DeliveryDecision.at)
        .join(Release, Release.id == DeliveryDecision.release_id)
        .outerjoin(Person, Person.id == DeliveryDecision.by)
        .where(Release.project_id == project.id, Release.number == number)
        .order_by(DeliveryDecision.id.desc())
    )
    return [DeliveryView(verdict, note, name or "", at) for verdict, note, name, at in rows]


async def managers_to_tell(session: ReadSession, *, project_id: UUID, release_id: UUID) -> list[UUID]:
    """The managers who made the project and who froze the release. For callers that have made sure who asks."""
    makers = select(Project.created_by).where(Project.id == project_id)
    askers = select(Release.requested_by).where(Release.id == release_id)
    rows = await session.scalars(
        select(Person.id).where(Person.id.in_(makers.union(askers)), literal(Role.MANAGER.value) == any_(Person.roles))
    )
    return list(rows)


async def credited_names(session: ReadSession, *, release_id: UUID) -> list[str]:
    """Names of those whose work is in a release and who chose to be credited, by name. For the writer of its card."""
    rows = await session.scalars(
        select(Person.credit_name)
        .where(
            Person.credit_name != "",
            Person.id.in_(
                select(Submission.trainer_id)
                .join(ReleaseMember, ReleaseMember.submission_id == Submission.id)
                .where(ReleaseMember.release_id == release_id)
            ),
        )
        .distinct()
    )
    return sorted(rows, key=str.casefold)

"""What somebody belongs to through what they are engaged for: teams, and the exam that renews a certificate."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.hiring.tables import Exam
from preceptor.lib.db import ReadSession
from preceptor.people.tables import Membership, Team
from preceptor.projects.rules import ProjectState
from preceptor.projects.tables import Project, ProjectTeam


class RenewingExam(msgspec.Struct, frozen=True):
    """An exam that somebody can sit: the part of its address, and its title."""

    slug: str
    title: str


async def teams_of_person(session: ReadSession, *, person_id: UUID) -> set[UUID]:
    """The teams somebody is in. For callers that have made sure who asks."""
    return set(await session.scalars(select(Membership.team_id).where(Membership.person_id == person_id)))


async def teams_of_projects(session: ReadSession, *, project_ids: Collection[UUID]) -> set[UUID]:
    """The teams that work on any of these projects."""
    query = select(ProjectTeam.team_id).where(ProjectTeam.project_id.in_(project_ids))
    return set(await session.scalars(query))


async def team_names(session: ReadSession, *, team_ids: Collection[UUID]) -> list[str]:
    """The names of teams, in their order."""
    return list(await session.scalars(select(Team.name).where(Team.id.in_(team_ids)).order_by(Team.name)))


async def renewing_exam(
    session: ReadSession, *, person_id: UUID, certification_id: UUID, before: UUID | None
) -> RenewingExam | None:
    """The open exam by which a member of its teams renews a certification; None where there is none.

    Args:
        session: where to look.
        person_id: whose certificate it is.
        certification_id: what it certifies.
        before: the exam they passed last time, which is named first.
    """
    query = (
        select(Project.slug, Project.title)
        .join(Exam, Exam.project_id == Project.id)
        .join(ProjectTeam, ProjectTeam.project_id == Project.id)
        .join(Membership, Membership.team_id == ProjectTeam.team_id)
        .where(
            Exam.certification_id == certification_id,
            Membership.person_id == person_id,
            Project.state == ProjectState.OPEN.value,
        )
        .order_by((Project.id == before).desc(), Project.id)
        .limit(1)
    )
    row = (await session.execute(query)).first()
    return None if row is None else RenewingExam(row.slug, row.title)

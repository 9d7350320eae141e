"""What trainers think of projects."""

from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from preceptor.lib.clock import utc_now
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.projects import access_project
from preceptor.projects.rules.ratings import RATINGS_COUNT_FOR, RATINGS_SHOWN_FROM, Rated, Ratings, summary_of
from preceptor.projects.tables import ProjectRating


class OwnRating(msgspec.Struct, frozen=True):
    """What the actor themselves gave in a month."""

    month: date
    pay: int
    clarity: int
    fairness: int
    comment: str


async def project_ratings(session: ReadSession, project_id: UUID) -> Ratings | None:
    """What trainers think of a project; None below five of them. For anybody: it tells nothing of anyone."""
    return (await ratings_of_projects(session, project_ids=[project_id])).get(project_id)


async def ratings_of_projects(session: ReadSession, *, project_ids: Collection[UUID]) -> dict[UUID, Ratings]:
    """The same for several projects; those that fewer than five have rated are left out."""
    given: dict[UUID, list[Rated]] = {}
    for row in await _newest(session, project_ids):
        given.setdefault(row.project_id, []).append(Rated(row.pay, row.clarity, row.fairness))
    found = {project_id: summary_of(ratings) for project_id, ratings in given.items()}
    return {project_id: ratings for project_id, ratings in found.items() if ratings is not None}


async def _newest(session: ReadSession, project_ids: Collection[UUID]) -> Sequence[ProjectRating]:
    """The newest rating of each trainer in the last year."""
    rows = await session.scalars(
        select(ProjectRating)
        .ext(distinct_on(ProjectRating.project_id, ProjectRating.person_id))
        .where(
            ProjectRating.project_id.in_(project_ids),
            ProjectRating.month >= (utc_now() - RATINGS_COUNT_FOR).date(),
        )
        .order_by(ProjectRating.project_id, ProjectRating.person_id, ProjectRating.month.desc())
    )
    return rows.all()


async def own_ratings(session: ReadSession, *, actor: Actor, project_id: UUID) -> list[OwnRating]:
    """The actor's own ratings of a project, newest first."""
    rows = await session.scalars(
        select(ProjectRating)
        .where(ProjectRating.project_id == project_id, ProjectRating.person_id == actor.person_id)
        .order_by(ProjectRating.month.desc())
    )
    return [OwnRating(row.month, row.pay, row.clarity, row.fairness, row.comment) for row in rows]


async def rating_comments(session: ReadSession, *, actor: Actor, slug: str) -> list[str]:
    """What trainers wrote beside their ratings, without names, times or marks, and in no order; from five on.

    Raises:
        MissingPermissionError: the actor may not read ratings.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.RATING_READ)
    project = await access_project(session, actor=actor, slug=slug)
    rows = await _newest(session, [project.id])
    if len(rows) < RATINGS_SHOWN_FROM:
        return []
    return sorted((row.comment for row in rows if row.comment), key=lambda text: sha256(text.encode()).digest())

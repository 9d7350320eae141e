"""Whose rejections stand out: a list for a manager to look into. Nothing follows from it by itself."""

from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, exists, func, select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.tables import Project
from preceptor.quality.rules.worth_a_look import Share, share, stands_out
from preceptor.quality.tables import Dispute, Review

MOST = 100


class WorthALook(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose answers to a project are rejected more often than those of all others there.

    Attributes:
        person: rejected, and not overturned ÷ looked at by a reviewer, with its 95 % interval.
        others: the same of everybody else on this project.
    """

    person_id: UUID
    pseudonym: str
    project_slug: str
    project_title: str
    person: Share
    others: Share


def _rejections() -> ColumnElement[int]:
    """Rejections among reviews. One that somebody else overturned was wrong, and counts for nothing."""
    overturned = exists().where(Dispute.review_id == Review.id, Dispute.state == "overturned")
    return func.count().filter(Review.verdict == "reject", ~overturned)


async def rejections_of(session: ReadSession, *, trainer_id: UUID) -> dict[UUID, tuple[Share, Share]]:
    """By project the share of somebody's answers that were rejected, and that of everybody else there.

    For callers that have made sure who asks.
    """
    theirs = select(Review.project_id).where(Review.trainer_id == trainer_id, Review.state == "decided")
    own = Review.trainer_id == trainer_id
    rows = await session.execute(
        select(Review.project_id, own, _rejections(), func.count())
        .where(Review.state == "decided", Review.project_id.in_(theirs))
        .group_by(Review.project_id, own)
    )
    found: dict[UUID, dict[bool, Share]] = {}
    for project_id, mine, hits, sample in rows:
        found.setdefault(project_id, {})[mine] = share(hits, sample)
    return {project_id: (one[True], one.get(False, share(0, 0))) for project_id, one in found.items() if True in one}


async def worth_a_look(session: ReadSession, *, actor: Actor) -> list[WorthALook]:
    """Who stands out, the widest gap first; a hundred at most.

    Raises:
        MissingPermissionError: the actor may not open cases.
    """
    actor.require(Permission.CASE_OPEN)
    rows = (
        await session.execute(
            select(Review.project_id, Review.trainer_id, _rejections(), func.count())
            .where(Review.state == "decided")
            .group_by(Review.project_id, Review.trainer_id)
        )
    ).all()
    totals: dict[UUID, tuple[int, int]] = {}
    for project_id, _trainer, hits, sample in rows:
        before = totals.get(project_id, (0, 0))
        totals[project_id] = (before[0] + hits, before[1] + sample)
    found = []
    for project_id, trainer_id, hits, sample in rows:
        own = share(hits, sample)
        others = share(totals[project_id][0] - hits, totals[project_id][1] - sample)
        if stands_out(own, others):
            found.append((project_id, trainer_id, own, others))
    found.sort(key=lambda one: one[2].low - one[3].high, reverse=True)
    found = found[:MOST]
    names = await session.execute(
        select(Person.id, Person.pseudonym).where(Person.id.in_([one[1] for one in found]), Person.erased_at.is_(None))
    )
    people = {row[0]: row[1] for row in names}
    titles = await session.execute(
        select(Project.id, Project.slug, Project.title).where(Project.id.in_([one[0] for one in found]))
    )
    projects = {row[0]: (row[1], row[2]) for row in titles}
    return [
        WorthALook(
            person_id=trainer_id,
            pseudonym=people[trainer_id],
            project_slug=projects[project_id][0],
            project_title=projects[project_id][1],
            person=own,
            others=others,
        )
        for project_id, trainer_id, own, others in found
        if trainer_id in people
    ]

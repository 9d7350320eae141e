"""Every measure that is held about a person, for that person alone."""

from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.projects.tables import Project
from preceptor.quality.queries.worth_a_look import rejections_of
from preceptor.quality.rules.own_metrics import Counted, Metric, metrics_of
from preceptor.quality.rules.worth_a_look import Share, share, stands_out
from preceptor.work.queries.breakdowns import own_breakdown

NONE = share(0, 0)


class ProjectMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured about the actor on a project.

    Attributes:
        others: the share of rejections of everybody else there, which theirs is held against.
        worth_a_look: managers are shown theirs as one that chance does not explain. Nothing follows by itself.
    """

    project_id: UUID
    slug: str
    title: str
    metrics: list[Metric]
    others: Share
    worth_a_look: bool


async def own_metrics(session: ReadSession, *, actor: Actor) -> list[ProjectMetrics]:
    """All of the actor's own measures, the project they worked on most first."""
    counted = await own_breakdown(session, actor=actor)
    rejections = await rejections_of(session, trainer_id=actor.person_id)
    rows = await session.execute(
        select(Project.id, Project.slug, Project.title).where(Project.id.in_(counted.keys() | rejections.keys()))
    )
    found = []
    for project_id, slug, title in rows:
        own, others = rejections.get(project_id, (NONE, NONE))
        standing = counted.get(project_id)
        counts = Counted() if standing is None else Counted(**standing)
        one = ProjectMetrics(
            project_id=project_id,
            slug=slug,
            title=title,
            metrics=metrics_of(counts, rejections=own),
            others=others,
            worth_a_look=stands_out(own, others),
        )
        found.append(((-counts.active_ms, title), one))
    return [one for _order, one in sorted(found, key=lambda pair: pair[0])]

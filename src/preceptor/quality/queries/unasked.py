"""Reviews that wait and that no reviewer may be asked for, so that managers find somebody."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import any_, func, literal, or_, select

from preceptor.hiring.queries import barred_among
from preceptor.lib.db import ReadSession
from preceptor.people.rules import ROLE_PERMISSIONS, Actor, ContentCategory, Permission
from preceptor.people.tables import ContentConsent, Person
from preceptor.projects.queries import access_project
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.queries.open_reviews import Group, open_groups, within
from preceptor.quality.rules.unasked import Judge, Waits, unasked, who_may
from preceptor.quality.tables import Review


class UnaskedReviews(msgspec.Struct, frozen=True):
    """So many answers of a project wait for a review that no reviewer may be asked for.

    `content`: what no reviewer has said yes to (or not to all of it at once); empty where there is no reviewer besides
    those who wrote the answers.
    """

    project: str
    title: str
    count: int
    content: tuple[ContentCategory, ...]


async def unasked_reviews(
    session: ReadSession, *, actor: Actor, now: datetime, slug: str | None = None
) -> list[UnaskedReviews]:
    """Where reviews wait for nobody, the most first; in one project where `slug` names it.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError: no such project.
    """
    actor.require(Permission.PROJECT_READ)
    if slug is not None:
        await access_project(session, actor=actor, slug=slug)
    groups = await open_groups(session, actor=actor, slug=slug)
    rows = await session.execute(
        select(Project.id, Project.slug, Project.title, Project.rules).where(
            Project.id.in_({one.project_id for one in groups})
        )
    )
    projects = {project_id: (name, title, rules) for project_id, name, title, rules in rows}
    judges = await _judges(session, now)
    waits = []
    for group in groups:
        announced = msgspec.convert(projects[group.project_id][2], ProjectRules).categories
        content = frozenset({*group.categories, *announced})
        able = who_may(judges, group.project_id, content)
        if len(able) > 1:  # whoever wrote it, there is somebody else
            continue
        author = able[0] if able else None
        if count := await _count(session, group, author):
            waits.append(Waits(group.project_id, content, author, count))
    found = unasked(waits, judges)
    named = [(one, *projects[one.project_id][:2]) for one in found]
    return [UnaskedReviews(name, title, one.count, one.content) for one, name, title in named]


async def _count(session: ReadSession, group: Group, author: UUID | None) -> int:
    query = select(func.count()).select_from(Review).where(within(group))
    if author is not None:
        query = query.where(Review.trainer_id == author)
    return await session.scalar(query) or 0


async def _judges(session: ReadSession, now: datetime) -> list[Judge]:
    """Everybody who decides reviews."""
    roles = [role.value for role, allowed in ROLE_PERMISSIONS.items() if Permission.REVIEW_DECIDE in allowed]
    rows = await session.execute(
        select(Person.id, func.array_remove(func.array_agg(ContentConsent.category), None))
        .outerjoin(ContentConsent, ContentConsent.person_id == Person.id)
        .where(Person.state == "active", or_(*(literal(role) == any_(Person.roles) for role in roles)))
        .group_by(Person.id)
    )
    consents: dict[UUID, frozenset[ContentCategory]] = {
        person_id: frozenset(map(ContentCategory, given)) for person_id, given in rows
    }
    barred = await barred_among(session, person_ids=list(consents), now=now)
    return [Judge(person_id, given, barred[person_id]) for person_id, given in consents.items()]

"""Reviews that wait and that no reviewer may be asked for, so that managers find somebody."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import any_, case, func, literal, or_, select

from preceptor.hiring.queries import barred_among
from preceptor.lib.db import ReadSession
from preceptor.people.rules import ROLE_PERMISSIONS, Actor, ContentCategory, Permission
from preceptor.people.tables import ContentConsent, Person
from preceptor.projects.queries import access_project
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.queries.open_reviews import IS_OPEN
from preceptor.quality.rules.unasked import Judge, Waits, unasked
from preceptor.quality.tables import Review
from preceptor.work.queries.readiness import announced
from preceptor.work.tables import Assignment, Item


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
    judges = await _judges(session, now)
    content = announced()
    ids = [judge.person_id for judge in judges]
    own = case((Review.trainer_id.in_(ids), Review.trainer_id), else_=None)
    groups = (
        select(Project.id, Project.rules, content, own, func.count())
        .select_from(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Review.project_id)
        .where(IS_OPEN)
        .group_by(Project.id, content, own)
    )
    if slug is not None:
        groups = groups.where(Project.id == (await access_project(session, actor=actor, slug=slug)).id)
    waits = [
        Waits(project_id, frozenset(map(ContentCategory, filter(None, shown))) | _always(rules), trainer_id, count)
        for project_id, rules, shown, trainer_id, count in await session.execute(groups)
    ]
    found = unasked(waits, judges)
    rows = await session.execute(
        select(Project.id, Project.slug, Project.title).where(Project.id.in_([one.project_id for one in found]))
    )
    names = {project_id: (name, title) for project_id, name, title in rows}
    return [UnaskedReviews(*names[one.project_id], one.count, one.content) for one in found]


def _always(rules: dict[str, object]) -> frozenset[ContentCategory]:
    return frozenset(msgspec.convert(rules, ProjectRules).categories)


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

"""Which projects somebody has worked on, and so has a say in."""

from uuid import UUID

import msgspec
from sqlalchemy import exists, select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.projects.queries import NoSuchProjectError, visible_to
from preceptor.projects.tables import Project
from preceptor.work.tables import TimeEntry


class WorkedProject(msgspec.Struct, frozen=True):
    """A project, and whether the actor has worked on it."""

    id: UUID
    slug: str
    title: str
    worked: bool


async def worked_project(session: ReadSession, *, actor: Actor, slug: str) -> WorkedProject:
    """A project that the actor has worked on, whether they still may or not, or that they may see.

    Raises:
        NoSuchProjectError: there is none at this address, or it is neither.
    """
    worked = exists().where(TimeEntry.person_id == actor.person_id, TimeEntry.project_id == Project.id)
    row = (
        await session.execute(
            select(Project.id, Project.slug, Project.title, worked).where(
                Project.slug == slug, visible_to(actor) | worked
            )
        )
    ).first()
    if row is None:
        raise NoSuchProjectError
    return WorkedProject(*row)

"""Projects and slugs held fast for a change."""

from uuid import UUID

from sqlalchemy import func, select

from preceptor.lib.db import WriteSession
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import NoSuchProjectError
from preceptor.projects.rules import free_slug
from preceptor.projects.tables import ClientOrganisation, Project


async def hold_project(session: WriteSession, *, actor: Actor, slug: str) -> Project:
    """The row of a project, locked until the transaction ends.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.PROJECT_WRITE)
    project = await session.scalar(select(Project).where(Project.slug == slug).with_for_update())
    if project is None:
        raise NoSuchProjectError
    return project


async def take_slug(session: WriteSession, table: type[Project | ClientOrganisation], base: str) -> str:
    """`base`, or `base` with the next free number. Nobody else takes one before the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"slug:{table.__tablename__}"))))
    taken = await session.scalars(select(table.slug).where(table.slug.startswith(base, autoescape=True)))
    return free_slug(base, set(taken))


def author(actor: Actor) -> UUID | None:
    """Who stands as a row's author; nobody where the system itself acts."""
    return actor.person_id if actor.person_id.int else None

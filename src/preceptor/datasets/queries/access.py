"""Whose data somebody may see."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import NoSuchProjectError, ProjectView, access_project


def reads_releases(actor: Actor, project: ProjectView) -> bool:
    """True for managers, and for the client that the project belongs to. Seeing a project otherwise is not enough."""
    if not actor.may(Permission.RELEASE_READ):
        return False
    owns = actor.may(Permission.PROJECT_READ_OWN) and project.client.id in actor.client_ids
    return owns or actor.may(Permission.PROJECT_READ)


async def access_data_project(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """A project whose releases the actor may see.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchProjectError: there is none at this address, or its data is not theirs.
    """
    actor.require(Permission.RELEASE_READ)
    project = await access_project(session, actor=actor, slug=slug)
    if not reads_releases(actor, project):
        raise NoSuchProjectError
    return project


async def people_named(session: ReadSession, *, pseudonyms: Collection[str]) -> list[UUID]:
    """Whose pseudonyms these are; unknown ones are passed over. For callers that have made sure who asks."""
    return list(await session.scalars(select(Person.id).where(Person.pseudonym.in_(pseudonyms))))

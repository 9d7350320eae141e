"""Client organisations."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select, true

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.tables import ClientOrganisation, Project


class ClientView(msgspec.Struct, frozen=True):
    """A client organisation and how many projects it has."""

    id: UUID
    slug: str
    name: str
    projects: int
    created_at: datetime


class NoSuchClientError(NotFoundError):
    """No client organisation of this id, or not the actor's to see."""

    title = _("There is no such client organisation.")
    code = "no_such_client"


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    all_of_them = {Permission.CLIENT_CREATE, Permission.PERSON_INVITE, Permission.PROJECT_READ}
    if all_of_them & actor.permissions:
        return true()
    return ClientOrganisation.id.in_(actor.client_ids)


async def list_client_organisations(session: ReadSession, *, actor: Actor) -> list[ClientView]:
    """Every client organisation for those who read projects or invite people, else the actor's own; by name."""
    rows = await session.execute(
        select(ClientOrganisation, func.count(Project.id))
        .outerjoin(Project, Project.client_id == ClientOrganisation.id)
        .where(_visible_to(actor))
        .group_by(ClientOrganisation.id)
        .order_by(ClientOrganisation.name)
    )
    return [
        ClientView(id=row.id, slug=row.slug, name=row.name, projects=projects, created_at=row.created_at)
        for row, projects in rows
    ]


async def access_client(session: ReadSession, *, actor: Actor, client_id: UUID) -> ClientView:
    """One client organisation.

    Raises:
        NoSuchClientError: there is none of this id, or not theirs to see.
    """
    for client in await list_client_organisations(session, actor=actor):
        if client.id == client_id:
            return client
    raise NoSuchClientError

"""Client organisations."""

from uuid import UUID

from sqlalchemy import func, select

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.events import ClientOrganisationAdded
from preceptor.projects.operations.fetching import take_slug
from preceptor.projects.rules import clean_line, line_problems, slug_from
from preceptor.projects.tables import ClientOrganisation


class ClientNameTakenError(ConflictError):
    """Another client organisation has this name."""

    title = _("There is a client organisation of this name already.")
    code = "client_name_taken"


async def add_client_organisation(session: WriteSession, *, actor: Actor, name: str) -> UUID:
    """Enter a client organisation and answer its id.

    Raises:
        MissingPermissionError: the actor may not make clients.
        ClientNameTakenError: the name is taken, in whatever case.
        InvalidError: the name is empty or too long.
    """
    actor.require(Permission.CLIENT_CREATE)
    cleaned = clean_line(name)
    if problems := list(line_problems("name", cleaned)):
        raise InvalidError(fields=problems)
    slug = await take_slug(session, ClientOrganisation, slug_from(cleaned))
    same = select(ClientOrganisation.id).where(func.lower(ClientOrganisation.name) == cleaned.lower())
    if await session.scalar(same) is not None:
        raise ClientNameTakenError
    row = ClientOrganisation(slug=slug, name=cleaned)
    session.add(row)
    await session.flush()
    session.emit(ClientOrganisationAdded(actor_id=actor.person_id, subject_id=row.id))
    return row.id

"""Originals: what an item hides from everybody, shown to the few who may, and written down each time."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView
from preceptor.work.events import OriginalRead
from preceptor.work.queries.project_items import NoSuchItemError
from preceptor.work.tables import Item


class NoOriginalError(NotFoundError):
    """Nothing of this item is hidden."""

    code = "no_original"
    title = _("Nothing was replaced in this item: what is shown is the original.")


async def read_original(session: WriteSession, *, actor: Actor, project: ProjectView, item_id: UUID) -> dict[str, Any]:
    """What is hidden of an item, by field. That the actor read it goes into the audit trail.

    Raises:
        MissingPermissionError: the actor may not read projects, or no originals.
        NoSuchItemError: it is not there, or is another project's.
        NoOriginalError: nothing is hidden.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.PROJECT_READ)
    actor.require(Permission.ITEM_READ_ORIGINAL)
    content = await session.scalar(select(Item.content).where(Item.id == item_id, Item.project_id == project.id))
    if content is None:
        raise NoSuchItemError
    hidden = {name: content[name] for name in task_kind(project.kind).hidden if content.get(name) is not None}
    if not hidden:
        raise NoOriginalError
    session.emit(OriginalRead(actor_id=actor.person_id, subject_id=item_id, project_id=project.id))
    return hidden

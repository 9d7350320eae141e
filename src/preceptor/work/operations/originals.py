"""Originals: what an item hides from everybody, shown to the few who may, and written down each time."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, or_, select

from preceptor.kinds.private import ReplacedPart
from preceptor.kinds.registry import task_kind
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView
from preceptor.work.events import OriginalRead, ReplacementUndone
from preceptor.work.queries.masks import covered_fields
from preceptor.work.queries.project_items import NoSuchItemError
from preceptor.work.tables import Assignment, Draft, Item

WITHOUT_ANSWER = ("skipped", "reported", "expired")
"""States of assignments that left no answer."""


class NothingReplacedError(NotFoundError):
    """Nothing of this name is replaced in the item (any more)."""

    code = "nothing_replaced"
    title = _("This is not replaced in the item, or not any more.")


class WorkBegunError(ConflictError):
    """Somebody works on the item or has answered it: what they mark would come to stand somewhere else."""

    code = "work_begun"
    title = _("Somebody has worked on this item, and their marks would not fit the text any more.")


class NoOriginalError(NotFoundError):
    """Nothing of this item is hidden."""

    code = "no_original"
    title = _("Nothing was replaced in this item: what is shown is the original.")


class OriginalFound(msgspec.Struct, frozen=True):
    """What is hidden of an item, by field; and of what was replaced, the parts that can be put back."""

    hidden: dict[str, Any]
    parts: tuple[ReplacedPart, ...]


async def read_original(session: WriteSession, *, actor: Actor, project: ProjectView, item_id: UUID) -> OriginalFound:
    """What is hidden of an item, by field, replaced or marked. That the actor read it goes into the audit trail.

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
    if not hidden:  # nothing was replaced when it came in; what people have marked since stands in the item itself
        covered = await covered_fields(session, project=project, contents={item_id: content})
        hidden = {name: content[name] for name in covered.get(item_id, ())}
    if not hidden:
        raise NoOriginalError
    session.emit(OriginalRead(actor_id=actor.person_id, subject_id=item_id, project_id=project.id))
    kind = task_kind(project.kind)
    return OriginalFound(hidden, kind.replaced_parts(kind.decode_item(content)))


async def restore_part(session: WriteSession, *, actor: Actor, project: ProjectView, item_id: UUID, part: str) -> None:
    """Put back what was replaced in an item although it is not private. What it was goes into no trail.

    Args:
        session: the transaction.
        actor: somebody who may read originals and write items.
        project: of the item.
        item_id: of the item.
        part: key of one of the kind's `replaced_parts`.

    Raises:
        MissingPermissionError: the actor may not write items, or read no originals.
        NoSuchItemError: it is not there, or is another project's.
        NothingReplacedError: nothing of this key is replaced.
        WorkBegunError: somebody has marked places in the text as it is, or may be about to.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.ITEM_WRITE)
    actor.require(Permission.ITEM_READ_ORIGINAL)
    item = await session.scalar(select(Item).where(Item.id == item_id, Item.project_id == project.id).with_for_update())
    if item is None:
        raise NoSuchItemError
    kind = task_kind(project.kind)
    try:
        content = kind.restored(kind.decode_item(item.content), part)
    except LookupError as error:
        raise NothingReplacedError from error
    drafted = exists().where(Draft.assignment_id == Assignment.id)
    begun = exists().where(Assignment.item_id == item_id, or_(Assignment.state.not_in(WITHOUT_ANSWER), drafted))
    if await session.scalar(select(begun)):
        raise WorkBegunError
    item.content = msgspec.to_builtins(content)
    session.emit(ReplacementUndone(actor_id=actor.person_id, subject_id=item_id, project_id=project.id))

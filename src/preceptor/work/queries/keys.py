"""Keys of items, for those who write them and for whoever grades by them. Trainers' pages have no way to come here."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.kinds.registry import task_kind
from preceptor.kinds.scoring import Said
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView, form_at
from preceptor.work.queries.project_items import NoSuchItemError
from preceptor.work.rules.keys import bound
from preceptor.work.tables import Item, ItemKey


class KeyView(msgspec.Struct, frozen=True):
    """What is right about an item, with the item's own ids. `by_hand`: a person grades what was written."""

    key: dict[str, Any] | None = None
    by_hand: bool = False


class KeyCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How an exam's items are to be graded: `neither` by a key nor by a person would never count."""

    items: int
    keyed: int
    by_hand: int
    neither: int


async def access_key(session: ReadSession, *, actor: Actor, project: ProjectView, item_id: UUID) -> KeyView:
    """The key of an item, for those who may write items.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchItemError: it is not there, or is another project's.
    """
    actor.require(Permission.ITEM_WRITE)
    row = (
        await session.execute(
            select(Item, ItemKey.key, func.coalesce(ItemKey.by_hand, False))
            .outerjoin(ItemKey, ItemKey.item_id == Item.id)
            .where(Item.id == item_id, Item.project_id == project.id, Item.sitting_id.is_(None))
        )
    ).first()
    if row is None:
        raise NoSuchItemError
    item, kept, by_hand = row
    kind = task_kind(project.kind)
    given = kind.given_turn(kind.decode_item(item.content))
    return KeyView(None if kept is None else bound(kept, item_id=item.id, given=given), by_hand)


async def keys_of(session: ReadSession, *, item_ids: Collection[UUID]) -> dict[UUID, KeyView]:
    """Keys as they are kept, with places instead of ids. For grading alone."""
    rows = await session.scalars(select(ItemKey).where(ItemKey.item_id.in_(item_ids)))
    return {row.item_id: KeyView(row.key, row.by_hand) for row in rows}


async def key_counts(session: ReadSession, *, actor: Actor, project_id: UUID) -> KeyCounts:
    """How the items of an exam are to be graded.

    Raises:
        MissingPermissionError: the actor may not read projects.
    """
    actor.require(Permission.PROJECT_READ)
    own = (Item.project_id == project_id, Item.sitting_id.is_(None), Item.state == "open")
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(ItemKey.key.is_not(None)),
                func.count().filter(ItemKey.by_hand),
                func.count().filter(ItemKey.item_id.is_(None)),
            )
            .select_from(Item)
            .outerjoin(ItemKey, ItemKey.item_id == Item.id)
            .where(*own)
        )
    ).one()
    return KeyCounts(items=row[0], keyed=row[1], by_hand=row[2], neither=row[3])


async def fields_in_keys(session: ReadSession, *, actor: Actor, project: ProjectView) -> dict[str, Said]:
    """The fields that the keys of a project say something in and that can be compared, by name.

    Raises:
        MissingPermissionError: the actor may not write items.
    """
    actor.require(Permission.ITEM_WRITE)
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=project.form_version)
    settings = kind.decode_settings(form.settings)
    keys = await session.scalars(
        select(ItemKey.key)
        .join(Item, Item.id == ItemKey.item_id)
        .where(Item.project_id == project.id, Item.sitting_id.is_(None), Item.state == "open", ItemKey.key.is_not(None))
        .limit(500)
    )
    return {
        one.name: one
        for key in keys
        if key is not None
        for one in kind.said(settings, kind.decode_answer(key))
        if one.likeness is not None
    }

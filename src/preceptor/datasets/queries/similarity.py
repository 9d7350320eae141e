"""What a search for items that say nearly the same has found."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from preceptor.datasets.tables import SimilarItem, SimilaritySearch
from preceptor.kinds.registry import task_kind
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project
from preceptor.work.tables import Item

SIMILAR_PAGE = 50


class SearchView(msgspec.Struct, frozen=True):
    """A search of a project's items.

    Attributes:
        state: waiting, running, done or failed.
        items: compared so far.
        found: that nearly repeat an earlier one.
    """

    id: UUID
    state: str
    likeness: float
    items: int
    found: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_moving(self) -> bool:
        """True until it has ended."""
        return self.state in {"waiting", "running"}


class SimilarPair(msgspec.Struct, frozen=True, kw_only=True):
    """An open item, and the earlier one that it nearly repeats. `likeness`: estimated, 0 to 1."""

    item_id: UUID
    text: str
    earlier_id: UUID
    earlier_text: str
    likeness: float


async def newest_search(session: ReadSession, *, actor: Actor, slug: str) -> SearchView | None:
    """The newest search of a project; None where there was none yet.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
    """
    actor.require(Permission.ITEM_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    row = await session.scalar(
        select(SimilaritySearch)
        .where(SimilaritySearch.project_id == project.id)
        .order_by(SimilaritySearch.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return SearchView(row.id, row.state, row.likeness, row.items, row.found, row.created_at, row.finished_at)


async def list_similar(
    session: ReadSession, *, actor: Actor, slug: str, search_id: UUID, cursor: str | None = None
) -> Page[SimilarPair]:
    """What a search has found, the most alike first; without items that were cancelled since.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.ITEM_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    earlier = aliased(Item)
    query = (
        select(SimilarItem.item_id, SimilarItem.earlier_id, SimilarItem.likeness, Item.content, earlier.content)
        .join(Item, Item.id == SimilarItem.item_id)
        .join(earlier, earlier.id == SimilarItem.earlier_id)
        .where(
            SimilarItem.search_id == search_id,
            Item.project_id == project.id,
            Item.state == "open",
            earlier.state == "open",
        )
        .order_by(SimilarItem.likeness.desc(), SimilarItem.item_id.desc())
        .limit(SIMILAR_PAGE + 1)
    )
    if cursor:
        query = query.where(
            tuple_(SimilarItem.likeness, SimilarItem.item_id) < tuple_(*decode_cursor(cursor, tuple[float, UUID]))
        )
    rows = list(await session.execute(query))
    shown = [
        SimilarPair(
            item_id=item_id,
            text=kind.item_summary(kind.decode_item(content)),
            earlier_id=earlier_id,
            earlier_text=kind.item_summary(kind.decode_item(other)),
            likeness=likeness,
        )
        for item_id, earlier_id, likeness, content, other in rows[:SIMILAR_PAGE]
    ]
    more = len(rows) > SIMILAR_PAGE
    return Page(shown, encode_cursor(shown[-1].likeness, shown[-1].item_id) if more else None)

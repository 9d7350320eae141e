"""Looking through the log of events, newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db.database import ReadSession
from preceptor.lib.db.events import EventRow
from preceptor.lib.db.paging import Page, decode_cursor, encode_cursor

PAGE_SIZE = 50
SCAN = 20_000
"""Events that one page looks through where no index leads to those that are wanted."""


class WantedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to show; all that is given must hold.

    Attributes:
        name: an event's name, or the beginning of several up to a dot, such as `work.`.
        actor_id: who did it.
        subject_id: what it happened to.
        project_id: the project it belongs to.
    """

    name: str = ""
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    project_id: UUID | None = None


class FoundEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it was written down."""

    id: UUID
    at: datetime
    name: str
    actor_id: UUID | None
    subject_id: UUID | None
    project_id: UUID | None
    data: dict[str, Any]


async def find_events(session: ReadSession, *, wanted: WantedEvents, cursor: str | None = None) -> Page[FoundEvent]:
    """A page of events. For callers that have made sure who asks.

    A page may hold fewer than fifty and still have a next one: it looks through 20,000 events at most, so that a rare
    event in a long log does not take for ever.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    logged = select(EventRow)
    if wanted.project_id is not None:
        logged = logged.where(EventRow.project_id == wanted.project_id)
    if wanted.subject_id is not None:
        logged = logged.where(EventRow.subject_id == wanted.subject_id)
    if cursor:
        logged = logged.where(EventRow.id < decode_cursor(cursor, tuple[UUID])[0])
    looked = logged.order_by(EventRow.id.desc()).limit(SCAN).subquery()
    query = select(looked).order_by(looked.c.id.desc()).limit(PAGE_SIZE + 1)
    if wanted.name.endswith("."):
        query = query.where(looked.c.name.startswith(wanted.name, autoescape=True))
    elif wanted.name:
        query = query.where(looked.c.name == wanted.name)
    if wanted.actor_id is not None:
        query = query.where(looked.c.actor_id == wanted.actor_id)
    rows = list(await session.execute(query))
    shown = [
        FoundEvent(
            id=row.id,
            at=row.at,
            name=row.name,
            actor_id=row.actor_id,
            subject_id=row.subject_id,
            project_id=row.project_id,
            data=row.data,
        )
        for row in rows[:PAGE_SIZE]
    ]
    if len(rows) > PAGE_SIZE:
        return Page(shown, encode_cursor(shown[-1].id))
    # The last event that was looked at, where there may be more behind it.
    last = await session.scalar(
        logged.with_only_columns(EventRow.id).order_by(EventRow.id.desc()).offset(SCAN - 1).limit(1)
    )
    return Page(shown, None if last is None else encode_cursor(last))

"""What people were told."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.people.rules import Actor
from preceptor.people.tables import Notification

NOTICES_PAGE = 30


class NoticeView(msgspec.Struct, frozen=True):
    """A notice as its person sees it."""

    id: UUID
    kind: str
    subject: str
    body: str
    link: str
    read_at: datetime | None
    created_at: datetime


async def list_notices(session: ReadSession, *, actor: Actor, cursor: str | None = None) -> Page[NoticeView]:
    """The actor's own notices, newest first.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    query = (
        select(Notification)
        .where(Notification.person_id == actor.person_id, ~Notification.secret)
        .order_by(Notification.id.desc())
        .limit(NOTICES_PAGE + 1)
    )
    if cursor:
        query = query.where(Notification.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.scalars(query))
    shown = rows[:NOTICES_PAGE]
    views = [
        NoticeView(row.id, row.kind, row.subject, row.body, row.link, row.read_at, row.created_at) for row in shown
    ]
    return Page(views, encode_cursor(shown[-1].id) if len(rows) > NOTICES_PAGE else None)


async def count_unread_notices(session: ReadSession, *, actor: Actor) -> int:
    """How many of the actor's notices they have not seen."""
    unread = select(func.count()).where(
        Notification.person_id == actor.person_id, ~Notification.secret, Notification.read_at.is_(None)
    )
    return int(await session.scalar(unread) or 0)

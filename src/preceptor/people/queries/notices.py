"""What people were told."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.people.rules import Actor
from preceptor.people.tables import MailRefusal, Notification

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


class MailBacklog(msgspec.Struct, frozen=True):
    """Mails that did not go out.

    Attributes:
        late: still waiting after an hour.
        failed: given up in the last seven days.
        reason: what a mail server said last of one that waits.
    """

    late: int
    failed: int
    reason: str


async def mail_backlog(session: ReadSession, *, now: datetime) -> MailBacklog:
    """How many mails did not go out. For commands typed on the machine itself."""
    late = (Notification.mail_state == "waiting", Notification.created_at < now - timedelta(hours=1))
    failed = (Notification.mail_state == "failed", Notification.created_at > now - timedelta(days=7))
    reason = await session.scalar(select(Notification.mail_error).where(*late, Notification.mail_error != "").limit(1))
    return MailBacklog(
        late=int(await session.scalar(select(func.count()).where(*late)) or 0),
        failed=int(await session.scalar(select(func.count()).where(*failed)) or 0),
        reason=reason or "never tried",
    )


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


async def refused_topics(session: ReadSession, *, actor: Actor) -> frozenset[str]:
    """Topics whose mails the actor turned off."""
    return frozenset(await session.scalars(select(MailRefusal.topic).where(MailRefusal.person_id == actor.person_id)))

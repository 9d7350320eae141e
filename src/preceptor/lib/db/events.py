"""The append-only log of events, and the reader that hands each one on exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from preceptor.lib.db.base import Base, created_at_column, id_column
from preceptor.lib.events import Event, event_from_row
from preceptor.lib.ids import new_id


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        """The type's name in SQL."""
        return "xid8"


class EventRow(Base):
    """One event. The database refuses UPDATE and DELETE on this table."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "transaction", "id"),
        Index(None, "project_id", "id", postgresql_where="project_id IS NOT NULL"),
        Index(None, "subject_id", "id", postgresql_where="subject_id IS NOT NULL"),
    )

    id: Mapped[UUID] = id_column()
    transaction: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime] = created_at_column()
    name: Mapped[str]
    actor_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class EventReader(Base):
    """How far a named reader has come in the log."""

    __tablename__ = "event_reader"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    transaction: Mapped[int] = mapped_column(Xid8, server_default="0")
    event_id: Mapped[UUID | None]


INSERT = """
INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::jsonb[])
"""


async def append(driver: psycopg.AsyncConnection[Any], events: Sequence[Event]) -> None:
    """Write events in one statement, inside the connection's transaction."""
    await driver.execute(
        INSERT,
        (
            [new_id() for _ in events],
            [event.name for event in events],
            [event.actor_id for event in events],
            [event.subject_id for event in events],
            [event.project_id for event in events],
            [msgspec.json.encode(event.facts()).decode() for event in events],
        ),
    )


# A transaction that began earlier may commit later. Rows of transactions older than the oldest one still running are
# complete and nothing can appear between them any more; only those are handed on. The reader's place stands in scalar
# subqueries so that the index begins there; joined, it would be held against each event from the first on.
NEXT = """
WITH reader AS (
    INSERT INTO event_reader (name) VALUES (%(reader)s)
    ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
    RETURNING transaction, event_id
)
SELECT event.id, event.transaction::text, event.at, event.name, event.actor_id, event.subject_id, event.project_id,
       event.data
FROM event
WHERE (event.transaction, event.id)
    > ((SELECT transaction FROM reader),
       (SELECT coalesce(event_id, '00000000-0000-0000-0000-000000000000'::uuid) FROM reader))
  AND event.transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY event.transaction, event.id
LIMIT %(limit)s
"""

ADVANCE = "UPDATE event_reader SET transaction = %s::xid8, event_id = %s WHERE name = %s"

# Transaction ids are the server's own: on another server those of a restored log mean nothing, and may lie ahead of
# those to come, so that readers would wait for ever. What counts is only which readers have passed an event: that
# number, which is smaller than any transaction id, takes the id's place.
AFTER_RESTORE = """
DO $restored$
BEGIN
    IF to_regclass('public.event') IS NULL OR to_regclass('public.event_reader') IS NULL THEN
        RETURN;
    END IF;
    ALTER TABLE public.event DISABLE TRIGGER USER;
    CREATE TEMPORARY TABLE restored_reader ON COMMIT DROP AS
        SELECT name, transaction, coalesce(event_id, '00000000-0000-0000-0000-000000000000') AS event_id
        FROM public.event_reader;
    UPDATE public.event SET transaction = (
        SELECT count(*) FROM pg_temp.restored_reader AS reader
        WHERE (reader.transaction, reader.event_id) < (event.transaction, event.id))::text::xid8;
    UPDATE public.event_reader
    SET event_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff', transaction = (
        SELECT count(*) FROM pg_temp.restored_reader AS own, pg_temp.restored_reader AS other
        WHERE own.name = event_reader.name
          AND (other.transaction, other.event_id) < (own.transaction, own.event_id))::text::xid8;
    ALTER TABLE public.event ENABLE TRIGGER USER;
END
$restored$
"""
"""To be run in the transaction that puts a dump back: readers go on where they were, and miss and repeat nothing."""


class HappenedEvent(msgspec.Struct, frozen=True):
    """An event with the moment it happened and its id in the log."""

    id: UUID
    at: datetime
    event: Event


async def take_next(driver: psycopg.AsyncConnection[Any], *, reader: str, limit: int = 500) -> list[HappenedEvent]:
    """The next events for `reader`, marked as taken if the transaction commits; each event is handed on once.

    Two processes that read under one name wait for each other.
    """
    cursor = await driver.execute(NEXT, {"reader": reader, "limit": limit})
    rows = await cursor.fetchall()
    if not rows:
        return []
    await driver.execute(ADVANCE, (rows[-1][1], rows[-1][0], reader))
    taken = []
    for row_id, _transaction, at, name, actor_id, subject_id, project_id, data in rows:
        event = event_from_row(name, actor_id=actor_id, subject_id=subject_id, project_id=project_id, data=data)
        if event is not None:
            taken.append(HappenedEvent(id=row_id, at=at, event=event))
    return taken

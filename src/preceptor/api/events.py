"""The log of events, for operators."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromQuery

from preceptor.lib.db.audit import WantedEvents
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.people.audit import list_events


class EventTold(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `actor_id` is null where the system did it; `facts` depend on the name."""

    id: UUID
    at: datetime
    name: str
    text: str
    actor_id: UUID | None
    subject_id: UUID | None
    project_id: UUID | None
    facts: dict[str, Any]


class EventsAnswer(msgspec.Struct, frozen=True):
    """A page of the log, newest first. It may hold few events, or none, and still have a next page."""

    events: list[EventTold]
    next_cursor: str | None


@get("/events", summary="What happened")
async def show_events(
    request: Request[Actor],
    name: FromQuery[str] = "",
    actor_id: FromQuery[UUID | None] = None,
    subject_id: FromQuery[UUID | None] = None,
    project_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[str | None] = None,
) -> EventsAnswer:
    """The log of events. `name`: one event's, or the beginning of several up to a dot, such as `work.`."""
    wanted = WantedEvents(name=name, actor_id=actor_id, subject_id=subject_id, project_id=project_id)
    async with request.db.read() as session:
        found = await list_events(session, actor=request.actor, wanted=wanted, cursor=cursor)
    rows = [
        EventTold(
            id=event.id,
            at=event.at,
            name=event.name,
            text=str(event.text),
            actor_id=event.actor.id if event.actor else None,
            subject_id=event.subject_id,
            project_id=event.project_id,
            facts=event.facts,
        )
        for event in found.rows
    ]
    return EventsAnswer(rows, found.next_cursor)


handlers: list[Any] = [show_events]

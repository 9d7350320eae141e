"""Reading the log of events, with the names of people: for the operator."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import Page, ReadSession
from preceptor.lib.db.audit import WantedEvents, find_events
from preceptor.lib.events import REGISTRY
from preceptor.lib.i18n import LazyText
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person


class PersonNamed(msgspec.Struct, frozen=True):
    """A person, as a name beside an id."""

    id: UUID
    name: str
    email: str | None


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the operator sees it.

    Attributes:
        text: what happened, in a sentence.
        actor: who did it; None where the system did.
        person: whom it happened to, where its subject is a person.
        facts: what else is known, as plain values.
    """

    id: UUID
    at: datetime
    name: str
    text: LazyText
    actor: PersonNamed | None
    subject_id: UUID | None
    person: PersonNamed | None
    project_id: UUID | None
    facts: dict[str, Any]


def event_names() -> list[str]:
    """Names of every event that this version of the program knows, sorted."""
    return sorted(REGISTRY)


def told(name: str) -> LazyText:
    """What an event means: the first sentence of its class's own description; its name where it is not known here."""
    kind = REGISTRY.get(name)
    text = (kind.__doc__ or "").strip().partition("\n")[0] if kind else ""
    # "…; `field` is it" is a remark for programmers.
    first = text.partition(". ")[0].partition("; `")[0].replace("`", "").rstrip(".")
    return LazyText(f"{first}.") if first else LazyText("{name}", values=(("name", name),))


async def list_events(
    session: ReadSession, *, actor: Actor, wanted: WantedEvents, cursor: str | None = None
) -> Page[AuditEvent]:
    """A page of the log, newest first. It may hold few or none and still have a next page; see `find_events`.

    Raises:
        MissingPermissionError: the actor may not read events.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.EVENT_READ)
    page = await find_events(session, wanted=wanted, cursor=cursor)
    people = await _named(session, {one for row in page.rows for one in (row.actor_id, row.subject_id) if one})
    views = [
        AuditEvent(
            id=row.id,
            at=row.at,
            name=row.name,
            text=told(row.name),
            actor=people.get(row.actor_id) if row.actor_id else None,
            subject_id=row.subject_id,
            person=people.get(row.subject_id) if row.subject_id else None,
            project_id=row.project_id,
            facts=row.data,
        )
        for row in page.rows
    ]
    return Page(views, page.next_cursor)


async def find_person(session: ReadSession, *, actor: Actor, text: str) -> PersonNamed | None:
    """The person of an e-mail address or id, for the filter of the log; None where there is none.

    Raises:
        MissingPermissionError: the actor may not read events.
    """
    actor.require(Permission.EVENT_READ)
    try:
        chosen = Person.id == UUID(text.strip())
    except ValueError:
        chosen = Person.email == text.strip().lower()
    row = (await session.execute(select(Person.id, Person.name, Person.email).where(chosen))).first()
    return None if row is None else PersonNamed(row[0], row[1], row[2])


async def _named(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, PersonNamed]:
    if not ids:
        return {}
    rows = await session.execute(select(Person.id, Person.name, Person.email).where(Person.id.in_(ids)))
    return {row[0]: PersonNamed(row[0], row[1], row[2]) for row in rows}

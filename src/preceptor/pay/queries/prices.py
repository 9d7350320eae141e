"""Reading prices for each task."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.pay.rules import PriceVersion
from preceptor.pay.tables import TaskPrice
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a price with who set it and why. `state`: `in force`, `later` or `past`."""

    version: PriceVersion
    note: str
    by: str
    state: str


async def prices_of(session: ReadSession, *, project_id: UUID) -> list[PriceVersion]:
    """Every version of a project's price for each task, as they were written. For callers that know who asks."""
    rows = await session.scalars(select(TaskPrice).where(TaskPrice.project_id == project_id).order_by(TaskPrice.id))
    return [PriceVersion(row.id, row.price_minor, row.valid_from) for row in rows]


async def list_prices(session: ReadSession, *, actor: Actor, project_id: UUID, now: datetime) -> list[PriceView]:
    """Every version of a project's price for each task: what holds, what will, what did; the newest first.

    For callers that have made sure that the project is the actor's to see.

    Raises:
        MissingPermissionError: the actor does not see rates.
    """
    actor.require(Permission.RATE_READ)
    whose = select(TaskPrice, Person.name).outerjoin(Person, Person.id == TaskPrice.created_by)
    dated = whose.where(TaskPrice.project_id == project_id).order_by(TaskPrice.valid_from.desc(), TaskPrice.id.desc())
    rows = list(await session.execute(dated))
    holding = next((row.id for row, _name in rows if row.valid_from <= now), None)
    return [
        PriceView(
            version=PriceVersion(row.id, row.price_minor, row.valid_from),
            note=row.note,
            by=name or "",
            state="later" if row.valid_from > now else "in force" if row.id == holding else "past",
        )
        for row, name in rows
    ]

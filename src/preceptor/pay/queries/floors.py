"""Reading floors."""

from datetime import date, datetime

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import Floor, begins, floor_in_force
from preceptor.pay.tables import FloorRate
from preceptor.people.rules import Actor, Permission, Place


async def floors_for(session: ReadSession, *, place: Place) -> list[Floor]:
    """Every floor that was ever set for a place, the country it lies in, and everywhere; in the order of writing."""
    rows = await session.scalars(
        select(FloorRate)
        .where(FloorRate.country.in_({"", place.country}), FloorRate.region.in_({"", place.region}))
        .order_by(FloorRate.id)
    )
    return [_floor(row) for row in rows]


async def all_floors(session: ReadSession) -> list[Floor]:
    """Every floor, in the order of writing."""
    return [_floor(row) for row in await session.scalars(select(FloorRate).order_by(FloorRate.id))]


async def floor_for(session: ReadSession, *, place: Place, currency: str | None = None, at: datetime) -> Floor | None:
    """The floor that holds for a place at a moment: of its region before its country before everywhere.

    With `currency`, only floors in it are looked at. Whether a rate may be published says `rules.floor_problems` with
    `floors_for`: a floor in another currency forbids too.
    """
    return floor_in_force(await floors_for(session, place=place), place=place, currency=currency, at=at)


def _floor(row: FloorRate) -> Floor:
    return Floor(
        place=Place(row.country, row.region),
        least=Money(row.hourly_minor, row.currency),
        source=row.source,
        valid_from=row.valid_from,
    )


async def list_floors(session: ReadSession, *, actor: Actor, at: datetime) -> list[Floor]:
    """The floors in force at a moment, and those that begin later, by place.

    Raises:
        MissingPermissionError: the actor does not see floors.
    """
    actor.require(Permission.FLOOR_READ)
    kept: dict[tuple[Place, str, bool | date], Floor] = {}
    for one in await all_floors(session):
        later = begins(one.valid_from) > at
        key = (one.place, one.least.currency, one.valid_from if later else False)
        if key not in kept or one.valid_from >= kept[key].valid_from:
            kept[key] = one
    return sorted(kept.values(), key=lambda one: (one.place, one.least.currency, one.valid_from))

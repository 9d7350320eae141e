"""Who may be shown which content at this moment, and what answers were announced with."""

from datetime import datetime, timedelta

from sqlalchemy import ARRAY, ColumnElement, Text, cast, func

from preceptor.lib.db import ReadSession
from preceptor.people.queries import consents_of
from preceptor.people.rules import Actor
from preceptor.work.queries.admission import exposed_today
from preceptor.work.rules.exposure import day_begins, day_of, zone_of
from preceptor.work.rules.readiness import Readiness
from preceptor.work.tables import Assignment, Item

TEXTS = ARRAY(Text)


async def readiness_of(session: ReadSession, *, actor: Actor, now: datetime) -> Readiness:
    """Which content the actor may be shown: the same whether they do tasks or judge them."""
    zone = zone_of(actor.time_zone)
    tomorrow = day_of(now, zone) + timedelta(days=1)
    driver = await session.driver()
    return Readiness(
        consents=await consents_of(session, person_id=actor.person_id),
        exposed_ms=await exposed_today(driver, person_id=actor.person_id, time_zone=actor.time_zone, now=now),
        day_ends=day_begins(tomorrow, zone),
    )


def announced() -> ColumnElement[list[str]]:
    """What an assignment was announced with and what its item says by now, of a query that joins both.

    What the project announces for all its items is not in it. A lane's key holds the item's content in its third part.
    """
    at_the_time = func.coalesce(Assignment.categories, cast([], TEXTS))
    by_now = func.string_to_array(func.split_part(Item.lane, "/", 3), "+")
    found: ColumnElement[list[str]] = func.array_cat(at_the_time, by_now, type_=TEXTS)
    return found

"""Writing down how long people looked at content that can weigh on them, in the transaction that ends their time."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from preceptor.lib.db import Driver, WriteSession
from preceptor.people.rules import Actor
from preceptor.work.rules.exposure import by_day, day_of, zone_of

# A stretch ended with its last heartbeat; before that it lasted as long as the four kinds of time together.
STRETCHES = """
SELECT entry.person_id, person.time_zone, assignment.categories, entry.active_ms + entry.waiting_ms,
       entry.active_ms + entry.waiting_ms + entry.idle_ms + entry.paused_ms,
       least(entry.ended_at, coalesce(assignment.beat_at, entry.ended_at))
FROM time_entry AS entry
JOIN assignment ON assignment.id = entry.assignment_id
JOIN person ON person.id = entry.person_id
WHERE entry.id = ANY(%s) AND assignment.categories IS NOT NULL
"""

ADD = """
INSERT INTO exposure (person_id, day, category, ms)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[]) AS new (person_id, day, category, ms)
ORDER BY person_id, day, category
ON CONFLICT (person_id, day, category) DO UPDATE SET ms = exposure.ms + EXCLUDED.ms
"""


# What has counted for the day it is in one time zone counts for the day it is in another, as far as that day has less.
CARRY = """
INSERT INTO exposure (person_id, day, category, ms, carried_ms)
SELECT person_id, %(to)s, category, 0, ms + carried_ms FROM exposure WHERE person_id = %(person)s AND day = %(from)s
ON CONFLICT (person_id, day, category) DO UPDATE
SET carried_ms = greatest(exposure.carried_ms, EXCLUDED.carried_ms - exposure.ms)
"""


ZONE = "SELECT time_zone FROM person WHERE id = %s"
LOCK_ZONE = f"{ZONE} FOR NO KEY UPDATE"

Stretch = tuple[UUID, str, Collection[str], int, int, datetime]
"""Whose, their time zone, the content, milliseconds with it, how long the stretch lasted in all, and when it ended."""


async def record_exposure(driver: Driver, *, entries: Collection[UUID]) -> None:
    """Write down the exposure of time entries that were just written, inside the same transaction."""
    await _add(driver, await (await driver.execute(STRETCHES, (list(entries),))).fetchall())


async def record_judging(
    driver: Driver, *, person_id: UUID, categories: Collection[str], ms: int, whole_ms: int, ends: datetime
) -> None:
    """Write down the exposure of somebody who judged work: it counts for the same days as that of doing it.

    Args:
        driver: the transaction that ends their time.
        person_id: whose.
        categories: the content that was announced.
        ms: how long they looked.
        whole_ms: how long it lasted, pauses and idle time included.
        ends: up to here their time was given out.
    """
    row = await (await driver.execute(ZONE, (person_id,))).fetchone()
    assert row is not None
    await _add(driver, [(person_id, row[0], categories, ms, whole_ms, ends)])


async def carry_day(session: WriteSession, *, actor: Actor, time_zone: str, now: datetime) -> None:
    """Take the actor's minutes of today along into another time zone, which they are about to be in.

    Elsewhere it may be another day already, or still: without this, whoever has had enough for one day would only have
    to say that they are there. Call it before `change_profile`, in the same transaction.
    """
    driver = await session.driver()
    row = await (await driver.execute(LOCK_ZONE, (actor.person_id,))).fetchone()
    assert row is not None
    days = [day_of(now, zone_of(zone)) for zone in (row[0], time_zone)]
    if days[0] != days[1]:
        await driver.execute(CARRY, {"person": actor.person_id, "from": days[0], "to": days[1]})


async def _add(driver: Driver, stretches: Iterable[Stretch]) -> None:
    found: Counter[tuple[UUID, date, str]] = Counter()
    for person_id, zone, categories, ms, whole, ends in stretches:
        begins = ends - timedelta(milliseconds=whole)
        for day, part in by_day(ms, begins=begins, ends=ends, zone=zone_of(zone)).items():
            for category in categories:
                found[person_id, day, category] += part
    if found:
        people, days, categories = (list(column) for column in zip(*found, strict=True))
        await driver.execute(ADD, (people, days, categories, list(found.values())))

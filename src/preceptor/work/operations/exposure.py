"""Writing down how long people looked at content that can weigh on them, in the transaction that ends their task."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from preceptor.lib.db import Driver
from preceptor.work.rules.exposure import by_day, zone_of

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


async def record_exposure(driver: Driver, *, entries: Collection[UUID]) -> None:
    """Write down the exposure of time entries that were just written, inside the same transaction."""
    found: Counter[tuple[UUID, date, str]] = Counter()
    rows = await (await driver.execute(STRETCHES, (list(entries),))).fetchall()
    for person_id, zone, categories, ms, whole, ends in rows:
        begins = ends - timedelta(milliseconds=whole)
        for day, part in by_day(ms, begins=begins, ends=ends, zone=zone_of(zone)).items():
            for category in categories:
                found[person_id, day, category] += part
    if found:
        people, days, categories = (list(column) for column in zip(*found, strict=True))
        await driver.execute(ADD, (people, days, categories, list(found.values())))

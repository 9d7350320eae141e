"""Heartbeats, in group commit: they renew leases and give out the person's time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Batcher, Database, Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.rules.clock import ClockReading, Interval, Spent, allot, may_tick
from preceptor.work.rules.pay import Outset

GUARD = timedelta(seconds=90)
"""How long a task in which the person was seen keeps the clock from another in which nothing happens."""
MOST_SIGNS = 2_000
MOST_AGO_MS = 7 * 86_400_000
"""Older signs count for nothing; a number without end would not even be a time."""
MOST_READING_MS = 15 * 60_000

# Locks: first the persons' clocks, then the assignments, each in the order of ids, as everywhere.
LOCK_CLOCKS = """
INSERT INTO clock (person_id, ticked_at, assignment_id, busy_at)
SELECT person_id, '-infinity', '00000000-0000-0000-0000-000000000000', '-infinity'
FROM unnest(%s::uuid[]) AS given (person_id) ORDER BY person_id
ON CONFLICT (person_id) DO UPDATE SET person_id = EXCLUDED.person_id
RETURNING person_id, nullif(ticked_at, '-infinity'), assignment_id, nullif(busy_at, '-infinity')
"""

LOCK_ASSIGNMENTS = """
SELECT id, trainer_id, state, coalesce(beat_at, started_at, claimed_at), lease_until, touched, active_ms, waiting_ms,
       idle_ms, paused_ms, project_id, item_id, n, rate_minor, currency, cap_ms, round_payable_ms, round_earned_ms
FROM assignment WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""

# A turn whose process died counts as waiting no longer than that process had promised to live.
WAITS = """
SELECT given.id, turn.asked_at,
       coalesce(turn.completed_at, least(%(now)s, greatest(turn.keeper_until, turn.asked_at + interval '15 seconds')))
FROM unnest(%(ids)s::uuid[], %(items)s::uuid[], %(since)s::timestamptz[]) AS given (id, item_id, since)
CROSS JOIN LATERAL (
    SELECT * FROM turn WHERE turn.assignment_id = given.id
    UNION ALL
    SELECT * FROM turn WHERE turn.item_id = given.item_id AND turn.assignment_id IS NULL
) AS turn
WHERE turn.completed_at IS NULL OR turn.completed_at > given.since
"""

SAVE_ASSIGNMENTS = """
UPDATE assignment
SET state = given.state, beat_at = %(now)s, lease_until = given.lease_until, touched = given.touched,
    active_ms = given.active_ms, waiting_ms = given.waiting_ms, idle_ms = given.idle_ms, paused_ms = given.paused_ms
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(leases)s::timestamptz[], %(touched)s::boolean[],
            %(active)s::bigint[], %(waiting)s::bigint[], %(idle)s::bigint[], %(paused)s::bigint[])
     AS given (id, state, lease_until, touched, active_ms, waiting_ms, idle_ms, paused_ms)
WHERE assignment.id = given.id
"""

SAVE_CLOCKS = """
UPDATE clock SET ticked_at = given.ticked_at, assignment_id = given.assignment_id, busy_at = given.busy_at
FROM unnest(%s::uuid[], %s::timestamptz[], %s::uuid[], %s::timestamptz[])
     AS given (person_id, ticked_at, assignment_id, busy_at)
WHERE clock.person_id = given.person_id
"""

# An expired assignment takes its slot back while nobody else has it: to be handed in at once, or to be gone on with,
# which is for one task of a project at a time.
REVIVE = """
WITH taken AS (
    UPDATE slot SET state = 'held', assignment_id = %(id)s
    WHERE (item_id, n) = (
        SELECT item_id, n FROM slot
        WHERE item_id = %(item)s AND state = 'open' ORDER BY (n = %(n)s) DESC, n LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AND (%(handed_in)s OR NOT EXISTS (
        SELECT FROM assignment AS other
        WHERE other.trainer_id = %(trainer)s AND other.project_id = %(project)s AND other.state IN ('active', 'paused')
          AND other.rework_round = 0
    )) RETURNING n
), logged AS (
    INSERT INTO event (id, name, actor_id, subject_id, project_id)
    SELECT %(event)s, 'work.revived', %(trainer)s, %(id)s, %(project)s FROM taken
)
UPDATE assignment SET n = taken.n, state = CASE WHEN %(handed_in)s THEN state ELSE 'active' END, ended_at = NULL
FROM taken WHERE id = %(id)s RETURNING assignment.n
"""


class Terms(msgspec.Struct, frozen=True):
    """What a heartbeat needs to know of the project."""

    lease: timedelta
    hold: timedelta
    idle_after: timedelta


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A sign from a page on which a task is open.

    Attributes:
        assignment_id: the task.
        trainer_id: whose it must be.
        signs: milliseconds ago of moments with a key, pointer or scroll since the last beat that was answered.
        reading_ms: how long the text in view takes to read; lengthens what a sign of life lasts.
        foreground: False for a page in the background: it renews the lease and takes no time.
        touched: something was typed or chosen in the task.
    """

    assignment_id: UUID
    trainer_id: UUID
    terms: Terms
    signs: tuple[int, ...] = ()
    reading_ms: int = 0
    foreground: bool = True
    touched: bool = False


class Beaten(msgspec.Struct, frozen=True):
    """Where the task stands after a heartbeat."""

    state: str
    lease_until: datetime
    spent: Spent
    rate: Money
    cap_ms: int | None
    outset: Outset


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """What a heartbeat looks at and changes of an assignment."""

    id: UUID
    state: str
    since: datetime
    """Up to here its own time has been given out."""
    lease_until: datetime
    touched: bool
    spent: Spent


TimedRow = TypeVar("TimedRow", bound=Timed)


class Placed(Timed, frozen=True, kw_only=True):
    """An assignment with the slot it holds, or held."""

    trainer_id: UUID
    project_id: UUID
    item_id: UUID
    n: int


class _Row(Placed, frozen=True, kw_only=True):
    """An assignment as it was locked."""

    rate: Money
    cap_ms: int | None
    outset: Outset


class Beats:
    """The heartbeats of one process on their way to the database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._batcher: Batcher[Beat, Beaten] = Batcher(self._write)

    async def beat(self, payload: Beat) -> Beaten:
        """Renew the lease and give out the time since the last heartbeat.

        Raises:
            NoSuchAssignmentError: not there, or not theirs.
            AssignmentEndedError: handed in, given back or not begun: no clock runs.
        """
        return await self._batcher.put(payload)

    async def _write(self, beats: Sequence[Beat]) -> list[Beaten | Exception]:
        async with self._db.hot() as driver, driver.transaction():
            return await beat_all(driver, beats, now=utc_now())


async def beat_all(driver: Driver, beats: Sequence[Beat], *, now: datetime) -> list[Beaten | Exception]:
    """Apply heartbeats at `now`, in the driver's transaction; several of one task or person are applied in order."""
    people = sorted({beat.trainer_id for beat in beats})
    rows = await (await driver.execute(LOCK_CLOCKS, (people,))).fetchall()
    clocks = {row[0]: ClockReading(row[1], row[2], row[3] or row[1]) if row[1] else None for row in rows}
    assignments = await _lock(driver, sorted({beat.assignment_id for beat in beats}))
    waits = await _waits(driver, assignments, clocks, now)
    answers: list[Beaten | Exception] = []
    changed: dict[UUID, _Row] = {}
    ticked: dict[UUID, ClockReading] = {}
    for beat in beats:
        row = changed.get(beat.assignment_id) or assignments.get(beat.assignment_id)
        if row is None or row.trainer_id != beat.trainer_id:
            answers.append(NoSuchAssignmentError())
            continue
        if row.state == "expired" and beat.foreground and (beat.signs or beat.touched):
            row = await _revived(driver, row)
        if row.state not in {"active", "paused", "expired"}:
            answers.append(AssignmentEndedError())
            continue
        clock = ticked.get(beat.trainer_id) or clocks.get(beat.trainer_id)
        after, reading = apply_beat(row, beat, clock=clock, waits=waits.get(row.id, []), now=now)
        changed[row.id] = after
        if reading is not None:
            ticked[beat.trainer_id] = reading
        answers.append(Beaten(after.state, after.lease_until, after.spent, after.rate, after.cap_ms, after.outset))
    await _save(driver, changed, ticked, now)
    return answers


def apply_beat(
    row: TimedRow, beat: Beat, *, clock: ClockReading | None, waits: Sequence[Interval], now: datetime
) -> tuple[TimedRow, ClockReading | None]:
    """The assignment after a heartbeat, and where the person's clock stands then; None where it took no time."""
    touched = row.touched or beat.touched
    lease_until = row.lease_until
    if row.state != "expired":
        lease_until = max(
            row.lease_until, now + (beat.terms.hold if touched or row.state == "paused" else beat.terms.lease)
        )
    kept = msgspec.structs.replace(row, touched=touched, lease_until=lease_until)
    if not beat.foreground:
        return kept, None
    signs = [now - timedelta(milliseconds=min(max(ago, 0), MOST_AGO_MS)) for ago in beat.signs[:MOST_SIGNS]]
    since = max(row.since, clock.ticked_at) if clock else row.since
    idle_after = max(beat.terms.idle_after, timedelta(milliseconds=min(max(beat.reading_ms, 0), MOST_READING_MS)))
    # A sign of life from before the stretch may last into it.
    if clock is not None and clock.assignment == row.id:
        signs.append(clock.busy_at)
    elif row.spent.total_ms == 0:
        signs.append(row.since)
    busy = any(sign > since for sign in signs) or any(wait.end > since for wait in waits)
    if not may_tick(clock, assignment=row.id, busy=busy, now=now, guard=GUARD):
        return kept, None
    spent = allot(since=since, now=now, signs=signs, waits=waits, idle_after=idle_after, paused=row.state == "paused")
    lived = max((sign for sign in signs if sign <= now), default=row.since)
    after = msgspec.structs.replace(kept, spent=row.spent + spent, since=now)
    return after, ClockReading(now, row.id, lived)


async def _lock(driver: Driver, ids: Sequence[UUID]) -> dict[UUID, _Row]:
    rows = await (await driver.execute(LOCK_ASSIGNMENTS, (list(ids),))).fetchall()
    return {
        row[0]: _Row(
            id=row[0],
            trainer_id=row[1],
            state=row[2],
            since=row[3],
            lease_until=row[4],
            touched=row[5],
            spent=Spent(active_ms=row[6], waiting_ms=row[7], idle_ms=row[8], paused_ms=row[9]),
            project_id=row[10],
            item_id=row[11],
            n=row[12],
            rate=Money(row[13], row[14]),
            cap_ms=row[15],
            outset=Outset(row[16], row[17]),
        )
        for row in rows
    }


async def _waits(
    driver: Driver, assignments: Mapping[UUID, _Row], clocks: Mapping[UUID, ClockReading | None], now: datetime
) -> dict[UUID, list[Interval]]:
    running = [row for row in assignments.values() if row.state in {"active", "paused", "expired"}]
    if not running:
        return {}
    since = [max(row.since, clock.ticked_at) if (clock := clocks.get(row.trainer_id)) else row.since for row in running]
    values = {
        "ids": [row.id for row in running],
        "items": [row.item_id for row in running],
        "since": since,
        "now": now,
    }
    waits: dict[UUID, list[Interval]] = {}
    for assignment_id, start, end in await (await driver.execute(WAITS, values)).fetchall():
        waits.setdefault(assignment_id, []).append(Interval(start, end))
    return waits


async def _revived(driver: Driver, row: _Row) -> _Row:
    n = await take_slot_back(driver, row)
    return row if n is None else msgspec.structs.replace(row, state="active", n=n)


async def take_slot_back(driver: Driver, row: Placed, *, handed_in: bool = False) -> int | None:
    """Give an expired assignment a slot of its item again, its own first; answers which, or None where none is free.

    It is active from then on, unless another task of the project is open: then none is free for it. `handed_in`: the
    caller ends it in the same transaction, whatever else is open.
    """
    values = {
        "handed_in": handed_in,
        "id": row.id,
        "item": row.item_id,
        "n": row.n,
        "event": new_id(),
        "trainer": row.trainer_id,
        "project": row.project_id,
    }
    taken = await (await driver.execute(REVIVE, values)).fetchone()
    return None if taken is None else taken[0]


async def _save(
    driver: Driver, changed: Mapping[UUID, _Row], ticked: Mapping[UUID, ClockReading], now: datetime
) -> None:
    if changed:
        rows = [changed[key] for key in sorted(changed)]
        values: dict[str, Any] = {
            "now": now,
            "ids": [row.id for row in rows],
            "states": [row.state for row in rows],
            "leases": [row.lease_until for row in rows],
            "touched": [row.touched for row in rows],
            "active": [row.spent.active_ms for row in rows],
            "waiting": [row.spent.waiting_ms for row in rows],
            "idle": [row.spent.idle_ms for row in rows],
            "paused": [row.spent.paused_ms for row in rows],
        }
        await driver.execute(SAVE_ASSIGNMENTS, values)
    if ticked:
        people = sorted(ticked)
        readings = [ticked[person] for person in people]
        await driver.execute(
            SAVE_CLOCKS,
            (
                people,
                [reading.ticked_at for reading in readings],
                [reading.assignment for reading in readings],
                [reading.busy_at for reading in readings],
            ),
        )

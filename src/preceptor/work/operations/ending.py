"""How assignments end: submitted, skipped, reported, expired. Each end writes down the time and what it earned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Earned, record_earnings
from preceptor.people.rules import Actor
from preceptor.work.events import Ended, Reported, Skipped
from preceptor.work.operations.beats import Beat, Placed, Terms, apply_beat
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.operations.exposure import record_exposure
from preceptor.work.rules.clock import ClockReading, Interval, Spent
from preceptor.work.rules.pay import FIRST_ROUND, Earning, Outset, by_task, earning_of
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS, check_reason
from preceptor.work.rules.states import WRITABLE

COLUMNS = """
       assignment.id, assignment.item_id, assignment.n, assignment.project_id, assignment.trainer_id, assignment.state,
       assignment.form_version, assignment.guidelines_version, assignment.rate_minor, assignment.currency,
       assignment.cap_ms, assignment.lease_until, assignment.claimed_at, assignment.started_at, assignment.touched,
       assignment.active_ms, assignment.waiting_ms, assignment.idle_ms, assignment.paused_ms, assignment.earned_ms,
       assignment.rework_round, assignment.in_review, item.content, item.brief, item.topic,
       coalesce(assignment.beat_at, assignment.started_at, assignment.claimed_at), assignment.activity,
       assignment.task_minor, assignment.round_payable_ms, assignment.round_earned_ms, assignment.categories
"""

COLUMN_COUNT = 31

READ = f"SELECT {COLUMNS} FROM assignment JOIN item ON item.id = assignment.item_id WHERE assignment.id = %s"  # noqa: S608 (constants alone)

# Locks persons' clocks and then their assignments, each in the order of ids as heartbeats do, and reads all that their
# ends need to know.
HOLD = f"""
WITH ticking AS (
    INSERT INTO clock (person_id, ticked_at, assignment_id, busy_at)
    SELECT person_id, '-infinity', '00000000-0000-0000-0000-000000000000', '-infinity'
    FROM unnest(%(people)b::uuid[]) AS given (person_id) ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET person_id = EXCLUDED.person_id
    RETURNING person_id, nullif(ticked_at, '-infinity') AS ticked_at, assignment_id,
              nullif(busy_at, '-infinity') AS busy_at
)
SELECT {COLUMNS}, ticking.ticked_at, ticking.assignment_id, ticking.busy_at, ARRAY(
    SELECT json_build_array(turn.asked_at, coalesce(
        turn.completed_at, least(%(now)s, greatest(turn.keeper_until, turn.asked_at + interval '15 seconds'))))
    FROM turn
    WHERE (turn.completed_at IS NULL OR turn.completed_at > assignment.claimed_at) AND turn.id IN (
        SELECT own.id FROM turn AS own WHERE own.assignment_id = assignment.id
        UNION ALL
        SELECT shared.id FROM turn AS shared WHERE shared.item_id = assignment.item_id AND shared.assignment_id IS NULL)
)
FROM unnest(%(ids)b::uuid[], %(people)b::uuid[]) AS given (id, person_id)
JOIN ticking ON ticking.person_id = given.person_id
JOIN assignment ON assignment.id = given.id AND assignment.trainer_id = given.person_id
JOIN item ON item.id = assignment.item_id
ORDER BY assignment.id
FOR NO KEY UPDATE OF assignment
"""  # noqa: S608 (constants alone)

GIVEN = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS given (
        id uuid, item uuid, n integer, project uuid, trainer uuid, actor uuid, state text, outcome text,
        slot_state text, holder uuid, now timestamptz, entry uuid, activity text, started timestamptz,
        active bigint, waiting bigint, idle bigint, paused bigint, earned_ms bigint, rate bigint, currency text,
        amount bigint, timed boolean, ticked timestamptz, busy timestamptz, event uuid, name text, data jsonb)
)
"""

# Time is told as the difference to what earlier entries of the assignment hold already. The slot of an item that was
# cancelled meanwhile is not handed out again. The event says what became of the slot, if the assignment still held it.
ENDS = """
, before AS (
    SELECT given.id, coalesce(sum(entry.active_ms), 0) AS active_ms, coalesce(sum(entry.waiting_ms), 0) AS waiting_ms,
           coalesce(sum(entry.idle_ms), 0) AS idle_ms, coalesce(sum(entry.paused_ms), 0) AS paused_ms
    FROM given LEFT JOIN time_entry AS entry ON entry.assignment_id = given.id
    GROUP BY given.id
), ended AS (
    UPDATE assignment SET state = given.state, ended_at = given.now, earned_ms = assignment.earned_ms + given.earned_ms,
                          touched = true, beat_at = coalesce(given.ticked, assignment.beat_at),
                          active_ms = given.active, waiting_ms = given.waiting, idle_ms = given.idle,
                          paused_ms = given.paused
    FROM given WHERE assignment.id = given.id
), ticked AS (
    UPDATE clock SET ticked_at = given.ticked, assignment_id = given.id, busy_at = given.busy
    FROM given WHERE clock.person_id = given.trainer AND given.ticked IS NOT NULL
), placed AS (
    UPDATE slot SET state = CASE WHEN given.slot_state = 'open' AND item.state = 'cancelled' THEN 'closed'
                                 ELSE given.slot_state END,
                    assignment_id = given.holder,
                    round = CASE WHEN given.slot_state = 'open' THEN 0 ELSE slot.round END,
                    place = CASE WHEN given.slot_state = 'open' THEN nextval('queue_place') ELSE slot.place END
    FROM given JOIN item ON item.id = given.item
    WHERE slot.item_id = given.item AND slot.n = given.n AND slot.assignment_id = given.id
    RETURNING given.id, slot.state
), timed AS (
    INSERT INTO time_entry (id, person_id, project_id, assignment_id, activity, outcome, started_at, ended_at,
                            active_ms, waiting_ms, idle_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)
    SELECT entry, trainer, project, id, activity, outcome, started, now, active - active_ms, waiting - waiting_ms,
           idle - idle_ms, paused - paused_ms, earned_ms, rate, currency, amount
    FROM given JOIN before USING (id) WHERE timed
)
INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
SELECT event, name, actor, id, project,
       data || jsonb_build_object('active_ms', CASE WHEN timed THEN active - active_ms ELSE 0 END, 'slot', placed.state)
FROM given JOIN before USING (id) LEFT JOIN placed USING (id)
"""
END = GIVEN + ENDS

NOTE = "INSERT INTO assignment_note (assignment_id, kind, reason, note, at) VALUES (%s, %s, %s, %s, %s)"


class AssignmentRow(Placed, frozen=True, kw_only=True):
    """An assignment with its item, as one statement reads it."""

    form_version: int
    guidelines_version: int
    rate: Money
    cap_ms: int | None
    claimed_at: datetime
    started_at: datetime | None
    earned_ms: int
    rework_round: int
    in_review: bool
    content: dict[str, Any]
    brief: str
    topic: str
    activity: str = "work"
    task_minor: int | None = None
    outset: Outset = FIRST_ROUND
    handed_in: bool = False
    """It ends because it is handed in for the first time."""
    categories: tuple[str, ...] = ()
    """The content that was announced when it was handed out."""
    reading: ClockReading | None = None
    """Where the person's clock is to stand once the assignment has ended; None leaves it alone."""

    @property
    def earning(self) -> Earning:
        """What is due for the time that was not booked yet."""
        hourly = earning_of(
            payable_ms=self.spent.payable_ms,
            earned_before_ms=self.earned_ms,
            cap_ms=self.cap_ms,
            rate=self.rate,
            outset=self.outset,
        )
        return by_task(hourly, task_minor=self.task_minor, handed_in=self.handed_in)

    @property
    def over_ms(self) -> int:
        """Time of this round over the cap: what is not paid unless somebody grants it."""
        paid_ms = self.earned_ms + self.earning.paid_ms - self.outset.earned_ms
        return self.spent.payable_ms - self.outset.payable_ms - paid_ms


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What an ended assignment leaves: minutes and money of this stretch."""

    assignment_id: UUID
    submission_id: UUID | None
    outcome: str
    spent: Spent
    paid_ms: int
    amount: Money
    rate: Money
    cap_ms: int | None
    at: datetime
    over_ms: int = 0
    """Time over the cap, which can be claimed with a note."""
    outset: Outset = FIRST_ROUND
    by_task: bool = False
    """Handing it in earned a price; the hour is what pay is topped up to."""


async def read_assignment(driver: Driver, assignment_id: UUID) -> AssignmentRow | None:
    """The assignment and its item, whoever it belongs to."""
    row = await (await driver.execute(READ, (assignment_id,))).fetchone()
    return None if row is None else _row(row)


def _row(row: Sequence[Any]) -> AssignmentRow:
    return AssignmentRow(
        id=row[0],
        item_id=row[1],
        n=row[2],
        project_id=row[3],
        trainer_id=row[4],
        state=row[5],
        form_version=row[6],
        guidelines_version=row[7],
        rate=Money(row[8], row[9]),
        cap_ms=row[10],
        lease_until=row[11],
        claimed_at=row[12],
        started_at=row[13],
        touched=row[14],
        spent=Spent(active_ms=row[15], waiting_ms=row[16], idle_ms=row[17], paused_ms=row[18]),
        earned_ms=row[19],
        rework_round=row[20],
        in_review=row[21],
        content=row[22],
        brief=row[23],
        topic=row[24],
        since=row[25],
        activity=row[26],
        task_minor=row[27],
        outset=Outset(row[28], row[29]),
        categories=tuple(row[30] or ()),
    )


async def access_own(driver: Driver, *, actor: Actor, assignment_id: UUID) -> AssignmentRow:
    """One of the actor's own assignments.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
    """
    row = await read_assignment(driver, assignment_id)
    if row is None or row.trainer_id != actor.person_id:
        raise NoSuchAssignmentError
    return row


class Holding(msgspec.Struct, frozen=True):
    """An assignment that is about to end: whose it must be, the project's times, and the last signs of life."""

    assignment_id: UUID
    trainer_id: UUID
    terms: Terms
    signs: tuple[int, ...] = ()


async def hold(driver: Driver, holding: Holding, *, now: datetime) -> AssignmentRow:
    """As `hold_all`, of one.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
    """
    found = await hold_all(driver, [holding], now=now)
    if not found:
        raise NoSuchAssignmentError
    return found[holding.assignment_id]


async def hold_all(driver: Driver, holdings: Sequence[Holding], *, now: datetime) -> dict[UUID, AssignmentRow]:
    """Lock assignments of different people for their ends; their time is given out up to now, to be written then.

    What is not there, or not theirs, is left out.
    """
    values = {
        "ids": [holding.assignment_id for holding in holdings],
        "people": [holding.trainer_id for holding in holdings],
        "now": now,
    }
    wanted = {(holding.assignment_id, holding.trainer_id): holding for holding in holdings}
    found = await (await driver.execute(HOLD, values)).fetchall()
    return {row[0]: _up_to_now(row, wanted[row[0], row[4]], now) for row in found}


def _up_to_now(found: Sequence[Any], holding: Holding, now: datetime) -> AssignmentRow:
    row = _row(found)
    if row.state not in WRITABLE:
        return row
    ticked_at, ticked_by, busy_at, waited = found[COLUMN_COUNT:]
    clock = None if ticked_at is None else ClockReading(ticked_at, ticked_by, busy_at or ticked_at)
    waits = [Interval(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in waited]
    beat = Beat(
        assignment_id=row.id, trainer_id=row.trainer_id, terms=holding.terms, signs=(0, *holding.signs), touched=True
    )
    after, reading = apply_beat(row, beat, clock=clock, waits=waits, now=now)
    return msgspec.structs.replace(after, reading=reading)


async def end(driver: Driver, values: Sequence[dict[str, Any]], *, statement: str = END) -> None:
    """Write the ends of assignments, as `closing_values` and its callers put them together, in one statement."""
    await driver.execute(statement, {"rows": msgspec.json.encode(values).decode()})
    if exposed := [one["entry"] for one in values if one.get("categories")]:
        await record_exposure(driver, entries=exposed)


def closing_values(row: AssignmentRow, *, actor_id: UUID | None, event: Ended, now: datetime) -> dict[str, Any]:
    """What every end writes; the caller adds `state`, `slot_state`, `holder` and `outcome`."""
    earning = row.earning
    return {
        "id": row.id,
        "item": row.item_id,
        "n": row.n,
        "project": row.project_id,
        "trainer": row.trainer_id,
        "actor": actor_id,
        "now": now,
        "entry": new_id(),
        "activity": "rework" if row.rework_round else row.activity,
        "started": row.started_at or row.claimed_at,
        "active": row.spent.active_ms,
        "waiting": row.spent.waiting_ms,
        "idle": row.spent.idle_ms,
        "paused": row.spent.paused_ms,
        "earned_ms": earning.paid_ms,
        "rate": row.rate.amount,
        "currency": row.rate.currency,
        "amount": earning.money.amount,
        "timed": row.started_at is not None,
        "ticked": row.reading.ticked_at if row.reading else None,
        "busy": row.reading.busy_at if row.reading else None,
        "categories": row.categories,
        "event": new_id(),
        "name": event.name,
        "data": event.facts(),
    }


def earned_facts(row: AssignmentRow) -> dict[str, Any]:
    """The facts every `Ended` event carries; its active time and its slot are added as it is written."""
    earning = row.earning
    return {
        "amount_minor": earning.money.amount,
        "currency": earning.money.currency,
        "earned_ms": earning.paid_ms,
        "project_id": row.project_id,
        "subject_id": row.id,
    }


def earned(row: AssignmentRow, *, entry: UUID) -> Earned:
    """What the stretch that `entry` tells of has earned, for the ledger."""
    return Earned(person_id=row.trainer_id, project_id=row.project_id, money=row.earning.money, source=f"time:{entry}")


async def give_back(
    driver: Driver,
    *,
    actor: Actor,
    assignment_id: UUID,
    terms: Terms,
    report: bool,
    reason: str,
    note: str,
    signs: tuple[int, ...] = (),
    now: datetime,
) -> Receipt:
    """Skip the item, or report that something is wrong with it. The time is paid; the slot is open for others again.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: it has ended already.
        InvalidError: the reason is not on the list.
    """
    check_reason(reason, among=REPORT_REASONS if report else SKIP_REASONS, note=note)
    row = await hold(driver, Holding(assignment_id, actor.person_id, terms, signs), now=now)
    if row.state not in {*WRITABLE, "prefetched"} or row.rework_round:
        raise AssignmentEndedError
    state = "reported" if report else "skipped"
    facts = earned_facts(row) | {"actor_id": actor.person_id, "reason": reason}
    event: Ended = Reported(**facts) if report else Skipped(**facts)
    values = closing_values(row, actor_id=actor.person_id, event=event, now=now)
    values |= {"state": state, "outcome": state, "slot_state": "open", "holder": None}
    await end(driver, [values])
    await driver.execute(NOTE, (row.id, state, reason, note, now))
    await record_earnings(driver, [earned(row, entry=values["entry"])], now=now)
    return receipt_of(row, outcome=state, submission_id=None, now=now)


def receipt_of(row: AssignmentRow, *, outcome: str, submission_id: UUID | None, now: datetime) -> Receipt:
    """The receipt of an assignment that has just ended."""
    earning = row.earning
    return Receipt(
        assignment_id=row.id,
        submission_id=submission_id,
        outcome=outcome,
        spent=row.spent,
        paid_ms=earning.paid_ms,
        amount=earning.money,
        rate=row.rate,
        cap_ms=row.cap_ms,
        at=now,
        over_ms=row.over_ms,
        outset=row.outset,
        by_task=row.task_minor is not None,
    )

"""How assignments end: submitted, skipped, reported, expired. Each end writes down the time and what it earned."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import record_earning
from preceptor.people.rules import Actor
from preceptor.work.events import Ended, Expired, Reported, Skipped
from preceptor.work.operations.beats import Beat, Terms, beat_all
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.rules.clock import Spent
from preceptor.work.rules.pay import Earning, earning_of
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS, check_reason
from preceptor.work.rules.states import LEASED, WRITABLE

READ = """
SELECT assignment.id, assignment.item_id, assignment.n, assignment.project_id, assignment.trainer_id, assignment.state,
       assignment.form_version, assignment.guidelines_version, assignment.rate_minor, assignment.currency,
       assignment.cap_ms, assignment.lease_until, assignment.claimed_at, assignment.started_at, assignment.touched,
       assignment.active_ms, assignment.waiting_ms, assignment.idle_ms, assignment.paused_ms, assignment.earned_ms,
       assignment.rework_round, assignment.in_review, item.content, item.brief, item.topic
FROM assignment JOIN item ON item.id = assignment.item_id
WHERE assignment.id = %s
"""

# Time is told as the difference to what earlier entries of the assignment hold already.
END = """
WITH before AS (
    SELECT coalesce(sum(active_ms), 0) AS active_ms, coalesce(sum(waiting_ms), 0) AS waiting_ms,
           coalesce(sum(idle_ms), 0) AS idle_ms, coalesce(sum(paused_ms), 0) AS paused_ms
    FROM time_entry WHERE assignment_id = %(id)s
), ended AS (
    UPDATE assignment SET state = %(state)s, ended_at = %(now)s, earned_ms = earned_ms + %(earned_ms)s,
                          n = %(n)s, touched = true
    WHERE id = %(id)s
), placed AS (
    UPDATE slot SET state = %(slot_state)s, assignment_id = %(holder)s,
                    round = CASE WHEN %(slot_state)s = 'open' THEN 0 ELSE round END,
                    place = CASE WHEN %(slot_state)s = 'open' THEN nextval('queue_place') ELSE place END
    WHERE item_id = %(item)s AND n = %(n)s AND assignment_id = %(id)s
), timed AS (
    INSERT INTO time_entry (id, person_id, project_id, assignment_id, activity, outcome, started_at, ended_at,
                            active_ms, waiting_ms, idle_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)
    SELECT %(entry)s, %(trainer)s, %(project)s, %(id)s, %(activity)s, %(outcome)s, %(started)s, %(now)s,
           %(active)s - active_ms, %(waiting)s - waiting_ms, %(idle)s - idle_ms, %(paused)s - paused_ms, %(earned_ms)s,
           %(rate)s, %(currency)s, %(amount)s
    FROM before WHERE %(timed)s
)
INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
VALUES (%(event)s, %(name)s, %(actor)s, %(id)s, %(project)s, %(data)s)
"""

NOTE = "INSERT INTO assignment_note (assignment_id, kind, reason, note, at) VALUES (%s, %s, %s, %s, %s)"

DUE = """
SELECT id FROM assignment
WHERE state IN ('prefetched', 'active', 'paused') AND lease_until < %s
ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""


class AssignmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment with its item, as one statement reads it."""

    id: UUID
    item_id: UUID
    n: int
    project_id: UUID
    trainer_id: UUID
    state: str
    form_version: int
    guidelines_version: int
    rate: Money
    cap_ms: int | None
    lease_until: datetime
    claimed_at: datetime
    started_at: datetime | None
    touched: bool
    spent: Spent
    earned_ms: int
    rework_round: int
    in_review: bool
    content: dict[str, Any]
    brief: str
    topic: str

    @property
    def earning(self) -> Earning:
        """What is due for the time that was not booked yet."""
        return earning_of(
            payable_ms=self.spent.payable_ms, earned_before_ms=self.earned_ms, cap_ms=self.cap_ms, rate=self.rate
        )


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


async def read_assignment(driver: Driver, assignment_id: UUID) -> AssignmentRow | None:
    """The assignment and its item, whoever it belongs to."""
    row = await (await driver.execute(READ, (assignment_id,))).fetchone()
    if row is None:
        return None
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


async def tick_and_read(
    driver: Driver, *, actor: Actor, assignment_id: UUID, terms: Terms, signs: tuple[int, ...], now: datetime
) -> AssignmentRow:
    """Give out the time up to now, keep the row locked, and read it.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: nothing can be done with it any more.
    """
    beat = Beat(assignment_id=assignment_id, trainer_id=actor.person_id, terms=terms, signs=(0, *signs), touched=True)
    (answer,) = await beat_all(driver, [beat], now=now)
    if isinstance(answer, Exception):
        raise answer
    return await access_own(driver, actor=actor, assignment_id=assignment_id)


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
        "activity": "rework" if row.rework_round else "work",
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
        "event": new_id(),
        "name": event.name,
        "data": msgspec.json.encode(event.facts()).decode(),
    }


def earned_facts(row: AssignmentRow) -> dict[str, Any]:
    """The facts every `Ended` event carries."""
    earning = row.earning
    return {
        "amount_minor": earning.money.amount,
        "currency": earning.money.currency,
        "earned_ms": earning.paid_ms,
        "project_id": row.project_id,
        "subject_id": row.id,
    }


async def book(driver: Driver, row: AssignmentRow, *, entry: UUID, now: datetime) -> None:
    """Book what the stretch that `entry` tells of has earned."""
    await record_earning(
        driver,
        person_id=row.trainer_id,
        project_id=row.project_id,
        money=row.earning.money,
        source=f"time:{entry}",
        now=now,
    )


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
    row = await access_own(driver, actor=actor, assignment_id=assignment_id)
    if row.state != "prefetched":
        row = await tick_and_read(driver, actor=actor, assignment_id=assignment_id, terms=terms, signs=signs, now=now)
    if row.state not in {*WRITABLE, "prefetched"} or row.rework_round:
        raise AssignmentEndedError
    state = "reported" if report else "skipped"
    facts = earned_facts(row) | {"actor_id": actor.person_id, "reason": reason}
    event: Ended = Reported(**facts) if report else Skipped(**facts)
    values = closing_values(row, actor_id=actor.person_id, event=event, now=now)
    values |= {"state": state, "outcome": state, "slot_state": "open", "holder": None}
    await driver.execute(END, values)
    await driver.execute(NOTE, (row.id, state, reason, note, now))
    await book(driver, row, entry=values["entry"], now=now)
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
    )


async def expire_due(driver: Driver, *, now: datetime, limit: int = 200) -> int:
    """End leases that have run out, inside the driver's transaction. Answers how many.

    The slot is open again and comes first; draft and time are kept, and the time is paid. Rework goes back to its
    trainer's list and keeps its slot.
    """
    due = await (await driver.execute(DUE, (now, limit))).fetchall()
    for (assignment_id,) in due:
        row = await read_assignment(driver, assignment_id)
        if row is None or row.state not in LEASED:
            continue
        facts = earned_facts(row) | {"prefetched": row.state == "prefetched", "rework": row.rework_round > 0}
        values = closing_values(row, actor_id=None, event=Expired(**facts), now=now)
        values |= {"state": "expired", "outcome": "expired", "slot_state": "open", "holder": None}
        if row.rework_round:
            values |= {"state": "returned", "slot_state": "done", "holder": row.id}
        await driver.execute(END, values)
        await book(driver, row, entry=values["entry"], now=now)
    return len(due)

"""Leases that have run out."""

from datetime import datetime, timedelta

from preceptor.lib.db import Driver
from preceptor.pay.operations import record_earnings
from preceptor.work.events import Expired
from preceptor.work.operations.ending import AssignmentRow, closing_values, earned, earned_facts, end, read_assignment
from preceptor.work.rules.states import LEASED

# Both halves read an index of what is held just now, and nothing of what has ended. What is held ahead is kept while
# its person works on the task before it: as long as that one was heard of within the length of the lease.
DUE = """
SELECT id FROM assignment
WHERE id = ANY(ARRAY(
    SELECT id FROM assignment
    WHERE state IN ('prefetched', 'active', 'paused') AND rework_round = 0 AND lease_until < %(now)s
      AND NOT (state = 'prefetched' AND EXISTS (
            SELECT FROM assignment AS before
            WHERE before.trainer_id = assignment.trainer_id AND before.project_id = assignment.project_id
              AND before.state = 'active' AND before.rework_round = 0
              AND before.beat_at > %(now)s - (assignment.lease_until - assignment.claimed_at)))
    UNION ALL
    SELECT id FROM assignment
    WHERE state IN ('active', 'paused') AND rework_round > 0 AND lease_until < %(now)s
    LIMIT %(limit)s))
  AND state IN ('prefetched', 'active', 'paused') AND lease_until < %(now)s
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

# Whoever came back to a task that somebody else has by now may work on it: their time is earned when they hand in, or
# when nothing was heard of them for long.
LINGERED = """
SELECT id FROM assignment
WHERE state = 'expired' AND beat_at > ended_at AND beat_at < %(before)s
  AND active_ms + waiting_ms > (SELECT coalesce(sum(entry.active_ms + entry.waiting_ms), 0) FROM time_entry AS entry
                                WHERE entry.assignment_id = assignment.id)
ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
UNHEARD = timedelta(hours=1)

# Nobody saw it, and nobody is kept from it.
FORGET = "DELETE FROM assignment WHERE id = %s AND state = 'expired' AND started_at IS NULL"


async def expire_due(driver: Driver, *, now: datetime, limit: int = 200) -> int:
    """End leases that have run out, inside the driver's transaction. Answers how many.

    The slot is open again and comes first; draft and time are kept, and the time is paid. Rework goes back to its
    trainer's list and keeps its slot. What was held ahead and never opened leaves nothing behind: it may come to the
    same person again.
    """
    due = await (await driver.execute(DUE, {"now": now, "limit": limit})).fetchall()
    for (assignment_id,) in due:
        row = await read_assignment(driver, assignment_id)
        if row is not None and row.state in LEASED:
            await let_go(driver, row, now=now)
    return len(due)


async def book_lingering(driver: Driver, *, now: datetime, limit: int = 200) -> int:
    """Pay time that people spent on tasks whose lease had run out, and that they never handed in. Answers how many."""
    found = await (await driver.execute(LINGERED, {"before": now - UNHEARD, "limit": limit})).fetchall()
    for (assignment_id,) in found:
        row = await read_assignment(driver, assignment_id)
        assert row is not None
        await let_go(driver, row, now=now)
    return len(found)


async def let_go(driver: Driver, row: AssignmentRow, *, now: datetime) -> None:
    """End a lease, inside the driver's transaction that has locked its assignment, or what came after it."""
    ahead = row.state == "prefetched"
    facts = earned_facts(row) | {"prefetched": ahead, "rework": row.rework_round > 0, "again": row.state == "expired"}
    values = closing_values(row, actor_id=None, event=Expired(**facts), now=now)
    values |= {"state": "expired", "outcome": "expired", "slot_state": "open", "holder": None}
    if row.rework_round:
        values |= {"state": "returned", "slot_state": "done", "holder": row.id}
    await end(driver, [values])
    await record_earnings(driver, [earned(row, entry=values["entry"])], now=now)
    if ahead:
        await driver.execute(FORGET, (row.id,))

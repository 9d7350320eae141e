"""Leases that have run out."""

from datetime import datetime

from preceptor.lib.db import Driver
from preceptor.pay.operations import record_earnings
from preceptor.work.events import Expired
from preceptor.work.operations.ending import closing_values, earned, earned_facts, end, read_assignment
from preceptor.work.rules.states import LEASED

DUE = """
SELECT id FROM assignment
WHERE state IN ('prefetched', 'active', 'paused') AND lease_until < %s
ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""


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
        await end(driver, [values])
        await record_earnings(driver, [earned(row, entry=values["entry"])], now=now)
    return len(due)

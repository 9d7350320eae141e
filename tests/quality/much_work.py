"""A lot of finished work, and how much of it a statement reads."""

from contextlib import contextmanager

import psycopg
import pytest

MANY = 20_000
FEW = 1_000
"""Rows that a statement may look at where none of what is over is asked for."""

COPIES = {
    "item": {"id": "made.item"},
    "slot": {"item_id": "made.item", "assignment_id": "made.assignment"},
    "assignment": {"id": "made.assignment", "item_id": "made.item"},
    "submission": {"id": "made.other", "assignment_id": "made.assignment", "item_id": "made.item", "key": "made.other"},
    "review": {"id": "made.other", "submission_id": "made.other", "assignment_id": "made.assignment"},
    "time_entry": {"id": "made.other", "assignment_id": "made.assignment"},
    "event": {"id": "made.other"},
}


async def copy_what_is_over(driver):
    """As many rows of finished work as a year leaves, all like the one there is."""
    await driver.execute("SET session_replication_role = replica")
    made = "gen_random_uuid() AS item, gen_random_uuid() AS assignment, gen_random_uuid() AS other"
    await driver.execute(f"CREATE TEMP TABLE made AS SELECT {made} FROM generate_series(1, {MANY})")
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
    for table, changed in COPIES.items():
        names = [row[0] for row in await (await driver.execute(columns, (table,))).fetchall()]
        values = ", ".join(changed.get(name, f'one."{name}"') for name in names)
        written = ", ".join(f'"{name}"' for name in names)
        await driver.execute(
            f"INSERT INTO {table} ({written}) SELECT {values} FROM made, (SELECT * FROM {table} LIMIT 1) AS one"
        )
    await driver.execute("SET session_replication_role = origin")
    await driver.execute("ANALYZE")


def looked_at(plan):
    """Rows that a plan's steps came across, with those they passed over."""
    passed = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    own = (plan["Actual Rows"] + passed) * plan["Actual Loops"]
    return max([own, *(looked_at(step) for step in plan.get("Plans", []))])


@contextmanager
def counting_rows(database_url):
    """Each statement that is sent, with the most rows that a step of its plan came across."""
    found = {}
    send = psycopg.AsyncCursor.execute

    async def execute(cursor, query, params=None, **options):
        if str(query).lstrip().upper().startswith(("SELECT", "WITH")):
            async with await psycopg.AsyncConnection.connect(database_url) as beside:
                plain = beside.cursor()
                await send(plain, f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", params)
                ((plans,),) = await plain.fetchall()
                found[str(query)] = looked_at(plans[0]["Plan"])
                await beside.rollback()
        return await send(cursor, query, params, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", execute)
        yield found

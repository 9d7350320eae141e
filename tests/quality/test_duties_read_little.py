"""What the worker does again and again costs the same however much there is: it reads none of what is over."""

from contextlib import contextmanager

import psycopg
import pytest

from preceptor import worker
from preceptor.flow import deferring, jobs_of
from preceptor.lib.jobs import Jobs
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.postman import Postman
from preceptor.projects.courier import Courier

MANY = 20_000
FEW = 1_000
"""Rows that a statement may look at where nothing is to be done."""
SELDOM = {"forecasts of work", "models", "stalled jobs"}
"""Every quarter of an hour, for models that are asked, and of the job queue's own library."""

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


@pytest.fixture
def duties(db, settings, database_url):
    """Everything the worker does again and again."""
    jobs = Jobs(database_url)
    db.after_events = deferring(jobs)
    jobs_of(db, jobs, settings)
    return worker.duties(
        db,
        jobs,
        settings,
        asker=Asker(),
        directory=Directory(db, settings),
        courier=Courier(db, poster=worker.webhook_poster(settings), sealer=worker.webhook_sealer(settings)),
        postman=Postman(db, outbox=worker.mail_outbox(settings), settings=settings),
    )


async def test_no_duty_reads_what_is_over(bench, make_world, reviewer, db, duties, database_url):
    handed = await bench.hand_in(await make_world(items=1))
    await bench.decide(reviewer, await bench.claim(reviewer), "accept")
    assert await bench.state_of(handed) == "accepted"
    for duty in duties:
        if duty.name not in SELDOM:
            await duty.run()
    async with db.hot() as driver, driver.transaction():
        await copy_what_is_over(driver)
    with counting_rows(database_url) as reads:
        for duty in duties:
            if duty.name not in SELDOM:
                await duty.run()
    assert len(reads) > 20
    assert {query: rows for query, rows in reads.items() if rows > FEW} == {}

"""What a manager is told of a project: items, submissions, people, days; and that every count stays true."""

from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.work.operations.ending import expire_due
from preceptor.work.operations.items import cancel_items
from preceptor.work.queries.counts import project_counts
from tests.quality.conftest import Bench, bench  # noqa: F401 (a fixture)


async def counts_of(db, world):
    async with db.read() as session:
        return await project_counts(session, project_id=world.terms.id)


async def slots_of(db, world):
    query = "SELECT state, count(*) FROM slot WHERE project_id = %s GROUP BY state"
    async with db.hot() as driver:
        return dict(await (await driver.execute(query, (world.terms.id,))).fetchall())


async def claim(bench: Bench, world, trainer):  # noqa: F811
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    return view


async def skip(bench, view, trainer):  # noqa: F811
    await bench.desk.give_back(actor=trainer, assignment_id=view.id, report=False, reason="time", note="")


async def expire(db):
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(hours=3))


@pytest.mark.parametrize("end", ["skip", "expire", "reject"])
async def test_what_was_cancelled_is_not_handed_out_again(make_world, bench, db, end):  # noqa: F811
    world = await make_world(items=2)
    trainer = await bench.trainer(world)
    if end == "reject":
        handed = await bench.hand_in(world, trainer=trainer)
        item_id = handed.view.item.id
    else:
        view = await claim(bench, world, trainer)
        item_id = view.item.id
    async with db.write() as session:
        assert await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=[item_id]) == 1
    if end == "skip":
        await skip(bench, view, trainer)
    elif end == "expire":
        await expire(db)
    else:
        reviewer = await bench.person("reviewer")
        await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), "reject")
    slots = await slots_of(db, world)
    counts = await counts_of(db, world)
    assert (slots.get("open", 0), slots.get("held", 0)) == (1, 0) == (counts.open, counts.held)
    await bench.fold()
    assert await counts_of(db, world) == counts


async def test_giving_back_what_ran_out_counts_no_slot_twice(make_world, bench, db):  # noqa: F811
    world = await make_world(items=1)
    first, second = await bench.trainer(world), await bench.trainer(world)
    view = await claim(bench, world, first)
    await expire(db)
    await claim(bench, world, second)
    await skip(bench, view, first)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired, counts.skipped) == (0, 1, 1, 1)


async def test_a_task_that_nobody_opened_did_not_run_out(make_world, bench, db):  # noqa: F811
    world = await make_world(items=2)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=True, now=utc_now())
    await expire(db)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired) == (2, 0, 1)


async def test_ends_say_how_long_somebody_was_active(make_world, bench, db):  # noqa: F811
    world = await make_world(items=1)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = 5000, idle_ms = 70")
    await expire(db)
    async with db.hot() as driver:
        query = "SELECT (data->>'active_ms')::int FROM event WHERE name = 'work.expired'"
        assert await (await driver.execute(query)).fetchone() == (5000,)

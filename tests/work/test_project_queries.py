"""What a manager is told of a project: items, submissions, people, days; and that every count stays true."""

# ruff: noqa: F811 (a fixture is named again wherever it is asked for)

from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.work.operations.ending import expire_due
from preceptor.work.operations.items import cancel_items
from preceptor.work.operations.verdicts import accept
from preceptor.work.queries.breakdowns import project_breakdown
from preceptor.work.queries.counts import project_counts
from tests.quality.conftest import Bench, bench  # noqa: F401 (a fixture)


async def counts_of(db, world):
    async with db.read() as session:
        return await project_counts(session, project_id=world.terms.id)


async def slots_of(db, world):
    query = "SELECT state, count(*) FROM slot WHERE project_id = %s GROUP BY state"
    async with db.hot() as driver:
        return dict(await (await driver.execute(query, (world.terms.id,))).fetchall())


async def claim(bench: Bench, world, trainer):
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    return view


async def skip(bench, view, trainer):
    await bench.desk.give_back(actor=trainer, assignment_id=view.id, report=False, reason="time", note="")


async def expire(db):
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(hours=3))


@pytest.mark.parametrize("end", ["skip", "expire", "reject"])
async def test_what_was_cancelled_is_not_handed_out_again(make_world, bench, db, end):
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


async def test_giving_back_what_ran_out_counts_no_slot_twice(make_world, bench, db):
    world = await make_world(items=1)
    first, second = await bench.trainer(world), await bench.trainer(world)
    view = await claim(bench, world, first)
    await expire(db)
    await claim(bench, world, second)
    await skip(bench, view, first)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired, counts.skipped) == (0, 1, 1, 1)


async def test_a_task_that_nobody_opened_did_not_run_out(make_world, bench, db):
    world = await make_world(items=2)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=True, now=utc_now())
    await expire(db)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired) == (2, 0, 1)


async def test_ends_say_how_long_somebody_was_active(make_world, bench, db):
    world = await make_world(items=1)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = 5000, idle_ms = 70")
    await expire(db)
    async with db.hot() as driver:
        query = "SELECT (data->>'active_ms')::int FROM event WHERE name = 'work.expired'"
        assert await (await driver.execute(query)).fetchone() == (5000,)


async def breakdown_of(db, manager, world):
    async with db.read() as session:
        since = utc_now().date() - timedelta(days=30)
        return await project_breakdown(session, actor=manager, project_id=world.terms.id, since=since)


async def test_people_and_days_are_counted_before_and_after_folding(make_world, bench, db):
    world = await make_world(items=6)
    manager, reviewer = await bench.person("manager"), await bench.person("reviewer")
    busy, lazy = await bench.trainer(world), await bench.trainer(world)
    for verdict in ("accept", "correct", "return", "reject"):
        handed = await bench.hand_in(world, trainer=busy)
        given = {}
        if verdict == "correct":
            given = {"content": {"turns": [{**handed.content["turns"][0], "ideal": "Put air into them."}]}}
        await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), verdict, **given)
    await skip(bench, await claim(bench, world, lazy), lazy)
    late = await bench.hand_in(world, trainer=lazy, fold=False)
    async with db.write() as session:
        await accept(
            session,
            actor=reviewer,
            assignment_id=late.assignment_id,
            submission_id=late.submission_id,
            by_time=True,
        )
    before = await breakdown_of(db, manager, world)
    await bench.fold()
    assert await breakdown_of(db, manager, world) == before
    first, second = before.trainers
    assert (first.person_id, first.pseudonym) == (busy.person_id, busy.pseudonym)
    counted = (first.submitted, first.accepted, first.kept, first.corrected, first.returned, first.rejected)
    assert counted == (4, 2, 1, 1, 1, 1)
    assert (second.submitted, second.accepted, second.kept, second.given_back) == (1, 1, 0, 1)
    assert first.per_hour is None
    assert [(day.submitted, day.accepted) for day in before.days] == [(5, 3)]
    assert before.days[0].day == utc_now().date()


async def test_rework_is_no_second_task(make_world, bench, db):
    world = await make_world(items=1)
    manager, reviewer = await bench.person("manager"), await bench.person("reviewer")
    handed = await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), "return")
    await bench.rework(handed)
    found = await breakdown_of(db, manager, world)
    assert (found.trainers[0].submitted, found.trainers[0].returned, found.days[0].submitted) == (1, 1, 1)


async def test_only_managers_are_told_who_does_what(make_world, bench, db):
    world = await make_world(items=1)
    for role in ("trainer", "reviewer", "client", "operator"):
        with pytest.raises(MissingPermissionError):
            await breakdown_of(db, await bench.person(role), world)

"""Reading guidelines: paid apart from the task, so that its cap never cuts it, and once."""

import pytest
from sqlalchemy import select

from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import acknowledge_guidelines, change_guidelines
from preceptor.projects.queries import project_terms
from preceptor.work.operations.reading import NOTHING, book_reading
from preceptor.work.rules.reading import most_reading_ms
from preceptor.work.tables import TimeEntry
from tests.books import faults
from tests.work.test_over_cap import work
from tests.work.test_time import MINUTE, take, timedelta  # noqa: F401 (take is a fixture)


async def read(db, task, minute, *, version=1):
    now = task.began + timedelta(minutes=minute)
    async with db.write() as session:
        slug = task.world.terms.slug
        if not await acknowledge_guidelines(session, actor=task.actor, slug=slug, version=version, now=now):
            return NOTHING
        return await book_reading(session, actor=task.actor, slug=slug, version=version, now=now)


@pytest.fixture
async def task(make_world, take):  # noqa: F811 (the fixture)
    return await take(await make_world(cap_minutes=5, estimated_minutes=5))


async def test_reading_is_paid_apart_and_leaves_the_cap_to_the_task(task, db):
    limit = most_reading_ms("# Be kind")
    assert limit == MINUTE + 3 * 600
    found = await read(db, task, 1)
    assert (found.timed_ms, found.amount) == (MINUTE, Money(60, "EUR"))
    assert await read(db, task, 1) == NOTHING, "saying it again books nothing"
    await work(task, 1, 7)
    receipt = await task.submit(7)
    assert (receipt.paid_ms, receipt.spent.active_ms) == (5 * MINUTE, 6 * MINUTE)
    async with db.read() as session:
        entries = list(await session.scalars(select(TimeEntry).order_by(TimeEntry.id)))
        assert await balances(session, actor=task.actor) == [Money(60 + 300, "EUR")]
    assert await faults(db) == []
    assert [(one.activity, one.paid_ms) for one in entries] == [("guidelines", MINUTE), ("work", 5 * MINUTE)]


async def test_no_more_is_taken_for_reading_than_a_slow_reader_needs(task, db):
    await work(task, 0, 4)
    assert (await read(db, task, 4)).timed_ms == most_reading_ms("# Be kind")
    receipt = await task.submit(4)
    assert receipt.paid_ms == 4 * MINUTE - most_reading_ms("# Be kind")


async def test_without_an_open_task_nothing_is_booked(task, db):
    await task.submit(1)
    assert await read(db, task, 2) == NOTHING


async def test_old_versions_one_after_the_other_are_no_way_around_the_cap(make_world, take, db):  # noqa: F811
    world = await make_world(cap_minutes=5, estimated_minutes=5)
    slug = world.terms.slug
    for version in range(1, 5):
        async with db.write() as session:
            await change_guidelines(
                session, actor=SYSTEM, slug=slug, markdown=f"# Be kind {version}", expected_version=version
            )
    async with db.read() as session:
        world.terms = await project_terms(session, slug=slug)
    task = await take(world)
    await work(task, 0, 10)
    for version in range(1, 5):
        assert await read(db, task, 10, version=version) == NOTHING
    assert (await read(db, task, 10, version=5)).timed_ms == most_reading_ms("# Be kind 4")

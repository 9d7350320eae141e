"""The queue: exactly N answers per item, whoever claims, gives back, lets expire or is rejected, in whatever order."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.work.operations.claiming import NewAssignment, Queue
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.items import cancel_items, move_items
from preceptor.work.operations.verdicts import accept, reject


async def claim(db, queue, actor, world, **options):
    async with db.hot() as driver:
        return await queue.claim(driver, actor=actor, terms=world.terms, now=utc_now(), **options)


async def rows(db, query, *values):
    async with db.hot() as driver:
        return await (await driver.execute(query, values)).fetchall()


async def hand_in(db, assignment_id):
    """The end of a submission, as far as the queue sees it."""
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET state = 'submitted' WHERE id = %s", (assignment_id,))
        await driver.execute("UPDATE slot SET state = 'done' WHERE assignment_id = %s", (assignment_id,))


async def test_many_people_at_once_take_every_slot_once_and_no_item_twice(db, make_world, make_person, team_id):
    world = await make_world(items=6, wanted=3)
    people = [await make_person("trainer", team=team_id) for _number in range(5)]
    queues = [Queue(), Queue()]  # two web processes

    async def work(number, actor):
        taken = []
        while isinstance(found := await claim(db, queues[number % 2], actor, world), NewAssignment):
            taken.append(found.item_id)
            await hand_in(db, found.id)
        return taken

    done = await asyncio.gather(*(work(number, actor) for number, actor in enumerate(people)))
    for taken in done:
        assert len(taken) == len(set(taken))
    counted = Counter(item for taken in done for item in taken)
    assert counted == dict.fromkeys(world.item_ids, 3)


async def test_one_person_holds_one_task_and_one_in_advance(db, make_world, make_person, team_id):
    world = await make_world(items=5)
    actor = await make_person("trainer", team=team_id)
    queue = Queue()
    found = await asyncio.gather(*(claim(db, queue, actor, world) for _tab in range(4)))
    new = [one for one in found if isinstance(one, NewAssignment)]
    assert len(new) == 1
    assert {one.id for one in found} == {new[0].id}
    ahead = await claim(db, queue, actor, world, prefetch=True)
    assert isinstance(ahead, NewAssignment)
    again = await claim(db, queue, actor, world, prefetch=True)
    assert (again.id, again.state) == (ahead.id, "prefetched")
    await hand_in(db, new[0].id)
    alone = await claim(db, queue, actor, world, prefetch=True)
    assert alone.id == ahead.id
    assert (await claim(db, queue, actor, world)).id == ahead.id


async def test_priority_comes_first_also_when_it_changes(db, make_world, make_person, team_id):
    world = await make_world(items=4)
    async with db.write() as session:
        assert await move_items(session, actor=SYSTEM, terms=world.terms, item_ids=world.item_ids[3:], priority=0) == 1
    actor = await make_person("trainer", team=team_id)
    found = await claim(db, Queue(), actor, world)
    assert found.item_id == world.item_ids[3]


async def test_cancelled_items_are_handed_out_no_more(db, make_world, make_person, team_id):
    world = await make_world(items=2)
    async with db.write() as session:
        assert await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=world.item_ids[:1]) == 1
    actor = await make_person("trainer", team=team_id)
    found = await claim(db, Queue(), actor, world)
    assert found.item_id == world.item_ids[1]


async def test_an_expired_lease_opens_the_slot_and_comes_first(db, make_world, make_person, team_id):
    world = await make_world(items=3)
    first, second = [await make_person("trainer", team=team_id) for _number in range(2)]
    queue = Queue()
    held = await claim(db, queue, first, world)
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=utc_now()) == 0
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=utc_now() + timedelta(minutes=6)) == 1
    assert await rows(db, "SELECT state FROM assignment") == [("expired",)]
    again = await claim(db, Queue(), second, world)  # known to a process within a second
    assert again.item_id == held.item_id
    assert isinstance(await claim(db, queue, first, world), NewAssignment)


async def test_what_was_held_ahead_and_never_opened_may_come_again(db, make_world, make_person, team_id):
    """Whoever takes longer than a lease for a task would lose an item with each of them otherwise."""
    world = await make_world(items=2)
    actor = await make_person("trainer", team=team_id)
    queue = Queue()
    first = await claim(db, queue, actor, world)
    ahead = await claim(db, queue, actor, world, prefetch=True)
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=utc_now() + timedelta(minutes=20)) == 2
    assert await rows(db, "SELECT id, state FROM assignment") == [(first.id, "expired")]
    assert await rows(db, "SELECT state FROM slot") == [("open",), ("open",)]
    again = await claim(db, Queue(), actor, world)
    assert again.item_id == ahead.item_id


async def test_what_is_held_ahead_is_kept_while_the_task_before_it_is_worked_on(db, make_world, make_person, team_id):
    world = await make_world(items=3)
    actor = await make_person("trainer", team=team_id)
    queue = Queue()
    first = await claim(db, queue, actor, world)
    ahead = await claim(db, queue, actor, world, prefetch=True)
    later = utc_now() + timedelta(minutes=20)
    touched = "UPDATE assignment SET beat_at = %s, lease_until = %s WHERE id = %s"

    async def expired_at(minute, *, heard):
        async with db.hot() as driver, driver.transaction():
            await driver.execute(touched, (later + timedelta(minutes=heard), later + timedelta(hours=2), first.id))
            await expire_due(driver, now=later + timedelta(minutes=minute))
        return (ahead.id,) not in await rows(db, "SELECT id FROM assignment")

    assert not await expired_at(0, heard=-4)
    assert (await claim(db, queue, actor, world, prefetch=True)).id == ahead.id
    assert not await expired_at(30, heard=26)
    assert await expired_at(30, heard=24), "nothing was heard of them for a whole lease"
    assert await rows(db, "SELECT state FROM assignment") == [("active",)]


async def test_a_rejected_answer_asks_for_another_of_somebody_else(db, make_world, make_person, team_id):
    world = await make_world(items=1, wanted=2)
    people = [await make_person("trainer", team=team_id) for _number in range(3)]
    queue = Queue()
    held = [await claim(db, queue, actor, world) for actor in people[:2]]
    assert await claim(db, queue, people[2], world) is None
    for one in held:
        await hand_in(db, one.id)
    async with db.write() as session:
        await reject(session, actor=SYSTEM, assignment_id=held[0].id, reason="off_topic", now=utc_now())
    async with db.write() as session:
        await accept(session, actor=SYSTEM, assignment_id=held[1].id, submission_id=held[1].id)
    assert await claim(db, queue, people[0], world) is None
    assert isinstance(await claim(db, queue, people[2], world), NewAssignment)
    counted = await rows(db, "SELECT state, count(*) FROM slot GROUP BY state ORDER BY state")
    assert counted == [("closed", 1), ("done", 1), ("held", 1)]


async def test_own_finished_items_in_front_are_passed_over(db, make_world, make_person, team_id):
    world = await make_world(items=30, wanted=2)
    first, second = [await make_person("trainer", team=team_id) for _number in range(2)]
    queue = Queue()
    for _round in range(30):
        await hand_in(db, (await claim(db, queue, first, world)).id)
    assert await claim(db, queue, first, world) is None
    seen = {(await claim_and_hand_in(db, queue, second, world)) for _round in range(30)}
    assert seen == set(world.item_ids)
    assert await claim(db, Queue(), first, world) is None


async def claim_and_hand_in(db, queue, actor, world):
    found = await claim(db, queue, actor, world)
    await hand_in(db, found.id)
    return found.item_id


@pytest.mark.parametrize("table", ["submission", "time_entry", "ledger_entry", "event"])
async def test_the_record_cannot_be_changed(db, table):
    async with db.hot() as driver:
        with pytest.raises(Exception, match="append-only"):
            await driver.execute(f"DELETE FROM {table}")


async def test_what_was_moved_and_then_given_back_comes_first_of_its_priority(db, make_world, make_person, team_id):
    """Moved while it was open, or while somebody held it: neither is lost to everybody, nor falls back to where it was."""
    world = await make_world(items=4)
    first, second = [await make_person("trainer", team=team_id) for _number in range(2)]

    async def move(item_id, priority):
        async with db.write() as session:
            await move_items(session, actor=SYSTEM, terms=world.terms, item_ids=[item_id], priority=priority)

    await move(world.item_ids[2], 0)
    queue = Queue()
    moved_before = await claim(db, queue, first, world)
    assert moved_before.item_id == world.item_ids[2]
    held = await claim(db, queue, second, world)
    await move(held.item_id, 1)
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=utc_now() + timedelta(minutes=6)) == 2
    others = [await make_person("trainer", team=team_id) for _number in range(2)]
    taken = [(await claim(db, Queue(), other, world)).item_id for other in others]
    assert taken == [world.item_ids[2], held.item_id]

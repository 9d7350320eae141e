"""Time and money through the database: heartbeats, pauses, several tabs, leases that run out, surplus."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.work.operations import leasing
from preceptor.work.operations.beats import Beat, Terms, beat_all
from preceptor.work.operations.claiming import Queue
from preceptor.work.operations.drafts import AssignmentEndedError
from preceptor.work.operations.ending import give_back
from preceptor.work.operations.expiring import book_lingering, expire_due
from preceptor.work.operations.submitting import Answer, Form, submit
from preceptor.work.queries.turns import given_turn_record
from tests.work.conftest import answer_to

TERMS = Terms(lease=timedelta(minutes=5), hold=timedelta(minutes=60), idle_after=timedelta(minutes=3))
MINUTE = 60_000


class Task(msgspec.Struct):
    """A claimed task and when it began."""

    db: object
    actor: object
    world: object
    id: object
    item_id: object
    began: object
    content: dict

    async def beat(self, minute, *, ago=(0,), **options):
        async with self.db.hot() as driver, driver.transaction():
            (answer,) = await beat_all(
                driver,
                [
                    Beat(
                        assignment_id=self.id, trainer_id=self.actor.person_id, terms=TERMS, signs=tuple(ago), **options
                    )
                ],
                now=self.began + timedelta(minutes=minute),
            )
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def submit(self, minute):
        kind = task_kind(self.world.terms.kind)
        item = kind.decode_item(self.content)
        turn = given_turn_record(kind.given_turn(item), item_id=self.item_id, assignment_id=self.id)
        view = {"turns": [msgspec.to_builtins(turn)]}

        async def form_of(_version):
            return Form(kind, kind.default_settings())

        async with self.db.hot() as driver, driver.transaction():
            answer = Answer(
                assignment_id=self.id,
                actor=self.actor,
                key=uuid4(),
                content=answer_to(view),
                confirmed=(),
                terms=TERMS,
                form_of=form_of,
            )
            receipt, _fresh = await submit(driver, answer, now=self.began + timedelta(minutes=minute))
        return receipt


@pytest.fixture
def take(db, make_person, team_id):
    async def make(world, actor=None, minute=0, queue=None):
        actor = actor or await make_person("trainer", team=team_id)
        began = utc_now() + timedelta(minutes=minute)
        async with db.hot() as driver:
            found = await (queue or Queue()).claim(driver, actor=actor, terms=world.terms, now=began)
        return Task(db, actor, world, found.id, found.item_id, began, found.content)

    return make


async def test_work_is_active_then_idle_and_paid_to_the_cent(make_world, take, db):
    task = await take(await make_world())
    await task.beat(2)
    await task.beat(10)
    receipt = await task.submit(11)
    # 0 to 2 and its three minutes, 5 to 10 idle but for the sign at 10, then to 11.
    assert receipt.spent.active_ms == 6 * MINUTE
    assert receipt.spent.idle_ms == 5 * MINUTE
    assert (receipt.paid_ms, receipt.amount.amount) == (6 * MINUTE, 360)
    async with db.hot() as driver:
        entries = await (
            await driver.execute("SELECT debit, credit, amount_minor, currency FROM ledger_entry")
        ).fetchall()
    assert entries == [(f"project:{task.world.terms.id}", f"person:{task.actor.person_id}", 360, "EUR")]


async def test_a_pause_is_kept_apart_and_not_paid(make_world, take, db):
    task = await take(await make_world())
    async with db.hot() as driver, driver.transaction():
        await leasing.pause(
            driver,
            actor=task.actor,
            assignment_id=task.id,
            terms=TERMS,
            paused=True,
            signs=(),
            now=task.began + timedelta(minutes=1),
        )
    async with db.hot() as driver, driver.transaction():
        await leasing.pause(
            driver,
            actor=task.actor,
            assignment_id=task.id,
            terms=TERMS,
            paused=False,
            signs=(),
            now=task.began + timedelta(minutes=31),
        )
    receipt = await task.submit(32)
    assert receipt.spent.paused_ms == 30 * MINUTE
    assert receipt.spent.active_ms == 2 * MINUTE
    assert receipt.amount.amount == 120


async def test_two_tasks_share_one_clock(make_world, take):
    world, other = await make_world(), await make_world()
    first = await take(world)
    second = await take(other, actor=first.actor)
    second.began = first.began
    total = 0
    for minute in range(1, 11):
        a = await first.beat(minute)
        b = await second.beat(minute)
    total = a.spent.total_ms + b.spent.total_ms
    assert 9 * MINUTE <= total <= 10 * MINUTE


async def test_a_background_tab_renews_its_lease_and_takes_no_time(make_world, take):
    task = await take(await make_world())
    beaten = await task.beat(4, foreground=False, ago=())
    assert beaten.spent.total_ms == 0
    assert beaten.lease_until == task.began + timedelta(minutes=9)


async def test_the_cap_limits_pay_and_nothing_else(make_world, take):
    task = await take(await make_world(cap_minutes=10, estimated_minutes=5))
    for minute in range(2, 31, 2):
        await task.beat(minute, touched=True)
    receipt = await task.submit(30)
    assert receipt.spent.active_ms == 30 * MINUTE
    assert receipt.amount.amount == 600


async def test_expiry_pays_what_was_worked_and_keeps_the_draft(make_world, take, db):
    task = await take(await make_world())
    await task.beat(2)
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=task.began + timedelta(minutes=8)) == 1
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT outcome, active_ms, amount_minor FROM time_entry")).fetchone()
    assert row == ("expired", 2 * MINUTE, 120)


async def test_who_comes_back_in_time_goes_on_where_they_were(make_world, take, db):
    task = await take(await make_world())
    await task.beat(2)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=task.began + timedelta(minutes=8))
    assert (await task.beat(9)).state == "active"
    receipt = await task.submit(10)
    assert receipt.outcome == "submitted"
    async with db.hot() as driver:
        row = await (
            await driver.execute("SELECT sum(paid_ms), sum(amount_minor), count(*) FROM time_entry")
        ).fetchone()
    assert row[2] == 2
    assert row[1] == row[0] // 1000


async def test_what_comes_too_late_is_kept_and_paid_as_surplus(make_world, take, db):
    world = await make_world(items=1)
    late = await take(world)
    await late.beat(2)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=late.began + timedelta(minutes=8))
    quick = await take(world, minute=9)
    assert quick.item_id == late.item_id
    receipt = await late.submit(12)
    assert receipt.outcome == "surplus"
    assert receipt.amount.amount > 0
    assert (await quick.submit(5)).outcome == "submitted"
    async with db.hot() as driver:
        row = await (
            await driver.execute("SELECT count(*) FILTER (WHERE NOT surplus), count(*) FROM submission")
        ).fetchone()
    assert row == (1, 2)


async def skip(task):
    async with task.db.hot() as driver, driver.transaction():
        return await give_back(
            driver,
            actor=task.actor,
            assignment_id=task.id,
            terms=TERMS,
            report=False,
            reason="topic",
            note="",
            now=task.began + timedelta(minutes=1),
        )


async def test_skipping_is_paid_and_ends_once(make_world, take, db):
    task = await take(await make_world())
    assert (await skip(task)).amount.amount == 60
    with pytest.raises(AssignmentEndedError):
        await skip(task)
    async with db.hot() as driver:
        assert await (await driver.execute("SELECT count(*) FROM ledger_entry")).fetchone() == (1,)


async def test_who_has_begun_another_can_still_write_and_hand_in_what_they_had_left(make_world, take, db):
    """In the morning they began a task on another device; then they came back to the page from last night."""
    world = await make_world(items=2)
    left = await take(world)
    await left.beat(2)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=left.began + timedelta(minutes=8))
    other = await take(world, actor=left.actor, minute=9)
    assert other.item_id != left.item_id
    assert (await left.beat(10)).state == "expired", "one task of a project at a time"
    receipt = await left.submit(11)
    assert receipt.outcome == "submitted"
    assert (await other.submit(3)).outcome == "submitted"
    async with db.hot() as driver:
        found = await (await driver.execute("SELECT state, count(*) FROM slot GROUP BY state")).fetchall()
    assert found == [("done", 2)]


async def test_what_was_worked_after_the_lease_ran_out_is_paid_though_it_is_never_handed_in(make_world, take, db):
    """The place was taken by then; they wrote on for ten minutes and closed the page."""
    world = await make_world(items=1)
    late = await take(world)
    await late.beat(2)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=late.began + timedelta(minutes=8))
    await take(world, minute=9)
    for minute in range(10, 21, 2):
        assert (await late.beat(minute)).state == "expired"

    async def book(minute):
        async with db.hot() as driver, driver.transaction():
            return await book_lingering(driver, now=late.began + timedelta(minutes=minute))

    assert [await book(minute) for minute in (40, 90, 180)] == [0, 1, 0]
    async with db.hot() as driver:
        query = "SELECT active_ms, paid_ms, amount_minor FROM time_entry ORDER BY id"
        entries = await (await driver.execute(query)).fetchall()
        expired = await (await driver.execute("SELECT sum(amount_minor) FROM ledger_entry")).fetchone()
    assert entries == [(2 * MINUTE, 2 * MINUTE, 120), (13 * MINUTE, 13 * MINUTE, 780)]
    assert expired == (900,)
    assert (await late.submit(181)).outcome == "surplus"

"""Time over the cap: claimed with a note, decided by a named person, paid once; and rework has a cap of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.pay.tables import Rate
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.work.operations import leasing, verdicts
from preceptor.work.operations.cap_claims import (
    ClaimDecidedError,
    NothingOverCapError,
    claim_over_cap,
    decide_over_cap,
)
from preceptor.work.operations.drafts import NoSuchAssignmentError
from preceptor.work.operations.expiring import expire_due
from preceptor.work.queries.cap_claims import NoSuchClaimError, claimable_ms, list_claims, my_claims
from preceptor.work.queries.views import clock_view
from preceptor.work.tables import TimeEntry
from tests.books import faults
from tests.work.test_time import MINUTE, TERMS, take  # noqa: F401 (a fixture)


@pytest.fixture
async def long_task(make_world, take, db):  # noqa: F811 (the fixture)
    """A task of 30 minutes, of which 10 are paid, at a cent a second."""
    task = await take(await make_world(cap_minutes=10, estimated_minutes=5))
    await work(task, 0, 30)
    await task.submit(30)
    return task


async def work(task, since, until):
    for minute in range(since + 2, until + 1, 2):
        await task.beat(minute, touched=True)


async def ask(db, task, *, note="The models contradicted each other.", actor=None):
    async with db.write() as session:
        return await claim_over_cap(
            session, actor=actor or task.actor, assignment_id=task.id, note=note, now=task.began + timedelta(hours=1)
        )


async def settle(db, manager, claim_id, *, accept=True, answer=""):
    async with db.write() as session:
        await decide_over_cap(session, actor=manager, claim_id=claim_id, accept=accept, answer=answer, now=utc_now())


async def money_of(db, actor):
    assert await faults(db) == []
    async with db.read() as session:
        return await balances(session, actor=actor)


async def left(db, task):
    async with db.read() as session:
        return await claimable_ms(session, actor=task.actor, assignment_id=task.id)


async def test_a_granted_claim_pays_the_rest_once_and_names_who_decided(long_task, db, make_person):
    manager = await make_person("manager", name="Mira Manager")
    assert await money_of(db, long_task.actor) == [Money(600, "EUR")]
    assert await left(db, long_task) == 20 * MINUTE
    claim_id = await ask(db, long_task)
    assert await ask(db, long_task, note="again") == claim_id, "an open claim is not asked for twice"
    assert await left(db, long_task) == 0
    async with db.read() as session:
        (row,) = (await list_claims(session, actor=manager)).rows
    assert (row.claimed_ms, row.paid_ms, row.money) == (20 * MINUTE, 10 * MINUTE, Money(1200, "EUR"))
    for _again in range(2):
        await settle(db, manager, claim_id, answer="Fair enough.")
    assert await money_of(db, long_task.actor) == [Money(1800, "EUR")]
    async with db.read() as session:
        (mine,) = await my_claims(session, actor=long_task.actor)
        notices = (await list_notices(session, actor=long_task.actor)).rows
        entry = await session.scalar(select(TimeEntry).where(TimeEntry.outcome == "over_cap"))
    assert (mine.state, mine.by, mine.answer) == ("accepted", "Mira Manager", "Fair enough.")
    assert any("€12.00" in one.subject for one in notices)
    assert (entry.paid_ms, entry.active_ms, entry.subject_id) == (20 * MINUTE, 0, claim_id)
    with pytest.raises(ClaimDecidedError):
        await settle(db, manager, claim_id, accept=False, answer="No.")
    with pytest.raises(NothingOverCapError):
        await ask(db, long_task)


async def test_a_declined_claim_says_why_and_by_whom_and_pays_nothing(long_task, db, make_person):
    manager = await make_person("manager")
    claim_id = await ask(db, long_task)
    with pytest.raises(InvalidError):
        await settle(db, manager, claim_id, accept=False)
    await settle(db, manager, claim_id, accept=False, answer="The task was left open.")
    assert await money_of(db, long_task.actor) == [Money(600, "EUR")]
    async with db.read() as session:
        (mine,) = await my_claims(session, actor=long_task.actor)
        assert (mine.state, mine.by, mine.answer) == ("declined", manager.name, "The task was left open.")
        assert (await list_claims(session, actor=manager)).rows == []
        assert len((await list_claims(session, actor=manager, open_only=False)).rows) == 1


async def test_who_may_claim_and_who_may_decide(long_task, db, make_person, team_id):
    with pytest.raises(NoSuchAssignmentError):
        await ask(db, long_task, actor=await make_person("trainer", team=team_id))
    for note in ("", " ", "x" * 4_001):
        with pytest.raises(InvalidError):
            await ask(db, long_task, note=note)
    claim_id = await ask(db, long_task)
    with pytest.raises(MissingPermissionError):
        await settle(db, long_task.actor, claim_id)
    both = await make_person("trainer", "manager", team=team_id)
    long_task.actor = both
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE cap_claim SET person_id = %s", (both.person_id,))
    with pytest.raises(NoSuchClaimError):
        await settle(db, both, claim_id)


async def test_within_the_cap_there_is_nothing_to_claim(make_world, take, db):  # noqa: F811 (the fixture)
    task = await take(await make_world(cap_minutes=10, estimated_minutes=5))
    await work(task, 0, 8)
    with pytest.raises(NothingOverCapError):
        await ask(db, task)
    await task.submit(8)
    with pytest.raises(NothingOverCapError):
        await ask(db, task)


async def test_time_since_a_lease_ran_out_is_over_no_cap_and_is_paid_once(make_world, take, db):  # noqa: F811 (the fixture)
    """Its place is taken, and it is worked on all the same: what is handed in then is paid, and was never claimable."""
    world = await make_world(items=1, cap_minutes=30, estimated_minutes=5)
    task = await take(world)
    await work(task, 0, 4)
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=task.began + timedelta(minutes=120)) == 1
    await take(world, minute=121)
    await work(task, 130, 140)
    assert await left(db, task) == 0
    with pytest.raises(NothingOverCapError):
        await ask(db, task)
    before = await money_of(db, task.actor)
    receipt = await task.submit(140)
    assert (receipt.outcome, receipt.over_ms) == ("surplus", 0)
    assert receipt.paid_ms >= 8 * MINUTE
    assert (await money_of(db, task.actor))[0].amount == before[0].amount + receipt.amount.amount
    assert await left(db, task) == 0


async def test_rework_is_paid_up_to_a_cap_of_its_own(long_task, db, make_person):
    """The first round was over its cap: rework is paid all the same, and its rest can be claimed beside the first."""
    manager = await make_person("manager")
    first = await ask(db, long_task)
    async with db.hot() as driver, driver.transaction():
        await driver.execute("UPDATE assignment SET state = 'returned' WHERE id = %s", (long_task.id,))
        began = long_task.began + timedelta(minutes=60)
        await leasing.start(driver, actor=long_task.actor, assignment_id=long_task.id, terms=TERMS, now=began)
    await work(long_task, 60, 72)
    receipt = await long_task.submit(72)
    assert receipt.spent.active_ms == 42 * MINUTE
    assert (receipt.amount, receipt.paid_ms) == (Money(600, "EUR"), 10 * MINUTE)
    assert receipt.over_ms == 2 * MINUTE, "the rest is claimed already"
    shown = clock_view(receipt.spent, rate=receipt.rate, cap_ms=receipt.cap_ms, outset=receipt.outset)
    assert (shown.paid_ms, shown.most_ms, shown.amount) == (20 * MINUTE, 20 * MINUTE, Money(1_200, "EUR"))
    await settle(db, manager, first)
    assert await left(db, long_task) == 2 * MINUTE
    await settle(db, manager, await ask(db, long_task, note="The rework, too."))
    assert await money_of(db, long_task.actor) == [Money(42 * 60, "EUR")], "every minute, once"
    async with db.read() as session:
        paid = await session.scalar(select(func.sum(TimeEntry.paid_ms)))
    assert paid == 42 * MINUTE


async def test_pay_by_the_task_earns_its_price_when_it_is_handed_in(make_world, take, db):  # noqa: F811 (the fixture)
    task = await take(await make_world(task_price_minor=250))
    await work(task, 0, 8)
    receipt = await task.submit(8)
    assert (receipt.amount, receipt.paid_ms, receipt.by_task) == (Money(250, "EUR"), 8 * MINUTE, True)
    assert await money_of(db, task.actor) == [Money(250, "EUR")]


async def test_time_over_the_cap_keeps_the_rate_it_was_worked_at(long_task, db, make_person):
    """Sent back, and rework is paid twice as much by then: what was worked before was no rework."""
    manager = await make_person("manager")
    common = {"project_id": long_task.world.terms.id, "activity": "rework", "currency": "EUR"}
    async with db.write() as session:
        session.add(Rate(**common, rate_minor=7_200, valid_from=utc_now()))
    async with db.write() as session:
        task = {"assignment_id": long_task.id, "reason": "incomplete"}
        await verdicts.return_for_rework(session, actor=SYSTEM, **task, now=utc_now())
    claim_id = await ask(db, long_task)
    async with db.hot() as driver, driver.transaction():
        began = long_task.began + timedelta(minutes=70)
        await leasing.start(driver, actor=long_task.actor, assignment_id=long_task.id, terms=TERMS, now=began)
    await work(long_task, 70, 75)
    await long_task.submit(75)
    async with db.read() as session:
        (row,) = (await list_claims(session, actor=manager)).rows
    assert (row.money, row.claimed_ms) == (Money(1_200, "EUR"), 20 * MINUTE)
    await settle(db, manager, claim_id)
    assert await money_of(db, long_task.actor) == [Money(600 + 600 + 1_200, "EUR")]
    async with db.read() as session:
        entry = await session.scalar(select(TimeEntry).where(TimeEntry.outcome == "over_cap"))
    assert (entry.rate_minor, entry.amount_minor) == (3_600, 1_200)


async def test_rework_whose_lease_ran_out_is_the_same_round(long_task, db):
    """A round more would cost them one of those that the project allows, and none of it was asked for."""
    async with db.hot() as driver, driver.transaction():
        await driver.execute("UPDATE assignment SET state = 'returned' WHERE id = %s", (long_task.id,))
    for begins in (60, 200):
        async with db.hot() as driver, driver.transaction():
            began = long_task.began + timedelta(minutes=begins)
            await leasing.start(driver, actor=long_task.actor, assignment_id=long_task.id, terms=TERMS, now=began)
        await work(long_task, begins, begins + 6)
        if begins == 60:
            async with db.hot() as driver, driver.transaction():
                await expire_due(driver, now=began + timedelta(minutes=70))
    receipt = await long_task.submit(206)
    assert (receipt.paid_ms, receipt.over_ms) == (4 * MINUTE, 2 * MINUTE), "one cap for both stretches"
    async with db.hot() as driver:
        assert await (await driver.execute("SELECT rework_round FROM assignment")).fetchone() == (1,)

"""Pay by the task: topped up once a month to the promised hour, never twice, also when a rejection is overturned."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.pay.tables import LedgerEntry
from preceptor.people.rules import SYSTEM
from preceptor.work.operations.top_ups import top_up_months
from preceptor.work.queries.top_ups import LOOKED_BACK, hours_by_task, my_task_pay, task_pay_of
from preceptor.work.rules.top_ups import MonthOfTasks, month_of, percentile
from preceptor.work.tables import TopUp
from tests.pay.test_rate_rules import patient
from tests.work.test_over_cap import work
from tests.work.test_time import take  # noqa: F401 (a fixture)


def month(*, exact, by_task, topped_up=0, currency="EUR"):
    return MonthOfTasks(
        person_id=UUID(int=1),
        project_id=UUID(int=2),
        month=date(2026, 11, 1),
        currency=currency,
        paid_ms=max(exact // 3_600, 1),
        promised_exact=exact,
        by_task=by_task,
        topped_up=topped_up,
    )


@patient
@given(
    st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(0, 50_000), st.integers(0, 5_000)), max_size=12),
    st.sampled_from(["JPY", "EUR", "KWD"]),
)
def test_with_the_top_up_no_month_earns_less_than_promised_nor_a_unit_more(tasks, currency):
    """Tasks: milliseconds, rate an hour, price. Whatever was topped up in between, the sum comes out the same."""
    topped_up = by_task = exact = 0
    for ms, rate, price in tasks:
        exact, by_task = exact + ms * rate, by_task + price
        topped_up += month(exact=exact, by_task=by_task, topped_up=topped_up, currency=currency).missing.amount
    together = by_task + topped_up
    assert together >= month(exact=exact, by_task=by_task, currency=currency).promised.amount
    assert abs(Decimal(exact) / 3_600_000 - month(exact=exact, by_task=0).promised.amount) <= Decimal("0.5")
    assert month(exact=exact, by_task=by_task, topped_up=topped_up).missing.amount == 0


def test_percentiles_lie_between_the_two_nearest():
    assert percentile([], 0.5) is None
    assert percentile([4], 0.75) == 4
    assert (percentile([1, 2, 3, 4], 0.5), percentile([10, 20, 30, 40, 50], 0.75)) == (2, 40)


@pytest.fixture
async def slow_task(make_world, take):  # noqa: F811 (the fixture)
    """Eight minutes at 36.00 an hour (4.80) for a price of 2.50, under the 30 minutes' cap."""
    world = await make_world(task_price_minor=250, cap_minutes=30)
    task = await take(world)
    await work(task, 0, 8)
    await task.submit(8)
    return task


def next_month(now):
    return (now.astimezone(UTC).replace(day=1) + timedelta(days=32)).replace(day=2, hour=5)


async def run(db, now):
    async with db.write() as session:
        return await top_up_months(session, now=now)


async def money(db, actor):
    async with db.read() as session:
        return (await balances(session, actor=actor))[0]


async def test_a_month_is_topped_up_once_when_it_is_over(slow_task, db):
    actor = slow_task.actor
    assert await run(db, utc_now()) == 0, "the month is not over"
    later = next_month(slow_task.began)
    assert await run(db, later) == 1
    assert await run(db, later + timedelta(days=1)) == 0
    assert await money(db, actor) == Money(480, "EUR")
    async with db.read() as session:
        (row,) = await session.scalars(select(TopUp))
        entry = await session.scalar(select(LedgerEntry).where(LedgerEntry.source == f"topup:{row.id}"))
        (mine,) = await my_task_pay(session, actor=actor, now=later)
    assert (row.promised_minor, row.by_task_minor, entry.amount_minor) == (480, 250, 230)
    assert (mine.an_hour, mine.promised, mine.topped_up) == (Money(1875, "EUR"), Money(480, "EUR"), Money(230, "EUR"))


async def test_a_month_that_is_long_over_is_looked_at_as_a_whole(make_world, take, db):  # noqa: F811 (the fixture)
    """A quick task and then a slow one, which come to more than the hour together: nothing is lacking, ever."""
    world = await make_world(items=2, task_price_minor=250, cap_minutes=30)
    quick = await take(world)
    await work(quick, 0, 1)
    await quick.submit(1)
    slow = await take(world, actor=quick.actor, minute=1)
    await work(slow, 0, 7)
    await slow.submit(7)
    async with db.read() as session:
        (mine,) = await my_task_pay(session, actor=quick.actor, now=utc_now())
    assert mine.by_task.amount >= mine.promised.amount
    between = quick.began + LOOKED_BACK + timedelta(minutes=2)
    assert await run(db, next_month(quick.began)) == await run(db, between) == 0


async def test_what_is_rejected_unpaid_is_not_topped_up_until_that_is_overturned(slow_task, db):
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE assignment SET no_pay = true")
    later = next_month(slow_task.began)
    assert await run(db, later) == 0
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE assignment SET no_pay = false")
    assert await run(db, later) == 1
    assert await run(db, later) == 0


async def test_managers_watch_what_an_hour_earns(slow_task, db, as_role):
    async with db.read() as session:
        found = await task_pay_of(session, project_id=slow_task.world.terms.id, now=utc_now())
    assert (found.price, found.median, found.upper) == (Money(250, "EUR"), Money(1875, "EUR"), Money(1875, "EUR"))
    page = await (await as_role("manager")).get(f"/projects/{slow_task.world.terms.slug}/rates")
    assert page.status_code == 200
    assert "€18.75" in page.text
    assert slow_task.actor.pseudonym in page.text


async def test_what_an_hour_earns_everybody_is_told_from_five_people_on(make_world, take, db, signed_in):  # noqa: F811
    world = await make_world(items=9, task_price_minor=250, cap_minutes=30)
    tasks = []
    for minutes in (4, 5, 6, 8, 10):
        if tasks:
            async with db.read() as session:
                assert await hours_by_task(session, actor=tasks[0].actor, now=utc_now()) == [], "too few to hide among"
        tasks.append(await take(world))
        await work(tasks[-1], 0, minutes)
        await tasks[-1].submit(minutes)
    async with db.read() as session:
        (found,) = await hours_by_task(session, actor=tasks[0].actor, now=utc_now())
        assert await hours_by_task(session, actor=SYSTEM, now=utc_now()) == []
    assert (found.people, found.median, found.upper) == (5, Money(2500, "EUR"), Money(3000, "EUR"))
    page = await (await signed_in(tasks[0].actor)).get("/earnings")
    assert ("€25.00" in page.text, "€30.00" in page.text, "75th percentile" in page.text) == (True, True, True)


def test_a_month_begins_at_midnight_utc():
    assert month_of(datetime(2026, 12, 1, 0, 30, tzinfo=UTC)) == date(2026, 12, 1)

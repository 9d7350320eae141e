"""The ledger: entries that reverse one another, and what the database refuses."""

import asyncio
import re

import psycopg
import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Earned, Moved, move, overturn, record_earnings, reverse
from preceptor.pay.queries import balances, earned_by_period
from preceptor.pay.rules import ACCOUNT_PATTERN, ADJUSTMENTS, EntryKind, person_account, project_account
from preceptor.pay.tables import LedgerEntry


@pytest.fixture
async def trainer(make_person):
    return await make_person("trainer")


async def earn(db, person_id, amount=500, currency="EUR", source=None, project_id=None, now=None):
    source = source or f"time:{new_id()}"
    async with db.hot() as driver, driver.transaction():
        earned = Earned(person_id, project_id or new_id(), Money(amount, currency), source, "work")
        await record_earnings(driver, [earned], now=now or utc_now())
    return source


async def run(db, operation, source, reason="copied"):
    async with db.hot() as driver, driver.transaction():
        return await operation(driver, source=source, reason=reason, now=utc_now())


async def balance(db, actor):
    async with db.read() as session:
        return await balances(session, actor=actor)


async def test_a_reversal_moves_the_same_amount_back_once_and_can_be_overturned(db, trainer):
    source = await earn(db, trainer.person_id)
    assert await balance(db, trainer) == [Money(500, "EUR")]
    assert await run(db, overturn, source) is None
    first = await run(db, reverse, source)
    assert first is not None
    assert await run(db, reverse, source) is None
    assert await balance(db, trainer) == [Money(0, "EUR")]
    second = await run(db, overturn, source, "it was their own")
    assert second is not None
    assert await run(db, overturn, source) is None
    assert await balance(db, trainer) == [Money(500, "EUR")]
    assert await run(db, reverse, source) not in {None, first}
    assert await balance(db, trainer) == [Money(0, "EUR")]
    async with db.read() as session:
        entries = list(await session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())))
        days = await earned_by_period(session, actor=trainer, period="day", since=entries[-1].at)
    own = person_account(trainer.person_id)
    assert [one.amount_minor if one.credit == own else -one.amount_minor for one in entries] == [-500, 500, -500, 500]
    assert [one.memo for one in entries] == ["copied", "it was their own", "copied", ""]
    assert [one.amount for one in days] == [Money(0, "EUR")]


async def test_what_was_never_booked_is_not_reversed(db):
    assert await run(db, reverse, f"time:{new_id()}") is None


async def test_many_who_reverse_at_once_reverse_once(db, trainer):
    source = await earn(db, trainer.person_id)
    done = await asyncio.gather(*(run(db, reverse, source) for _ in range(4)))
    assert sum(one is not None for one in done) == 1
    assert await balance(db, trainer) == [Money(0, "EUR")]


async def test_a_movement_is_booked_once_by_its_source(db, trainer):
    moved = Moved(
        debit=ADJUSTMENTS,
        credit=person_account(trainer.person_id),
        money=Money(700, "EUR"),
        source="adjustment:1",
        kind=EntryKind.ADJUSTMENT,
        memo="the clock stood still",
        actor_id=new_id(),
    )
    async with db.hot() as driver, driver.transaction():
        assert await move(driver, moved, now=utc_now()) is not None
        assert await move(driver, moved, now=utc_now()) is None
    assert await balance(db, trainer) == [Money(700, "EUR")]


INSERT = """
INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source, kind, reverses, origin)
SELECT %(id)s, %(debit)s, %(credit)s, %(amount)s, %(currency)s, %(source)s, %(kind)s, id, %(origin)s
FROM ledger_entry WHERE source = %(of)s
"""


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 499},
        {"currency": "USD"},
        {"debit": "paid"},
        {"credit": "paid"},
        {"kind": "earning"},
        {"origin": new_id()},
        {"origin": None},
    ],
)
async def test_the_database_refuses_a_reversal_that_is_none(db, trainer, change):
    project_id = new_id()
    source = await earn(db, trainer.person_id, project_id=project_id)
    async with db.hot() as driver:
        found = await (await driver.execute("SELECT id FROM ledger_entry WHERE source = %s", (source,))).fetchone()
        values = {
            "id": new_id(),
            "debit": person_account(trainer.person_id),
            "credit": project_account(project_id),
            "amount": 500,
            "currency": "EUR",
            "source": "reversal:x",
            "kind": "reversal",
            "origin": found[0],
            "of": source,
        }
        with pytest.raises(psycopg.IntegrityError):
            await driver.execute(INSERT, values | change)
        await driver.execute(INSERT, values)
        with pytest.raises(psycopg.errors.UniqueViolation):  # an entry is reversed once
            await driver.execute(INSERT, values | {"id": new_id(), "source": "reversal:y"})


@pytest.mark.parametrize("name", ["person:X1", "Person", "project:", "person:x; DROP TABLE", "paid:"])
async def test_the_database_refuses_accounts_that_are_none(db, name):
    assert not re.fullmatch(ACCOUNT_PATTERN, name)
    async with db.hot() as driver:
        with pytest.raises(psycopg.errors.CheckViolation):
            await driver.execute(
                "INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source)"
                " VALUES (%s, %s, 'paid', 1, 'EUR', 'x')",
                (new_id(), name),
            )

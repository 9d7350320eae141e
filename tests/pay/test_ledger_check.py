"""`preceptor ledger check` finds what is off, whatever was done to the rows."""

import pytest

from preceptor.pay.operations import mark_all_paid, mark_returned, reverse
from preceptor.pay.rules import FailureReason
from tests.books import faults
from tests.pay.conftest import EARLIER, NOW
from tests.pay.test_statements import time_entry


@pytest.fixture
async def busy(house, make_person):
    """A ledger in which everything has happened."""
    people = [await make_person("trainer") for _ in range(4)]
    for person in people:
        await time_entry(house, person, paid_ms=600_000, amount=300, at=EARLIER)
        await house.method(person)
    source = await time_entry(house, people[0], paid_ms=600_000, amount=50, at=EARLIER)
    async with house.db.hot() as driver, driver.transaction():
        await reverse(driver, source=source, reason="copied", now=NOW)
    batch = await house.make()
    await house.send(batch)
    await house.write(mark_all_paid, actor=house.maker, batch_id=batch, now=NOW)
    ((payout_id, *_), *_) = await house.payouts(batch)
    await house.write(mark_returned, actor=house.maker, payout_id=payout_id, reason=FailureReason.REFUSED, now=NOW)
    return house


async def test_a_ledger_in_which_everything_happened_is_right(busy):
    assert await faults(busy.db) == []


SPOILED = {
    "shape": "UPDATE ledger_entry SET credit = 'fees' WHERE kind = 'earning' AND amount_minor = 50",
    "time": "UPDATE ledger_entry SET amount_minor = 51 WHERE kind = 'earning' AND amount_minor = 50",
    "reversals": "UPDATE ledger_entry SET amount_minor = 49 WHERE kind = 'reversal' AND amount_minor = 50",
    "payouts": "UPDATE payout SET state = 'paid' WHERE state = 'returned'",
    "entries of payouts": "DELETE FROM payout WHERE state = 'returned'",
    "earnings": "DELETE FROM time_entry WHERE amount_minor = 50",
    "on the way": "DELETE FROM ledger_entry WHERE kind = 'settlement' AND NOT EXISTS"
    " (SELECT FROM ledger_entry AS later WHERE later.reverses = ledger_entry.id)",
    "approvals": "UPDATE payout_batch SET approved_by = made_by",
    "sources": "UPDATE ledger_entry SET source = 'time:x' WHERE kind = 'earning'",
}


@pytest.mark.parametrize("check", SPOILED)
async def test_what_is_off_is_found(busy, check):
    async with busy.db.hot() as driver:
        for table in ("ledger_entry", "payout", "payout_batch", "time_entry"):
            await driver.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await driver.execute("ALTER TABLE payout_batch DROP CONSTRAINT ck_payout_batch_approved_by_another")
        await driver.execute("DROP INDEX uq_ledger_entry_source")
        await driver.execute(SPOILED[check])
    found = await faults(busy.db)
    assert check in {one.check for one in found}
    assert "guards" in {one.check for one in found}  # the triggers that were switched off


async def test_the_command_says_so_and_exits_with_one(busy, database_url, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from preceptor.cli import commands

    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PRECEPTOR_HOME", str(tmp_path))

    def run():
        import asyncio

        return asyncio.to_thread(CliRunner().invoke, commands, ["ledger", "check"])

    right = await run()
    assert (right.exit_code, "is right" in right.output) == (0, True), right.output
    async with busy.db.hot() as driver:
        await driver.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        await driver.execute("DELETE FROM ledger_entry WHERE kind = 'reversal'")
    wrong = await run()
    assert wrong.exit_code == 1
    assert "✗ payouts" in wrong.output

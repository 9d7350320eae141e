"""Payouts on a real database: two people, one file, each amount once."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from preceptor.datasets.operations import erase_due
from preceptor.lib.errors import ForbiddenError, InvalidError
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import (
    BatchStateError,
    NothingDueError,
    OwnAdjustmentError,
    OwnApprovalError,
    PayoutStateError,
    adjust,
    cancel_batch,
    confirm_payout_method,
    mark_all_paid,
    mark_failed,
    mark_paid,
    mark_returned,
    mark_sent,
    reverse,
    reverse_adjustment,
    set_employed,
)
from preceptor.pay.queries import access_batch, list_batches, list_payouts, on_the_way, own_methods, own_payouts
from preceptor.pay.rules import BatchState, FailureReason, MethodKind, PayoutState
from preceptor.people.operations import ask_erasure
from preceptor.people.queries import list_notices
from preceptor.people.rules import SYSTEM, MissingPermissionError
from tests.conftest import PASSWORD
from tests.pay.conftest import MONTH_END, NOW


@pytest.fixture
async def trainer(make_person):
    return await make_person("trainer", name="Núria Pla")


async def owed(house, person, amount=1234, currency="EUR", kind=MethodKind.SEPA):
    source = await house.earn(person, amount, currency)
    await house.method(person, currency, kind)
    return source


async def test_money_goes_from_the_person_over_the_payout_to_paid(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    assert await house.balance(trainer) == [Money(1234, "EUR")]  # a draft books nothing
    async with house.db.read() as session:
        assert await own_payouts(session, actor=trainer) == []
    assert (await house.approve(batch_id)).payouts == 1
    ((payout_id, *_),) = await house.payouts(batch_id)
    assert await house.balance(trainer) == [Money(0, "EUR")]
    assert await house.account(f"payout:{payout_id}") == 1234
    with pytest.raises(PayoutStateError):  # nothing was sent yet
        await house.write(mark_paid, actor=house.maker, payout_id=payout_id, now=NOW)
    await house.export(batch_id)
    await house.write(mark_sent, actor=house.maker, batch_id=batch_id, now=NOW)
    async with house.db.read() as session:
        assert await on_the_way(session, actor=trainer) == [Money(1234, "EUR")]
    assert await house.write(mark_paid, actor=house.maker, payout_id=payout_id, now=NOW)
    assert not await house.write(mark_paid, actor=house.maker, payout_id=payout_id, now=NOW)
    assert await house.account(f"payout:{payout_id}") == 0
    assert await house.account("paid") == 1234
    async with house.db.read() as session:
        (own,) = await own_payouts(session, actor=trainer)
        notices = await list_notices(session, actor=trainer)
        batch = await access_batch(session, actor=house.approver, batch_id=batch_id)
    assert (own.state, own.amount, own.hint) == (PayoutState.PAID, Money(1234, "EUR"), "ES •••• 1332")
    assert any("€12.34" in one.body for one in notices.rows)
    assert batch.is_settled
    assert batch.total == Money(1234, "EUR")


async def test_who_made_a_batch_cannot_approve_it(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    with pytest.raises(OwnApprovalError):
        await house.approve(batch_id, actor=house.maker)
    with pytest.raises(OwnApprovalError):  # nor can the system, which is nobody
        await house.approve(batch_id, actor=SYSTEM)
    async with house.db.hot() as driver:
        with pytest.raises(psycopg.errors.CheckViolation):
            await driver.execute("UPDATE payout_batch SET state = 'approved', approved_by = made_by")
        with pytest.raises(psycopg.errors.CheckViolation):
            await driver.execute("UPDATE payout_batch SET state = 'approved'")
    await house.approve(batch_id)
    async with house.db.hot() as driver:
        for change in ("approved_by = gen_random_uuid()", "made_by = gen_random_uuid()"):
            with pytest.raises(psycopg.IntegrityError):
                await driver.execute(f"UPDATE payout_batch SET {change}")


async def test_approving_and_exporting_twice_changes_nothing(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    with pytest.raises(BatchStateError):
        await house.export(batch_id)
    first, second = await asyncio.gather(house.approve(batch_id), house.approve(batch_id), return_exceptions=True)
    assert sorted([first.payouts, second.payouts]) == [0, 1]
    assert await house.balance(trainer) == [Money(0, "EUR")]
    files = [await house.export(batch_id), await house.export(batch_id, now=NOW + timedelta(days=1))]
    assert files[0] == files[1]
    async with house.db.hot() as driver:
        with pytest.raises(psycopg.IntegrityError):
            await driver.execute("UPDATE payout_batch SET file = 'x'")
        with pytest.raises(psycopg.IntegrityError):
            await driver.execute("UPDATE payout SET amount_minor = 999999")


async def test_two_batches_never_take_the_same_money(house, trainer):
    await owed(house, trainer)
    done = await asyncio.gather(house.make(), house.make(), house.make(), return_exceptions=True)
    assert sum(isinstance(one, NothingDueError) for one in done) == 2
    (batch_id,) = [one for one in done if not isinstance(one, NothingDueError)]
    ((payout_id, *_),) = await house.payouts(batch_id)
    async with house.db.hot() as driver:  # what the database itself says to a second one
        with pytest.raises(psycopg.errors.UniqueViolation):
            await driver.execute(
                "INSERT INTO payout (id, batch_id, person_id, amount_minor, currency, sealed, hint)"
                " SELECT gen_random_uuid(), gen_random_uuid(), person_id, 1, currency, sealed, hint FROM payout"
                " WHERE id = %s",
                (payout_id,),
            )
        with pytest.raises(psycopg.IntegrityError):  # and to an entry for more than there is
            await driver.execute(
                "INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source, kind)"
                " VALUES (gen_random_uuid(), %s, 'paid', 1235, 'EUR', 'x', 'payout')",
                (f"person:{trainer.person_id}",),
            )


async def test_the_next_batch_takes_what_was_earned_since(house, trainer):
    await owed(house, trainer)
    await house.send(await house.make())
    with pytest.raises(NothingDueError):
        await house.make()
    await house.earn(trainer, 66)
    with pytest.raises(NothingDueError):  # the first one is still on its way
        await house.make()


async def test_what_was_earned_after_the_period_waits(house, trainer):
    await owed(house, trainer)
    await house.earn(trainer, 100, at=MONTH_END)
    batch_id = await house.make()
    assert [row[2] for row in await house.payouts(batch_id)] == [1234]


async def test_a_minimum_and_a_day_that_is_not_over(house, trainer):
    await owed(house, trainer)
    with pytest.raises(NothingDueError):
        await house.make(minimum=1235)
    with pytest.raises(InvalidError):
        await house.make(until=NOW + timedelta(days=1))
    with pytest.raises(InvalidError):
        await house.make(currency="XXQ")
    with pytest.raises(InvalidError):
        await house.make(currency="USD")
    with pytest.raises(MissingPermissionError):
        await house.make(actor=trainer)


async def test_a_payout_that_is_not_covered_any_more_is_left_out(house, trainer, make_person):
    source = await owed(house, trainer)
    other = await make_person("trainer")
    await owed(house, other, 900)
    batch_id = await house.make()
    async with house.db.hot() as driver, driver.transaction():
        await reverse(driver, source=source, reason="copied", now=NOW)
    done = await house.approve(batch_id)
    assert (done.payouts, done.left_out) == (1, 1)
    assert {(row[1], row[3], row[4]) for row in await house.payouts(batch_id)} == {
        (trainer.person_id, "left_out", "changed"),
        (other.person_id, "open", ""),
    }
    file = await house.export(batch_id)
    assert file.content.count(b"<CdtTrfTxInf>") == 1


async def test_where_nothing_is_left_there_is_nothing_to_approve(house, trainer):
    source = await owed(house, trainer)
    batch_id = await house.make()
    async with house.db.hot() as driver, driver.transaction():
        await reverse(driver, source=source, reason="copied", now=NOW)
    with pytest.raises(NothingDueError):
        await house.approve(batch_id)


async def test_an_overdrawn_account_makes_up_for_it_first(house, trainer):
    source = await owed(house, trainer)
    await house.send(await house.make())
    async with house.db.hot() as driver, driver.transaction():
        await reverse(driver, source=source, reason="copied", now=NOW)
    assert await house.balance(trainer) == [Money(-1234, "EUR")]


@pytest.mark.parametrize("state", [BatchState.DRAFT, BatchState.APPROVED])
async def test_cancelling_gives_everything_back(house, trainer, state):
    await owed(house, trainer)
    batch_id = await house.make()
    if state is BatchState.APPROVED:
        await house.approve(batch_id)
    for _ in range(2):
        await house.write(cancel_batch, actor=house.maker, batch_id=batch_id, now=NOW)
    assert await house.balance(trainer) == [Money(1234, "EUR")]
    with pytest.raises(BatchStateError):
        await house.approve(batch_id)
    again = await house.make(until=NOW)
    await house.send(again)
    assert await house.balance(trainer) == [Money(0, "EUR")]
    with pytest.raises(BatchStateError):  # its file may be at the bank
        await house.write(cancel_batch, actor=house.maker, batch_id=again, now=NOW)


async def test_a_failed_payout_is_its_persons_again_and_waits_for_them(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    await house.send(batch_id)
    ((payout_id, *_),) = await house.payouts(batch_id)
    asked = {"actor": house.maker, "payout_id": payout_id, "reason": FailureReason.ACCOUNT_CLOSED, "now": NOW}
    assert await house.write(mark_failed, **asked)
    assert not await house.write(mark_failed, **asked)
    assert await house.balance(trainer) == [Money(1234, "EUR")]
    with pytest.raises(InvalidError):  # nothing says how it is known
        await house.write(mark_paid, actor=house.maker, payout_id=payout_id, now=NOW)
    with pytest.raises(NothingDueError):  # not to the same account again
        await house.make(until=NOW + timedelta(0))
    async with house.db.read() as session:
        (method,) = await own_methods(session, actor=trainer)
        (own,) = await own_payouts(session, actor=trainer)
    assert method.held
    assert own.state is PayoutState.FAILED
    await house.write(confirm_payout_method, actor=trainer, currency="EUR")
    await house.make(until=NOW)


async def test_what_was_paid_can_come_back(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    await house.send(batch_id)
    assert await house.write(mark_all_paid, actor=house.maker, batch_id=batch_id, now=NOW) == 1
    ((payout_id, *_),) = await house.payouts(batch_id)
    await house.method(trainer, account="DE89370400440532013000")  # entered meanwhile, and not in doubt
    asked = {"actor": house.maker, "payout_id": payout_id, "reason": FailureReason.REFUSED, "now": NOW}
    assert await house.write(mark_returned, **asked)
    assert not await house.write(mark_returned, **asked)
    assert await house.balance(trainer) == [Money(1234, "EUR")]
    assert await house.account("paid") == 0
    assert await house.account(f"payout:{payout_id}") == 0
    async with house.db.read() as session:
        (method,) = await own_methods(session, actor=trainer)
    assert not method.held
    again = await house.make(until=NOW)
    assert [row[2] for row in await house.payouts(again)] == [1234]


async def test_whoever_is_employed_gets_no_payout(house, trainer):
    await owed(house, trainer)
    await house.write(set_employed, actor=SYSTEM, person_id=trainer.person_id, employed=True, now=NOW)
    with pytest.raises(NothingDueError):
        await house.make()
    await house.write(set_employed, actor=SYSTEM, person_id=trainer.person_id, employed=False, now=NOW)
    await house.make()


async def test_what_is_read_of_batches(house, trainer):
    await owed(house, trainer)
    batch_id = await house.make()
    async with house.db.read() as session:
        found = await list_batches(session, actor=house.maker)
        payouts = await list_payouts(session, actor=house.maker, batch_id=batch_id)
        for query in (list_batches(session, actor=trainer), list_payouts(session, actor=trainer, batch_id=batch_id)):
            with pytest.raises(ForbiddenError):
                await query
    assert [one.id for one in found.rows] == [batch_id]
    assert [(one.person_name, one.hint) for one in payouts.rows] == [("Núria Pla", "ES •••• 1332")]


async def test_amounts_by_hand_are_given_with_a_reason_and_reversed_by_themselves(house, trainer):
    given = {"actor": house.maker, "money": Money(500, "EUR"), "now": NOW}
    source = await house.write(adjust, person_id=trainer.person_id, reason="The clock stood still.", **given)
    assert await house.balance(trainer) == [Money(500, "EUR")]
    with pytest.raises(OwnAdjustmentError):
        await house.write(adjust, person_id=house.maker.person_id, reason="Why not?", **given)
    with pytest.raises(InvalidError):
        await house.write(adjust, person_id=trainer.person_id, reason=" ", **given)
    with pytest.raises(InvalidError):
        await house.write(adjust, person_id=trainer.person_id, reason="No.", **given | {"money": Money(-500, "EUR")})
    whose = {"person_id": trainer.person_id}
    turn = {"actor": house.maker, "source": source, "reason": "Twice.", "now": NOW, **whose}
    await house.write(reverse_adjustment, **turn)
    await house.write(reverse_adjustment, **turn)
    assert await house.balance(trainer) == [Money(0, "EUR")]
    await house.write(reverse_adjustment, again=True, **turn)
    assert await house.balance(trainer) == [Money(500, "EUR")]
    with pytest.raises(InvalidError):
        await house.write(reverse_adjustment, **turn | {"source": f"time:{new_id()}"})


async def test_an_erasure_waits_for_money_that_is_on_its_way(house, trainer):
    await owed(house, trainer)
    other = await house.make_person("trainer")
    await owed(house, other)
    wish = {"actor": trainer, "password": PASSWORD, "with_texts": False, "wait": timedelta(days=14), "attempts": 10}
    due = await house.write(ask_erasure, address="192.0.2.1", now=NOW - timedelta(days=14), **wish)
    batch_id = await house.make()
    await house.approve(batch_id)
    assert await house.write(erase_due, now=due) == 0
    assert b"1234" in (await house.export(batch_id)).content.replace(b".", b""), "and the others' money goes too"
    await house.write(mark_sent, actor=house.maker, batch_id=batch_id, now=NOW)
    assert await house.write(erase_due, now=due) == 0
    await house.write(mark_all_paid, actor=house.maker, batch_id=batch_id, now=NOW)
    assert await house.write(erase_due, now=due) == 1

"""A payout that failed or came back can arrive after all: each turn an entry, and nothing is lost or counted twice."""

import pytest

from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.operations import NothingDueError, mark_failed, mark_paid, mark_returned, take_results
from preceptor.pay.queries import access_batch, own_methods, own_payouts
from preceptor.pay.rules import FailureReason, PayoutState, payout_reference
from preceptor.people.queries import list_notices
from preceptor.work.queries.ledger_check import check_everything
from tests.pay.conftest import NOW
from tests.pay.test_payouts import owed


@pytest.fixture
async def sent(house, make_person):
    person = await make_person("trainer", name="Núria Pla")
    await owed(house, person)
    batch_id = await house.make()
    await house.send(batch_id)
    ((payout_id, *_),) = await house.payouts(batch_id)
    return person, batch_id, payout_id


async def turn(house, payout_id, operation, **more):
    if operation is not mark_paid:
        more["reason"] = FailureReason.REFUSED
    return await house.write(operation, actor=house.maker, payout_id=payout_id, now=NOW, **more)


async def state_of(house, person):
    """The payout's state, the balance, and how much is on its way and has arrived."""
    async with house.db.read() as session:
        (own,) = await own_payouts(session, actor=person)
        faults = [one async for one in check_everything(session)]
    assert [one for one in faults if one.check not in {"earnings", "time"}] == []
    (balance,) = await house.balance(person)
    return own.state.value, balance.amount, await house.account(f"payout:{own.id}"), await house.account("paid")


NOTE = {"note": "Statement of 4 November, line 12."}


async def test_it_fails_is_tried_again_arrives_comes_back_and_arrives(house, sent):
    person, _batch_id, payout_id = sent
    story = [
        (mark_failed, {}, ("failed", 1234, 0, 0)),
        (mark_paid, NOTE, ("paid", 0, 0, 1234)),
        (mark_returned, {}, ("returned", 1234, 0, 0)),
        (mark_paid, NOTE, ("paid", 0, 0, 1234)),
        (mark_returned, {}, ("returned", 1234, 0, 0)),
    ]
    for operation, more, expected in story:
        assert await turn(house, payout_id, operation, **more)
        assert await state_of(house, person) == expected
        assert not await turn(house, payout_id, operation, **more), "a second time changes nothing"
        assert await state_of(house, person) == expected


async def test_it_needs_a_note_and_makes_the_account_trusted_again(house, sent):
    person, _batch_id, payout_id = sent
    await turn(house, payout_id, mark_failed)
    for note in ("", "  "):
        with pytest.raises(InvalidError) as error:
            await turn(house, payout_id, mark_paid, note=note)
        assert error.value.fields[0].path == "note"
    assert (await state_of(house, person))[0] == "failed"
    await turn(house, payout_id, mark_paid, **NOTE)
    async with house.db.read() as session:
        (method,) = await own_methods(session, actor=person)
        bodies = [one.body for one in (await list_notices(session, actor=person)).rows]
    assert not method.held
    assert "arrived" in bodies[0]
    assert "after all" in bodies[0]


async def test_where_it_was_sent_anew_the_balance_falls_below_nothing(house, sent):
    """What really happened is written down: the person has it twice, and what is earned next makes up for it."""
    person, _batch_id, payout_id = sent
    await turn(house, payout_id, mark_failed)
    await house.method(person, account="DE89370400440532013000")
    again = await house.make(until=NOW)
    await house.send(again)
    ((second, *_),) = await house.payouts(again)
    await turn(house, second, mark_paid)
    assert await house.balance(person) == [Money(0, "EUR")]
    await turn(house, payout_id, mark_paid, **NOTE)
    assert await house.balance(person) == [Money(-1234, "EUR")]
    assert await house.account("paid") == 2468
    async with house.db.read() as session:
        faults = [one async for one in check_everything(session)]
        assert [one for one in faults if one.check not in {"earnings", "time"}] == []


async def test_a_draft_of_another_batch_leaves_it_out(house, sent):
    person, _batch_id, payout_id = sent
    await turn(house, payout_id, mark_failed)
    await house.method(person, account="DE89370400440532013000")
    await house.earn(person, 100)
    again = await house.make(until=NOW)
    other = await house.make_person("trainer")
    await owed(house, other, 500)
    await turn(house, payout_id, mark_paid, **NOTE)
    with pytest.raises(NothingDueError):
        await house.approve(again)
    assert await house.balance(person) == [Money(100, "EUR")]


async def test_files_of_results_read_again_change_nothing(house, sent):
    person, batch_id, payout_id = sent
    reference = payout_reference(payout_id)
    failed, paid = f"reference,status\n{reference},failed\n", f"reference,status\n{reference},paid\n"
    given = {"actor": house.maker, "batch_id": batch_id, "now": NOW}
    assert (await house.write(take_results, text=failed, **given)).failed == 1
    taken = await house.write(take_results, text=paid, **given)
    assert (taken.paid, taken.after_all, taken.unknown) == (0, 1, 0)
    assert (await state_of(house, person))[0] == "failed"
    await turn(house, payout_id, mark_paid, **NOTE)
    returned = f"reference,status\n{reference},returned\n"
    for text in (failed, returned, paid):
        taken = await house.write(take_results, text=text, **given)
        assert (taken.paid, taken.failed, taken.returned) == (0, 0, 0), text
    assert (await state_of(house, person))[0] == "paid"


async def test_the_page_and_the_api_say_it(house, sent, signed_in):
    person, batch_id, payout_id = sent
    await turn(house, payout_id, mark_failed)
    client = await signed_in(house.maker)
    page = await client.get(f"/payouts/{batch_id}")
    assert "It has arrived after all" in page.text
    address = f"/payouts/{batch_id}/payouts/{payout_id}"
    answer = await client.post(address, data={"state": "paid", "note": " "}, follow_redirects=True)
    assert "Say how you know" in answer.text
    answer = await client.post(address, data={"state": "paid", **NOTE}, follow_redirects=True)
    assert "Marked as paid" in answer.text
    assert (await state_of(house, person))[0] == "paid"
    await turn(house, payout_id, mark_returned)
    api = f"/api/v1/payouts/{batch_id}/payouts/{payout_id}"
    assert (await client.post(api, json={"state": "paid"})).status_code == 422
    answer = await client.post(api, json={"state": "paid", **NOTE})
    assert (answer.status_code, answer.json()["state"]) == (200, "paid")
    async with house.db.read() as session:
        batch = await access_batch(session, actor=house.maker, batch_id=batch_id)
    assert batch.sums[PayoutState.PAID].amount == Money(1234, "EUR")

"""To the last unit in currencies with none, two and three decimals: from the clock over earnings to statement and file."""

import csv
import re
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from io import StringIO

import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money, format_money, money_to_decimal
from preceptor.pay.operations import approve_batch, export_batch, make_batch, mark_all_paid, mark_sent
from preceptor.pay.operations import set_payout_method as say_where
from preceptor.pay.rules import MethodKind
from preceptor.projects.queries import project_terms
from tests.books import faults
from tests.pay.conftest import PAYER
from tests.pay.pdf_text import texts_of
from tests.work.conftest import make_world  # noqa: F401 (a fixture)
from tests.work.test_time import Task, take  # noqa: F401 (a fixture)

RATES = {"JPY": 2_345, "EUR": 1_783, "KWD": 5_417}
"""An hour, in minor units: yen, cents, thousandths of a dinar. None comes out even by the minute."""
MINUTES = (7, 1, 11, 13, 0.05, 29)


async def worked(house, world, currency, task_of):
    """Tasks of odd lengths by one person at an odd rate; what each must earn, by the formula in the docs."""
    async with house.db.hot() as driver:
        values = (RATES[currency], currency, world.terms.id)
        await driver.execute("UPDATE project SET rate_minor = %s, currency = %s WHERE id = %s", values)
    async with house.db.read() as session:
        world.terms = await project_terms(session, project_id=world.terms.id)
    actor, owed, minute = None, [], 0
    for minutes in MINUTES:
        task: Task = await task_of(world, actor=actor, minute=minute)
        actor = task.actor
        for each in range(2, int(minutes), 2):
            await task.beat(each, touched=True)
        receipt = await task.submit(minutes)
        exact = Decimal(RATES[currency]) * receipt.spent.payable_ms / 3_600_000
        assert receipt.amount == Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), currency)
        assert receipt.spent.payable_ms == round(minutes * 60_000)
        owed.append(receipt.amount.amount)
        minute += minutes + 1
    return actor, owed


def plain(page):
    return unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page)))


@pytest.mark.parametrize("currency", list(RATES))
@pytest.mark.parametrize("kind", [MethodKind.PAYPAL, MethodKind.WISE])
async def test_the_sum_is_right_from_the_clock_to_the_payout(house, make_world, take, signed_in, currency, kind):  # noqa: F811 (fixtures)
    actor, owed = await worked(house, await make_world(items=8, cap_minutes=60), currency, take)
    total = Money(sum(owed), currency)
    assert await house.balance(actor) == [total]
    later = utc_now() + timedelta(hours=3)
    period = {"begins": (later - timedelta(days=2)).date(), "ends": (later + timedelta(days=1)).date()}
    query = f"begins={period['begins']}&ends={period['ends']}"
    client = await signed_in(actor)

    shown = plain((await client.get(f"/earnings/statement?{query}")).text)
    assert f"Balance at the end {format_money(total)}" in shown
    for one in owed:
        assert format_money(Money(one, currency)) in shown
    api = (await client.get(f"/api/v1/statement?{query}")).json()
    assert [one["closing"] for one in api["sums"]] == [total.amount]
    assert sum(line["amount"]["amount"] for line in api["lines"]) == total.amount

    rows = list(csv.DictReader(StringIO((await client.get(f"/earnings/statement.csv?{query}")).text.lstrip("\ufeff"))))
    assert sum(Decimal(row["amount"]) for row in rows) == money_to_decimal(total)
    assert {row["currency"] for row in rows} == {currency}
    decimals = {"JPY": 0, "EUR": 2, "KWD": 3}[currency]
    assert {-Decimal(row["amount"]).as_tuple().exponent for row in rows} == {decimals}

    pdf = texts_of((await client.get(f"/earnings/statement.pdf?{query}")).content)
    told = [text.replace("\xa0", " ") for text in pdf]
    assert format_money(total).replace("\xa0", " ") in told[told.index("Balance at the end") + 1]

    await house.method(actor, currency, kind)
    at = {"now": later}
    asked = {"kind": kind, "currency": currency, "period_end": later, "minimum_minor": 1}
    batch = await house.write(make_batch, actor=house.maker, **asked, **at)
    await house.write(approve_batch, actor=house.approver, batch_id=batch, **at)
    written = {"sealer": house.sealer, "payer": PAYER}
    file = await house.write(export_batch, actor=house.maker, batch_id=batch, **written, **at)
    lines = list(csv.reader(StringIO(file.content.decode())))
    place = 1 if kind is MethodKind.PAYPAL else lines[0].index("amount")
    assert lines[-1][place] == str(money_to_decimal(total))
    assert currency in lines[-1]
    await house.write(mark_sent, actor=house.maker, batch_id=batch, **at)
    await house.write(mark_all_paid, actor=house.maker, batch_id=batch, **at)
    assert await house.balance(actor) == [Money(0, currency)]
    assert await house.account("paid") == total.amount
    shown = plain((await client.get(f"/earnings/statement?{query}")).text)
    assert f"Balance at the end {format_money(Money(0, currency))}" in shown
    assert await faults(house.db) == []


async def test_sepa_carries_euros_to_the_cent(house, make_world, take):  # noqa: F811 (fixtures)
    actor, owed = await worked(house, await make_world(items=8, cap_minutes=60), "EUR", take)
    await house.method(actor)
    later = utc_now() + timedelta(hours=3)
    asked = {"kind": MethodKind.SEPA, "currency": "EUR", "period_end": later, "minimum_minor": 1, "now": later}
    batch = await house.write(make_batch, actor=house.maker, **asked)
    await house.write(approve_batch, actor=house.approver, batch_id=batch, now=later)
    file = await house.export(batch, now=later)
    assert f'<InstdAmt Ccy="EUR">{Decimal(sum(owed)) / 100:.2f}</InstdAmt>'.encode() in file.content


@pytest.mark.parametrize("currency", ["JPY", "KWD", "USD"])
async def test_sepa_is_refused_for_every_other_currency_in_words(house, make_person, signed_in, currency):
    trainer = await make_person("trainer")
    asked = {"kind": MethodKind.SEPA, "currency": currency, "period_end": utc_now(), "minimum_minor": 1}
    with pytest.raises(InvalidError) as refused:
        await house.write(make_batch, actor=house.maker, **asked, now=utc_now())
    (problem,) = refused.value.fields
    assert (problem.path, str(problem.message)) == ("currency", "SEPA carries euros alone.")
    said = {"holder": "Núria Pla", "account": "ES9121000418450200051332", "kind": MethodKind.SEPA}
    with pytest.raises(InvalidError) as refused:
        await house.write(say_where, actor=trainer, sealer=house.sealer, currency=currency, now=utc_now(), **said)
    assert any("euro" in str(one.message).lower() for one in refused.value.fields)
    page = await (await signed_in(trainer)).post("/account/payout", data={**said, "kind": "sepa", "currency": currency})
    assert page.status_code == 422
    assert "euro" in page.text.lower()

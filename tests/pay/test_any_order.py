"""Whatever happens in whatever order: the ledger stays balanced, and nothing is unpaid or paid twice."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.lib.errors import ProblemError
from preceptor.pay.operations import (
    cancel_batch,
    confirm_payout_method,
    mark_failed,
    mark_paid,
    mark_returned,
    mark_sent,
    overturn,
    reverse,
)
from preceptor.pay.rules import FailureReason, MethodKind
from tests.books import faults
from tests.pay.conftest import EARLIER, NOW
from tests.pay.test_statements import time_entry

CURRENCIES = ("EUR", "JPY", "KWD")
PEOPLE = 2

steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "earn",
                "earn",
                "reverse",
                "overturn",
                "batch",
                "approve",
                "export",
                "send",
                "paid",
                "failed",
                "returned",
                "cancel",
            ]
        ),
        st.integers(0, 5),
        st.sampled_from(CURRENCIES),
        st.integers(1, 99_999),
    ),
    min_size=6,
    max_size=30,
)


class Story:
    """What happens to some people, and what their money must be by then."""

    def __init__(self, house, people):
        self.house, self.people = house, people
        self.earned = []  # source, person, currency, amount
        self.taken = set()
        self.batches = []
        self.now = EARLIER

    async def step(self, what, which, currency, amount):
        self.now += timedelta(minutes=1)
        do: Callable = getattr(self, what)
        try:
            await do(which, currency, amount)
        except ProblemError:
            return  # not possible in this state, and nothing was changed

    async def earn(self, which, currency, amount):
        person = self.people[which % PEOPLE]
        source = await time_entry(self.house, person, paid_ms=60_000, amount=amount, currency=currency, at=self.now)
        self.earned.append((source, person.person_id, currency, amount))

    async def turn(self, which, operation):
        if self.earned:
            source = self.earned[which % len(self.earned)][0]
            async with self.house.db.hot() as driver, driver.transaction():
                await operation(driver, source=source, reason="a reason", now=self.now)
            return source
        return None

    async def reverse(self, which, _currency, _amount):
        self.taken.add(await self.turn(which, reverse))

    async def overturn(self, which, _currency, _amount):
        self.taken.discard(await self.turn(which, overturn))

    async def batch(self, which, currency, _amount):
        for person in self.people:
            try:
                await self.house.write(confirm_payout_method, actor=person, currency=currency)
            except ProblemError:
                await self.house.method(person, currency, MethodKind.PAYPAL)
        self.batches.append(await self.house.make(currency, MethodKind.PAYPAL, until=NOW))

    def one(self, which):
        return self.batches[which % len(self.batches)] if self.batches else None

    async def approve(self, which, _currency, _amount):
        if batch := self.one(which):
            await self.house.approve(batch)

    async def export(self, which, _currency, _amount):
        if batch := self.one(which):
            await self.house.export(batch)

    async def send(self, which, _currency, _amount):
        if batch := self.one(which):
            await self.house.write(mark_sent, actor=self.house.maker, batch_id=batch, now=NOW)

    async def cancel(self, which, _currency, _amount):
        if batch := self.one(which):
            await self.house.write(cancel_batch, actor=self.house.maker, batch_id=batch, now=NOW)

    async def outcome(self, which, operation, **more):
        if batch := self.one(which):
            payouts = await self.house.payouts(batch)
            payout_id = payouts[which % len(payouts)][0]
            await self.house.write(operation, actor=self.house.maker, payout_id=payout_id, now=NOW, **more)

    async def paid(self, which, _currency, _amount):
        await self.outcome(which, mark_paid, note="The bank tried again.")

    async def failed(self, which, _currency, _amount):
        await self.outcome(which, mark_failed, reason=FailureReason.REFUSED)

    async def returned(self, which, _currency, _amount):
        await self.outcome(which, mark_returned, reason=FailureReason.REFUSED)

    async def check(self):
        """Everything earned that stands is in the account, on its way, or paid: once."""
        for person in self.people:
            held = {money.currency: money.amount for money in await self.house.balance(person)}
            for currency in CURRENCIES:
                stands = sum(
                    amount
                    for source, owner, unit, amount in self.earned
                    if (owner, unit) == (person.person_id, currency) and source not in self.taken
                )
                gone = await self.gone(person, currency)
                assert held.get(currency, 0) + gone == stands

    async def gone(self, person, currency):
        async with self.house.db.hot() as driver:
            found = await driver.execute(
                "SELECT coalesce(sum(payout.amount_minor), 0)::bigint FROM payout JOIN payout_batch AS batch"
                " ON batch.id = batch_id WHERE person_id = %s AND payout.currency = %s AND (payout.state = 'paid'"
                " OR (payout.state = 'open' AND batch.state IN ('approved', 'exported', 'sent')))",
                (person.person_id, currency),
            )
            return (await found.fetchone())[0]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=steps)
async def test_in_any_order_nothing_is_unpaid_or_paid_twice(house, make_person, story):
    told = Story(house, [await make_person("trainer") for _ in range(PEOPLE)])
    for step in story:
        await told.step(*step)
    await told.check()
    assert await faults(house.db) == []


async def test_a_story_that_goes_all_the_way(house, make_person):
    """The stories above reach every state; this one shows that they can."""
    told = Story(house, [await make_person("trainer") for _ in range(PEOPLE)])
    for step in (
        ("earn", 0, "KWD", 1234),
        ("earn", 1, "KWD", 5),
        ("batch", 0, "KWD", 1),
        ("approve", 0, "KWD", 1),
        ("export", 0, "KWD", 1),
        ("send", 0, "KWD", 1),
        ("paid", 0, "KWD", 1),
        ("failed", 1, "KWD", 1),
        ("reverse", 0, "KWD", 1),
        ("returned", 0, "KWD", 1),
        ("overturn", 0, "KWD", 1),
        ("batch", 1, "KWD", 1),
    ):
        await told.step(*step)
        await told.check()
    assert len(told.batches) == 2
    assert {row[3] for row in await house.payouts(told.batches[0])} == {"returned", "failed"}
    assert sorted(row[2] for row in await house.payouts(told.batches[1])) == [5, 1234]

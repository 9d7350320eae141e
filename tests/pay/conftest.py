"""People who are owed money and have said where they want it, and those who move it."""

from datetime import UTC, datetime, timedelta

import pytest

from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.lib.sealing import Sealer
from preceptor.pay.operations import (
    Earned,
    approve_batch,
    export_batch,
    make_batch,
    mark_sent,
    record_earnings,
    set_payout_method,
)
from preceptor.pay.queries import balances
from preceptor.pay.rules import MethodKind
from preceptor.pay.writing import Payer

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
MONTH_END = datetime(2026, 11, 1, tzinfo=UTC)
EARLIER = datetime(2026, 10, 10, 12, tzinfo=UTC)
IBAN = "ES9121000418450200051332"
PAYER = Payer(name="Preceptor Häuser GmbH", iban="DE89370400440532013000", bic="COBADEFFXXX")


class House:
    """What tests of payouts do with the database, a step a line."""

    def __init__(self, db, make_person):
        self.db, self.make_person = db, make_person
        self.sealer = Sealer("a secret", purpose=b"test")
        self.maker = self.approver = None

    async def open(self):
        self.maker = await self.make_person("operator")
        self.approver = await self.make_person("operator")
        return self

    async def earn(self, person, amount, currency="EUR", *, at=EARLIER, source=None, project_id=None):
        source = source or f"time:{new_id()}"
        async with self.db.hot() as driver, driver.transaction():
            one = Earned(person.person_id, project_id or new_id(), Money(amount, currency), source, "work")
            await record_earnings(driver, [one], now=at)
        return source

    async def write(self, operation, **arguments):
        async with self.db.write() as session:
            return await operation(session, **arguments)

    async def method(self, person, currency="EUR", kind=MethodKind.SEPA, account=None, holder="Núria Pla"):
        account = account or (IBAN if kind is MethodKind.SEPA else "nuria@example.org")
        await self.write(
            set_payout_method,
            actor=person,
            sealer=self.sealer,
            currency=currency,
            kind=kind,
            holder=holder,
            account=account,
            now=EARLIER,
        )

    async def make(self, currency="EUR", kind=MethodKind.SEPA, minimum=1, until=MONTH_END, actor=None):
        return await self.write(
            make_batch,
            actor=actor or self.maker,
            kind=kind,
            currency=currency,
            period_end=until,
            minimum_minor=minimum,
            now=NOW,
        )

    async def approve(self, batch_id, actor=None):
        return await self.write(approve_batch, actor=actor or self.approver, batch_id=batch_id, now=NOW)

    async def export(self, batch_id, now=NOW):
        return await self.write(
            export_batch, actor=self.maker, batch_id=batch_id, sealer=self.sealer, payer=PAYER, now=now
        )

    async def send(self, batch_id):
        await self.approve(batch_id)
        file = await self.export(batch_id)
        await self.write(mark_sent, actor=self.maker, batch_id=batch_id, now=NOW + timedelta(hours=1))
        return file

    async def payouts(self, batch_id):
        async with self.db.hot() as driver:
            rows = await driver.execute(
                "SELECT id, person_id, amount_minor, state, reason FROM payout WHERE batch_id = %s ORDER BY id",
                (batch_id,),
            )
            return await rows.fetchall()

    async def balance(self, person):
        async with self.db.read() as session:
            return await balances(session, actor=person)

    async def account(self, name):
        async with self.db.hot() as driver:
            found = await driver.execute(
                "SELECT coalesce(sum(CASE WHEN credit = %(name)s THEN amount_minor ELSE -amount_minor END), 0)::bigint"
                " FROM ledger_entry WHERE %(name)s IN (debit, credit)",
                {"name": name},
            )
            return (await found.fetchone())[0]


@pytest.fixture
async def house(db, make_person):
    return await House(db, make_person).open()

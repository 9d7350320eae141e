"""Writing the ledger. Entries are only ever added."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.rules import person_account, project_account

EARN = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source)
SELECT id, %(now)s, debit, credit, amount, currency, source
FROM json_to_recordset(%(rows)s::json)
     AS given (id uuid, debit text, credit text, amount bigint, currency text, source text)
"""


class Earned(msgspec.Struct, frozen=True):
    """What somebody earned.

    Attributes:
        person_id: who earned it.
        project_id: on what.
        money: how much; never negative.
        source: what it was earned for; one source is booked once, a second time is an error of the program.
    """

    person_id: UUID
    project_id: UUID
    money: Money
    source: str


async def record_earnings(driver: Driver, earnings: Sequence[Earned], *, now: datetime) -> None:
    """Book what people earned, in the transaction of `driver`, on which the work that earned it is being recorded.

    Nothing earned books nothing.
    """
    rows = [
        {
            "id": new_id(),
            "debit": project_account(one.project_id),
            "credit": person_account(one.person_id),
            "amount": one.money.amount,
            "currency": one.money.currency,
            "source": one.source,
        }
        for one in earnings
        if one.money.amount
    ]
    if rows:
        await driver.execute(EARN, {"rows": msgspec.json.encode(rows).decode(), "now": now})

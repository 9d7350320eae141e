"""Writing the ledger. Entries are only ever added."""

from datetime import datetime
from uuid import UUID

from preceptor.lib.db import Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.rules import person_account, project_account

EARN = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


async def record_earning(
    driver: Driver, *, person_id: UUID, project_id: UUID, money: Money, source: str, now: datetime
) -> None:
    """Book what a person earned on a project, in the transaction of `driver`. Nothing earned books nothing.

    Args:
        driver: the connection on which the work that earned it is being recorded.
        person_id: who earned it.
        project_id: on what.
        money: how much; never negative.
        source: what it was earned for; one source is booked once, a second time is an error of the program.
        now: when.
    """
    if money.amount == 0:
        return
    values = (
        new_id(),
        now,
        project_account(project_id),
        person_account(person_id),
        money.amount,
        money.currency,
        source,
    )
    await driver.execute(EARN, values)

"""What is due to people."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import BATCH_LIMITS, MethodKind
from preceptor.pay.tables import PayoutMethod
from preceptor.people.rules import Actor, Permission

# What is due to a person: what their account held at the end of the period, or holds now where that is less. People who
# have said where they want it, whose money has not come back since, who are not paid elsewhere, and to whom nothing is
# on its way.
HELD = """
    SELECT coalesce(sum(signed), 0) AS now, coalesce(sum(signed) FILTER (WHERE at < %(until)s), 0) AS then
    FROM (
        SELECT at, amount_minor AS signed FROM ledger_entry
        WHERE credit = 'person:' || given.person_id AND currency = %(currency)s
        UNION ALL
        SELECT at, -amount_minor FROM ledger_entry
        WHERE debit = 'person:' || given.person_id AND currency = %(currency)s
    ) AS entry
"""
DUE = f"""
SELECT given.person_id, least(held.now, held.then)::bigint AS amount, given.sealed, given.hint
FROM payout_method AS given CROSS JOIN LATERAL ({HELD}) AS held
WHERE given.kind = %(kind)s AND given.currency = %(currency)s AND NOT given.held
  AND NOT EXISTS (SELECT FROM payroll_person WHERE payroll_person.person_id = given.person_id)
  AND NOT EXISTS (SELECT FROM payout WHERE payout.person_id = given.person_id AND payout.currency = given.currency
                  AND payout.state = 'open')
  AND least(held.now, held.then) >= %(minimum)s
ORDER BY given.person_id LIMIT %(limit)s
"""  # noqa: S608 (constants alone)
SUM_DUE = f"SELECT count(*), coalesce(sum(amount), 0)::bigint FROM ({DUE}) AS due"  # noqa: S608 (constants alone)


class DueView(msgspec.Struct, frozen=True):
    """What one batch would pay.

    Attributes:
        people: how many.
        more: there are more than one file can hold; another batch takes them.
    """

    kind: MethodKind
    amount: Money
    people: int
    more: bool


async def list_due(session: ReadSession, *, actor: Actor, until: datetime) -> list[DueView]:
    """What is due by method and currency of all that was booked before a moment.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
    """
    actor.require(Permission.PAY_READ)
    chosen = await session.execute(
        select(PayoutMethod.kind, PayoutMethod.currency).distinct().order_by(PayoutMethod.currency, PayoutMethod.kind)
    )
    found: list[DueView] = []
    driver = await session.driver()
    for kind, currency in chosen.all():
        limit = BATCH_LIMITS[MethodKind(kind)]
        values = {"kind": kind, "currency": currency, "until": until, "minimum": 1, "limit": limit}
        row = await (await driver.execute(SUM_DUE, values)).fetchone()
        if row is not None and row[0]:
            found.append(DueView(MethodKind(kind), Money(row[1], currency), row[0], row[0] == limit))
    return found

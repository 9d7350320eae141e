"""Recounting everything that has to do with money, from the entries: `preceptor ledger check`."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.pay.queries.check import CHECKS, Fault, find_faults
from preceptor.pay.rules import StatementPeriod, person_account
from preceptor.people.tables import Person
from preceptor.work.queries.statements import Whose, all_lines, statement_of

ALL_TIME = StatementPeriod(date(1990, 1, 1), date(2999, 12, 31))
PAGE_SIZE = 500

TIME = """
SELECT format('time entry %%s of %%s earned %%s %%s, but the ledger has %%s', time.id, time.person_id,
              time.amount_minor, time.currency,
              CASE WHEN entry.id IS NULL THEN 'nothing'
                   ELSE format('%%s pays %%s %%s to %%s', entry.debit, entry.amount_minor, entry.currency, entry.credit)
              END)
FROM time_entry AS time LEFT JOIN ledger_entry AS entry ON entry.source = 'time:' || time.id
WHERE (time.amount_minor <> 0 AND entry.id IS NULL)
   OR (entry.id IS NOT NULL
       AND (entry.amount_minor, entry.currency, entry.credit, entry.debit)
           <> (time.amount_minor, time.currency, 'person:' || time.person_id, 'project:' || time.project_id))
LIMIT %(most)s
"""
WITHOUT_TIME = """
SELECT format('entry %%s pays for time entry %%s, which there is not', entry.id, substring(entry.source FROM 6))
FROM ledger_entry AS entry
WHERE entry.source LIKE 'time:%%'
  AND NOT EXISTS (SELECT FROM time_entry WHERE time_entry.id::text = substring(entry.source FROM 6))
LIMIT %(most)s
"""
TIME_CHECKS = {"time": TIME, "earnings": WITHOUT_TIME}

BALANCE = """
SELECT currency, sum(CASE WHEN credit = %(account)s THEN amount_minor ELSE -amount_minor END)::bigint
FROM ledger_entry WHERE credit = %(account)s OR debit = %(account)s GROUP BY currency
"""


async def check_everything(session: ReadSession) -> AsyncIterator[Fault]:
    """Recount each entry's shape, reversals, payouts, time and statements, on one snapshot, and name what is off.

    For commands on the machine itself. Memory stays the same however much there is: PostgreSQL counts, and statements
    are read person by person, page by page.
    """
    driver = await session.driver()
    await driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        async for fault in find_faults(driver, CHECKS | TIME_CHECKS):
            yield fault
        after = UUID(int=0)
        while True:
            rows = await session.execute(
                select(Person.id, Person.name).where(Person.id > after).order_by(Person.id).limit(PAGE_SIZE)
            )
            people = rows.all()
            for person_id, name in people:
                async for fault in _check_statement(session, Whose(person_id, name, "UTC")):
                    yield fault
            if len(people) < PAGE_SIZE:
                return
            after = people[-1][0]
    finally:
        await driver.execute("ROLLBACK")


async def _check_statement(session: ReadSession, whose: Whose) -> AsyncIterator[Fault]:
    """A person's statement of all time: its head, its lines and the ledger say the same."""
    driver = await session.driver()
    rows = await (await driver.execute(BALANCE, {"account": person_account(whose.person_id)})).fetchall()
    balances = {currency: amount for currency, amount in rows if amount}
    statement = await statement_of(session, whose=whose, period=ALL_TIME)
    closing = {total.currency: total.closing for total in statement.sums if total.closing}
    lines: dict[str, int] = {}
    count = 0
    async for line in all_lines(session, whose=whose, period=ALL_TIME):
        lines[line.amount.currency] = lines.get(line.amount.currency, 0) + line.amount.amount
        count += 1
    added = {currency: amount for currency, amount in lines.items() if amount}
    if not balances == closing == added or count != statement.lines:
        found = f"{whose.person_id}: the ledger holds {balances}, the statement says {closing}, its lines {added}"
        yield Fault("statements", found)

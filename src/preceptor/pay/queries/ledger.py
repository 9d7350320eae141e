"""Reading the ledger: what people have earned, and what projects have cost."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import Date, Select, case, cast, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import person_account, project_account
from preceptor.pay.tables import LedgerEntry
from preceptor.people.rules import Actor

Period = Literal["day", "week", "month"]


class PeriodSum(msgspec.Struct, frozen=True):
    """What was earned in a day, or in the week (from Monday) or month that begins on this day."""

    begins: date
    amount: Money


async def balances(session: ReadSession, *, actor: Actor) -> list[Money]:
    """What the actor has earned and not been paid out yet, one amount per currency."""
    return await _sums(session, person_account(actor.person_id), LedgerEntry.credit, LedgerEntry.debit)


async def project_cost(session: ReadSession, *, project_id: UUID) -> list[Money]:
    """What a project has cost, one amount per currency. For callers that have made sure who asks."""
    return await _sums(session, project_account(project_id), LedgerEntry.debit, LedgerEntry.credit)


async def _sums(
    session: ReadSession, account: str, plus: InstrumentedAttribute[str], minus: InstrumentedAttribute[str]
) -> list[Money]:
    signed = func.sum(case((plus == account, LedgerEntry.amount_minor), else_=-LedgerEntry.amount_minor))
    rows = await session.execute(
        select(LedgerEntry.currency, signed)
        .where(or_(plus == account, minus == account))
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    return [Money(int(amount), currency) for currency, amount in rows]


async def earned_by_period(session: ReadSession, *, actor: Actor, period: Period, since: datetime) -> list[PeriodSum]:
    """What the actor has earned since a moment, by day, week or month of their own time zone; oldest first.

    Earnings that were reversed count on the day of the reversal. Periods in which nothing was earned are left out.
    """
    account = person_account(actor.person_id)
    touched = or_(LedgerEntry.credit == account, LedgerEntry.debit == account)
    other = case((LedgerEntry.credit == account, LedgerEntry.debit), else_=LedgerEntry.credit)
    signed = func.sum(case((LedgerEntry.credit == account, LedgerEntry.amount_minor), else_=-LedgerEntry.amount_minor))
    begins = cast(func.date_trunc(period, func.timezone(actor.time_zone, LedgerEntry.at)), Date).label("begins")
    query: Select[date, str, int] = (
        select(begins, LedgerEntry.currency, signed)
        .where(touched, not_(other.startswith("payout:")), LedgerEntry.at >= since)
        .group_by(begins, LedgerEntry.currency)
        .order_by(begins, LedgerEntry.currency)
    )
    return [PeriodSum(row[0], Money(int(row[2]), row[1])) for row in await session.execute(query)]

"""Reading the ledger: what people have earned, and what projects have cost."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, not_, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.money import Money
from preceptor.pay.rules import person_account, project_account
from preceptor.pay.tables import LedgerEntry
from preceptor.people.rules import Actor

PAGE_SIZE = 50

Period = Literal["day", "week", "month"]


class EntryView(msgspec.Struct, frozen=True):
    """An entry in one's own account: positive where one received, negative where one paid."""

    id: UUID
    at: datetime
    amount: Money
    source: str
    memo: str


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


async def list_entries(session: ReadSession, *, actor: Actor, cursor: str | None = None) -> Page[EntryView]:
    """The entries of the actor's own account, newest first.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    account = person_account(actor.person_id)
    query = (
        select(LedgerEntry)
        .where(or_(LedgerEntry.credit == account, LedgerEntry.debit == account))
        .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor:
        query = query.where(tuple_(LedgerEntry.at, LedgerEntry.id) < decode_cursor(cursor, tuple[datetime, UUID]))
    rows = list(await session.scalars(query))
    shown = rows[:PAGE_SIZE]
    views = [
        EntryView(
            id=row.id,
            at=row.at,
            amount=Money(row.amount_minor if row.credit == account else -row.amount_minor, row.currency),
            source=row.source,
            memo=row.memo,
        )
        for row in shown
    ]
    return Page(views, encode_cursor(shown[-1].at, shown[-1].id) if len(rows) > PAGE_SIZE else None)


def _earned_and_lost(account: str) -> tuple[ColumnElement[str], ColumnElement[int], ColumnElement[bool]]:
    """What the other account of an entry is, what the entry adds, and which entries are no payouts."""
    other = case((LedgerEntry.credit == account, LedgerEntry.debit), else_=LedgerEntry.credit)
    signed = func.sum(case((LedgerEntry.credit == account, LedgerEntry.amount_minor), else_=-LedgerEntry.amount_minor))
    touched = or_(LedgerEntry.credit == account, LedgerEntry.debit == account)
    return other, signed, and_(touched, not_(other.startswith("payout:")))


async def earned_by_period(session: ReadSession, *, actor: Actor, period: Period, since: datetime) -> list[PeriodSum]:
    """What the actor has earned since a moment, by day, week or month of their own time zone; oldest first.

    Earnings that were reversed count on the day of the reversal. Periods in which nothing was earned are left out.
    """
    _other, signed, earned = _earned_and_lost(person_account(actor.person_id))
    begins = cast(func.date_trunc(period, func.timezone(actor.time_zone, LedgerEntry.at)), Date).label("begins")
    query: Select[date, str, int] = (
        select(begins, LedgerEntry.currency, signed)
        .where(earned, LedgerEntry.at >= since)
        .group_by(begins, LedgerEntry.currency)
        .order_by(begins, LedgerEntry.currency)
    )
    return [PeriodSum(row[0], Money(int(row[2]), row[1])) for row in await session.execute(query)]


async def earned_by_project(session: ReadSession, *, actor: Actor, since: datetime) -> dict[UUID, list[Money]]:
    """What the actor has earned since a moment, by project, less what was reversed."""
    other, signed, earned = _earned_and_lost(person_account(actor.person_id))
    rows = await session.execute(
        select(other, LedgerEntry.currency, signed)
        .where(earned, LedgerEntry.at >= since, other.startswith("project:"))
        .group_by(other, LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    found: dict[UUID, list[Money]] = {}
    for account, currency, amount in rows:
        found.setdefault(UUID(account.removeprefix("project:")), []).append(Money(int(amount), currency))
    return found

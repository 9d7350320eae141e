"""Statements: the ledger's entries of one person, with the time behind them."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.pay.rules import (
    ACTIVITY_NAMES,
    FAILURE_NAMES,
    Activity,
    EntryKind,
    FailureReason,
    Statement,
    StatementLine,
    StatementPeriod,
    StatementSum,
    month_of,
    period_of,
    person_account,
)
from preceptor.people.queries import NoSuchPersonError
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.work.rules.words import OUTCOME_NAMES

PAGE_SIZE = 200

# Each entry of one account as what it adds to it, with the first entry of its chain where it is a reversal, and the
# time entry that stands behind that. Beside them time that was paid with nothing, such as a second of work.
LINES = """
WITH entry AS (
    SELECT id, at, amount_minor AS amount, debit AS other, kind, activity, source, currency, origin, memo
    FROM ledger_entry WHERE credit = %(account)s AND at >= %(since)s AND at < %(until)s
    UNION ALL
    SELECT id, at, -amount_minor, credit, kind, activity, source, currency, origin, memo
    FROM ledger_entry WHERE debit = %(account)s AND at >= %(since)s AND at < %(until)s
), line AS (
    SELECT entry.id, entry.at, entry.amount, entry.other, entry.kind, coalesce(first.kind, entry.kind) AS origin_kind,
           entry.activity, entry.source, entry.currency, entry.memo,
           CASE WHEN coalesce(first.source, entry.source) ~ '^time:[0-9a-f-]{36}$'
                THEN substring(coalesce(first.source, entry.source) FROM 6)::uuid END AS time_id
    FROM entry LEFT JOIN ledger_entry AS first ON first.id = entry.origin
    UNION ALL
    SELECT id, ended_at, 0, 'project:' || project_id, 'earning', 'earning', activity, 'time:' || id, currency, '', id
    FROM time_entry WHERE person_id = %(person)s AND amount_minor = 0 AND ended_at >= %(since)s AND ended_at < %(until)s
)
"""
SHOWN = (
    LINES
    + """
SELECT line.id, line.at, line.kind, line.origin_kind, line.source, line.currency, line.amount, line.memo,
       coalesce(nullif(line.activity, ''), time.activity, ''), coalesce(time.outcome, ''), time.assignment_id,
       coalesce(project.title, ''), coalesce(payout.hint, ''),
       time.active_ms, time.waiting_ms, time.idle_ms, time.paused_ms, time.paid_ms, time.rate_minor
FROM line
LEFT JOIN time_entry AS time ON time.id = line.time_id
LEFT JOIN project ON project.id = CASE WHEN line.other LIKE 'project:%%' THEN substring(line.other FROM 9)::uuid END
LEFT JOIN payout ON payout.id = CASE WHEN line.other LIKE 'payout:%%' THEN substring(line.other FROM 8)::uuid END
WHERE %(after_at)s::timestamptz IS NULL OR (line.at, line.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid)
ORDER BY line.at, line.id LIMIT %(limit)s
"""
)
SUMS = f"""
{LINES}
, moved AS (
    SELECT line.currency,
           sum(amount) FILTER (WHERE kind = 'earning') AS earned,
           sum(amount) FILTER (WHERE kind = 'reversal' AND origin_kind = 'earning') AS reversed,
           sum(amount) FILTER (WHERE origin_kind = 'adjustment') AS adjusted,
           sum(amount) FILTER (WHERE origin_kind = 'payout') AS paid_out,
           sum(sign(amount) * time.paid_ms) FILTER (WHERE amount <> 0)
               + coalesce(sum(time.paid_ms) FILTER (WHERE amount = 0), 0) AS paid_ms,
           count(*) AS lines
    FROM line LEFT JOIN time_entry AS time ON time.id = line.time_id
    GROUP BY line.currency
), before AS (
    SELECT currency, sum(CASE WHEN credit = %(account)s THEN amount_minor ELSE -amount_minor END) AS opening
    FROM ledger_entry WHERE (credit = %(account)s OR debit = %(account)s) AND at < %(since)s
    GROUP BY currency
)
SELECT currency, coalesce(opening, 0)::bigint, coalesce(earned, 0)::bigint, coalesce(reversed, 0)::bigint,
       coalesce(adjusted, 0)::bigint, coalesce(paid_out, 0)::bigint, coalesce(paid_ms, 0)::bigint,
       coalesce(lines, 0)::bigint
FROM before FULL JOIN moved USING (currency)
WHERE coalesce(opening, 0) <> 0 OR lines > 0
ORDER BY currency
"""  # noqa: S608 (constants alone)
BESIDE_TIME = f"""
{LINES}
SELECT currency, sum(amount)::bigint FROM line
WHERE origin_kind <> 'payout' AND (time_id IS NULL OR kind = 'reversal')
GROUP BY currency HAVING sum(amount) <> 0 ORDER BY currency
"""  # noqa: S608 (constants alone)

TAKEN_BACK: Mapping[tuple[str, bool], LazyText] = {
    ("earning", False): _("Taken back"),
    ("earning", True): _("Stands again"),
    ("adjustment", False): _("Given by hand, taken back"),
    ("adjustment", True): _("Given by hand, stands again"),
    ("payout", True): _("Payout came back"),
    ("payout", False): _("Paid out after all"),
}


class Whose(msgspec.Struct, frozen=True):
    """Somebody whose statements may be read."""

    person_id: UUID
    name: str
    time_zone: str


async def access_account(session: ReadSession, *, actor: Actor, person_id: UUID) -> Whose:
    """Somebody whose statements the actor may read: themselves, or anybody for those who may read pay.

    Raises:
        NoSuchPersonError: there is none, or not the actor's to read.
    """
    if person_id != actor.person_id and not actor.may(Permission.PAY_READ):
        raise NoSuchPersonError
    row = (await session.execute(select(Person.name, Person.time_zone).where(Person.id == person_id))).first()
    if row is None:
        raise NoSuchPersonError
    return Whose(person_id, row[0], row[1] or "UTC")


def chosen_period(
    whose: Whose, *, begins: date | None = None, ends: date | None = None, now: datetime
) -> StatementPeriod:
    """The period that was asked for, in the person's own time zone; where none was, this month.

    Raises:
        InvalidError: it ends before it begins, or is longer than ten years.
    """
    month = month_of(now, whose.time_zone)
    if begins is None and ends is None:
        return month
    return period_of(begins or (ends or month.ends).replace(day=1), ends or month.ends, whose.time_zone)


def _values(whose: Whose, period: StatementPeriod) -> dict[str, Any]:
    return {
        "account": person_account(whose.person_id),
        "person": whose.person_id,
        "since": period.since,
        "until": period.until,
    }


async def statement_of(session: ReadSession, *, whose: Whose, period: StatementPeriod) -> Statement:
    """The sums of a period. For callers that were given `whose` by `access_account`."""
    driver = await session.driver()
    rows = await (await driver.execute(SUMS, _values(whose, period))).fetchall()
    sums = [
        StatementSum(
            currency=currency,
            opening=opening,
            earned=earned,
            reversed=taken,
            adjusted=adjusted,
            paid_out=paid_out,
            closing=opening + earned + taken + adjusted + paid_out,
            paid_ms=paid_ms,
        )
        for currency, opening, earned, taken, adjusted, paid_out, paid_ms, _lines in rows
    ]
    lines = sum(row[7] for row in rows)
    return Statement(person_id=whose.person_id, name=whose.name, period=period, sums=sums, lines=lines)


async def beside_time(session: ReadSession, *, actor: Actor, since: datetime, until: datetime) -> list[Money]:
    """What the actor earned that no time entry holds, by currency, payouts apart.

    These are top-ups, and what was given by hand, taken back, or stands again.
    """
    values = {
        "account": person_account(actor.person_id),
        "person": actor.person_id,
        "since": since,
        "until": until,
    }
    driver = await session.driver()
    rows = await (await driver.execute(BESIDE_TIME, values)).fetchall()
    return [Money(amount, currency) for currency, amount in rows]


async def statement_lines(
    session: ReadSession,
    *,
    whose: Whose,
    period: StatementPeriod,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[StatementLine]:
    """The lines of a period, oldest first. For callers that were given `whose` by `access_account`.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    after_at, after_id = decode_cursor(cursor, tuple[datetime, UUID]) if cursor else (None, None)
    values = _values(whose, period) | {"after_at": after_at, "after_id": after_id, "limit": size + 1}
    if after_at is not None:  # so that a page far down the list costs what the first one does
        values["since"] = max(period.since, after_at)
    driver = await session.driver()
    rows = await (await driver.execute(SHOWN, values)).fetchall()
    shown = [_line(row) for row in rows[:size]]
    return Page(shown, encode_cursor(shown[-1].at, shown[-1].id) if len(rows) > size else None)


async def all_lines(session: ReadSession, *, whose: Whose, period: StatementPeriod) -> AsyncIterator[StatementLine]:
    """All lines of a period, oldest first, page by page at constant memory. As `statement_lines`."""
    cursor: str | None = None
    while True:
        page = await statement_lines(session, whose=whose, period=period, cursor=cursor, size=1000)
        for line in page.rows:
            yield line
        if (cursor := page.next_cursor) is None:
            return


def _line(row: Any) -> StatementLine:
    kind, origin_kind, amount = EntryKind(row[2]), EntryKind(row[3]), Money(int(row[6]), row[5])
    what, detail = _words(row, kind, received=amount.amount > 0)
    timed = row[17] is not None
    own = timed and kind is EntryKind.EARNING
    return StatementLine(
        id=row[0],
        at=row[1],
        kind=kind,
        origin_kind=origin_kind,
        source=row[4],
        what=what,
        detail=detail,
        project=row[11],
        assignment_id=row[10],
        active_ms=row[13] if own else 0,
        waiting_ms=row[14] if own else 0,
        idle_ms=row[15] if own else 0,
        paused_ms=row[16] if own else 0,
        paid_ms=0 if not timed else -row[17] if amount.amount < 0 else row[17],
        rate=Money(row[18], row[5]) if timed else None,
        amount=amount,
    )


def _words(row: Any, kind: EntryKind, *, received: bool) -> tuple[LazyText, LazyText | str]:
    memo, activity, outcome, hint = row[7], row[8], row[9], row[12]
    if kind is EntryKind.REVERSAL:
        reason = FAILURE_NAMES[FailureReason(memo)] if row[3] == "payout" and memo in set(FailureReason) else memo
        return TAKEN_BACK[row[3], received], reason
    if kind is EntryKind.PAYOUT:
        return _("Paid out"), hint
    if kind is EntryKind.ADJUSTMENT:
        return _("Given by hand"), memo
    name = ACTIVITY_NAMES[Activity(activity)] if activity in set(Activity) else _("Earned")
    return name, OUTCOME_NAMES.get(outcome, memo)

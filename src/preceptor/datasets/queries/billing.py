"""What counts for an order: accepted items, hours of the ledger; what it cost, and what is left of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver, ReadSession
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import OrderView, access_order
from preceptor.projects.rules import OrderCounts, OrderTerms, OrderUnit, SourceChange, amount_for

# An item counts from the moment at which the last of the answers that it asked for was accepted. That moment stands in
# the log; answers that came in from elsewhere have none there and are nobody's work here.
ACCEPTED = """
SELECT 'item:' || item.id AS source, 1::bigint AS quantity, max(accepted.at) AS at
FROM (
    SELECT subject_id, max(at) AS at FROM event
    WHERE project_id = %(project)s AND name = 'work.accepted' GROUP BY subject_id
) AS accepted
JOIN assignment ON assignment.id = accepted.subject_id AND assignment.state = 'accepted'
JOIN item ON item.id = assignment.item_id
GROUP BY item.id
HAVING count(*) >= item.wanted
"""

# The same from the moment at which the client accepted the last release that it takes to have all of them.
DELIVERED = """
SELECT 'item:' || item.id AS source, 1::bigint AS quantity, max(delivered.at) AS at
FROM (
    SELECT submission.assignment_id, min(delivery_decision.at) AS at
    FROM release
    JOIN delivery_decision ON delivery_decision.release_id = release.id AND delivery_decision.verdict = 'accepted'
    JOIN release_member ON release_member.release_id = release.id
    JOIN submission ON submission.id = release_member.submission_id AND submission.origin <> 'given'
    WHERE release.project_id = %(project)s GROUP BY submission.assignment_id
) AS delivered
JOIN assignment ON assignment.id = delivered.assignment_id AND assignment.state = 'accepted'
JOIN item ON item.id = assignment.item_id
GROUP BY item.id
HAVING count(*) >= item.wanted
"""

# Paid time of work and rework whose entry of the ledger stands: of a chain of reversals the length is odd.
WORKED = """
SELECT ledger_entry.source, time_entry.paid_ms AS quantity, time_entry.ended_at AS at
FROM time_entry
JOIN ledger_entry ON ledger_entry.source = 'time:' || time_entry.id
WHERE time_entry.project_id = %(project)s AND time_entry.activity IN ('work', 'rework') AND time_entry.paid_ms > 0
  AND (SELECT count(*) FROM ledger_entry AS chain
       WHERE chain.id = ledger_entry.id OR chain.origin = ledger_entry.id) %% 2 = 1
"""

DUE = """
SELECT source, quantity FROM ({sources}) AS found
WHERE at >= %(since)s AND at < %(until)s
ORDER BY at, source LIMIT %(most)s
"""

DIFFERENCE = """
WITH due AS ({due}), billed AS (
    SELECT source, sum(quantity)::bigint AS quantity FROM invoice_source WHERE order_id = %(order)s GROUP BY source
)
SELECT source, coalesce(due.quantity, 0) - coalesce(billed.quantity, 0)
FROM due FULL JOIN billed USING (source)
WHERE coalesce(due.quantity, 0) <> coalesce(billed.quantity, 0)
ORDER BY source
"""

# What a project paid people for work within a window; what was taken back counts off, whenever that was.
COST = """
SELECT currency, sum(CASE WHEN debit = %(account)s THEN amount_minor ELSE -amount_minor END)::bigint
FROM ledger_entry
WHERE (debit = %(account)s OR credit = %(account)s)
  AND coalesce((SELECT first.at FROM ledger_entry AS first WHERE first.id = ledger_entry.origin), at) >= %(since)s
  AND coalesce((SELECT first.at FROM ledger_entry AS first WHERE first.id = ledger_entry.origin), at) < %(until)s
GROUP BY currency ORDER BY currency
"""


class Margin(msgspec.Struct, frozen=True, kw_only=True):
    """What an order brings and costs, for managers alone.

    Attributes:
        due: what counts so far at its price, invoiced or not.
        cost: what the ledger says the project paid people in the order's days, per currency.
        margin: `due − cost`, where both are in one currency; None otherwise.
        share: `margin ÷ due`; None where nothing is due.
    """

    due: Money
    cost: list[Money]
    margin: Money | None
    share: float | None


class OrderProgress(msgspec.Struct, frozen=True):
    """How much counts for an order so far (items or milliseconds), and what that comes to."""

    quantity: int
    amount: Money


async def changes_to_bill(
    driver: Driver, *, order_id: UUID, project_id: UUID, terms: OrderTerms, upto: date
) -> list[SourceChange]:
    """Of which sources more or less counts, up to and with a day, than was invoiced. For callers that hold it."""
    statement = DIFFERENCE.format(due=_due(terms))
    rows = await (await driver.execute(statement, _values(project_id, terms, upto) | {"order": order_id})).fetchall()
    return [SourceChange(source, int(quantity)) for source, quantity in rows]


def _due(terms: OrderTerms) -> str:
    if terms.unit is OrderUnit.HOUR:
        sources = WORKED
    else:
        sources = DELIVERED if terms.counts is OrderCounts.DELIVERY else ACCEPTED
    return DUE.format(sources=sources)


def _values(project_id: UUID, terms: OrderTerms, upto: date | None) -> dict[str, Any]:
    last = min((day for day in (terms.ends, upto) if day is not None), default=date.max - timedelta(days=1))
    return {
        "project": project_id,
        "since": _midnight(terms.begins),
        "until": _midnight(last + timedelta(days=1)),
        "most": terms.items_wanted,
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


async def order_progress(session: ReadSession, *, actor: Actor, slug: str, number: int) -> OrderProgress:
    """How much counts for an order so far.

    Raises:
        MissingPermissionError: the actor may not read orders at all.
        NoSuchProjectError: there is no such project, or it is another client's.
        NoSuchOrderError: it has no such order.
    """
    return await _progress(session, await access_order(session, actor=actor, slug=slug, number=number))


async def _progress(session: ReadSession, order: OrderView) -> OrderProgress:
    driver = await session.driver()
    statement = f"SELECT coalesce(sum(quantity), 0)::bigint FROM ({_due(order.terms)}) AS due"  # noqa: S608 (our own)
    row = await (await driver.execute(statement, _values(order.project_id, order.terms, None))).fetchone()
    quantity = int(row[0]) if row else 0
    amount = amount_for(order.terms.price, order.terms.unit, quantity)
    return OrderProgress(quantity, Money(amount, order.terms.price.currency))


async def order_margin(session: ReadSession, *, actor: Actor, slug: str, number: int) -> Margin:
    """What is left of an order after people were paid. Never for a client.

    Raises:
        MissingPermissionError: the actor may not read margins.
        NoSuchProjectError: there is no such project.
        NoSuchOrderError: it has no such order.
    """
    actor.require(Permission.MARGIN_READ)
    order = await access_order(session, actor=actor, slug=slug, number=number)
    due = (await _progress(session, order)).amount
    driver = await session.driver()
    values = _values(order.project_id, order.terms, None) | {"account": f"project:{order.project_id}"}
    rows = await (await driver.execute(COST, values)).fetchall()
    cost = [Money(int(amount), currency) for currency, amount in rows if amount]
    comparable = all(one.currency == due.currency for one in cost)
    margin = Money(due.amount - sum(one.amount for one in cost), due.currency) if comparable else None
    share = margin.amount / due.amount if margin is not None and due.amount else None
    return Margin(due=due, cost=cost, margin=margin, share=share)

"""Orders of clients, and what an invoice for one has to say."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, earned

MAX_ORDER_NOTE = 2_000
MOST_ITEMS = 100_000_000
MAX_PRICE_MINOR = 10**12


class OrderUnit(StrEnum):
    """What a client pays for."""

    ITEM = "item"
    HOUR = "hour"


class OrderCounts(StrEnum):
    """When an item is to be paid for."""

    REVIEW = "review"
    """Once all answers it asked for were accepted, by review or by time."""
    DELIVERY = "delivery"
    """Once the client accepted a release that holds them."""


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    AGREED = "agreed"
    CLOSED = "closed"


ORDER_STATE_NAMES: dict[OrderState, LazyText] = {
    OrderState.DRAFT: _("Draft"),
    OrderState.AGREED: _("Agreed"),
    OrderState.CLOSED: _("Closed"),
}
ORDER_UNIT_NAMES: dict[OrderUnit, LazyText] = {
    OrderUnit.ITEM: _("Accepted item"),
    OrderUnit.HOUR: _("Hour of work"),
}
ORDER_COUNTS_NAMES: dict[OrderCounts, LazyText] = {
    OrderCounts.REVIEW: _("Once accepted in review"),
    OrderCounts.DELIVERY: _("Once the client accepted it in a release"),
}


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What is agreed on.

    Attributes:
        unit: what is paid for.
        price: for one item or one hour.
        begins: first day, UTC.
        ends: last day, UTC; None while it is open.
        items_wanted: of items, at most so many; None for no limit.
        counts: of items, when they are to be paid for.
        note: in words.
    """

    unit: OrderUnit
    price: Money
    begins: date
    ends: date | None = None
    items_wanted: int | None = None
    counts: OrderCounts = OrderCounts.REVIEW
    note: str = ""


class SourceChange(msgspec.Struct, frozen=True):
    """How much of a source is to be charged (above 0) or taken back (below 0): items, or milliseconds."""

    source: str
    quantity: int


class BillLine(msgspec.Struct, frozen=True):
    """A line of an invoice: a charge, or a credit with a negative quantity and amount."""

    kind: str
    quantity: int
    amount: int
    sources: Sequence[SourceChange]


def order_problems(terms: OrderTerms) -> Iterator[FieldProblem]:
    """What is wrong with the terms of an order."""
    if not 0 < terms.price.amount <= MAX_PRICE_MINOR:
        yield FieldProblem("price", _("Give a price above zero."))
    if terms.ends is not None and terms.ends < terms.begins:
        yield FieldProblem("ends", _("It ends before it begins."))
    if terms.items_wanted is not None and not 0 < terms.items_wanted <= MOST_ITEMS:
        yield FieldProblem("items_wanted", _("Give 1 to {count}.").format(count=MOST_ITEMS))
    if terms.unit is OrderUnit.HOUR and terms.items_wanted is not None:
        yield FieldProblem("items_wanted", _("An order by the hour counts no items."))
    if terms.unit is OrderUnit.HOUR and terms.counts is not OrderCounts.REVIEW:
        yield FieldProblem("counts", _("Hours are paid for once they were worked."))
    if len(terms.note) > MAX_ORDER_NOTE:
        yield FieldProblem("note", _("Use at most {count} characters.").format(count=MAX_ORDER_NOTE))


def overlap(a: OrderTerms, b: OrderTerms) -> bool:
    """True where two orders have a day in common: the same work would be in both."""
    return (b.ends is None or a.begins <= b.ends) and (a.ends is None or b.begins <= a.ends)


def amount_for(price: Money, unit: OrderUnit, quantity: int) -> int:
    """What a quantity costs, in minor units.

    Items: `price × items`. Hours: `round(price × milliseconds ÷ 3,600,000)`, halves to the even one.
    """
    if unit is OrderUnit.ITEM:
        return price.amount * quantity
    return earned(rate_per_hour=price, paid_ms=quantity).amount


def bill(*, price: Money, unit: OrderUnit, before: int, changes: Sequence[SourceChange]) -> list[BillLine]:
    """The lines that bring what was invoiced to what is to be invoiced: a charge, a credit, both or none.

    Each amount is the difference of two rounded totals, so the sum over all invoices of an order is
    `amount_for(price, unit, what counts now)` whatever came in which order.

    Args:
        price: of one unit.
        unit: items or hours.
        before: the quantity that all invoices before charge together, credits taken off.
        changes: sources of which more or less counts than was charged.
    """
    new = [one for one in changes if one.quantity > 0]
    gone = [one for one in changes if one.quantity < 0]
    lines = []
    total = before
    for kind, group in (("charge", new), ("credit", gone)):
        if group:
            quantity = sum(one.quantity for one in group)
            amount = amount_for(price, unit, total + quantity) - amount_for(price, unit, total)
            lines.append(BillLine(kind, quantity, amount, group))
            total += quantity
    return lines

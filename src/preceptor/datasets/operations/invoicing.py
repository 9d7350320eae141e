"""Issuing invoices: what counts for an order and was not invoiced yet, and what does not count any more."""

from datetime import date, datetime

from preceptor.datasets.queries.billing import changes_to_bill
from preceptor.lib.db import WriteSession
from preceptor.people.rules import Actor
from preceptor.projects.operations import hold_order_to_bill, write_invoice
from preceptor.projects.rules import bill


async def issue_invoice(
    session: WriteSession, *, actor: Actor, slug: str, number: int, upto: date, now: datetime
) -> int:
    """Issue an invoice for an order and answer the invoice's number.

    It charges what counts up to and with a day and was not charged before, and credits what was charged and does not
    count any more. So all invoices of an order together are what counts for it, whatever came in which order.

    Raises:
        MissingPermissionError: the actor may not issue invoices.
        NoSuchOrderError: there is no such order.
        OrderStateError: it is a draft.
        InvoiceEarlierError: an invoice before covers later days.
        NothingToInvoiceError: nothing was added or taken back.
        InvalidError: the day has not come yet, or lies before the order begins.
    """
    order = await hold_order_to_bill(session, actor=actor, slug=slug, number=number, upto=upto, now=now)
    changes = await changes_to_bill(
        await session.driver(), order_id=order.id, project_id=order.project_id, terms=order.terms, upto=upto
    )
    lines = bill(price=order.terms.price, unit=order.terms.unit, before=order.billed, changes=changes)
    return await write_invoice(session, actor=actor, order=order, upto=upto, lines=lines, now=now)

"""Drafting, agreeing and closing the orders of clients, and writing invoices for them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import minor_digits
from preceptor.people.rules import Actor, Permission
from preceptor.projects.events import InvoiceIssued, OrderAgreed, OrderClosed, OrderDrafted
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries.orders import NoSuchOrderError, access_ordered_project, terms_of
from preceptor.projects.rules import BillLine, OrderState, OrderTerms, order_problems, overlap
from preceptor.projects.tables import ClientOrder, Invoice, InvoiceLine, InvoiceSource, Project

BATCH = 5_000


class OrderStateError(ConflictError):
    """The order is not in a state in which this can be done."""

    title = _("The order is not in a state in which this can be done. Load the page again.")
    code = "order_state"


class OrdersOverlapError(ConflictError):
    """Another order of the project covers some of the same days."""

    title = _("Another order of this project covers some of the same days, so the same work would be paid for twice.")
    code = "orders_overlap"


class InvoiceEarlierError(ConflictError):
    """An invoice before covers later days."""

    title = _("An invoice before covers later days already. Choose a later day.")
    code = "invoice_earlier"


class NothingToInvoiceError(ConflictError):
    """Nothing has been added or taken back since the last invoice."""

    title = _("There is nothing to invoice: nothing was added or taken back since the last invoice.")
    code = "nothing_to_invoice"


async def draft_order(session: WriteSession, *, actor: Actor, slug: str, terms: OrderTerms) -> int:
    """Enter an order as a draft and answer its number among the project's orders.

    Raises:
        MissingPermissionError: the actor may not write orders.
        NoSuchProjectError: there is no such project.
        InvalidError: the terms will not do; `fields` says what.
        UnknownCurrencyError: there is no such currency.
    """
    actor.require(Permission.ORDER_WRITE)
    project = await access_ordered_project(session, actor=actor, slug=slug)
    minor_digits(terms.price.currency)
    if problems := list(order_problems(terms)):
        raise InvalidError(fields=problems)
    await session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    last = await session.scalar(select(func.max(ClientOrder.number)).where(ClientOrder.project_id == project.id))
    row = ClientOrder(
        project_id=project.id,
        number=(last or 0) + 1,
        unit=terms.unit.value,
        items_wanted=terms.items_wanted,
        counts=terms.counts.value,
        price_minor=terms.price.amount,
        currency=terms.price.currency,
        begins=terms.begins,
        ends=terms.ends,
        note=terms.note,
        created_by=author(actor),
    )
    session.add(row)
    await session.flush()
    session.emit(OrderDrafted(actor_id=actor.person_id, subject_id=row.id, project_id=project.id))
    return row.number


async def _held(session: WriteSession, actor: Actor, slug: str, number: int) -> ClientOrder:
    project = await access_ordered_project(session, actor=actor, slug=slug)
    row = await session.scalar(
        select(ClientOrder).where(ClientOrder.project_id == project.id, ClientOrder.number == number).with_for_update()
    )
    if row is None:
        raise NoSuchOrderError
    return row


async def agree_order(session: WriteSession, *, actor: Actor, slug: str, number: int, now: datetime) -> None:
    """Write down that the client has agreed: from now on they see the order, and its terms do not change.

    Raises:
        MissingPermissionError: the actor may not write orders.
        NoSuchOrderError: there is no such order.
        OrderStateError: it is no draft.
        OrdersOverlapError: another order of the project covers some of the same days.
    """
    actor.require(Permission.ORDER_WRITE)
    row = await _held(session, actor, slug, number)
    if row.state != OrderState.DRAFT.value:
        raise OrderStateError
    # Whoever agrees another order of the project at the same time waits here.
    await session.execute(select(Project.id).where(Project.id == row.project_id).with_for_update())
    others = await session.scalars(
        select(ClientOrder).where(ClientOrder.project_id == row.project_id, ClientOrder.state != OrderState.DRAFT.value)
    )
    for other in others:
        if overlap(terms_of(row), terms_of(other)):
            raise OrdersOverlapError(extra={"order": other.number})
    row.state, row.agreed_at, row.agreed_by = OrderState.AGREED.value, now, author(actor)
    session.emit(OrderAgreed(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))


async def close_order(session: WriteSession, *, actor: Actor, slug: str, number: int, now: datetime) -> None:
    """End an order today: later work does not belong to it. What does can still be invoiced, and corrected by credits.

    Raises:
        MissingPermissionError: the actor may not write orders.
        NoSuchOrderError: there is no such order.
        OrderStateError: it is not agreed.
    """
    actor.require(Permission.ORDER_WRITE)
    row = await _held(session, actor, slug, number)
    if row.state != OrderState.AGREED.value:
        raise OrderStateError
    row.state, row.closed_at = OrderState.CLOSED.value, now
    row.ends = max(row.begins, min(row.ends or now.date(), now.date()))
    session.emit(OrderClosed(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))


class OrderToBill(msgspec.Struct, frozen=True):
    """An order, held until the transaction ends, and the quantity that was charged for it so far."""

    id: UUID
    project_id: UUID
    terms: OrderTerms
    billed: int


async def hold_order_to_bill(
    session: WriteSession, *, actor: Actor, slug: str, number: int, upto: date, now: datetime
) -> OrderToBill:
    """Hold an order fast, so that two invoices for it never see the same work.

    Raises:
        MissingPermissionError: the actor may not issue invoices.
        NoSuchOrderError: there is no such order.
        OrderStateError: it is a draft.
        InvoiceEarlierError: an invoice before covers later days.
        InvalidError: the day has not come yet, or lies before the order begins.
    """
    actor.require(Permission.INVOICE_CREATE)
    row = await _held(session, actor, slug, number)
    if row.state == OrderState.DRAFT.value:
        raise OrderStateError
    if upto > now.date():
        raise InvalidError(fields=[FieldProblem("upto", _("This day has not come yet."))])
    if upto < row.begins:
        raise InvalidError(fields=[FieldProblem("upto", _("The order begins later than that."))])
    last = await session.scalar(select(func.max(Invoice.upto)).where(Invoice.order_id == row.id))
    if last is not None and upto < last:
        raise InvoiceEarlierError
    billed = await session.scalar(
        select(func.coalesce(func.sum(InvoiceLine.quantity), 0))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.order_id == row.id)
    )
    return OrderToBill(row.id, row.project_id, terms_of(row), int(billed or 0))


async def write_invoice(
    session: WriteSession, *, actor: Actor, order: OrderToBill, upto: date, lines: Sequence[BillLine], now: datetime
) -> int:
    """Write an invoice and answer its number. Numbers have no gaps; nothing of it can be changed.

    For callers that hold the order and have worked out its lines.

    Raises:
        MissingPermissionError: the actor may not issue invoices.
        NothingToInvoiceError: there is no line.
    """
    actor.require(Permission.INVOICE_CREATE)
    if not lines:
        raise NothingToInvoiceError
    client_id = (await session.get_one(Project, order.project_id)).client_id
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("invoice:number"))))
    number = (await session.scalar(select(func.max(Invoice.number))) or 0) + 1
    invoice = Invoice(
        id=new_id(),
        number=number,
        order_id=order.id,
        project_id=order.project_id,
        client_id=client_id,
        upto=upto,
        total_minor=sum(line.amount for line in lines),
        currency=order.terms.price.currency,
        issued_by=author(actor),
        issued_at=now,
    )
    session.add(invoice)
    await session.flush()
    for place, line in enumerate(lines, start=1):
        session.add(
            InvoiceLine(
                invoice_id=invoice.id,
                line=place,
                kind=line.kind,
                unit=order.terms.unit.value,
                quantity=line.quantity,
                price_minor=order.terms.price.amount,
                amount_minor=line.amount,
            )
        )
        await session.flush()
        common = {"invoice_id": invoice.id, "line": place, "order_id": order.id}
        for start in range(0, len(line.sources), BATCH):
            rows = [
                {**common, "source": one.source, "quantity": one.quantity}
                for one in line.sources[start : start + BATCH]
            ]
            await session.execute(insert(InvoiceSource), rows)
    session.emit(
        InvoiceIssued(actor_id=actor.person_id, subject_id=invoice.id, project_id=order.project_id, number=number)
    )
    return number

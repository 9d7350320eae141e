"""Orders and invoices, as managers see them, and the client that they belong to. Cost and margin are not here."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.projects import ClientName, NoSuchProjectError, ProjectView, access_project
from preceptor.projects.rules import OrderCounts, OrderState, OrderTerms, OrderUnit
from preceptor.projects.tables import ClientOrder, ClientOrganisation, Invoice, InvoiceLine, InvoiceSource, Project


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order, and what was invoiced for it. Quantities are items, or milliseconds."""

    id: UUID
    number: int
    project_id: UUID
    project_slug: str
    project_title: str
    client: ClientName
    terms: OrderTerms
    state: OrderState
    agreed_at: datetime | None
    closed_at: datetime | None
    billed: int
    """Quantity that all invoices charge together, credits taken off."""
    invoiced: Money
    billed_upto: date | None
    """The last day that an invoice covers."""


class InvoiceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice in a list."""

    number: int
    order_number: int
    project_slug: str
    project_title: str
    client: ClientName
    upto: date
    total: Money
    issued_at: datetime


class InvoiceLineView(msgspec.Struct, frozen=True):
    """A line: `quantity` is items or milliseconds; negative in a credit."""

    line: int
    kind: str
    unit: OrderUnit
    quantity: int
    price: Money
    amount: Money


class InvoiceView(InvoiceSummary, frozen=True, kw_only=True):
    """An invoice with its lines."""

    lines: list[InvoiceLineView]


class InvoiceSourceRow(msgspec.Struct, frozen=True):
    """What a line is made of: `item:<id>` with 1 or -1, `time:<id>` with milliseconds."""

    line: int
    source: str
    quantity: int


class NoSuchOrderError(NotFoundError):
    """No order of this number, or not the actor's to see."""

    title = _("There is no such order, or it is not yours to see.")
    code = "no_such_order"


class NoSuchInvoiceError(NotFoundError):
    """No invoice of this number, or not the actor's to see."""

    title = _("There is no such invoice, or it is not yours to see.")
    code = "no_such_invoice"


async def access_ordered_project(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """A project whose orders the actor may see: managers, and the client that it belongs to.

    Raises:
        MissingPermissionError: the actor may not read orders at all.
        NoSuchProjectError: there is none at this address, or it is another client's.
    """
    actor.require(Permission.ORDER_READ)
    project = await access_project(session, actor=actor, slug=slug)
    # One may see a project for other reasons than owning it.
    if not actor.may(Permission.PROJECT_READ) and project.client.id not in actor.client_ids:
        raise NoSuchProjectError
    return project


def _orders() -> "Select[Any]":
    billed = (
        select(func.coalesce(func.sum(InvoiceLine.quantity), 0))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.order_id == ClientOrder.id)
        .correlate(ClientOrder)
        .scalar_subquery()
    )
    total = (
        select(func.coalesce(func.sum(Invoice.total_minor), 0))
        .where(Invoice.order_id == ClientOrder.id)
        .correlate(ClientOrder)
        .scalar_subquery()
    )
    upto = (
        select(func.max(Invoice.upto))
        .where(Invoice.order_id == ClientOrder.id)
        .correlate(ClientOrder)
        .scalar_subquery()
    )
    return (
        select(ClientOrder, Project, ClientOrganisation, billed, total, upto)
        .join(Project, Project.id == ClientOrder.project_id)
        .join(ClientOrganisation, ClientOrganisation.id == Project.client_id)
        .order_by(ClientOrder.number.desc())
    )


def terms_of(row: ClientOrder) -> OrderTerms:
    """The terms of an order's row."""
    return OrderTerms(
        unit=OrderUnit(row.unit),
        price=Money(row.price_minor, row.currency),
        begins=row.begins,
        ends=row.ends,
        items_wanted=row.items_wanted,
        counts=OrderCounts(row.counts),
        note=row.note,
    )


def _order(
    row: ClientOrder, project: Project, client: ClientOrganisation, billed: int, total: int, upto: date | None
) -> OrderView:
    return OrderView(
        id=row.id,
        number=row.number,
        project_id=project.id,
        project_slug=project.slug,
        project_title=project.title,
        client=ClientName(id=client.id, slug=client.slug, name=client.name),
        terms=terms_of(row),
        state=OrderState(row.state),
        agreed_at=row.agreed_at,
        closed_at=row.closed_at,
        billed=int(billed),
        invoiced=Money(int(total), row.currency),
        billed_upto=upto,
    )


async def list_orders(session: ReadSession, *, actor: Actor, slug: str) -> list[OrderView]:
    """The orders of a project, newest first. A client sees those that are agreed.

    Raises:
        MissingPermissionError: the actor may not read orders at all.
        NoSuchProjectError: there is no such project, or it is another client's.
    """
    project = await access_ordered_project(session, actor=actor, slug=slug)
    query = _orders().where(ClientOrder.project_id == project.id)
    if not actor.may(Permission.PROJECT_READ):
        query = query.where(ClientOrder.state != OrderState.DRAFT.value)
    return [_order(*row) for row in await session.execute(query.limit(500))]


async def access_order(session: ReadSession, *, actor: Actor, slug: str, number: int) -> OrderView:
    """One order of a project.

    Raises:
        MissingPermissionError: the actor may not read orders at all.
        NoSuchProjectError: there is no such project, or it is another client's.
        NoSuchOrderError: it has no order of this number, or the actor is a client and it is a draft.
    """
    project = await access_ordered_project(session, actor=actor, slug=slug)
    row = (
        await session.execute(_orders().where(ClientOrder.project_id == project.id, ClientOrder.number == number))
    ).first()
    if row is None or (row[0].state == OrderState.DRAFT.value and not actor.may(Permission.PROJECT_READ)):
        raise NoSuchOrderError
    return _order(*row)


def _invoices(actor: Actor) -> "Select[Invoice, int, str, str, str, ClientOrganisation]":
    query = (
        select(Invoice, ClientOrder.number, ClientOrder.currency, Project.slug, Project.title, ClientOrganisation)
        .join(ClientOrder, ClientOrder.id == Invoice.order_id)
        .join(Project, Project.id == Invoice.project_id)
        .join(ClientOrganisation, ClientOrganisation.id == Invoice.client_id)
        .order_by(Invoice.number.desc())
    )
    if not actor.may(Permission.PROJECT_READ):
        query = query.where(Invoice.client_id.in_(actor.client_ids))
    return query


def _invoice(
    row: Invoice, order: int, _currency: str, slug: str, title: str, client: ClientOrganisation
) -> dict[str, Any]:
    return {
        "number": row.number,
        "order_number": order,
        "project_slug": slug,
        "project_title": title,
        "client": ClientName(id=client.id, slug=client.slug, name=client.name),
        "upto": row.upto,
        "total": Money(row.total_minor, row.currency),
        "issued_at": row.issued_at,
    }


async def list_invoices(session: ReadSession, *, actor: Actor, slug: str | None = None) -> list[InvoiceSummary]:
    """Invoices, newest first: of one project, or of all that the actor may see.

    Raises:
        MissingPermissionError: the actor may not read invoices at all.
        NoSuchProjectError: there is no such project, or it is another client's.
    """
    actor.require(Permission.INVOICE_READ)
    query = _invoices(actor)
    if slug is not None:
        project = await access_ordered_project(session, actor=actor, slug=slug)
        query = query.where(Invoice.project_id == project.id)
    return [InvoiceSummary(**_invoice(*row)) for row in await session.execute(query.limit(500))]


async def access_invoice(session: ReadSession, *, actor: Actor, number: int) -> InvoiceView:
    """One invoice with its lines.

    Raises:
        MissingPermissionError: the actor may not read invoices at all.
        NoSuchInvoiceError: there is none of this number, or it is another client's.
    """
    actor.require(Permission.INVOICE_READ)
    row = (await session.execute(_invoices(actor).where(Invoice.number == number))).first()
    if row is None:
        raise NoSuchInvoiceError
    lines = await session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == row[0].id).order_by(InvoiceLine.line)
    )
    currency = row[0].currency
    return InvoiceView(
        **_invoice(*row),
        lines=[
            InvoiceLineView(
                line.line,
                line.kind,
                OrderUnit(line.unit),
                line.quantity,
                Money(line.price_minor, currency),
                Money(line.amount_minor, currency),
            )
            for line in lines
        ],
    )


async def stream_invoice_sources(
    session: ReadSession, *, actor: Actor, number: int, size: int = 2_000
) -> AsyncIterator[list[InvoiceSourceRow]]:
    """What the lines of an invoice are made of, page by page.

    Raises:
        MissingPermissionError: the actor may not read invoices at all.
        NoSuchInvoiceError: there is none of this number, or it is another client's.
    """
    await access_invoice(session, actor=actor, number=number)
    after: tuple[int, str] = (0, "")
    while True:
        line, source = after
        rows = await session.execute(
            select(InvoiceSource.line, InvoiceSource.source, InvoiceSource.quantity)
            .join(Invoice, Invoice.id == InvoiceSource.invoice_id)
            .where(
                Invoice.number == number,
                (InvoiceSource.line > line) | ((InvoiceSource.line == line) & (InvoiceSource.source > source)),
            )
            .order_by(InvoiceSource.line, InvoiceSource.source)
            .limit(size)
        )
        page = [InvoiceSourceRow(*row) for row in rows]
        if not page:
            return
        yield page
        after = (page[-1].line, page[-1].source)

"""Invoices: for the client they are for, and for managers. Nothing here tells what the work cost."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from preceptor.lib.money import money_to_decimal
from preceptor.lib.spreadsheets import separated_line
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects import ORDER_UNIT_NAMES, OrderUnit
from preceptor.projects.queries import (
    InvoiceLineView,
    InvoiceSummary,
    InvoiceView,
    access_invoice,
    list_invoices,
    stream_invoice_sources,
)

MS_PER_HOUR = 3_600_000


class InvoicesPage(msgspec.Struct, frozen=True):
    """Invoices."""

    invoices: list[InvoiceSummary]


class InvoicePage(msgspec.Struct, frozen=True):
    """One invoice. `manages`: the reader issues them."""

    invoice: InvoiceView
    units: dict[OrderUnit, Any]
    manages: bool


@get("/invoices", name="invoices")
async def show_invoices(request: Request[Actor]) -> Response[str]:
    """All invoices that one may see."""
    async with request.db.read() as session:
        found = await list_invoices(session, actor=request.actor)
    return page(request, "web/client/invoices.html", InvoicesPage(found))


@get("/invoices/{number:int}", name="invoice")
async def show_invoice(request: Request[Actor], number: FromPath[int]) -> Response[str]:
    """One invoice with its lines."""
    actor = request.actor
    async with request.db.read() as session:
        found = await access_invoice(session, actor=actor, number=number)
    view = InvoicePage(found, dict(ORDER_UNIT_NAMES), actor.may(Permission.INVOICE_CREATE))
    return page(request, "web/client/invoice.html", view)


@get("/invoices/{number:int}/lines", name="invoice.csv")
async def download_lines(request: Request[Actor], number: FromPath[int]) -> Response[str]:
    """The lines as comma-separated values; money in major units, quantities in items or hours."""
    async with request.db.read() as session:
        found = await access_invoice(session, actor=request.actor, number=number)
    rows: list[tuple[str, ...]] = [
        ("invoice", "line", "kind", "unit", "quantity", "price", "amount", "currency", "project", "upto")
    ]
    rows += [_cells(found, line) for line in found.lines]
    headers = {"Content-Disposition": f'attachment; filename="invoice-{number}.csv"'}
    text = "".join(separated_line(cells, numbers=True) for cells in rows)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _cells(invoice: InvoiceView, line: InvoiceLineView) -> tuple[str, ...]:
    quantity = str(line.quantity)
    if line.unit is OrderUnit.HOUR:
        quantity = f"{line.quantity / MS_PER_HOUR:.4f}"
    return (
        str(invoice.number),
        str(line.line),
        line.kind,
        line.unit.value,
        quantity,
        str(money_to_decimal(line.price)),
        str(money_to_decimal(line.amount)),
        line.amount.currency,
        invoice.project_slug,
        invoice.upto.isoformat(),
    )


@get("/invoices/{number:int}/sources", name="invoice.sources")
async def download_sources(request: Request[Actor], number: FromPath[int]) -> Stream:
    """What each line is made of, as comma-separated values: items, or time entries of the ledger with milliseconds."""
    actor = request.actor
    async with request.db.read() as session:
        await access_invoice(session, actor=actor, number=number)
    headers = {"Content-Disposition": f'attachment; filename="invoice-{number}-sources.csv"'}
    return Stream(_sources(request, actor, number), media_type="text/csv; charset=utf-8", headers=headers)


async def _sources(request: Request[Actor], actor: Actor, number: int) -> AsyncIterator[str]:
    yield separated_line(("line", "source", "quantity"))
    async with request.db.read() as session:
        async for rows in stream_invoice_sources(session, actor=actor, number=number):
            yield "".join(separated_line((str(row.line), row.source, str(row.quantity))) for row in rows)


handlers: list[Any] = [show_invoices, show_invoice, download_lines, download_sources]

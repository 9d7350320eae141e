"""Orders of clients, invoices, and what a client says of a release."""

from datetime import date
from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from preceptor.datasets.operations import DeliveryVerdict, decide_delivery, issue_invoice
from preceptor.datasets.queries import (
    DeliveryView,
    Margin,
    OrderProgress,
    list_deliveries,
    order_margin,
    order_progress,
)
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects import OrderCounts, OrderTerms, OrderUnit
from preceptor.projects.operations import agree_order, close_order, draft_order
from preceptor.projects.queries import (
    InvoiceSummary,
    InvoiceView,
    OrderView,
    access_invoice,
    access_order,
    list_invoices,
    list_orders,
)


class OrderBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order. `price` is for one `item` or `hour`; days are in UTC; `counts` says when an item is to be paid for."""

    unit: OrderUnit
    price: Money
    begins: date
    ends: date | None = None
    items_wanted: int | None = None
    counts: OrderCounts = OrderCounts.REVIEW
    note: str = ""


class OrderNumber(msgspec.Struct, frozen=True):
    """The number of an order among its project's."""

    number: int


class InvoiceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day that the invoice covers, UTC."""

    upto: date


class InvoiceNumber(msgspec.Struct, frozen=True):
    """The number of an invoice."""

    number: int


class DeliveryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What you say of a release; where it is `incomplete`, the note says what it lacks."""

    verdict: DeliveryVerdict
    note: str = ""


@get("/projects/{slug:str}/orders", summary="Orders of a project")
async def show_orders(request: Request[Actor], slug: FromPath[str]) -> dict[str, list[OrderView]]:
    """Newest first; a client sees those of its own that are agreed."""
    async with request.db.read() as session:
        return {"orders": await list_orders(session, actor=request.actor, slug=slug)}


@post("/projects/{slug:str}/orders", summary="Draft an order", status_code=201)
async def make_order(request: Request[Actor], slug: FromPath[str], data: JSONBody[OrderBody]) -> OrderNumber:
    """Enter what a client orders. The client sees it once it is agreed."""
    terms = msgspec.convert(msgspec.structs.asdict(data), OrderTerms)
    async with request.db.write() as session:
        return OrderNumber(await draft_order(session, actor=request.actor, slug=slug, terms=terms))


@get("/projects/{slug:str}/orders/{number:int}", summary="An order")
async def show_order(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> OrderView:
    """An order with what was invoiced for it. Quantities are items, or milliseconds."""
    async with request.db.read() as session:
        return await access_order(session, actor=request.actor, slug=slug, number=number)


@get("/projects/{slug:str}/orders/{number:int}/progress", summary="How far an order is")
async def show_progress(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> OrderProgress:
    """How much counts for it so far, and what that comes to."""
    async with request.db.read() as session:
        return await order_progress(session, actor=request.actor, slug=slug, number=number)


@get("/projects/{slug:str}/orders/{number:int}/margin", summary="The margin of an order")
async def show_margin(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Margin:
    """What it brings and what the ledger says the project cost in its days. For managers alone."""
    async with request.db.read() as session:
        return await order_margin(session, actor=request.actor, slug=slug, number=number)


@post("/projects/{slug:str}/orders/{number:int}/agree", summary="Agree an order", status_code=204)
async def agree(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> None:
    """Its terms do not change from now on, and no other order of the project may cover the same days."""
    async with request.db.write() as session:
        await agree_order(session, actor=request.actor, slug=slug, number=number, now=request.now)


@post("/projects/{slug:str}/orders/{number:int}/close", summary="Close an order", status_code=204)
async def close(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> None:
    """It ends today. What belongs to it can still be invoiced, and corrected by credits."""
    async with request.db.write() as session:
        await close_order(session, actor=request.actor, slug=slug, number=number, now=request.now)


@post("/projects/{slug:str}/orders/{number:int}/invoices", summary="Issue an invoice", status_code=201)
async def make_invoice(
    request: Request[Actor], slug: FromPath[str], number: FromPath[int], data: JSONBody[InvoiceBody]
) -> InvoiceNumber:
    """Charge what counts and was not charged, credit what was charged and does not count any more. It is for good."""
    async with request.db.write() as session:
        made = await issue_invoice(
            session, actor=request.actor, slug=slug, number=number, upto=data.upto, now=request.now
        )
    return InvoiceNumber(made)


@get("/invoices", summary="Invoices")
async def show_invoices(request: Request[Actor]) -> dict[str, list[InvoiceSummary]]:
    """Newest first; a client sees its own."""
    async with request.db.read() as session:
        return {"invoices": await list_invoices(session, actor=request.actor)}


@get("/invoices/{number:int}", summary="An invoice")
async def show_invoice(request: Request[Actor], number: FromPath[int]) -> InvoiceView:
    """An invoice with its lines."""
    async with request.db.read() as session:
        return await access_invoice(session, actor=request.actor, number=number)


@get("/projects/{slug:str}/releases/{number:int}/delivery", summary="What the client said of a release")
async def show_delivery(
    request: Request[Actor], slug: FromPath[str], number: FromPath[int]
) -> dict[str, list[DeliveryView]]:
    """Newest first."""
    async with request.db.read() as session:
        return {"said": await list_deliveries(session, actor=request.actor, slug=slug, number=number)}


@post("/projects/{slug:str}/releases/{number:int}/delivery", summary="Accept a release", status_code=204)
async def decide(
    request: Request[Actor], slug: FromPath[str], number: FromPath[int], data: JSONBody[DeliveryBody]
) -> None:
    """Accept a release of your organisation for good, or say what it lacks."""
    async with request.db.write() as session:
        await decide_delivery(
            session,
            actor=request.actor,
            slug=slug,
            number=number,
            verdict=data.verdict,
            note=data.note,
            now=request.now,
        )


handlers: list[Any] = [
    show_orders,
    make_order,
    show_order,
    show_progress,
    show_margin,
    agree,
    close,
    make_invoice,
    show_invoices,
    show_invoice,
    show_delivery,
    decide,
]

"""Orders of a project's client: drafting, agreeing, closing, invoices; and the margin, which managers alone see."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.datasets.operations import issue_invoice
from preceptor.datasets.queries import Margin, OrderProgress, order_margin, order_progress
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, known_currencies, money_from_decimal
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects import (
    ORDER_COUNTS_NAMES,
    ORDER_STATE_NAMES,
    ORDER_UNIT_NAMES,
    OrderCounts,
    OrderState,
    OrderTerms,
    OrderUnit,
)
from preceptor.projects.operations import agree_order, close_order, draft_order
from preceptor.projects.queries import (
    InvoiceSummary,
    OrderView,
    ProjectView,
    access_order,
    access_project,
    list_invoices,
    list_orders,
)
from preceptor.web.filled import Filled, problems_of


class OrderFields(msgspec.Struct, frozen=True):
    """A new order, as typed."""

    unit: OrderUnit
    price: str
    currency: str
    begins: date
    ends: date | None = None
    items_wanted: int | None = None
    counts: OrderCounts = OrderCounts.REVIEW
    note: str = ""


class UptoFields(msgspec.Struct, frozen=True):
    """The last day that an invoice covers."""

    upto: date


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True):
    """The orders of a project, and the form of a new one."""

    project: ProjectView
    orders: list[OrderView]
    invoices: list[InvoiceSummary]
    form: Filled
    state_names: dict[OrderState, LazyText]
    units: list[tuple[str, LazyText]]
    counts: list[tuple[str, LazyText]]
    currencies: list[tuple[str, str]]


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """One order with its progress, margin and invoices."""

    project: ProjectView
    order: OrderView
    progress: OrderProgress
    margin: Margin
    invoices: list[InvoiceSummary]
    form: Filled
    state_names: dict[OrderState, LazyText]
    unit_names: dict[OrderUnit, LazyText]
    counts_names: dict[OrderCounts, LazyText]


@get("/projects/{slug:str}/orders", name="project.orders")
async def show_orders(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The orders of a project."""
    return await _list(request, slug, None)


async def _list(request: Request[Actor], slug: str, form: Filled | None, *, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.ORDER_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        orders = await list_orders(session, actor=actor, slug=slug)
        invoices = await list_invoices(session, actor=actor, slug=slug)
    known = Filled({"currency": project.rate.currency, "begins": request.now.date().isoformat(), "unit": "item"})
    view = OrdersPage(
        project=project,
        orders=orders,
        invoices=invoices,
        form=form or known,
        state_names=ORDER_STATE_NAMES,
        units=[(one.value, label) for one, label in ORDER_UNIT_NAMES.items()],
        counts=[(one.value, label) for one, label in ORDER_COUNTS_NAMES.items()],
        currencies=[(code, code) for code in known_currencies()],
    )
    return page(request, "web/manager/orders.html", view, status=status)


@post("/projects/{slug:str}/orders", name="project.orders.draft")
async def do_draft(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Enter a draft; what was typed is never lost."""
    raw = await request.form()
    try:
        terms = _terms(parse_form(raw, OrderFields))
        async with request.db.write() as session:
            number = await draft_order(session, actor=request.actor, slug=slug, terms=terms)
    except InvalidError as error:
        return await _list(request, slug, Filled(dict(raw), problems_of(error)), status=error.status)
    said = _("Drafted. The client sees it once you say that it is agreed.")
    return redirect(request, f"/projects/{slug}/orders/{number}", said=said)


def _terms(fields: OrderFields) -> OrderTerms:
    return OrderTerms(
        unit=fields.unit,
        price=_money(fields.price, fields.currency),
        begins=fields.begins,
        ends=fields.ends,
        items_wanted=fields.items_wanted,
        counts=fields.counts if fields.unit is OrderUnit.ITEM else OrderCounts.REVIEW,
        note=fields.note,
    )


def _money(amount: str, currency: str) -> Money:
    try:
        return money_from_decimal(Decimal(amount.replace(",", ".")), currency)
    except InvalidOperation as error:
        raise InvalidError(fields=[FieldProblem("price", _("Give a price such as 1.20."))]) from error
    except InvalidError as error:
        raise InvalidError(fields=[FieldProblem("price", error.title)]) from error


@get("/projects/{slug:str}/orders/{number:int}", name="project.order")
async def show_order(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """One order."""
    return await _one(request, slug, number, Filled({"upto": request.now.date().isoformat()}))


async def _one(request: Request[Actor], slug: str, number: int, form: Filled, *, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.ORDER_WRITE)
    async with request.db.read() as session:
        order = await access_order(session, actor=actor, slug=slug, number=number)
        invoices = await list_invoices(session, actor=actor, slug=slug)
        view = OrderPage(
            project=await access_project(session, actor=actor, slug=slug),
            order=order,
            progress=await order_progress(session, actor=actor, slug=slug, number=number),
            margin=await order_margin(session, actor=actor, slug=slug, number=number),
            invoices=[one for one in invoices if one.order_number == number],
            form=form,
            state_names=ORDER_STATE_NAMES,
            unit_names=ORDER_UNIT_NAMES,
            counts_names=ORDER_COUNTS_NAMES,
        )
    return page(request, "web/manager/order.html", view, status=status)


@post("/projects/{slug:str}/orders/{number:int}/agree", name="project.order.agree")
async def do_agree(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """Write down that the client agreed."""
    here = f"/projects/{slug}/orders/{number}"
    try:
        async with request.db.write() as session:
            await agree_order(session, actor=request.actor, slug=slug, number=number, now=request.now)
    except ConflictError as error:
        return redirect(request, here, said=error.title, kind="warn")
    return redirect(request, here, said=_("Agreed. Its terms stay as they are."))


@post("/projects/{slug:str}/orders/{number:int}/close", name="project.order.close")
async def do_close(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """End the order today."""
    here = f"/projects/{slug}/orders/{number}"
    try:
        async with request.db.write() as session:
            await close_order(session, actor=request.actor, slug=slug, number=number, now=request.now)
    except ConflictError as error:
        return redirect(request, here, said=error.title, kind="warn")
    return redirect(request, here, said=_("Closed. What belongs to it can still be invoiced."))


@post("/projects/{slug:str}/orders/{number:int}/invoices", name="project.order.invoice")
async def do_invoice(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """Issue an invoice."""
    raw = await request.form()
    try:
        fields = parse_form(raw, UptoFields)
        async with request.db.write() as session:
            made = await issue_invoice(
                session, actor=request.actor, slug=slug, number=number, upto=fields.upto, now=request.now
            )
    except (InvalidError, ConflictError) as error:
        return await _one(request, slug, number, Filled(dict(raw), problems_of(error)), status=error.status)
    return redirect(request, f"/invoices/{made}", said=_("The invoice is issued, for good."))


handlers: list[Any] = [show_orders, do_draft, show_order, do_agree, do_close, do_invoice]

"""Statements: what somebody earned and was paid in a month or any other period; as a page, CSV and PDF."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from babel.dates import format_skeleton
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _, current_language
from preceptor.lib.money import known_currencies
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.pay import Statement, StatementLine
from preceptor.pay.operations import adjust, reverse_adjustment
from preceptor.pay.queries import AdjustmentView, list_adjustments
from preceptor.pay.writing import MOST_LINES, payer_of, statement_csv, statement_pdf
from preceptor.people import Actor, Permission
from preceptor.web.typed_money import parse_money
from preceptor.work.queries.statements import (
    Whose,
    access_account,
    all_lines,
    chosen_period,
    statement_lines,
    statement_of,
)

DAY = timedelta(days=1)


class Link(msgspec.Struct, frozen=True):
    """A month to go to."""

    label: str
    url: str


class StatementPage(msgspec.Struct, frozen=True):
    """A statement and the way to others.

    Attributes:
        base: the address of this page, without a query.
        own: it is the reader's own.
        query: the period, for the files.
    """

    statement: Statement
    lines: list[StatementLine]
    next_cursor: str | None
    base: str
    own: bool
    query: str
    earlier: Link
    later: Link | None
    may_give: bool
    adjustments: list[AdjustmentView]
    currencies: list[tuple[str, str]]
    given: dict[str, str]
    problems: list[FieldProblem]


async def _whose(request: Request[Actor], person_id: UUID | None) -> Whose:
    async with request.db.read() as session:
        return await access_account(session, actor=request.actor, person_id=person_id or request.actor.person_id)


def _base(person_id: UUID | None) -> str:
    return "/earnings/statement" if person_id is None else f"/people/{person_id}/statement"


def _query(statement: Statement) -> str:
    return f"begins={statement.period.begins}&ends={statement.period.ends}"


def _month(base: str, day: date) -> Link:
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - DAY
    label = format_skeleton("yMMMM", first, locale=current_language().replace("-", "_"), fuzzy=True)
    return Link(label, f"{base}?begins={first}&ends={last}")


async def _page(
    request: Request[Actor],
    person_id: UUID | None,
    begins: str | None = None,
    ends: str | None = None,
    cursor: str | None = None,
    *,
    given: dict[str, str] | None = None,
    problems: list[FieldProblem] | None = None,
) -> Response[str]:
    whose = await _whose(request, person_id)
    problems = problems or []
    try:
        period = chosen_period(whose, begins=_day(begins, "begins"), ends=_day(ends, "ends"), now=request.now)
    except InvalidError as error:
        problems = error.fields
        period = chosen_period(whose, now=request.now)
    async with request.db.read() as session:
        statement = await statement_of(session, whose=whose, period=period)
        found = await statement_lines(session, whose=whose, period=period, cursor=cursor)
        may_give = request.actor.may(Permission.PAY_WRITE) and whose.person_id != request.actor.person_id
        adjustments = (
            await list_adjustments(session, actor=request.actor, person_id=whose.person_id) if may_give else []
        )
    base = _base(person_id)
    this_month = chosen_period(whose, now=request.now)
    view = StatementPage(
        statement=statement,
        lines=found.rows,
        next_cursor=found.next_cursor,
        base=base,
        own=whose.person_id == request.actor.person_id,
        query=_query(statement),
        earlier=_month(base, period.begins.replace(day=1) - DAY),
        later=_month(base, period.ends.replace(day=28) + timedelta(days=4)) if period.ends < this_month.ends else None,
        may_give=may_give,
        adjustments=adjustments,
        currencies=[(code, code) for code in known_currencies()],
        given=given or {"currency": statement.sums[0].currency} if statement.sums else given or {},
        problems=problems,
    )
    return page(request, "web/trainer/statement.html", view, status=422 if problems else 200)


def _day(text: str | None, path: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidError(fields=[FieldProblem(path, _("Give a day as year, month and day: 2026-11-30."))]) from None


async def _csv(request: Request[Actor], person_id: UUID | None, begins: str | None, ends: str | None) -> Stream:
    whose = await _whose(request, person_id)
    period = chosen_period(whose, begins=_day(begins, "begins"), ends=_day(ends, "ends"), now=request.now)

    async def lines() -> AsyncIterator[str]:
        async with request.db.read() as session:
            async for line in statement_csv(all_lines(session, whose=whose, period=period)):
                yield line

    return Stream(
        lines(), media_type="text/csv; charset=utf-8", headers=_saved(f"{period.begins}-{period.ends}", "csv")
    )


def _saved(period: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="statement-{period}.{ending}"'}


async def _pdf(
    request: Request[Actor], person_id: UUID | None, begins: str | None, ends: str | None
) -> Response[bytes]:
    whose = await _whose(request, person_id)
    period = chosen_period(whose, begins=_day(begins, "begins"), ends=_day(ends, "ends"), now=request.now)
    async with request.db.read() as session:
        statement = await statement_of(session, whose=whose, period=period)
        found = await statement_lines(session, whose=whose, period=period, size=MOST_LINES + 1)
    written = await asyncio.to_thread(
        statement_pdf,
        statement,
        found.rows,
        payer=payer_of(request.settings).name,
        font=request.settings.pdf_font,
    )
    headers = _saved(f"{period.begins}-{period.ends}", "pdf")
    return Response(written, media_type="application/pdf", headers=headers)


Chosen = FromQuery[str | None]


@get("/earnings/statement", name="earnings.statement")
async def show_own(
    request: Request[Actor], begins: Chosen = None, ends: Chosen = None, cursor: Chosen = None
) -> Response[str]:
    """One's own statement."""
    return await _page(request, None, begins, ends, cursor)


@get("/earnings/statement.csv", name="earnings.statement.csv")
async def download_own_csv(request: Request[Actor], begins: Chosen = None, ends: Chosen = None) -> Stream:
    """The same as a file of values."""
    return await _csv(request, None, begins, ends)


@get("/earnings/statement.pdf", name="earnings.statement.pdf")
async def download_own_pdf(request: Request[Actor], begins: Chosen = None, ends: Chosen = None) -> Response[bytes]:
    """The same for printing."""
    return await _pdf(request, None, begins, ends)


@get("/people/{person_id:uuid}/statement", name="person.statement")
async def show_other(
    request: Request[Actor],
    person_id: FromPath[UUID],
    begins: Chosen = None,
    ends: Chosen = None,
    cursor: Chosen = None,
) -> Response[str]:
    """Somebody's statement, for those who may read pay."""
    return await _page(request, person_id, begins, ends, cursor)


@get("/people/{person_id:uuid}/statement.csv", name="person.statement.csv")
async def download_other_csv(
    request: Request[Actor], person_id: FromPath[UUID], begins: Chosen = None, ends: Chosen = None
) -> Stream:
    """The same as a file of values."""
    return await _csv(request, person_id, begins, ends)


@get("/people/{person_id:uuid}/statement.pdf", name="person.statement.pdf")
async def download_other_pdf(
    request: Request[Actor], person_id: FromPath[UUID], begins: Chosen = None, ends: Chosen = None
) -> Response[bytes]:
    """The same for printing."""
    return await _pdf(request, person_id, begins, ends)


class GivenForm(msgspec.Struct, frozen=True):
    """An amount to give by hand, in major units."""

    amount: str
    currency: str
    reason: str = ""


@post("/people/{person_id:uuid}/give", name="person.give")
async def give(request: Request[Actor], person_id: FromPath[UUID]) -> Response[str]:
    """Book an amount for somebody by hand."""
    raw = await request.form()
    whose = await _whose(request, person_id)
    try:
        form = parse_form(raw, GivenForm)
        money = parse_money(form.amount, form.currency, path="amount")
        async with request.db.write() as session:
            await adjust(
                session,
                actor=request.actor,
                person_id=whose.person_id,
                money=money,
                reason=form.reason,
                now=request.now,
            )
    except InvalidError as error:
        given = {name: str(raw.get(name, "")) for name in ("amount", "currency", "reason")}
        return await _page(request, person_id, given=given, problems=error.fields)
    return redirect(request, f"/people/{person_id}/statement", said=_("Booked. The person was told."))


class TakenBackForm(msgspec.Struct, frozen=True):
    """Which amount given by hand is taken back, or stands again, and why."""

    source: str
    reason: str = ""
    again: bool = False


@post("/people/{person_id:uuid}/given", name="person.given")
async def take_back(request: Request[Actor], person_id: FromPath[UUID]) -> Response[str]:
    """Take an amount back that was given by hand, or let it stand again."""
    whose = await _whose(request, person_id)
    try:
        form = parse_form(await request.form(), TakenBackForm)
        async with request.db.write() as session:
            await reverse_adjustment(
                session,
                actor=request.actor,
                person_id=whose.person_id,
                source=form.source,
                reason=form.reason,
                again=form.again,
                now=request.now,
            )
    except InvalidError as error:
        return await _page(request, person_id, problems=error.fields)
    said = _("It stands again. The person was told.") if form.again else _("Taken back. The person was told.")
    return redirect(request, f"/people/{person_id}/statement", said=said)


handlers: list[Any] = [
    give,
    take_back,
    show_own,
    download_own_csv,
    download_own_pdf,
    show_other,
    download_other_csv,
    download_other_pdf,
]

"""What one has earned: totals, the last month by day and by project, every stretch of work, and all of it as a file."""

import csv
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Stream

from preceptor.lib.money import Money, money_to_decimal
from preceptor.lib.web import Request, page
from preceptor.pay.queries import PeriodSum, balances, earned_by_period
from preceptor.people import Actor
from preceptor.web.trainer.work import day_begins
from preceptor.work.queries.times import ProjectTime, TimeView, Worked, list_time, time_by_project, worked_since

DAYS = 30
BAR_SHARE = 0.7
"""Share of its day's place that a bar takes."""
HEIGHT_SHARE = 88
"""Share of the drawing's height, in percent, that the highest bar takes."""

COLUMNS = (
    "ended_at",
    "project",
    "activity",
    "outcome",
    "active_minutes",
    "waiting_minutes",
    "idle_minutes",
    "paused_minutes",
    "paid_minutes",
    "rate_per_hour",
    "amount",
    "currency",
    "assignment_id",
)


class Bar(msgspec.Struct, frozen=True):
    """A day in the drawing. `left`, `width`, `top` and `height` are percents."""

    day: date
    amount: Money
    left: float
    width: float
    top: float
    height: float


class Chart(msgspec.Struct, frozen=True):
    """The last thirty days in one currency."""

    currency: str
    bars: list[Bar]
    most: Money
    total: Money


class EarningsPage(msgspec.Struct, frozen=True):
    """What one has earned."""

    balances: list[Money]
    today: Worked
    week: Worked
    month: Worked
    charts: list[Chart]
    projects: list[ProjectTime]
    entries: list[TimeView]
    next_cursor: str | None
    paged: bool


@get("/earnings", name="earnings")
async def show_earnings(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Response[str]:
    """Totals, a drawing of the last thirty days, and every stretch of work."""
    actor = request.actor
    today = day_begins(actor, request.now)
    first = today - timedelta(days=DAYS - 1)
    async with request.db.read() as session:
        found = await list_time(session, actor=actor, cursor=cursor)
        view = EarningsPage(
            balances=await balances(session, actor=actor),
            today=await worked_since(session, actor=actor, since=today),
            week=await worked_since(session, actor=actor, since=today - timedelta(days=today.weekday())),
            month=await worked_since(session, actor=actor, since=today.replace(day=1)),
            charts=_charts(await earned_by_period(session, actor=actor, period="day", since=first), today.date()),
            projects=await time_by_project(session, actor=actor, since=first),
            entries=found.rows,
            next_cursor=found.next_cursor,
            paged=cursor is not None,
        )
    return page(request, "web/trainer/earnings.html", view)


def _charts(sums: list[PeriodSum], today: date) -> list[Chart]:
    currencies = sorted({one.amount.currency for one in sums})
    return [
        _chart({one.begins: one.amount for one in sums if one.amount.currency == code}, code, today)
        for code in currencies
    ]


def _chart(days: dict[date, Money], currency: str, today: date) -> Chart:
    shown = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    amounts = [days.get(day, Money(0, currency)) for day in shown]
    most = max((amount.amount for amount in amounts), default=0)
    place = 100 / DAYS
    bars = []
    for index, (day, amount) in enumerate(zip(shown, amounts, strict=True)):
        height = HEIGHT_SHARE * amount.amount / most if most else 0
        bars.append(
            Bar(
                day=day,
                amount=amount,
                left=round(index * place + place * (1 - BAR_SHARE) / 2, 3),
                width=round(place * BAR_SHARE, 3),
                top=round(100 - height, 3),
                height=round(height, 3),
            )
        )
    total = Money(sum(amount.amount for amount in amounts), currency)
    return Chart(currency=currency, bars=bars, most=Money(most, currency), total=total)


@get("/earnings.csv", name="earnings.csv")
async def download_earnings(request: Request[Actor]) -> Stream:
    """Every stretch of work as comma-separated values, newest first; times in UTC, money in major units."""
    actor: Actor = request.actor
    headers = {"Content-Disposition": 'attachment; filename="earnings.csv"'}
    return Stream(_lines(request, actor), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(request: Request[Actor], actor: Actor) -> AsyncIterator[str]:
    yield _line(COLUMNS)
    cursor: str | None = None
    while True:
        async with request.db.read() as session:
            found = await list_time(session, actor=actor, cursor=cursor, size=500)
        for entry in found.rows:
            yield _line(_cells(entry))
        if (cursor := found.next_cursor) is None:
            return


def _cells(entry: TimeView) -> tuple[object, ...]:
    return (
        _utc(entry.at),
        _harmless(entry.project_title),
        entry.activity,
        entry.outcome,
        _minutes(entry.active_ms),
        _minutes(entry.waiting_ms),
        _minutes(entry.idle_ms),
        _minutes(entry.paused_ms),
        _minutes(entry.paid_ms),
        money_to_decimal(entry.rate),
        money_to_decimal(entry.amount),
        entry.amount.currency,
        _id(entry.assignment_id),
    )


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _minutes(milliseconds: int) -> str:
    return f"{milliseconds / 60_000:.2f}"


def _id(value: UUID | None) -> str:
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(cells: tuple[object, ...]) -> str:
    stream = StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


handlers: list[Any] = [show_earnings, download_earnings]

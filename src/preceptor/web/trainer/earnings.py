"""What one has earned: totals, the last month by day and by project, every stretch of work, and all of it as a file."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Stream

from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText
from preceptor.lib.money import Money, money_to_decimal
from preceptor.lib.spreadsheets import separated_line
from preceptor.lib.web import Request, page
from preceptor.pay import FAILURE_NAMES, METHOD_NAMES, PAYOUT_STATE_NAMES, FailureReason, PayoutState
from preceptor.pay.queries import (
    MethodView,
    OwnPayout,
    PeriodSum,
    balances,
    earned_by_period,
    is_employed,
    on_the_way,
    own_methods,
    own_payouts,
)
from preceptor.people import Actor
from preceptor.web.trainer.work import day_begins
from preceptor.work.queries.statements import beside_time
from preceptor.work.queries.times import ProjectTime, TimeView, Worked, list_time, time_by_project, worked_since
from preceptor.work.queries.top_ups import HourByTask, TaskPayRow, hours_by_task, my_task_pay

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


class ShownPayout(msgspec.Struct, frozen=True):
    """A payout in words. `back`: it did not arrive, or came back."""

    row: OwnPayout
    state: LazyText
    tone: str
    method: LazyText
    reason: LazyText | str
    back: bool


class PaidOut(msgspec.Struct, frozen=True):
    """How the money gets to its owner.

    Attributes:
        on_the_way: has left the account and not arrived yet.
        payouts: the latest, newest first.
        methods: where it goes, by currency.
        missing: currencies that wait because nothing is entered.
        held: currencies that wait because money came back.
        employed: it comes with the salary instead.
    """

    on_the_way: list[Money]
    payouts: list[ShownPayout]
    methods: list[tuple[MethodView, LazyText]]
    missing: list[Money]
    held: list[str]
    employed: bool


class EarningsPage(msgspec.Struct, frozen=True):
    """What one has earned."""

    paid: PaidOut
    balances: list[Money]
    today: Worked
    week: Worked
    month: Worked
    charts: list[Chart]
    projects: list[ProjectTime]
    beside: list[Money]
    """Earned in the same days and with no time behind it: top-ups, given by hand, less what was taken back."""
    by_task: list[TaskPayRow]
    hours_by_task: list[HourByTask]
    """What an hour has earned everybody by the task, on the same projects."""
    entries: list[TimeView]
    next_cursor: str | None
    paged: bool


@get("/earnings", name="earnings")
async def show_earnings(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Response[str]:
    """Totals, a drawing of the last thirty days, and every stretch of work."""
    actor = request.actor
    today = day_begins(actor, request.now)
    first = today - timedelta(days=DAYS - 1)
    week, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    async with request.db.read() as session:
        found = await list_time(session, actor=actor, cursor=cursor)
        held = await balances(session, actor=actor)
        days = await earned_by_period(session, actor=actor, period="day", since=min(first, month))
        view = EarningsPage(
            paid=await _paid_out(session, actor, held),
            balances=[money for money in held if money.amount] or held[:1],
            today=await _worked(session, actor, today, days),
            week=await _worked(session, actor, week, days),
            month=await _worked(session, actor, month, days),
            charts=_charts([one for one in days if one.begins >= first.date()], today.date()),
            projects=await time_by_project(session, actor=actor, since=first),
            beside=await beside_time(session, actor=actor, since=first, until=request.now),
            by_task=await my_task_pay(session, actor=actor, now=request.now) if cursor is None else [],
            hours_by_task=await hours_by_task(session, actor=actor, now=request.now) if cursor is None else [],
            entries=found.rows,
            next_cursor=found.next_cursor,
            paged=cursor is not None,
        )
    return page(request, "web/trainer/earnings.html", view)


async def _worked(session: ReadSession, actor: Actor, since: datetime, days: list[PeriodSum]) -> Worked:
    """The time of tasks since then, with all that the ledger says was earned in these days."""
    sums: dict[str, int] = {}
    for one in days:
        if one.begins >= since.date():
            sums[one.amount.currency] = sums.get(one.amount.currency, 0) + one.amount.amount
    earned = [Money(amount, currency) for currency, amount in sorted(sums.items())]
    timed = await worked_since(session, actor=actor, since=since)
    return Worked(timed.paid_ms, [money for money in earned if money.amount] or earned[:1])


PAYOUT_TONES = {PayoutState.PAID: "good", PayoutState.FAILED: "bad", PayoutState.RETURNED: "bad"}


async def _paid_out(session: ReadSession, actor: Actor, held: list[Money]) -> PaidOut:
    methods = await own_methods(session, actor=actor)
    known = {one.currency for one in methods}
    employed = await is_employed(session, person_id=actor.person_id)
    return PaidOut(
        on_the_way=await on_the_way(session, actor=actor),
        payouts=[_shown(one) for one in await own_payouts(session, actor=actor)],
        methods=[(one, METHOD_NAMES[one.kind]) for one in methods],
        missing=[money for money in held if money.amount > 0 and money.currency not in known and not employed],
        held=[one.currency for one in methods if one.held],
        employed=employed,
    )


def _shown(row: OwnPayout) -> ShownPayout:
    return ShownPayout(
        row=row,
        state=PAYOUT_STATE_NAMES[row.state],
        tone=PAYOUT_TONES.get(row.state, "accent"),
        method=METHOD_NAMES[row.kind],
        reason=FAILURE_NAMES[FailureReason(row.reason)] if row.reason else "",
        back=row.state in {PayoutState.FAILED, PayoutState.RETURNED},
    )


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
        height = HEIGHT_SHARE * max(amount.amount, 0) / most if most > 0 else 0
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
    yield separated_line(COLUMNS)
    cursor: str | None = None
    while True:
        async with request.db.read() as session:
            found = await list_time(session, actor=actor, cursor=cursor, size=500)
        for entry in found.rows:
            yield separated_line(_cells(entry))
        if (cursor := found.next_cursor) is None:
            return


def _cells(entry: TimeView) -> tuple[object, ...]:
    return (
        _utc(entry.at),
        entry.project_title,
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


handlers: list[Any] = [show_earnings, download_earnings]

"""Payouts: what is due, batches, their files, and what became of each payout. Managers read and approve here."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery

from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, known_currencies
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.pay import (
    BATCH_STATE_NAMES,
    METHOD_NAMES,
    PAYOUT_STATE_NAMES,
    BatchState,
    MethodKind,
    PayoutState,
)
from preceptor.pay.operations import (
    make_batch,
)
from preceptor.pay.queries import BatchView, DueView, list_batches, list_due
from preceptor.people import Actor, Permission
from preceptor.web.typed_money import parse_money

BATCH_TONES = {BatchState.DRAFT: "warn", BatchState.SENT: "accent", BatchState.CANCELLED: ""}
PAYOUT_TONES = {PayoutState.PAID: "good", PayoutState.FAILED: "bad", PayoutState.RETURNED: "bad"}


class BatchForm(msgspec.Struct, frozen=True):
    """A batch to make: everything up to and with a day, UTC; the minimum in major units."""

    kind: MethodKind
    currency: str
    until: date
    minimum: str = ""


class ShownBatch(msgspec.Struct, frozen=True):
    """A batch in words."""

    row: BatchView
    method: LazyText
    state: LazyText
    tone: str
    sums: list[tuple[LazyText, str, int, Money]]
    """What became of its payouts: name, tone, how many, and the amount."""


class ShownDue(msgspec.Struct, frozen=True):
    """What is due by one method in one currency: until the end of last month, and by now."""

    method: LazyText
    month: DueView | None
    now: DueView


class PayoutsPage(msgspec.Struct, frozen=True):
    """What is due, the form of a batch, and all batches."""

    due: list[ShownDue]
    until: date
    batches: list[ShownBatch]
    next_cursor: str | None
    paged: bool
    may_make: bool
    kinds: list[tuple[str, LazyText]]
    currencies: list[tuple[str, str]]
    values: dict[str, str]
    problems: list[FieldProblem]


def shown_batch(row: BatchView) -> ShownBatch:
    """A batch in words."""
    settled = row.is_settled
    sums = [
        (PAYOUT_STATE_NAMES[state], PAYOUT_TONES.get(state, ""), row.sums[state].payouts, row.sums[state].amount)
        for state in PayoutState
        if state in row.sums
    ]
    return ShownBatch(
        row=row,
        method=METHOD_NAMES[row.kind],
        state=_("Settled") if settled else BATCH_STATE_NAMES[row.state],
        tone="good" if settled else BATCH_TONES.get(row.state, "accent"),
        sums=sums,
    )


def month_before(now: datetime) -> date:
    """The last day of the month before."""
    return now.date().replace(day=1) - timedelta(days=1)


@get("/payouts", name="payouts")
async def show_payouts(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Response[str]:
    """What is due, and all batches."""
    return await _list(request, cursor=cursor)


async def _list(
    request: Request[Actor],
    *,
    cursor: str | None = None,
    values: dict[str, str] | None = None,
    problems: list[FieldProblem] | None = None,
    status: int = 200,
) -> Response[str]:
    actor, until = request.actor, month_before(request.now)
    async with request.db.read() as session:
        month = await list_due(session, actor=actor, until=_end_of(until))
        due = await list_due(session, actor=actor, until=request.now)
        found = await list_batches(session, actor=actor, cursor=cursor)
    months = {(one.kind, one.amount.currency): one for one in month}
    first = next(iter(month or due), None)
    view = PayoutsPage(
        due=[ShownDue(METHOD_NAMES[one.kind], months.get((one.kind, one.amount.currency)), one) for one in due],
        until=until,
        batches=[shown_batch(row) for row in found.rows],
        next_cursor=found.next_cursor,
        paged=cursor is not None,
        may_make=actor.may(Permission.PAY_WRITE),
        kinds=[(kind.value, METHOD_NAMES[kind]) for kind in MethodKind],
        currencies=[(code, code) for code in known_currencies()],
        values=values
        or {
            "kind": first.kind.value if first else "sepa",
            "currency": first.amount.currency if first else "EUR",
            "until": until.isoformat(),
        },
        problems=problems or [],
    )
    return page(request, "web/operator/payouts.html", view, status=status)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


@post("/payouts", name="payouts.make")
async def do_make(request: Request[Actor]) -> Response[str]:
    """Draft a batch."""
    raw = await request.form()
    try:
        form = parse_form(raw, BatchForm)
        if form.until.year > request.now.year + 1:
            raise InvalidError(fields=[FieldProblem("until", _("Choose a day that is over."))])
        minimum = parse_money(form.minimum, form.currency, path="minimum").amount if form.minimum else 1
        async with request.db.write() as session:
            batch_id = await make_batch(
                session,
                actor=request.actor,
                kind=form.kind,
                currency=form.currency,
                period_end=_end_of(form.until),
                minimum_minor=minimum,
                now=request.now,
            )
    except ProblemError as error:
        if error.status not in {409, 422}:
            raise
        values = {name: str(raw.get(name, "")) for name in ("kind", "currency", "until", "minimum")}
        problems = error.fields or [FieldProblem("", error.detail or error.title)]
        return await _list(request, values=values, problems=problems, status=error.status)
    return redirect(request, f"/payouts/{batch_id}", said=_("Drafted. Somebody else has to approve it."))


handlers: list[Any] = [show_payouts, do_make]

"""Statements and where people want their money."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.pay import MethodKind, PayoutState, Statement, StatementLine
from preceptor.pay.operations import adjust, remove_payout_method, reverse_adjustment, set_payout_method
from preceptor.pay.queries import list_adjustments, own_methods, own_payouts
from preceptor.pay.sealing import payout_sealer
from preceptor.people import Actor
from preceptor.people.operations import require_fresh
from preceptor.work.queries.statements import access_account, chosen_period, statement_lines, statement_of


class SumTold(msgspec.Struct, frozen=True, kw_only=True):
    """A period in one currency, in minor units. `opening` and the next four add up to `closing`.

    `reversed`: taken back, less what stands again. `adjusted`: given by hand. `paid_out`: less what came back; mostly
    below nothing. `paid_ms`: time that was paid.
    """

    currency: str
    opening: int
    earned: int
    reversed: int
    adjusted: int
    paid_out: int
    closing: int
    paid_ms: int


class LineTold(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the account, or a task whose time earned nothing. `kind`: earning, reversal, adjustment or payout."""

    id: UUID
    at: datetime
    kind: str
    origin_kind: str
    source: str
    what: str
    detail: str
    project: str
    assignment_id: UUID | None
    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int
    paid_ms: int
    rate_per_hour: Money | None
    amount: Money


class StatementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A statement. Days are those of `time_zone`, both ends included; `next_cursor` leads to later lines."""

    person_id: UUID
    begins: date
    ends: date
    time_zone: str
    sums: list[SumTold]
    lines: list[LineTold]
    next_cursor: str | None


class PayoutTold(msgspec.Struct, frozen=True, kw_only=True):
    """A payout to you. `state`: open (on its way), paid, failed or returned; then `reason` says why."""

    id: UUID
    amount: Money
    kind: MethodKind
    hint: str
    state: PayoutState
    reason: str
    begun_at: datetime
    decided_at: datetime | None


class PayoutsAnswer(msgspec.Struct, frozen=True):
    """Your latest payouts, newest first."""

    payouts: list[PayoutTold]


class MethodTold(msgspec.Struct, frozen=True, kw_only=True):
    """Where you want one currency. `held`: money came back; nothing is sent there until you enter or confirm it."""

    currency: str
    kind: MethodKind
    hint: str
    held: bool
    changed_at: datetime


class MethodsAnswer(msgspec.Struct, frozen=True):
    """Where you want your money. Accounts are kept encrypted and never shown whole."""

    methods: list[MethodTold]


class MethodBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where you want a currency: `account` is an IBAN for `sepa`, an e-mail address for `paypal` and `wise`."""

    kind: MethodKind
    holder: str
    account: str


class AdjustmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount to give by hand, and why; the person reads it."""

    amount: Money
    reason: str


class AdjustmentTold(msgspec.Struct, frozen=True, kw_only=True):
    """An amount given by hand, by the `source` of its entry. `stands`: it was not taken back, or stands again."""

    source: str
    at: datetime
    amount: Money
    reason: str
    by: str
    stands: bool
    last_reason: str


class AdjustmentsAnswer(msgspec.Struct, frozen=True):
    """Amounts given by hand."""

    adjustments: list[AdjustmentTold]


class ReversalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which adjustment, by the source of its entry, and why. `again`: let it stand again instead."""

    source: str
    reason: str
    again: bool = False


class AdjustmentMade(msgspec.Struct, frozen=True):
    """The source of the entry, by which it can be reversed."""

    source: str


def _told(statement: Statement, lines: list[StatementLine], next_cursor: str | None) -> StatementAnswer:
    return StatementAnswer(
        person_id=statement.person_id,
        begins=statement.period.begins,
        ends=statement.period.ends,
        time_zone=statement.period.time_zone,
        sums=[SumTold(**msgspec.structs.asdict(total)) for total in statement.sums],
        lines=[_line(line) for line in lines],
        next_cursor=next_cursor,
    )


def _line(line: StatementLine) -> LineTold:
    return LineTold(
        id=line.id,
        at=line.at,
        kind=line.kind.value,
        origin_kind=line.origin_kind.value,
        source=line.source,
        what=str(line.what),
        detail=str(line.detail),
        project=line.project,
        assignment_id=line.assignment_id,
        active_ms=line.active_ms,
        waiting_ms=line.waiting_ms,
        idle_ms=line.idle_ms,
        paused_ms=line.paused_ms,
        paid_ms=line.paid_ms,
        rate_per_hour=line.rate,
        amount=line.amount,
    )


async def _statement(
    request: Request[Actor], person_id: UUID, begins: date | None, ends: date | None, cursor: str | None
) -> StatementAnswer:
    async with request.db.read() as session:
        whose = await access_account(session, actor=request.actor, person_id=person_id)
        period = chosen_period(whose, begins=begins, ends=ends, now=request.now)
        statement = await statement_of(session, whose=whose, period=period)
        found = await statement_lines(session, whose=whose, period=period, cursor=cursor)
    return _told(statement, found.rows, found.next_cursor)


@get("/statement", summary="Your statement")
async def show_own(
    request: Request[Actor],
    begins: FromQuery[date | None] = None,
    ends: FromQuery[date | None] = None,
    cursor: FromQuery[str | None] = None,
) -> StatementAnswer:
    """What you earned and were paid in a period, this month where none is given; 200 lines a page, oldest first."""
    return await _statement(request, request.actor.person_id, begins, ends, cursor)


@get("/people/{person_id:uuid}/statement", summary="Somebody's statement")
async def show_other(
    request: Request[Actor],
    person_id: FromPath[UUID],
    begins: FromQuery[date | None] = None,
    ends: FromQuery[date | None] = None,
    cursor: FromQuery[str | None] = None,
) -> StatementAnswer:
    """As your own, of anybody, for those who may read pay. Days are those of the person's time zone."""
    return await _statement(request, person_id, begins, ends, cursor)


@post("/people/{person_id:uuid}/adjustments", summary="Give an amount by hand")
async def give(request: Request[Actor], person_id: FromPath[UUID], data: JSONBody[AdjustmentBody]) -> AdjustmentMade:
    """Book an amount for a person, with a reason that they read. It can be reversed, and nothing else can be taken."""
    async with request.db.read() as session:
        await access_account(session, actor=request.actor, person_id=person_id)
    async with request.db.write() as session:
        source = await adjust(
            session,
            actor=request.actor,
            person_id=person_id,
            money=data.amount,
            reason=data.reason,
            now=request.now,
        )
    return AdjustmentMade(source)


@get("/people/{person_id:uuid}/adjustments", summary="Amounts given by hand")
async def show_given(request: Request[Actor], person_id: FromPath[UUID]) -> AdjustmentsAnswer:
    """What a person was given by hand, the newest first, and whether it stands."""
    async with request.db.read() as session:
        found = await list_adjustments(session, actor=request.actor, person_id=person_id)
    return AdjustmentsAnswer([AdjustmentTold(**msgspec.structs.asdict(one)) for one in found])


@post(
    "/people/{person_id:uuid}/adjustments/reverse",
    summary="Take an amount back that was given by hand",
    status_code=200,
)
async def take_back(
    request: Request[Actor], person_id: FromPath[UUID], data: JSONBody[ReversalBody]
) -> StatementAnswer:
    """Reverse an amount that was given by hand, or with `again` let it stand again. A second time changes nothing."""
    async with request.db.write() as session:
        await reverse_adjustment(
            session,
            actor=request.actor,
            person_id=person_id,
            source=data.source,
            reason=data.reason,
            again=data.again,
            now=request.now,
        )
    return await _statement(request, person_id, None, None, None)


@get("/my-payouts", summary="Your payouts")
async def show_own_payouts(request: Request[Actor]) -> PayoutsAnswer:
    """What was sent to you, and what became of it."""
    async with request.db.read() as session:
        found = await own_payouts(session, actor=request.actor)
    return PayoutsAnswer([PayoutTold(**msgspec.structs.asdict(one)) for one in found])


@get("/payout-methods", summary="Where you want your money")
async def show_methods(request: Request[Actor]) -> MethodsAnswer:
    """Where you want your money, by currency."""
    async with request.db.read() as session:
        found = await own_methods(session, actor=request.actor)
    return MethodsAnswer([MethodTold(**msgspec.structs.asdict(one)) for one in found])


@put("/payout-methods/{currency:str}", summary="Say where you want a currency")
async def set_method(request: Request[Actor], currency: FromPath[str], data: JSONBody[MethodBody]) -> MethodsAnswer:
    """Enter where you want what you earn in a currency. It holds for payouts made from now on.

    Only within a quarter of an hour after signing in, and never with a token.
    """
    sealer = await asyncio.to_thread(payout_sealer, request.settings)
    async with request.db.write() as session:
        await require_fresh(session, actor=request.actor, now=request.now)
        await set_payout_method(
            session,
            actor=request.actor,
            sealer=sealer,
            currency=currency,
            kind=data.kind,
            holder=data.holder,
            account=data.account,
            now=request.now,
        )
    async with request.db.read() as reading:
        found = await own_methods(reading, actor=request.actor)
    return MethodsAnswer([MethodTold(**msgspec.structs.asdict(one)) for one in found])


@delete("/payout-methods/{currency:str}", summary="Forget where you want a currency")
async def remove_method(request: Request[Actor], currency: FromPath[str]) -> None:
    """What you earn in it waits until you enter another account."""
    async with request.db.write() as session:
        await remove_payout_method(session, actor=request.actor, currency=currency)


handlers: list[Any] = [
    show_own,
    show_other,
    give,
    show_given,
    take_back,
    show_own_payouts,
    show_methods,
    set_method,
    remove_method,
]

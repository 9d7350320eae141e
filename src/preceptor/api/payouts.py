"""Batches of payouts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.db import WriteSession
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.pay import BatchState, FailureReason, MethodKind, PayoutState
from preceptor.pay.operations import (
    approve_batch,
    cancel_batch,
    export_batch,
    make_batch,
    mark_all_paid,
    mark_failed,
    mark_paid,
    mark_returned,
    mark_sent,
)
from preceptor.pay.queries import (
    BatchView,
    NoSuchPayoutError,
    PayoutView,
    access_batch,
    access_payout,
    list_batches,
    list_payouts,
)
from preceptor.pay.sealing import payout_sealer
from preceptor.pay.writing import payer_of
from preceptor.people import Actor


class StepTold(msgspec.Struct, frozen=True):
    """Who did something, and when."""

    by: str
    at: datetime


class StateTold(msgspec.Struct, frozen=True):
    """Payouts of one state."""

    state: PayoutState
    payouts: int
    amount: Money


class BatchDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of payouts.

    `state`: draft, approved, exported (its file is written), sent, cancelled. `settled`: it was sent and nothing is on
    its way any more. `period_end`: what was booked before is paid. `minimum`: smaller balances were left for later.
    `file_sha256`: of the file; empty where there is none yet.
    """

    id: UUID
    number: int
    kind: MethodKind
    currency: str
    period_end: datetime
    minimum: Money
    state: BatchState
    settled: bool
    made: StepTold
    approved: StepTold | None
    exported: StepTold | None
    sent: StepTold | None
    cancelled: StepTold | None
    payouts: int
    total: Money
    states: list[StateTold]
    file_name: str
    file_sha256: str


class Batches(msgspec.Struct, frozen=True):
    """Some batches; `next_cursor` leads to older ones."""

    batches: list[BatchDocument]
    next_cursor: str | None


class BatchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch to draft. `period_end`: not in the future. `minimum_minor`: in minor units; 1 pays every balance."""

    kind: MethodKind
    currency: str
    period_end: Annotated[datetime, msgspec.Meta(tz=True)]
    minimum_minor: Annotated[int, msgspec.Meta(ge=1, le=10**15)] = 1


class PayoutDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A payout of a batch. `state`: open, paid, failed, returned, left_out; `reason` says why where it was not paid."""

    id: UUID
    person_id: UUID
    person_name: str
    amount: Money
    hint: str
    state: PayoutState
    reason: str
    note: str
    decided_at: datetime | None


class Payouts(msgspec.Struct, frozen=True):
    """Some payouts of a batch, in the order of its file; `next_cursor` leads to further ones."""

    payouts: list[PayoutDocument]
    next_cursor: str | None


class OutcomeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a payout; `reason` where it did not arrive or came back.

    One that had failed or come back may arrive after all: `paid`, with a `note` that says how it is known.
    """

    state: Literal["paid", "failed", "returned"]
    reason: FailureReason = FailureReason.OTHER
    note: str = ""


def _step(step: Any) -> StepTold | None:
    return None if step is None else StepTold(step.by, step.at)


def _batch(row: BatchView) -> BatchDocument:
    return BatchDocument(
        id=row.id,
        number=row.number,
        kind=row.kind,
        currency=row.currency,
        period_end=row.period_end,
        minimum=row.minimum,
        state=row.state,
        settled=row.is_settled,
        made=StepTold(row.made.by, row.made.at),
        approved=_step(row.approved),
        exported=_step(row.exported),
        sent=_step(row.sent),
        cancelled=_step(row.cancelled),
        payouts=row.payouts,
        total=row.total,
        states=[StateTold(state, row.sums[state].payouts, row.sums[state].amount) for state in sorted(row.sums)],
        file_name=row.file_name,
        file_sha256=row.file_sha256,
    )


def _payout(row: PayoutView) -> PayoutDocument:
    return PayoutDocument(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person_name,
        amount=row.amount,
        hint=row.hint,
        state=row.state,
        reason=row.reason,
        note=row.note,
        decided_at=row.decided_at,
    )


async def _shown(request: Request[Actor], batch_id: UUID) -> BatchDocument:
    async with request.db.read() as session:
        return _batch(await access_batch(session, actor=request.actor, batch_id=batch_id))


async def _done(
    request: Request[Actor], batch_id: UUID, work: Callable[[WriteSession], Awaitable[object]]
) -> BatchDocument:
    async with request.db.write() as session:
        await work(session)
    return await _shown(request, batch_id)


@get("/payouts", summary="Batches of payouts")
async def show_batches(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Batches:
    """All batches, newest first."""
    async with request.db.read() as session:
        found = await list_batches(session, actor=request.actor, cursor=cursor)
    return Batches([_batch(row) for row in found.rows], found.next_cursor)


@post("/payouts", summary="Draft a batch of payouts")
async def make(request: Request[Actor], data: JSONBody[BatchBody]) -> BatchDocument:
    """Draft one payout for each person to whom at least the minimum is due. Somebody else has to approve it."""
    async with request.db.write() as session:
        batch_id = await make_batch(
            session,
            actor=request.actor,
            kind=data.kind,
            currency=data.currency,
            period_end=data.period_end,
            minimum_minor=data.minimum_minor,
            now=request.now,
        )
    return await _shown(request, batch_id)


@get("/payouts/{batch_id:uuid}", summary="A batch of payouts")
async def show_batch(request: Request[Actor], batch_id: FromPath[UUID]) -> BatchDocument:
    """One batch, with what has become of its payouts."""
    return await _shown(request, batch_id)


@get("/payouts/{batch_id:uuid}/payouts", summary="The payouts of a batch")
async def show_payouts(
    request: Request[Actor], batch_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Payouts:
    """One by one, a hundred a page."""
    async with request.db.read() as session:
        await access_batch(session, actor=request.actor, batch_id=batch_id)
        found = await list_payouts(session, actor=request.actor, batch_id=batch_id, cursor=cursor)
    return Payouts([_payout(row) for row in found.rows], found.next_cursor)


@post("/payouts/{batch_id:uuid}/approve", summary="Approve a batch", status_code=200)
async def approve(request: Request[Actor], batch_id: FromPath[UUID]) -> BatchDocument:
    """Let a batch go that somebody else made: the money leaves people's accounts. A second time changes nothing."""
    return await _done(
        request,
        batch_id,
        lambda session: approve_batch(session, actor=request.actor, batch_id=batch_id, now=request.now),
    )


@post("/payouts/{batch_id:uuid}/export", summary="Write the file of a batch", status_code=200)
async def export(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[bytes]:
    """The file for the bank or service. It is written once; every later call answers the same bytes."""
    sealer = await asyncio.to_thread(payout_sealer, request.settings)
    async with request.db.write() as session:
        file = await export_batch(
            session,
            actor=request.actor,
            batch_id=batch_id,
            sealer=sealer,
            payer=payer_of(request.settings),
            now=request.now,
        )
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


@post("/payouts/{batch_id:uuid}/sent", summary="Say that a batch was sent", status_code=200)
async def send(request: Request[Actor], batch_id: FromPath[UUID]) -> BatchDocument:
    """The file was given to the bank or service."""
    return await _done(
        request, batch_id, lambda session: mark_sent(session, actor=request.actor, batch_id=batch_id, now=request.now)
    )


@post("/payouts/{batch_id:uuid}/paid", summary="Say that all of a batch has arrived", status_code=200)
async def pay_all(request: Request[Actor], batch_id: FromPath[UUID]) -> BatchDocument:
    """Everything that is still on its way is marked as paid, and people are told."""
    return await _done(
        request,
        batch_id,
        lambda session: mark_all_paid(session, actor=request.actor, batch_id=batch_id, now=request.now),
    )


@post("/payouts/{batch_id:uuid}/cancel", summary="Cancel a batch", status_code=200)
async def cancel(request: Request[Actor], batch_id: FromPath[UUID]) -> BatchDocument:
    """Give up a batch whose file was not written yet. All its money is people's again."""
    return await _done(
        request,
        batch_id,
        lambda session: cancel_batch(session, actor=request.actor, batch_id=batch_id, now=request.now),
    )


@post("/payouts/{batch_id:uuid}/payouts/{payout_id:uuid}", summary="Say what became of a payout", status_code=200)
async def decide(
    request: Request[Actor], batch_id: FromPath[UUID], payout_id: FromPath[UUID], data: JSONBody[OutcomeBody]
) -> PayoutDocument:
    """Paid, failed or returned. Where it did not arrive, the money is its person's again. Twice changes nothing."""
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        if (await access_payout(session, actor=actor, payout_id=payout_id)).batch_id != batch_id:
            raise NoSuchPayoutError
    async with request.db.write() as writing:
        if data.state == "paid":
            await mark_paid(writing, actor=actor, payout_id=payout_id, note=data.note, now=now)
        else:
            mark = mark_failed if data.state == "failed" else mark_returned
            await mark(writing, actor=actor, payout_id=payout_id, reason=data.reason, note=data.note, now=now)
    async with request.db.read() as reading:
        return _payout(await access_payout(reading, actor=actor, payout_id=payout_id))


handlers: list[Any] = [
    show_batches,
    make,
    show_batch,
    show_payouts,
    approve,
    export,
    send,
    pay_all,
    cancel,
    decide,
]

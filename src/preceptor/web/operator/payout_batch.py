"""One batch of payouts: approved, written to a file, sent, and what became of each payout."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.pay import (
    BATCH_STATE_NAMES,
    FAILURE_NAMES,
    LEFT_OUT_NAMES,
    PAYOUT_STATE_NAMES,
    BatchState,
    FailureReason,
    LeftOut,
    PayoutState,
)
from preceptor.pay.operations import (
    approve_batch,
    cancel_batch,
    export_batch,
    mark_all_paid,
    mark_failed,
    mark_paid,
    mark_returned,
    mark_sent,
    take_results,
)
from preceptor.pay.queries import BatchView, PayoutView, access_batch, list_payouts
from preceptor.pay.sealing import payout_sealer
from preceptor.pay.writing import payer_of
from preceptor.people import Actor, Permission
from preceptor.web.operator.payouts import PAYOUT_TONES, ShownBatch, shown_batch

MOST_BYTES = 2_000_000


class OutcomeForm(msgspec.Struct, frozen=True):
    """What became of a payout."""

    state: PayoutState
    reason: FailureReason = FailureReason.OTHER
    note: str = ""


class ShownPayout(msgspec.Struct, frozen=True):
    """A payout in words."""

    row: PayoutView
    state: LazyText
    tone: str
    reason: LazyText | str


class BatchPage(msgspec.Struct, frozen=True):
    """One batch and its payouts."""

    batch: ShownBatch
    payouts: list[ShownPayout]
    next_cursor: str | None
    may_move: bool
    may_approve: bool
    made_it: bool
    reasons: list[tuple[str, LazyText]]


def _shown_payout(row: PayoutView, batch: BatchView) -> ShownPayout:
    if row.state is PayoutState.LEFT_OUT:
        reason: LazyText | str = LEFT_OUT_NAMES[LeftOut(row.reason)]
    else:
        reason = FAILURE_NAMES[FailureReason(row.reason)] if row.reason else ""
    begun = batch.state is BatchState.SENT
    waiting = row.state is PayoutState.OPEN and not begun
    name = BATCH_STATE_NAMES[batch.state] if waiting else PAYOUT_STATE_NAMES[row.state]
    return ShownPayout(row, name, PAYOUT_TONES.get(row.state, "accent" if begun else ""), reason)


@get("/payouts/{batch_id:uuid}", name="payouts.batch")
async def show_batch(
    request: Request[Actor], batch_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Response[str]:
    """One batch and its payouts."""
    actor = request.actor
    async with request.db.read() as session:
        row = await access_batch(session, actor=actor, batch_id=batch_id)
        found = await list_payouts(session, actor=actor, batch_id=batch_id, cursor=cursor)
    view = BatchPage(
        batch=shown_batch(row),
        payouts=[_shown_payout(one, row) for one in found.rows],
        next_cursor=found.next_cursor,
        may_move=actor.may(Permission.PAY_WRITE),
        may_approve=actor.may(Permission.PAY_APPROVE),
        made_it=row.made_by == actor.person_id,
        reasons=[(reason.value, FAILURE_NAMES[reason]) for reason in FailureReason],
    )
    return page(request, "web/operator/payout_batch.html", view)


async def _step(
    request: Request[Actor], batch_id: UUID, work: Callable[[WriteSession], Awaitable[LazyText]]
) -> Response[str]:
    """Do one thing to a batch, and show it again with what was done or why not."""
    try:
        async with request.db.write() as session:
            said = await work(session)
    except ProblemError as error:
        if error.status not in {409, 422}:  # the state or an entry does not allow it; all else has a page of its own
            raise
        said = error.fields[0].message if error.fields else error.detail or error.title
        return redirect(request, f"/payouts/{batch_id}", said=said, kind="bad")
    return redirect(request, f"/payouts/{batch_id}", said=said)


@post("/payouts/{batch_id:uuid}/approve", name="payouts.approve")
async def do_approve(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """Let a batch go that somebody else made."""

    async def work(session: WriteSession) -> LazyText:
        done = await approve_batch(session, actor=request.actor, batch_id=batch_id, now=request.now)
        if not done.left_out:
            return _("Approved. The money has left people’s accounts; now write the file.")
        return ngettext_lazy(
            "Approved. {count} payout was left out, because its balance is lower by now.",
            "Approved. {count} payouts were left out, because their balances are lower by now.",
            done.left_out,
        )

    return await _step(request, batch_id, work)


@post("/payouts/{batch_id:uuid}/export", name="payouts.export")
async def do_export(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """Write the file."""
    sealer = await asyncio.to_thread(payout_sealer, request.settings)

    async def work(session: WriteSession) -> LazyText:
        payer = payer_of(request.settings)
        await export_batch(session, actor=request.actor, batch_id=batch_id, sealer=sealer, payer=payer, now=request.now)
        return _("The file is written. Download it, and give it to the bank or service.")

    return await _step(request, batch_id, work)


@get("/payouts/{batch_id:uuid}/file", name="payouts.file")
async def download_file(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[bytes]:
    """The file of a batch, the same to the byte each time; who takes it is written down."""
    sealer = await asyncio.to_thread(payout_sealer, request.settings)
    async with request.db.write() as session:
        file = await export_batch(
            session,
            actor=request.actor,
            batch_id=batch_id,
            sealer=sealer,
            payer=payer_of(request.settings),
            now=request.now,
            written_alone=True,
        )
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


@post("/payouts/{batch_id:uuid}/sent", name="payouts.sent")
async def do_send(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """The file was given to the bank or service."""

    async def work(session: WriteSession) -> LazyText:
        await mark_sent(session, actor=request.actor, batch_id=batch_id, now=request.now)
        return _("Sent. Now say what becomes of each payout.")

    return await _step(request, batch_id, work)


@post("/payouts/{batch_id:uuid}/paid", name="payouts.paid")
async def do_pay_all(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """All that is still on its way has arrived."""

    async def work(session: WriteSession) -> LazyText:
        count = await mark_all_paid(session, actor=request.actor, batch_id=batch_id, now=request.now)
        return ngettext_lazy("{count} payout is marked as paid.", "{count} payouts are marked as paid.", count)

    return await _step(request, batch_id, work)


@post("/payouts/{batch_id:uuid}/cancel", name="payouts.cancel")
async def do_cancel(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """Give a batch up."""

    async def work(session: WriteSession) -> LazyText:
        await cancel_batch(session, actor=request.actor, batch_id=batch_id, now=request.now)
        return _("Cancelled. All its money is people’s again.")

    return await _step(request, batch_id, work)


@post("/payouts/{batch_id:uuid}/payouts/{payout_id:uuid}", name="payouts.outcome")
async def do_decide(request: Request[Actor], batch_id: FromPath[UUID], payout_id: FromPath[UUID]) -> Response[str]:
    """What became of one payout."""
    form = parse_form(await request.form(), OutcomeForm)

    async def work(session: WriteSession) -> LazyText:
        actor, now = request.actor, request.now
        if form.state is PayoutState.PAID:
            await mark_paid(session, actor=actor, payout_id=payout_id, note=form.note, now=now)
            return _("Marked as paid. The person was told.")
        mark = mark_failed if form.state is PayoutState.FAILED else mark_returned
        await mark(session, actor=actor, payout_id=payout_id, reason=form.reason, note=form.note, now=now)
        return _("The money is the person’s again. They were told what to do.")

    return await _step(request, batch_id, work)


@post("/payouts/{batch_id:uuid}/results", name="payouts.results", status_code=200)
async def do_take_results(request: Request[Actor], batch_id: FromPath[UUID]) -> Response[str]:
    """Take over what the bank or service says became of the payouts, from a file."""
    file = (await request.form()).get("file")
    try:
        content = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
        text = _decoded(content)
        async with request.db.write() as session:
            taken = await take_results(session, actor=request.actor, batch_id=batch_id, text=text, now=request.now)
    except InvalidError as error:
        said = error.fields[0].message if error.fields else error.title
        return redirect(request, f"/payouts/{batch_id}", said=said, kind="bad")
    except ConflictError as error:
        return redirect(request, f"/payouts/{batch_id}", said=error.title, kind="bad")
    said = _("Paid: {paid}. Failed: {failed}. Returned: {returned}. Lines that fit no payout: {unknown}.").format(
        paid=taken.paid, failed=taken.failed, returned=taken.returned, unknown=taken.unknown
    )
    if taken.after_all:
        said = ngettext_lazy(
            "{paid} paid, {failed} failed, {returned} returned, {unknown} lines that fit no payout. {count} payout "
            "that had failed or come back is said to have arrived: look at it, and say so by hand.",
            "{paid} paid, {failed} failed, {returned} returned, {unknown} lines that fit no payout. {count} payouts "
            "that had failed or come back are said to have arrived: look at them, and say so by hand.",
            taken.after_all,
        ).format(paid=taken.paid, failed=taken.failed, returned=taken.returned, unknown=taken.unknown)
    kind = "warn" if taken.unknown or taken.after_all else "good"
    return redirect(request, f"/payouts/{batch_id}", said=said, kind=kind)


def _decoded(content: bytes) -> str:
    try:
        if len(content) <= MOST_BYTES:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    message = _("This file is no text in UTF-8, or larger than two megabytes.")
    raise InvalidError(fields=[FieldProblem("file", message)])


handlers: list[Any] = [
    show_batch,
    do_approve,
    do_export,
    download_file,
    do_send,
    do_pay_all,
    do_cancel,
    do_decide,
    do_take_results,
]

"""Batches of payouts: made by one person, approved by another, written to a file, sent."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, ForbiddenError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, known_currencies
from preceptor.lib.sealing import Sealer
from preceptor.pay.events import BatchApproved, BatchCancelled, BatchDownloaded, BatchExported, BatchMade, BatchSent
from preceptor.pay.operations.ledger import reverse
from preceptor.pay.queries.batches import NoSuchBatchError
from preceptor.pay.queries.due import DUE, HELD
from preceptor.pay.rules import BATCH_LIMITS, BatchState, LeftOut, MethodKind, payout_source
from preceptor.pay.sealing import open_destination
from preceptor.pay.tables import Payout, PayoutBatch
from preceptor.pay.writing import Payer, PayoutFile, PayoutLine, write_payouts
from preceptor.people.rules import Actor, Permission

DRAFT = """
INSERT INTO payout (id, batch_id, person_id, amount_minor, currency, sealed, hint)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

STILL_DUE = f"""
SELECT given.id, given.person_id, given.amount_minor, least(held.now, held.then) >= given.amount_minor
FROM payout AS given CROSS JOIN LATERAL ({HELD}) AS held
WHERE given.batch_id = %(batch)s AND given.state = 'open' ORDER BY given.person_id
FOR UPDATE OF given
"""  # noqa: S608 (constants alone)

BOOK = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source, kind, actor_id)
SELECT id, %(now)s, 'person:' || person, 'payout:' || payout, amount, %(currency)s, 'payout:' || payout, 'payout',
       %(actor)s
FROM json_to_recordset(%(rows)s::json) AS given (id uuid, person uuid, payout uuid, amount bigint)
"""


class NothingDueError(ConflictError):
    """Nobody is due anything by this method and in this currency."""

    title = _("Nothing is due.")
    code = "nothing_due"


class OwnApprovalError(ForbiddenError):
    """Who made a batch wants to approve it."""

    title = _("You made this batch. Somebody else has to approve it.")
    code = "own_approval"


class BatchStateError(ConflictError):
    """The batch is not where this could be done."""

    title = _("The batch has moved on meanwhile, or is not so far yet. Look at it again.")
    code = "batch_state"


class Approved(msgspec.Struct, frozen=True):
    """What an approval did: how many payouts are on their way, and how many were left out."""

    payouts: int
    left_out: int


async def make_batch(
    session: WriteSession,
    *,
    actor: Actor,
    kind: MethodKind,
    currency: str,
    period_end: datetime,
    minimum_minor: int,
    now: datetime,
) -> UUID:
    """Draft one payout for each person to whom at least the minimum is due. Nothing is booked yet.

    Args:
        session: the transaction.
        actor: who makes it; somebody else approves.
        kind: the method.
        currency: one for all.
        period_end: only what was booked before is paid; not in the future.
        minimum_minor: balances below it wait, in minor units; 1 pays them all.
        now: the present moment.

    Raises:
        MissingPermissionError: the actor may not move money.
        InvalidError: a currency, time or minimum that makes no sense.
        NothingDueError: nobody is due anything.
    """
    actor.require(Permission.PAY_WRITE)
    _check(kind=kind, currency=currency, period_end=period_end, minimum_minor=minimum_minor, now=now)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("payout batches"))))
    driver = await session.driver()
    values = {
        "kind": kind.value,
        "currency": currency,
        "until": period_end,
        "minimum": minimum_minor,
        "limit": BATCH_LIMITS[kind],
    }
    due = await (await driver.execute(DUE, values)).fetchall()
    if not due:
        detail = _("Nobody who wants {currency} this way has earned so much by then that is not on its way already.")
        raise NothingDueError(detail=detail.format(currency=currency))
    number = 1 + (await session.scalar(select(func.max(PayoutBatch.number))) or 0)
    batch = PayoutBatch(
        id=new_id(),
        number=number,
        kind=kind.value,
        currency=currency,
        period_end=period_end,
        minimum_minor=minimum_minor,
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(batch)
    await session.flush()
    async with driver.cursor() as cursor:
        await cursor.executemany(
            DRAFT,
            [(new_id(), batch.id, person, amount, currency, sealed, hint) for person, amount, sealed, hint in due],
        )
    session.emit(
        BatchMade(
            actor_id=actor.person_id,
            subject_id=batch.id,
            payouts=len(due),
            total_minor=sum(row[1] for row in due),
            currency=currency,
        )
    )
    return batch.id


def _check(*, kind: MethodKind, currency: str, period_end: datetime, minimum_minor: int, now: datetime) -> None:
    problems = []
    if currency not in known_currencies():
        problems.append(FieldProblem("currency", _("There is no such currency.")))
    elif kind is MethodKind.SEPA and currency != "EUR":
        problems.append(FieldProblem("currency", _("SEPA carries euros alone.")))
    if period_end > now:
        problems.append(FieldProblem("until", _("Choose a day that is over.")))
    if minimum_minor < 1:
        problems.append(FieldProblem("minimum", _("Give an amount above nothing.")))
    if problems:
        raise InvalidError(fields=problems)


async def _hold(session: WriteSession, batch_id: UUID) -> PayoutBatch:
    batch = await session.scalar(select(PayoutBatch).where(PayoutBatch.id == batch_id).with_for_update())
    if batch is None:
        raise NoSuchBatchError
    return batch


async def approve_batch(session: WriteSession, *, actor: Actor, batch_id: UUID, now: datetime) -> Approved:
    """Let a batch go: each payout leaves its person's account. A second time changes nothing.

    A payout whose person's balance has fallen below it meanwhile is left out; the next batch takes what is due then.

    Raises:
        MissingPermissionError: the actor may not approve.
        NoSuchBatchError: there is none.
        OwnApprovalError: the actor made it, or nobody in person approves.
        BatchStateError: it was cancelled.
        NothingDueError: nothing of it is due any more.
    """
    actor.require(Permission.PAY_APPROVE)
    batch = await _hold(session, batch_id)
    if batch.state == BatchState.CANCELLED:
        raise BatchStateError
    if batch.state != BatchState.DRAFT:
        return Approved(0, 0)
    if actor.person_id == batch.made_by or actor.person_id.int == 0:
        raise OwnApprovalError
    driver = await session.driver()
    values = {"batch": batch_id, "currency": batch.currency, "until": batch.period_end}
    rows = await (await driver.execute(STILL_DUE, values)).fetchall()
    going = [row for row in rows if row[3]]
    changed = [row[0] for row in rows if not row[3]]
    if not going:
        raise NothingDueError(detail=_("Cancel this batch; the balances have changed since it was made."))
    await _leave_out(session, changed, LeftOut.CHANGED, actor=actor, now=now)
    await _book(driver, going, currency=batch.currency, actor=actor, now=now)
    batch.state, batch.approved_by, batch.approved_at = BatchState.APPROVED.value, actor.person_id, now
    session.emit(
        BatchApproved(
            actor_id=actor.person_id,
            subject_id=batch_id,
            payouts=len(going),
            left_out=len(changed),
            total_minor=sum(row[2] for row in going),
            currency=batch.currency,
        )
    )
    return Approved(len(going), len(changed))


async def _book(driver: Driver, going: list[Any], *, currency: str, actor: Actor, now: datetime) -> None:
    rows = [{"id": new_id(), "payout": row[0], "person": row[1], "amount": row[2]} for row in going]
    values = {
        "rows": msgspec.json.encode(rows).decode(),
        "currency": currency,
        "actor": actor.person_id,
        "now": now,
    }
    await driver.execute(BOOK, values)


async def _leave_out(
    session: WriteSession, payout_ids: list[UUID], reason: LeftOut, *, actor: Actor, now: datetime
) -> None:
    if payout_ids:
        await session.execute(
            update(Payout)
            .where(Payout.id.in_(payout_ids))
            .values(state="left_out", reason=reason.value, decided_by=actor.person_id, decided_at=now)
        )


async def export_batch(
    session: WriteSession,
    *,
    actor: Actor,
    batch_id: UUID,
    sealer: Sealer,
    payer: Payer,
    now: datetime,
    written_alone: bool = False,
) -> PayoutFile:
    """Write the file of an approved batch, once; from then on it is the same file, to the byte.

    Args:
        session: the transaction.
        actor: who takes the file.
        batch_id: of which batch.
        sealer: reads where money goes, and keeps the file.
        payer: who pays, and from which account.
        now: the day on which banks are asked to pay.
        written_alone: take a file that was written; do not write one.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchBatchError: there is none.
        BatchStateError: it is not approved, or cancelled.
        MissingPayerError: SEPA, and the account that pays is not set.
        DestinationUnreadableError: the installation's secret has changed.
    """
    actor.require(Permission.PAY_WRITE)
    batch = await _hold(session, batch_id)
    if batch.state in {BatchState.EXPORTED, BatchState.SENT}:
        assert batch.file is not None
        session.emit(BatchDownloaded(actor_id=actor.person_id, subject_id=batch_id))
        return msgspec.json.decode(sealer.open(batch.file), type=PayoutFile)
    if batch.state != BatchState.APPROVED or written_alone:
        raise BatchStateError
    rows = await session.scalars(
        select(Payout).where(Payout.batch_id == batch_id, Payout.state == "open").order_by(Payout.id)
    )
    lines = [
        PayoutLine(row.id, Money(row.amount_minor, row.currency), open_destination(sealer, row.sealed)) for row in rows
    ]
    written = await asyncio.to_thread(
        write_payouts,
        MethodKind(batch.kind),
        lines,
        batch_id=batch.id,
        number=batch.number,
        payer=payer,
        now=now,
    )
    sha256 = hashlib.sha256(written.content).hexdigest()
    batch.file = await asyncio.to_thread(sealer.seal, msgspec.json.encode(written).decode())
    batch.file_name, batch.file_sha256 = written.name, sha256
    batch.state, batch.exported_by, batch.exported_at = BatchState.EXPORTED.value, actor.person_id, now
    session.emit(BatchExported(actor_id=actor.person_id, subject_id=batch_id, sha256=sha256))
    session.emit(BatchDownloaded(actor_id=actor.person_id, subject_id=batch_id))
    return written


async def mark_sent(session: WriteSession, *, actor: Actor, batch_id: UUID, now: datetime) -> None:
    """Say that the file was given to the bank or service. A second time changes nothing.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchBatchError: there is none.
        BatchStateError: its file was not written yet, or it was cancelled.
    """
    actor.require(Permission.PAY_WRITE)
    batch = await _hold(session, batch_id)
    if batch.state == BatchState.SENT:
        return
    if batch.state != BatchState.EXPORTED:
        raise BatchStateError
    batch.state, batch.sent_by, batch.sent_at = BatchState.SENT.value, actor.person_id, now
    session.emit(BatchSent(actor_id=actor.person_id, subject_id=batch_id))


async def cancel_batch(session: WriteSession, *, actor: Actor, batch_id: UUID, now: datetime) -> None:
    """Give up a batch whose file was not written yet: all its money is people's again. A second time changes nothing.

    Once there is a file it may be at the bank; then each payout that does not arrive is marked as failed.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchBatchError: there is none.
        BatchStateError: its file was written.
    """
    actor.require(Permission.PAY_WRITE)
    batch = await _hold(session, batch_id)
    if batch.state == BatchState.CANCELLED:
        return
    if batch.state not in {BatchState.DRAFT, BatchState.APPROVED}:
        raise BatchStateError
    payout_ids = list(
        await session.scalars(select(Payout.id).where(Payout.batch_id == batch_id, Payout.state == "open"))
    )
    driver = await session.driver()
    for payout_id in payout_ids:
        await reverse(
            driver, source=payout_source(payout_id), reason=f"batch {batch.number}", actor_id=actor.person_id, now=now
        )
    await _leave_out(session, payout_ids, LeftOut.CANCELLED, actor=actor, now=now)
    batch.state, batch.cancelled_by, batch.cancelled_at = BatchState.CANCELLED.value, actor.person_id, now
    session.emit(BatchCancelled(actor_id=actor.person_id, subject_id=batch_id))

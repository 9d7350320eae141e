"""What became of payouts: paid, failed, returned."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, format_money
from preceptor.pay.events import PayoutFailed, PayoutPaid, PayoutReturned
from preceptor.pay.operations.ledger import Moved, move, overturn, reverse
from preceptor.pay.queries.batches import NoSuchBatchError, NoSuchPayoutError
from preceptor.pay.rules import (
    FAILURE_ADVICE,
    FAILURE_NAMES,
    PAID,
    BatchState,
    EntryKind,
    FailureReason,
    PayoutState,
    payout_account,
    payout_source,
    settlement_source,
)
from preceptor.pay.tables import Payout, PayoutBatch, PayoutMethod
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import Actor, Permission

MAX_NOTE = 500


class PayoutStateError(ConflictError):
    """This payout cannot become so from what it is."""

    title = _("This payout has moved on meanwhile, or was not sent yet. Look at it again.")
    code = "payout_state"


async def _hold(session: WriteSession, payout_id: UUID) -> Payout:
    found = (
        await session.execute(
            select(Payout, PayoutBatch.state)
            .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
            .where(Payout.id == payout_id)
            .with_for_update(of=Payout)
        )
    ).first()
    if found is None:
        raise NoSuchPayoutError
    payout, batch_state = found
    if payout.state == PayoutState.OPEN and batch_state != BatchState.SENT:
        raise PayoutStateError
    return payout


async def mark_paid(session: WriteSession, *, actor: Actor, payout_id: UUID, note: str = "", now: datetime) -> bool:
    """Say that a payout has arrived; its person is told. A second time changes nothing.

    One that had failed or come back can arrive after all: the bank tried again, or had reported too early. Then the
    money leaves its person's account again, whatever that holds by now, and a note says how it is known.

    Returns:
        True where it changed something.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchPayoutError: there is none.
        PayoutStateError: it was not sent, or was left out.
        InvalidError: it had failed or come back, and no note says how it is known that it has arrived.
    """
    actor.require(Permission.PAY_WRITE)
    payout = await _hold(session, payout_id)
    if payout.state == PayoutState.PAID:
        return False
    if payout.state not in {PayoutState.OPEN, PayoutState.FAILED, PayoutState.RETURNED}:
        raise PayoutStateError
    after_all = payout.state != PayoutState.OPEN
    if after_all and not note.strip():
        raise InvalidError(fields=[FieldProblem("note", _("Say how you know that it has arrived after all."))])
    driver = await session.driver()
    if after_all:
        known_by = note.strip()[:MAX_NOTE]
        for source in (payout_source(payout_id), settlement_source(payout_id)):
            await overturn(driver, source=source, reason=known_by, actor_id=actor.person_id, now=now)
        await _trust(session, payout)
    money = Money(payout.amount_minor, payout.currency)
    moved = Moved(
        debit=payout_account(payout_id),
        credit=PAID,
        money=money,
        source=settlement_source(payout_id),
        kind=EntryKind.SETTLEMENT,
        actor_id=actor.person_id,
    )
    await move(driver, moved, now=now)
    _decide(payout, PayoutState.PAID, actor=actor, note=note, now=now)
    session.emit(PayoutPaid(actor_id=actor.person_id, subject_id=payout_id))
    hint = payout.hint

    def text() -> Told:
        body = _("{amount} were sent to {account}. It can take a day or two until you see it there.")
        if after_all:
            body = _(
                "{amount} have arrived at {account} after all, and left your balance again. Should the same money have "
                "been sent twice, what you earn next makes up for it."
            )
        return Told(str(_("You were paid")), str(body.format(amount=format_money(money), account=hint)))

    await notify(session, person_id=payout.person_id, kind="pay.paid", text=text, link="/earnings")
    return True


async def _trust(session: WriteSession, payout: Payout) -> None:
    """The account that money has arrived at is not in doubt any more."""
    await session.execute(_method_of(payout).values(held=False))


def _method_of(payout: Payout) -> Update:
    """The account a payout went to, unless its person has entered another meanwhile: that one is another matter."""
    return update(PayoutMethod).where(
        PayoutMethod.person_id == payout.person_id,
        PayoutMethod.currency == payout.currency,
        PayoutMethod.sealed == payout.sealed,
    )


def _decide(payout: Payout, state: PayoutState, *, actor: Actor, note: str, now: datetime, reason: str = "") -> None:
    payout.state, payout.reason, payout.note = state.value, reason, note.strip()[:MAX_NOTE]
    payout.decided_by, payout.decided_at = actor.person_id, now


async def mark_all_paid(session: WriteSession, *, actor: Actor, batch_id: UUID, now: datetime) -> int:
    """Say that every payout of a sent batch that is still on its way has arrived. Answers how many.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchBatchError: there is none.
        PayoutStateError: the batch was not sent.
    """
    actor.require(Permission.PAY_WRITE)
    batch = await session.scalar(select(PayoutBatch).where(PayoutBatch.id == batch_id).with_for_update())
    if batch is None:
        raise NoSuchBatchError
    if batch.state != BatchState.SENT:
        raise PayoutStateError
    waiting = list(
        await session.scalars(
            select(Payout.id).where(Payout.batch_id == batch_id, Payout.state == "open").order_by(Payout.id)
        )
    )
    for payout_id in waiting:
        await mark_paid(session, actor=actor, payout_id=payout_id, now=now)
    return len(waiting)


async def mark_failed(
    session: WriteSession, *, actor: Actor, payout_id: UUID, reason: FailureReason, note: str = "", now: datetime
) -> bool:
    """Say that a payout did not arrive: its money is its person's again, who is told what to do.

    A second time changes nothing.

    Returns:
        True where it changed something.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchPayoutError: there is none.
        PayoutStateError: it was not sent, has arrived or was returned.
    """
    return await _give_back(
        session, PayoutState.FAILED, actor=actor, payout_id=payout_id, reason=reason, note=note, now=now
    )


async def mark_returned(
    session: WriteSession, *, actor: Actor, payout_id: UUID, reason: FailureReason, note: str = "", now: datetime
) -> bool:
    """Say that a payout came back, also after it was marked as paid; as `mark_failed`.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchPayoutError: there is none.
        PayoutStateError: it was not sent, or has failed.
    """
    return await _give_back(
        session, PayoutState.RETURNED, actor=actor, payout_id=payout_id, reason=reason, note=note, now=now
    )


async def _give_back(
    session: WriteSession,
    state: PayoutState,
    *,
    actor: Actor,
    payout_id: UUID,
    reason: FailureReason,
    note: str,
    now: datetime,
) -> bool:
    actor.require(Permission.PAY_WRITE)
    payout = await _hold(session, payout_id)
    if payout.state == state:
        return False
    allowed = {PayoutState.OPEN, PayoutState.PAID} if state is PayoutState.RETURNED else {PayoutState.OPEN}
    if payout.state not in allowed:
        raise PayoutStateError
    driver = await session.driver()
    for source in (settlement_source(payout_id), payout_source(payout_id)):
        await reverse(driver, source=source, reason=reason.value, actor_id=actor.person_id, now=now)
    money, hint = Money(payout.amount_minor, payout.currency), payout.hint
    _decide(payout, state, actor=actor, note=note, now=now, reason=reason.value)
    await session.execute(_method_of(payout).values(held=True))
    if state is PayoutState.FAILED:
        session.emit(PayoutFailed(actor_id=actor.person_id, subject_id=payout_id, reason=reason.value))
    else:
        session.emit(PayoutReturned(actor_id=actor.person_id, subject_id=payout_id, reason=reason.value))

    def text() -> Told:
        body = _(
            "{amount} could not be sent to {account}: {reason}. Nothing is lost: the money is yours as before. {do}"
        )
        told = body.format(
            amount=format_money(money), account=hint, reason=FAILURE_NAMES[reason], do=FAILURE_ADVICE[reason]
        )
        return Told(str(_("Your money came back")), str(told))

    await notify(session, person_id=payout.person_id, kind="pay.returned", text=text, link="/account/payout")
    return True

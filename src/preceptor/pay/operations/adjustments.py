"""Amounts that somebody is given by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, ForbiddenError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, format_money, known_currencies
from preceptor.pay.events import Adjusted, AdjustmentReversed
from preceptor.pay.operations.ledger import Moved, move, overturn, reverse
from preceptor.pay.rules import ADJUSTMENTS, EntryKind, person_account, project_account
from preceptor.pay.tables import LedgerEntry
from preceptor.people.operations.notices import Told, named, notify
from preceptor.people.rules import Actor, Permission

ADJUSTMENT_SOURCE = "adjustment:"
MAX_REASON = 500
MOST = 10**12
"""In minor units: more is a slip of the hand."""


class OwnAdjustmentError(ForbiddenError):
    """Nobody gives money to themselves."""

    title = _("You cannot give money to yourself. Ask a colleague.")
    code = "own_adjustment"


async def adjust(
    session: WriteSession,
    *,
    actor: Actor,
    person_id: UUID,
    money: Money,
    reason: str,
    project_id: UUID | None = None,
    now: datetime,
) -> str:
    """Give a person an amount by hand, with a reason that they read.

    Money is only ever given. It is taken back by reversing the very entry that gave it, and by nothing else.

    Args:
        session: the transaction.
        actor: who gives it; it stands on the statement.
        person_id: to whom.
        money: how much; above nothing.
        reason: why, in words.
        project_id: whose cost it is; none: the operator's.
        now: when.

    Returns:
        The entry's source, for `reverse_adjustment`.

    Raises:
        MissingPermissionError: the actor may not move money.
        OwnAdjustmentError: to themselves.
        InvalidError: no amount, no reason.
    """
    actor.require(Permission.PAY_WRITE)
    if person_id == actor.person_id:
        raise OwnAdjustmentError
    reason = check_reason_given(reason)
    if not 0 < money.amount <= MOST or money.currency not in known_currencies():
        raise InvalidError(
            fields=[FieldProblem("amount", _("Give an amount above nothing, in a currency of ISO 4217."))]
        )
    source = f"{ADJUSTMENT_SOURCE}{new_id()}"
    moved = Moved(
        debit=ADJUSTMENTS if project_id is None else project_account(project_id),
        credit=person_account(person_id),
        money=money,
        source=source,
        kind=EntryKind.ADJUSTMENT,
        memo=reason,
        actor_id=actor.person_id,
    )
    await move(await session.driver(), moved, now=now)
    session.emit(
        Adjusted(actor_id=actor.person_id, subject_id=person_id, amount_minor=money.amount, currency=money.currency)
    )

    def text() -> Told:
        body = _("{name} has booked {amount} for you. The reason: {reason}")
        told = body.format(name=named(actor), amount=format_money(money), reason=reason)
        return Told(str(_("An amount was added to what you have earned")), str(told))

    await notify(session, person_id=person_id, kind="pay.adjusted", text=text, link="/earnings")
    return source


def check_reason_given(reason: str) -> str:
    """The reason without spaces around it.

    Raises:
        InvalidError: none, or far too long a one.
    """
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        message = _("Say why, in 1 to {count} letters.").format(count=MAX_REASON)
        raise InvalidError(fields=[FieldProblem("reason", message)])
    return reason


async def reverse_adjustment(
    session: WriteSession,
    *,
    actor: Actor,
    person_id: UUID,
    source: str,
    reason: str,
    again: bool = False,
    now: datetime,
) -> bool:
    """Take an amount back that a person was given by hand, or let it stand again, and tell them.

    A second time changes nothing. Where it was paid out already, the balance falls below nothing, and what is earned
    next makes up for it.

    Returns:
        True where it changed something.

    Raises:
        MissingPermissionError: the actor may not move money.
        OwnAdjustmentError: it is the actor's own.
        InvalidError: no reason, or the source is no amount that this person was given by hand.
    """
    actor.require(Permission.PAY_WRITE)
    reason = check_reason_given(reason)
    given = select(LedgerEntry).where(
        LedgerEntry.source == source,
        LedgerEntry.kind == EntryKind.ADJUSTMENT.value,
        LedgerEntry.credit == person_account(person_id),
    )
    entry = await session.scalar(given) if source.startswith(ADJUSTMENT_SOURCE) else None
    if entry is None:
        message = _("This is no amount that this person was given by hand.")
        raise InvalidError(fields=[FieldProblem("source", message)])
    if person_id == actor.person_id:
        raise OwnAdjustmentError
    turn = overturn if again else reverse
    entry_id = await turn(await session.driver(), source=source, reason=reason, actor_id=actor.person_id, now=now)
    if entry_id is None:
        return False
    session.emit(AdjustmentReversed(actor_id=actor.person_id, subject_id=entry_id))
    money = Money(entry.amount_minor, entry.currency)

    def text() -> Told:
        subject = _("An amount given by hand was taken back")
        body = _("{name} has taken back {amount} that you had been given by hand. The reason: {reason}")
        if again:
            subject = _("An amount given by hand stands again")
            body = _("{amount} that had been taken back are yours again. {name} gave the reason: {reason}")
        told = body.format(name=named(actor), amount=format_money(money), reason=reason)
        return Told(str(subject), str(told))

    await notify(session, person_id=person_id, kind="pay.adjusted", text=text, link="/earnings")
    return True

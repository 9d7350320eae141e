"""Where people want their money, and who is paid elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.sealing import Sealer
from preceptor.pay.events import PayoutMethodRemoved, PayoutMethodSet, PayrollChanged
from preceptor.pay.rules import MethodKind, check_destination
from preceptor.pay.sealing import seal_destination
from preceptor.pay.tables import PayoutMethod, PayrollPerson
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import Actor


class NoPayoutMethodError(NotFoundError):
    """The person has not said where they want this currency."""

    title = _("You have not said where you want this currency.")
    code = "no_payout_method"


async def set_payout_method(
    session: WriteSession,
    *,
    actor: Actor,
    sealer: Sealer,
    currency: str,
    kind: MethodKind,
    holder: str,
    account: str,
    now: datetime,
) -> None:
    """Say where the actor wants what they earn in a currency. It holds for batches made from now on.

    The person is told by mail as well, so that nobody diverts their money unseen. For callers that have made sure, with
    `require_fresh`, that it is them: a browser left open, or a token that leaked, must not divert it either.

    Raises:
        InvalidError: money cannot be sent there.
    """
    destination = check_destination(kind=kind, currency=currency, holder=holder, account=account)
    values = {
        "kind": kind.value,
        "sealed": seal_destination(sealer, destination),
        "hint": destination.hint,
        "held": False,
        "changed_at": now,
    }
    row = {"person_id": actor.person_id, "currency": currency} | values
    await session.execute(
        insert(PayoutMethod).values(row).on_conflict_do_update(index_elements=["person_id", "currency"], set_=values)
    )
    session.emit(
        PayoutMethodSet(actor_id=actor.person_id, subject_id=actor.person_id, currency=currency, kind=kind.value)
    )

    def text() -> Told:
        body = _(
            "From now on what you earn in {currency} goes to {account}. "
            "If this was not you, change it back at once, change your password and tell an operator."
        )
        return Told(
            str(_("Where your money goes has changed")),
            str(body.format(currency=currency, account=destination.hint)),
        )

    await notify(session, person_id=actor.person_id, kind="pay.method_set", text=text, link="/account/payout")


async def confirm_payout_method(session: WriteSession, *, actor: Actor, currency: str) -> None:
    """Say that what was entered is right, although money came back: the next batch tries it again.

    Raises:
        NoPayoutMethodError: nothing was entered for this currency.
    """
    kind = await session.scalar(
        update(PayoutMethod)
        .where(PayoutMethod.person_id == actor.person_id, PayoutMethod.currency == currency)
        .values(held=False)
        .returning(PayoutMethod.kind)
    )
    if kind is None:
        raise NoPayoutMethodError
    session.emit(PayoutMethodSet(actor_id=actor.person_id, subject_id=actor.person_id, currency=currency, kind=kind))


async def remove_payout_method(session: WriteSession, *, actor: Actor, currency: str) -> None:
    """Forget where the actor wants a currency. What they earn in it waits.

    Raises:
        NoPayoutMethodError: nothing was entered for this currency.
    """
    gone = await session.scalar(
        delete(PayoutMethod)
        .where(PayoutMethod.person_id == actor.person_id, PayoutMethod.currency == currency)
        .returning(PayoutMethod.currency)
    )
    if gone is None:
        raise NoPayoutMethodError
    session.emit(PayoutMethodRemoved(actor_id=actor.person_id, subject_id=actor.person_id, currency=currency))


async def set_employed(session: WriteSession, *, actor: Actor, person_id: UUID, employed: bool, now: datetime) -> None:
    """Write down that a person is employed and paid elsewhere, so that no batch takes them; or no longer.

    Engagements call it. For callers that have made sure who asks.
    """
    known = await session.scalar(select(PayrollPerson.person_id).where(PayrollPerson.person_id == person_id))
    if (known is not None) == employed:
        return
    if employed:
        await session.execute(insert(PayrollPerson).values(person_id=person_id, since=now).on_conflict_do_nothing())
    else:
        await session.execute(delete(PayrollPerson).where(PayrollPerson.person_id == person_id))
    session.emit(PayrollChanged(actor_id=actor.person_id, subject_id=person_id, employed=employed))

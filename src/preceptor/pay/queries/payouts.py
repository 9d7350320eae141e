"""Payouts as the people see them who are paid."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import MethodKind, PayoutState
from preceptor.pay.tables import Payout, PayoutBatch
from preceptor.people.rules import Actor

LATEST = 24

# What the person sees of a batch begins with its approval: before, nothing has left their account.
BEGUN = ("approved", "exported", "sent")


class OwnPayout(msgspec.Struct, frozen=True, kw_only=True):
    """A payout to the actor.

    Attributes:
        begun_at: when it was approved, and the money left the actor's account.
        decided_at: when it arrived, or did not.
    """

    id: UUID
    amount: Money
    kind: MethodKind
    hint: str
    state: PayoutState
    reason: str
    begun_at: datetime
    decided_at: datetime | None


async def own_payouts(session: ReadSession, *, actor: Actor, limit: int = LATEST) -> Sequence[OwnPayout]:
    """The actor's latest payouts, newest first."""
    rows = await session.execute(
        select(Payout, PayoutBatch.kind, PayoutBatch.approved_at)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(Payout.person_id == actor.person_id, PayoutBatch.state.in_(BEGUN), Payout.state != "left_out")
        .order_by(Payout.id.desc())
        .limit(limit)
    )
    return [
        OwnPayout(
            id=row.id,
            amount=Money(row.amount_minor, row.currency),
            kind=MethodKind(kind),
            hint=row.hint,
            state=PayoutState(row.state),
            reason=row.reason,
            begun_at=begun_at,
            decided_at=row.decided_at,
        )
        for row, kind, begun_at in rows
        if begun_at is not None
    ]


async def on_the_way(session: ReadSession, *, actor: Actor) -> list[Money]:
    """What has left the actor's account and not arrived yet, one amount per currency."""
    rows = await session.execute(
        select(Payout.currency, func.sum(Payout.amount_minor))
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(Payout.person_id == actor.person_id, Payout.state == "open", PayoutBatch.state.in_(BEGUN))
        .group_by(Payout.currency)
        .order_by(Payout.currency)
    )
    return [Money(int(amount), currency) for currency, amount in rows]

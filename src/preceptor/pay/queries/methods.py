"""Where people want their money. Only hints are read here; accounts stay sealed."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.pay.rules import MethodKind
from preceptor.pay.tables import PayoutMethod, PayrollPerson
from preceptor.people.rules import Actor


class MethodView(msgspec.Struct, frozen=True):
    """Where the actor wants one currency.

    Attributes:
        held: money came back; nothing is sent there until the actor has looked at it.
    """

    currency: str
    kind: MethodKind
    hint: str
    held: bool
    changed_at: datetime


async def own_methods(session: ReadSession, *, actor: Actor) -> list[MethodView]:
    """Where the actor wants their money, by currency."""
    rows = await session.scalars(
        select(PayoutMethod).where(PayoutMethod.person_id == actor.person_id).order_by(PayoutMethod.currency)
    )
    return [MethodView(row.currency, MethodKind(row.kind), row.hint, row.held, row.changed_at) for row in rows]


async def is_employed(session: ReadSession, *, person_id: UUID) -> bool:
    """True for somebody who is paid elsewhere: their time is counted, and no payout is made."""
    return await session.get(PayrollPerson, person_id) is not None

"""Amounts that people were given by hand, and whether they stand."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import EntryKind, person_account
from preceptor.pay.tables import LedgerEntry
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person

MOST = 100


class AdjustmentView(msgspec.Struct, frozen=True, kw_only=True):
    """An amount given by hand.

    Attributes:
        source: by which `reverse_adjustment` finds it.
        stands: it was not taken back, or stands again.
        last_reason: why it was last taken back or let stand again; empty where it never was.
    """

    source: str
    at: datetime
    amount: Money
    reason: str
    by: str
    stands: bool
    last_reason: str


async def list_adjustments(session: ReadSession, *, actor: Actor, person_id: UUID) -> list[AdjustmentView]:
    """What a person was given by hand, the newest first, a hundred at most.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
    """
    actor.require(Permission.PAY_READ)
    later = aliased(LedgerEntry)
    turns = select(func.count()).where(later.origin == LedgerEntry.id).scalar_subquery()
    said = select(later.memo).where(later.origin == LedgerEntry.id).order_by(later.id.desc()).limit(1).scalar_subquery()
    rows = await session.execute(
        select(LedgerEntry, Person.name, turns, said)
        .outerjoin(Person, Person.id == LedgerEntry.actor_id)
        .where(
            LedgerEntry.credit == person_account(person_id),
            LedgerEntry.kind == EntryKind.ADJUSTMENT.value,
            LedgerEntry.source.startswith("adjustment:"),
        )
        .order_by(LedgerEntry.id.desc())
        .limit(MOST)
    )
    return [
        AdjustmentView(
            source=entry.source,
            at=entry.at,
            amount=Money(entry.amount_minor, entry.currency),
            reason=entry.memo,
            by=name or "",
            stands=count % 2 == 0,
            last_reason=reason or "",
        )
        for entry, name, count, reason in rows
    ]

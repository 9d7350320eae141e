"""Batches of payouts, for those who move money."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.pay.rules import BatchState, MethodKind, PayoutState
from preceptor.pay.tables import Payout, PayoutBatch
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person

PAGE_SIZE = 30
PAYOUTS_PAGE_SIZE = 100


class NoSuchBatchError(NotFoundError):
    """No batch of this id."""

    title = _("There is no such batch of payouts.")
    code = "no_such_batch"


class NoSuchPayoutError(NotFoundError):
    """No payout of this id."""

    title = _("There is no such payout.")
    code = "no_such_payout"


class Step(msgspec.Struct, frozen=True):
    """Who did something to a batch, and when."""

    by: str
    at: datetime


class StateSum(msgspec.Struct, frozen=True):
    """Payouts of one state: how many, and how much."""

    payouts: int
    amount: Money


class BatchView(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of payouts.

    Attributes:
        minimum: balances below it were left for later.
        sums: by what has become of them.
        total: of those that are or were to be sent.
        file_sha256: of the file, to compare with what the bank was given; empty where there is none yet.
    """

    id: UUID
    number: int
    kind: MethodKind
    currency: str
    period_end: datetime
    minimum: Money
    state: BatchState
    made_by: UUID
    made: Step
    approved: Step | None
    exported: Step | None
    sent: Step | None
    cancelled: Step | None
    sums: dict[PayoutState, StateSum]
    total: Money
    payouts: int
    file_name: str
    file_sha256: str

    @property
    def is_settled(self) -> bool:
        """True when it was sent and nothing is on its way any more."""
        return self.state is BatchState.SENT and PayoutState.OPEN not in self.sums


class PayoutView(msgspec.Struct, frozen=True, kw_only=True):
    """A payout as those who move money see it."""

    id: UUID
    batch_id: UUID
    person_id: UUID
    person_name: str
    amount: Money
    hint: str
    state: PayoutState
    reason: str
    note: str
    decided_at: datetime | None


async def list_batches(session: ReadSession, *, actor: Actor, cursor: str | None = None) -> Page[BatchView]:
    """Batches, newest first.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.PAY_READ)
    query = select(PayoutBatch).order_by(PayoutBatch.number.desc()).limit(PAGE_SIZE + 1)
    if cursor:
        query = query.where(PayoutBatch.number < decode_cursor(cursor, tuple[int])[0])
    rows = list(await session.scalars(query))
    shown = rows[:PAGE_SIZE]
    views = await _views(session, shown)
    return Page(views, encode_cursor(shown[-1].number) if len(rows) > PAGE_SIZE else None)


async def access_batch(session: ReadSession, *, actor: Actor, batch_id: UUID) -> BatchView:
    """A batch.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
        NoSuchBatchError: there is none.
    """
    actor.require(Permission.PAY_READ)
    row = await session.get(PayoutBatch, batch_id)
    if row is None:
        raise NoSuchBatchError
    return (await _views(session, [row]))[0]


async def _views(session: ReadSession, rows: list[PayoutBatch]) -> list[BatchView]:
    sums: dict[UUID, dict[PayoutState, StateSum]] = {row.id: {} for row in rows}
    found = await session.execute(
        select(Payout.batch_id, Payout.state, Payout.currency, func.count(), func.sum(Payout.amount_minor))
        .where(Payout.batch_id.in_(list(sums)))
        .group_by(Payout.batch_id, Payout.state, Payout.currency)
    )
    for batch_id, state, currency, count, amount in found:
        sums[batch_id][PayoutState(state)] = StateSum(count, Money(int(amount), currency))
    wanted = {
        person
        for row in rows
        for person in (row.made_by, row.approved_by, row.exported_by, row.sent_by, row.cancelled_by)
        if person is not None
    }
    named = await session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    names = {person: name for person, name in named}  # noqa: C416 (a row is no pair)
    return [_view(row, sums[row.id], names) for row in rows]


def _view(row: PayoutBatch, sums: dict[PayoutState, StateSum], names: Mapping[UUID, str]) -> BatchView:
    def step(by: UUID | None, at: datetime | None) -> Step | None:
        return None if by is None or at is None else Step(names.get(by, _SYSTEM_NAME), at)

    going = [one for state, one in sums.items() if state is not PayoutState.LEFT_OUT]
    return BatchView(
        id=row.id,
        number=row.number,
        kind=MethodKind(row.kind),
        currency=row.currency,
        period_end=row.period_end,
        minimum=Money(row.minimum_minor, row.currency),
        state=BatchState(row.state),
        made_by=row.made_by,
        made=Step(names.get(row.made_by, _SYSTEM_NAME), row.made_at),
        approved=step(row.approved_by, row.approved_at),
        exported=step(row.exported_by, row.exported_at),
        sent=step(row.sent_by, row.sent_at),
        cancelled=step(row.cancelled_by, row.cancelled_at),
        sums=sums,
        total=Money(sum(one.amount.amount for one in going), row.currency),
        payouts=sum(one.payouts for one in going),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
    )


_SYSTEM_NAME = "system"


async def list_payouts(
    session: ReadSession, *, actor: Actor, batch_id: UUID, cursor: str | None = None, size: int = PAYOUTS_PAGE_SIZE
) -> Page[PayoutView]:
    """The payouts of a batch, in the order in which its file has them.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.PAY_READ)
    query = _payouts().where(Payout.batch_id == batch_id).order_by(Payout.id).limit(size + 1)
    if cursor:
        query = query.where(Payout.id > decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = rows[:size]
    return Page([_payout(row) for row in shown], encode_cursor(shown[-1][0].id) if len(rows) > size else None)


async def access_payout(session: ReadSession, *, actor: Actor, payout_id: UUID) -> PayoutView:
    """A payout.

    Raises:
        MissingPermissionError: the actor may not read what others earn.
        NoSuchPayoutError: there is none.
    """
    actor.require(Permission.PAY_READ)
    row = (await session.execute(_payouts().where(Payout.id == payout_id))).first()
    if row is None:
        raise NoSuchPayoutError
    return _payout(row)


def _payouts() -> Any:
    person = aliased(Person)
    return select(Payout, person.name).join(person, person.id == Payout.person_id)


def _payout(row: Any) -> PayoutView:
    payout, name = row
    return PayoutView(
        id=payout.id,
        batch_id=payout.batch_id,
        person_id=payout.person_id,
        person_name=name,
        amount=Money(payout.amount_minor, payout.currency),
        hint=payout.hint,
        state=PayoutState(payout.state),
        reason=payout.reason,
        note=payout.note,
        decided_at=payout.decided_at,
    )

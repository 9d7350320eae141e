"""Taking over what a bank or service says became of a batch."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import WriteSession
from preceptor.pay.operations.outcomes import PayoutStateError, mark_failed, mark_paid, mark_returned
from preceptor.pay.queries.batches import NoSuchBatchError
from preceptor.pay.rules import BatchState, PayoutState, payout_reference
from preceptor.pay.rules.results import read_results
from preceptor.pay.tables import Payout, PayoutBatch
from preceptor.people.rules import Actor, Permission

AFTER_ALL = """
SELECT payout.id FROM payout JOIN ledger_entry AS first ON first.source = 'payout:' || payout.id
WHERE payout.batch_id = %(batch)s AND payout.state = 'paid'
  AND EXISTS (SELECT FROM ledger_entry AS later WHERE later.origin = first.id)
"""


class Taken(msgspec.Struct, frozen=True):
    """What a file changed: payouts by what became of them, and lines that fit none, or not any more.

    `after_all`: lines that say of payouts which had failed or come back that they have arrived. They change nothing: an
    older file may say so too, so a person looks at each and says it.
    """

    paid: int
    failed: int
    returned: int
    unknown: int
    after_all: int = 0


async def take_results(session: WriteSession, *, actor: Actor, batch_id: UUID, text: str, now: datetime) -> Taken:
    """Mark each payout that a file names. A second time changes nothing.

    Lines whose reference is of another batch, or whose payout cannot become so any more, are counted and left alone.

    Raises:
        MissingPermissionError: the actor may not move money.
        NoSuchBatchError: there is none.
        PayoutStateError: the batch was not sent.
        InvalidError: the file is no table with a reference and a status.
    """
    actor.require(Permission.PAY_WRITE)
    batch = await session.scalar(select(PayoutBatch).where(PayoutBatch.id == batch_id).with_for_update())
    if batch is None:
        raise NoSuchBatchError
    if batch.state != BatchState.SENT:
        raise PayoutStateError
    rows = await session.execute(select(Payout.id, Payout.state).where(Payout.batch_id == batch_id))
    known = {payout_reference(payout_id): (payout_id, PayoutState(state)) for payout_id, state in rows}
    settled_again = await _arrived_after_all(session, batch_id)
    counts = dict.fromkeys((PayoutState.PAID, PayoutState.FAILED, PayoutState.RETURNED), 0)
    unknown = after_all = 0
    for line in read_results(text):
        payout_id, state = known.get(line.reference, (None, None))
        if payout_id is None:
            unknown += 1
            continue
        if line.state is PayoutState.PAID and state in {PayoutState.FAILED, PayoutState.RETURNED}:
            after_all += 1
            continue
        if line.state is not PayoutState.PAID and payout_id in settled_again:
            continue  # Somebody has said since that it arrived after all; this file may be from before.
        try:
            if line.state is PayoutState.PAID:
                changed = await mark_paid(session, actor=actor, payout_id=payout_id, now=now)
            else:
                mark = mark_failed if line.state is PayoutState.FAILED else mark_returned
                changed = await mark(session, actor=actor, payout_id=payout_id, reason=line.reason, now=now)
        except PayoutStateError:
            unknown += 1
        else:
            counts[line.state] += changed
    return Taken(counts[PayoutState.PAID], counts[PayoutState.FAILED], counts[PayoutState.RETURNED], unknown, after_all)


async def _arrived_after_all(session: WriteSession, batch_id: UUID) -> set[UUID]:
    """The payouts of a batch that had come back once, and stand in the ledger again."""
    found = await (await session.driver()).execute(AFTER_ALL, {"batch": batch_id})
    return {row[0] for row in await found.fetchall()}

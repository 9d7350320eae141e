"""Writing the ledger. Entries are only ever added."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.rules import EntryKind, person_account, project_account, reversal_source

EARN = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source, activity)
SELECT id, %(now)s, debit, credit, amount, currency, source, activity
FROM json_to_recordset(%(rows)s::json)
     AS given (id uuid, debit text, credit text, amount bigint, currency text, source text, activity text)
"""

# The first entry of the chain is locked, so that whoever reverses or overturns at the same time waits. The table is
# append-only; a lock changes nothing.
ORIGIN = "SELECT coalesce(origin, id) FROM ledger_entry WHERE source = %s"
LOCK = "SELECT FROM ledger_entry WHERE id = %s FOR NO KEY UPDATE"

# The last entry of the chain, which nothing reverses. Where their number is odd, the first one stands.
LAST = """
WITH chain AS (SELECT id FROM ledger_entry WHERE id = %(origin)s OR origin = %(origin)s)
SELECT id, (SELECT count(*) FROM chain) %% 2 = 1 FROM chain
WHERE NOT EXISTS (SELECT FROM ledger_entry AS later WHERE later.reverses = chain.id)
"""

TURN_BACK = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source, memo, kind, activity, reverses, origin,
                          actor_id)
SELECT %(id)s, %(now)s, credit, debit, amount_minor, currency, %(source)s, %(reason)s, 'reversal', activity, id,
       coalesce(origin, id), %(actor)s
FROM ledger_entry WHERE id = %(reversed)s
"""

MOVE = """
INSERT INTO ledger_entry (id, at, debit, credit, amount_minor, currency, source, memo, kind, actor_id)
VALUES (%(id)s, %(now)s, %(debit)s, %(credit)s, %(amount)s, %(currency)s, %(source)s, %(memo)s, %(kind)s, %(actor)s)
ON CONFLICT (source) DO NOTHING
"""


class Earned(msgspec.Struct, frozen=True):
    """What somebody earned.

    Attributes:
        person_id: who earned it.
        project_id: on what.
        money: how much; never negative.
        source: what it was earned for, such as `time:<id of a time entry>`; one source is booked once, a second time is
            an error of the program.
        activity: what it was earned with, where the source is no time entry that says so.
    """

    person_id: UUID
    project_id: UUID
    money: Money
    source: str
    activity: str = ""


async def record_earnings(driver: Driver, earnings: Sequence[Earned], *, now: datetime) -> None:
    """Book what people earned, in the transaction of `driver`, on which the work that earned it is being recorded.

    Nothing earned books nothing.
    """
    rows = [
        {
            "id": new_id(),
            "debit": project_account(one.project_id),
            "credit": person_account(one.person_id),
            "amount": one.money.amount,
            "currency": one.money.currency,
            "source": one.source,
            "activity": one.activity,
        }
        for one in earnings
        if one.money.amount
    ]
    if rows:
        await driver.execute(EARN, {"rows": msgspec.json.encode(rows).decode(), "now": now})


async def reverse(
    driver: Driver, *, source: str, reason: str, now: datetime, actor_id: UUID | None = None
) -> UUID | None:
    """Take an entry back by one that moves the same amount the other way. A second time changes nothing.

    It does not matter whether the money was paid out meanwhile: the account then holds less than nothing, and what is
    earned next makes up for it. For callers that have decided, and tell the person.

    Args:
        driver: the transaction.
        source: of the entry, as it was booked.
        reason: why, for the statement.
        now: when.
        actor_id: the person who decided.

    Returns:
        The new entry; None where nothing was booked under this source, or it is reversed already.
    """
    return await _turn_back(driver, source=source, standing=True, reason=reason, now=now, actor_id=actor_id)


async def overturn(
    driver: Driver, *, source: str, reason: str, now: datetime, actor_id: UUID | None = None
) -> UUID | None:
    """Reverse the reversal of an entry, so that it stands again. A second time changes nothing.

    Args:
        driver: the transaction.
        source: of the entry that was reversed, as it was booked.
        reason: why, for the statement.
        now: when.
        actor_id: the person who decided.

    Returns:
        The new entry; None where nothing was booked under this source, or it stands.
    """
    return await _turn_back(driver, source=source, standing=False, reason=reason, now=now, actor_id=actor_id)


async def _turn_back(
    driver: Driver, *, source: str, standing: bool, reason: str, now: datetime, actor_id: UUID | None
) -> UUID | None:
    found = await (await driver.execute(ORIGIN, (source,))).fetchone()
    if found is None:
        return None
    await driver.execute(LOCK, found)
    last = await (await driver.execute(LAST, {"origin": found[0]})).fetchone()
    assert last is not None
    if last[1] is not standing:
        return None
    entry_id = new_id()
    values = {
        "id": entry_id,
        "reversed": last[0],
        "source": reversal_source(last[0]),
        "reason": reason,
        "now": now,
        "actor": actor_id,
    }
    await driver.execute(TURN_BACK, values)
    return entry_id


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """An amount to be moved from one account to another.

    Attributes:
        debit: the account that pays.
        credit: the account that receives.
        money: how much; above nothing.
        source: what for; one source is booked once.
        kind: what the entry is.
        memo: why, in words.
        actor_id: who decided.
    """

    debit: str
    credit: str
    money: Money
    source: str
    kind: EntryKind
    memo: str = ""
    actor_id: UUID | None = None


async def move(driver: Driver, moved: Moved, *, now: datetime) -> UUID | None:
    """Book one movement of money, once. For the operations of this context and those that have made sure who asks.

    Returns:
        The entry; None where the source was booked before.
    """
    entry_id = new_id()
    values = {
        "id": entry_id,
        "now": now,
        "debit": moved.debit,
        "credit": moved.credit,
        "amount": moved.money.amount,
        "currency": moved.money.currency,
        "source": moved.source,
        "memo": moved.memo,
        "kind": moved.kind.value,
        "actor": moved.actor_id,
    }
    done = await driver.execute(MOVE, values)
    return entry_id if done.rowcount else None

"""Recounting the ledger: what must be true of it, as statements that find whatever is not."""

from collections.abc import AsyncIterator

import msgspec

from preceptor.lib.db import Driver
from preceptor.pay.rules import ACCOUNT_PATTERN

MOST = 20
"""Examples of one kind of fault that are named."""


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it must be.

    Attributes:
        check: which rule is broken, such as `reversals`.
        found: what breaks it.
    """

    check: str
    found: str


SHAPE = f"""
SELECT format('entry %%s (%%s): %%s pays %%s %%s to %%s', id, kind, debit, amount_minor, currency, credit)
FROM ledger_entry
WHERE amount_minor <= 0 OR debit = credit OR currency !~ '^[A-Z]{{3}}$'
   OR debit !~ '^{ACCOUNT_PATTERN}$' OR credit !~ '^{ACCOUNT_PATTERN}$'
   OR NOT CASE kind
        WHEN 'earning' THEN debit LIKE 'project:%%' AND credit LIKE 'person:%%'
        WHEN 'adjustment' THEN (debit = 'adjustments' OR debit LIKE 'project:%%') AND credit LIKE 'person:%%'
        WHEN 'payout' THEN debit LIKE 'person:%%' AND credit = source AND source LIKE 'payout:%%'
        WHEN 'settlement' THEN debit LIKE 'payout:%%' AND credit = 'paid'
                               AND source = 'paid:' || substring(debit FROM 8)
        WHEN 'reversal' THEN reverses IS NOT NULL AND origin IS NOT NULL
        ELSE false END
   OR (kind <> 'reversal' AND (reverses IS NOT NULL OR origin IS NOT NULL))
LIMIT %(most)s
"""  # noqa: S608 (constants alone)

SOURCES = """
SELECT format('source %%s was booked %%s times', source, count(*)) FROM ledger_entry
GROUP BY source HAVING count(*) > 1 LIMIT %(most)s
"""

REVERSALS = """
SELECT format('entry %%s does not reverse %%s: %%s', later.id, later.reverses,
              CASE WHEN first.id IS NULL THEN 'there is none' ELSE 'accounts, amount, currency or chain differ' END)
FROM ledger_entry AS later LEFT JOIN ledger_entry AS first ON first.id = later.reverses
WHERE later.kind = 'reversal'
  AND (first.id IS NULL OR first.debit <> later.credit OR first.credit <> later.debit
       OR first.amount_minor <> later.amount_minor OR first.currency <> later.currency
       OR later.origin IS DISTINCT FROM coalesce(first.origin, first.id))
LIMIT %(most)s
"""

REVERSED_TWICE = """
SELECT format('entry %%s is reversed %%s times', reverses, count(*)) FROM ledger_entry
WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1 LIMIT %(most)s
"""

# An entry stands while its chain has an odd number of entries.
PAYOUTS = """
WITH chain AS (
    SELECT first.source, first.amount_minor, first.currency, first.debit,
           (1 + (SELECT count(*) FROM ledger_entry AS later WHERE later.origin = first.id)) %% 2 = 1 AS stands
    FROM ledger_entry AS first WHERE first.kind IN ('payout', 'settlement')
)
SELECT format('payout %%s of batch %%s is %%s, but the ledger has it %%s and %%s', payout.id, batch.number,
              payout.state,
              CASE WHEN coalesce(left_account.stands, false) THEN 'taken' ELSE 'not taken' END,
              CASE WHEN coalesce(arrived.stands, false) THEN 'arrived' ELSE 'not arrived' END)
FROM payout JOIN payout_batch AS batch ON batch.id = payout.batch_id
LEFT JOIN chain AS left_account ON left_account.source = 'payout:' || payout.id
LEFT JOIN chain AS arrived ON arrived.source = 'paid:' || payout.id
WHERE coalesce(left_account.stands, false)
          <> (payout.state = 'paid' OR (payout.state = 'open' AND batch.state IN ('approved', 'exported', 'sent')))
   OR coalesce(arrived.stands, false) <> (payout.state = 'paid')
   OR (left_account.source IS NOT NULL
       AND (left_account.amount_minor, left_account.currency, left_account.debit)
           <> (payout.amount_minor, payout.currency, 'person:' || payout.person_id))
   OR (arrived.source IS NOT NULL
       AND (arrived.amount_minor, arrived.currency) <> (payout.amount_minor, payout.currency))
   OR payout.currency <> batch.currency
LIMIT %(most)s
"""

STRAY = """
SELECT format('entry %%s is for payout %%s, which there is not', entry.id, substring(entry.credit FROM 8))
FROM ledger_entry AS entry
WHERE entry.kind = 'payout' AND NOT EXISTS (
    SELECT FROM payout WHERE payout.id::text = substring(entry.credit FROM 8))
LIMIT %(most)s
"""

ON_THE_WAY = """
SELECT format('account %%s holds %%s %%s', account, sum(amount), currency)
FROM (SELECT credit AS account, amount_minor AS amount, currency FROM ledger_entry WHERE credit LIKE 'payout:%%'
      UNION ALL SELECT debit, -amount_minor, currency FROM ledger_entry WHERE debit LIKE 'payout:%%') AS moved
GROUP BY account, currency
HAVING sum(amount) <> coalesce((
    SELECT payout.amount_minor FROM payout JOIN payout_batch AS batch ON batch.id = payout.batch_id
    WHERE 'payout:' || payout.id = account AND payout.state = 'open'
      AND batch.state IN ('approved', 'exported', 'sent')), 0)
LIMIT %(most)s
"""

APPROVALS = """
SELECT format('batch %%s was approved by who made it, or by nobody', number) FROM payout_batch
WHERE approved_by = made_by OR (approved_by IS NULL AND state IN ('approved', 'exported', 'sent'))
LIMIT %(most)s
"""

ZERO = """
SELECT format('all accounts together hold %%s %%s', sum(amount), currency)
FROM (SELECT amount_minor AS amount, currency FROM ledger_entry WHERE credit <> ''
      UNION ALL SELECT -amount_minor, currency FROM ledger_entry WHERE debit <> '') AS moved
GROUP BY currency HAVING sum(amount) <> 0 LIMIT %(most)s
"""

GUARDS = """
SELECT format('the database does not guard %%s with %%s', wanted.relation, wanted.name)
FROM (VALUES ('ledger_entry', 'refuse_change'), ('ledger_entry', 'check_reversal'), ('ledger_entry', 'check_payout'),
             ('payout', 'refuse_change'), ('payout_batch', 'refuse_change'), ('payout_batch', 'refuse_delete'))
     AS wanted (relation, name)
WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = wanted.relation::regclass AND tgname = wanted.name
                  AND tgenabled <> 'D')
LIMIT %(most)s
"""

CHECKS = {
    "guards": GUARDS,
    "shape": SHAPE,
    "sources": SOURCES,
    "reversals": REVERSALS,
    "reversed once": REVERSED_TWICE,
    "accounts": ZERO,
    "payouts": PAYOUTS,
    "entries of payouts": STRAY,
    "on the way": ON_THE_WAY,
    "approvals": APPROVALS,
}


async def find_faults(driver: Driver, checks: dict[str, str]) -> AsyncIterator[Fault]:
    """Run checks and name what they find, twenty examples of each at most. PostgreSQL counts; little comes here."""
    for name, statement in checks.items():
        rows = await (await driver.execute(statement, {"most": MOST + 1})).fetchall()
        for (found,) in rows[:MOST]:
            yield Fault(name, found)
        if len(rows) > MOST:
            yield Fault(name, "and more")

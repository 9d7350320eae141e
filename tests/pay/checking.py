"""What must be true of a history at any moment, counted from the tables and from what the history itself has seen."""

from preceptor.work.operations.cap_claims import claim_over_cap, decide_over_cap

TASKS = """
SELECT task.id, task.state, task.active_ms + task.waiting_ms AS worked, coalesce(sum(entry.paid_ms), 0)::bigint AS paid,
       coalesce(sum(entry.active_ms + entry.waiting_ms), 0)::bigint AS told,
       coalesce(sum(entry.amount_minor), 0)::bigint AS amount, count(entry.id) AS entries,
       coalesce(min(entry.rate_minor), 0) AS lowest, coalesce(max(entry.rate_minor), 0) AS highest,
       coalesce((SELECT sum(claimed_ms) FROM cap_claim WHERE assignment_id = task.id AND state = 'declined'), 0)::bigint,
       task.task_minor,
       coalesce(sum(entry.amount_minor) FILTER (WHERE entry.outcome = 'over_cap'), 0)::bigint AS granted,
       coalesce(sum(entry.paid_ms) FILTER (WHERE entry.outcome = 'over_cap'), 0)::bigint AS granted_ms
FROM assignment AS task LEFT JOIN time_entry AS entry ON entry.assignment_id = task.id
WHERE task.id = ANY(%s) GROUP BY task.id
"""

STANDING = """
SELECT coalesce(sum(CASE WHEN credit = %(account)s THEN amount_minor ELSE -amount_minor END), 0)::bigint
FROM ledger_entry WHERE %(account)s IN (debit, credit)
"""

# What has left an account and not come back.
GONE = """
SELECT coalesce(sum(CASE WHEN debit = %(account)s THEN amount_minor ELSE -amount_minor END), 0)::bigint
FROM ledger_entry
WHERE (debit = %(account)s AND credit LIKE 'payout:%%') OR (credit = %(account)s AND debit LIKE 'payout:%%')
"""

TOPPED_UP = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM top_up WHERE person_id = %s"

LEASED = {"active", "paused", "prefetched"}


async def check_history(story, *, at_the_end=False):
    """Fails where a minute is unpaid or paid twice, money is lost or made, or the books do not say the same."""
    if at_the_end:
        await _grant_everything(story)
    assert await story.faults() == []
    async with story.db.hot() as driver:
        rows = await (await driver.execute(TASKS, ([one.id for one in story.tasks],))).fetchall()
        found = {row[0]: row[1:] for row in rows}
        for task in story.tasks:
            _check_task(task, *found[task.id], at_the_end=at_the_end)
        for person in story.people:
            account = {"account": f"person:{person.person_id}"}
            (held,) = await (await driver.execute(STANDING, account)).fetchone()
            (gone,) = await (await driver.execute(GONE, account)).fetchone()
            (topped_up,) = await (await driver.execute(TOPPED_UP, (person.person_id,))).fetchone()
            stands = sum(found[one.id][4] for one in story.tasks if one.person is person and not one.taken)
            assert held + gone == stands + story.extra[person.person_id] + topped_up, "money is lost, or made"


def _check_task(task, state, worked, paid, told, amount, entries, lowest, highest, declined, *by_task, at_the_end):
    assert task.least_ms <= worked <= task.most_ms, "a minute that was worked is not counted, or one is that was not"
    if state not in LEASED:
        assert told == worked, "time has ended and is not written down, or is twice"
    assert paid <= worked, "a minute is paid twice"
    if at_the_end and not task.taken:
        assert paid + declined == worked, "a minute is unpaid that nobody has declined over the cap"
    if entries:
        assert lowest == task.rate, "what was begun was paid by another rate"
        assert task.reworked or highest == task.rate
    price, granted, granted_ms = by_task
    assert price == task.price, "what was begun has another price"
    if price is not None:
        assert amount - granted == (price if task.submission_id else 0), "a price is not paid, or twice, or another"
        amount, paid = granted, granted_ms
    least, most = (rate * paid / 3_600_000 for rate in (task.rate, max(highest, task.rate)))
    assert least - entries <= amount <= most + entries, "an amount does not follow from time and rate"


async def _grant_everything(story):
    """Whoever has worked over the cap asks for it, and gets it: first what they have asked for already, then the rest."""
    for task in story.tasks:
        given = {"actor": task.person, "assignment_id": task.id, "note": "The models argued.", "now": story.now}
        for _claim in range(2):
            claim = await story.attempt(story.write(claim_over_cap, **given))
            if claim is not None:
                asked = {"actor": story.manager, "claim_id": claim, "accept": True, "now": story.now}
                await story.attempt(story.write(decide_over_cap, **asked))

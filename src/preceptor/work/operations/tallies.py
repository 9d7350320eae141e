"""Counts about projects, folded from events so that no trainer ever waits for a counter."""

from collections.abc import Iterable
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.events import Event
from preceptor.work.queries.counts import currencies_of
from preceptor.work.rules.tallies import Change, change_of, in_currency, total_of

# Rows in the order of their key, so that two folds cannot wait for each other.
ADD = """
INSERT INTO project_tally (project_id, measure, amount)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS given (project_id, measure, amount)
ORDER BY project_id, measure
ON CONFLICT (project_id, measure) DO UPDATE SET amount = project_tally.amount + EXCLUDED.amount
"""


async def add_to_tallies(session: WriteSession, *, events: Iterable[Event]) -> None:
    """Add what happened to the counts of the projects it happened in. Each event must be handed in exactly once."""
    happened = [event for event in events if event.project_id is not None]
    currencies = await currencies_of(session, project_ids={one.project_id for one in happened if one.project_id})
    changes: dict[UUID, list[Change]] = {}
    for event in happened:
        assert event.project_id is not None
        change = in_currency(change_of(event), event=event, currency=currencies.get(event.project_id))
        changes.setdefault(event.project_id, []).append(change)
    rows = [
        (project_id, measure, amount)
        for project_id, found in changes.items()
        for measure, amount in total_of(found).items()
    ]
    if rows:
        project_ids, measures, amounts = zip(*rows, strict=True)
        driver = await session.driver()
        await driver.execute(ADD, (list(project_ids), [str(measure) for measure in measures], list(amounts)))

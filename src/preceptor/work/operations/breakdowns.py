"""Counts by trainer and by day, folded from events so that no trainer ever waits for a counter."""

from collections.abc import Sequence
from datetime import UTC, date
from uuid import UUID

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.work.events import Accepted
from preceptor.work.rules.breakdowns import DayMeasure, TrainerMeasure, add_change, day_change_of, trainer_change_of

TRAINERS = "SELECT id, trainer_id FROM assignment WHERE id = ANY(%s)"
CORRECTED = "SELECT id FROM submission WHERE id = ANY(%s) AND origin = 'review'"

# Rows in the order of their key, so that two folds cannot wait for each other.
ADD_TO_TRAINERS = """
INSERT INTO trainer_tally AS tally (project_id, trainer_id, submitted, accepted, kept, corrected, returned, rejected,
                                    given_back, active_ms)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                     %s::bigint[], %s::bigint[], %s::bigint[]) AS given (project_id, trainer_id)
ORDER BY project_id, trainer_id
ON CONFLICT (project_id, trainer_id) DO UPDATE
SET submitted = tally.submitted + EXCLUDED.submitted, accepted = tally.accepted + EXCLUDED.accepted,
    kept = tally.kept + EXCLUDED.kept, corrected = tally.corrected + EXCLUDED.corrected,
    returned = tally.returned + EXCLUDED.returned, rejected = tally.rejected + EXCLUDED.rejected,
    given_back = tally.given_back + EXCLUDED.given_back, active_ms = tally.active_ms + EXCLUDED.active_ms
"""

ADD_TO_DAYS = """
INSERT INTO day_tally AS tally (project_id, day, submitted, accepted)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::bigint[], %s::bigint[]) AS given (project_id, day)
ORDER BY project_id, day
ON CONFLICT (project_id, day) DO UPDATE
SET submitted = tally.submitted + EXCLUDED.submitted, accepted = tally.accepted + EXCLUDED.accepted
"""


async def add_to_breakdowns(session: WriteSession, *, happened: Sequence[HappenedEvent]) -> None:
    """Add what happened to the counts of trainers and days. Each event must be handed in exactly once."""
    driver = await session.driver()
    trainers = await _trainers_of(driver, happened)
    corrected = await _corrected(driver, happened)
    by_trainer: dict[tuple[UUID, UUID], dict[TrainerMeasure, int]] = {}
    by_day: dict[tuple[UUID, date], dict[DayMeasure, int]] = {}
    for one in happened:
        event = one.event
        if event.project_id is None:
            continue
        add_change(by_day, (event.project_id, one.at.astimezone(UTC).date()), day_change_of(event))
        trainer_id = None if event.subject_id is None else trainers.get(event.subject_id)
        if trainer_id is not None:
            change = trainer_change_of(event, corrected=_submission_of(event) in corrected)
            add_change(by_trainer, (event.project_id, trainer_id), change)
    if by_trainer:
        columns = [[change.get(measure, 0) for change in by_trainer.values()] for measure in TrainerMeasure]
        projects, people = zip(*by_trainer, strict=True)
        await driver.execute(ADD_TO_TRAINERS, (list(projects), list(people), *columns))
    if by_day:
        columns = [[change.get(measure, 0) for change in by_day.values()] for measure in DayMeasure]
        projects, days = zip(*by_day, strict=True)
        await driver.execute(ADD_TO_DAYS, (list(projects), list(days), *columns))


def _submission_of(event: object) -> UUID | None:
    return event.submission_id if isinstance(event, Accepted) else None


async def _trainers_of(driver: Driver, happened: Sequence[HappenedEvent]) -> dict[UUID, UUID]:
    subjects = list({one.event.subject_id for one in happened if trainer_change_of(one.event)})
    return dict(await (await driver.execute(TRAINERS, (subjects,))).fetchall()) if subjects else {}


async def _corrected(driver: Driver, happened: Sequence[HappenedEvent]) -> set[UUID]:
    accepted = [submission_id for one in happened if (submission_id := _submission_of(one.event))]
    if not accepted:
        return set()
    return {row[0] for row in await (await driver.execute(CORRECTED, (accepted,))).fetchall()}

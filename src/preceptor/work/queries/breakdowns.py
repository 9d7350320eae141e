"""Who does what on a project, and how much happened on which day: what the worker has folded, and what came since."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.lib.events import event_from_row
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.work.rules.breakdowns import DayMeasure, TrainerMeasure, add_change, day_change_of, trainer_change_of

MOST_TRAINERS = 100
LEAST_ACTIVE_MS = 600_000
"""Ten minutes: with less, a rate per hour says nothing."""
HOUR_MS = 3_600_000

# One statement, so that tallies and tail are seen at the same moment (as in `counts`). A trainer of the tail is among
# those looked up, however little they had done before.
BREAKDOWN = """
WITH reader AS (
    SELECT coalesce(max(transaction::text), '0')::xid8 AS transaction,
           coalesce(max(event_id::text), '00000000-0000-0000-0000-000000000000')::uuid AS event_id
    FROM event_reader WHERE name = 'flow'
), tail AS MATERIALIZED (
    SELECT (event.at AT TIME ZONE 'UTC')::date AS day, event.name, event.data, assignment.trainer_id,
           submission.id IS NOT NULL AS corrected
    FROM reader, event
    LEFT JOIN assignment ON assignment.id = event.subject_id
    LEFT JOIN submission ON event.name = 'work.accepted' AND submission.id = (event.data->>'submission_id')::uuid
                        AND submission.origin = 'review'
    WHERE (event.transaction, event.id) > (reader.transaction, reader.event_id)
      AND event.project_id = %(project)s AND event.name LIKE 'work.%%'
), best AS (
    SELECT trainer_id FROM trainer_tally WHERE project_id = %(project)s
    ORDER BY submitted DESC, trainer_id LIMIT %(most)s
)
SELECT 'trainer', trainer_id, NULL::date, NULL, NULL::jsonb, false,
       ARRAY[submitted, accepted, kept, corrected, returned, rejected, given_back, active_ms]
FROM trainer_tally
WHERE project_id = %(project)s
  AND trainer_id IN (SELECT trainer_id FROM best UNION SELECT trainer_id FROM tail WHERE trainer_id IS NOT NULL)
UNION ALL
SELECT 'day', NULL, day, NULL, NULL, false, ARRAY[submitted, accepted]
FROM day_tally WHERE project_id = %(project)s AND day >= %(since)s
UNION ALL
SELECT 'event', trainer_id, day, name, data, corrected, NULL FROM tail
"""


# The same of one person, on all projects.
OWN = """
WITH reader AS (
    SELECT coalesce(max(transaction::text), '0')::xid8 AS transaction,
           coalesce(max(event_id::text), '00000000-0000-0000-0000-000000000000')::uuid AS event_id
    FROM event_reader WHERE name = 'flow'
)
SELECT project_id, NULL, NULL::jsonb, false,
       ARRAY[submitted, accepted, kept, corrected, returned, rejected, given_back, active_ms]
FROM trainer_tally WHERE trainer_id = %(person)s
UNION ALL
SELECT event.project_id, event.name, event.data, submission.id IS NOT NULL, NULL
FROM reader, event
JOIN assignment ON assignment.id = event.subject_id AND assignment.trainer_id = %(person)s
LEFT JOIN submission ON event.name = 'work.accepted' AND submission.id = (event.data->>'submission_id')::uuid
                    AND submission.origin = 'review'
WHERE (event.transaction, event.id) > (reader.transaction, reader.event_id)
  AND event.project_id IS NOT NULL AND event.name LIKE 'work.%%'
"""


class TrainerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What a trainer has done on a project; `TrainerMeasure` says what each number means."""

    person_id: UUID
    pseudonym: str = ""
    submitted: int = 0
    accepted: int = 0
    kept: int = 0
    corrected: int = 0
    returned: int = 0
    rejected: int = 0
    given_back: int = 0
    active_ms: int = 0

    @property
    def per_hour(self) -> float | None:
        """Tasks handed in per active hour; None where that is too little time to say."""
        return None if self.active_ms < LEAST_ACTIVE_MS else self.submitted * HOUR_MS / self.active_ms


class DayCount(msgspec.Struct, frozen=True):
    """How many answers were handed in and accepted on a day (UTC)."""

    day: date
    submitted: int = 0
    accepted: int = 0


class Breakdown(msgspec.Struct, frozen=True):
    """Trainers, whoever handed in most first; and days on which something happened, in their order.

    `more`: there are more trainers than those that are told, who are the busiest ones.
    """

    trainers: list[TrainerStanding]
    more: bool
    days: list[DayCount]


async def project_breakdown(session: ReadSession, *, actor: Actor, project_id: UUID, since: date) -> Breakdown:
    """Who has done what on a project so far, and what happened on each day from `since` on.

    Raises:
        MissingPermissionError: the actor may not read projects.
    """
    actor.require(Permission.PROJECT_READ)
    driver = await session.driver()
    values = {"project": project_id, "since": since, "most": MOST_TRAINERS + 1}
    trainers: dict[UUID, dict[TrainerMeasure, int]] = {}
    days: dict[date, dict[DayMeasure, int]] = {}
    rows: list[Any] = await (await driver.execute(BREAKDOWN, values)).fetchall()
    for what, trainer_id, day, name, data, corrected, amounts in rows:
        if what == "trainer":
            add_change(trainers, trainer_id, dict(zip(TrainerMeasure, amounts, strict=True)))
        elif what == "day":
            add_change(days, day, dict(zip(DayMeasure, amounts, strict=True)))
        else:
            event = event_from_row(name, actor_id=None, subject_id=None, project_id=project_id, data=data)
            if event is None:
                continue
            if trainer_id is not None:
                add_change(trainers, trainer_id, trainer_change_of(event, corrected=corrected))
            add_change(days, day, day_change_of(event))
    return Breakdown(
        await _standings(session, trainers),
        len(trainers) > MOST_TRAINERS,
        [
            DayCount(day, **{measure.value: amount for measure, amount in counted.items()})
            for day, counted in sorted(days.items())
            if day >= since and any(counted.values())
        ],
    )


async def own_breakdown(session: ReadSession, *, actor: Actor) -> dict[UUID, dict[str, int]]:
    """What is counted about the actor, by project: the same numbers as managers see. Keys are of `TrainerMeasure`."""
    driver = await session.driver()
    rows: list[Any] = await (await driver.execute(OWN, {"person": actor.person_id})).fetchall()
    found: dict[UUID, dict[TrainerMeasure, int]] = {}
    for project_id, name, data, corrected, amounts in rows:
        if amounts is not None:
            add_change(found, project_id, dict(zip(TrainerMeasure, amounts, strict=True)))
            continue
        event = event_from_row(name, actor_id=None, subject_id=None, project_id=project_id, data=data)
        if event is not None:
            add_change(found, project_id, trainer_change_of(event, corrected=corrected))
    return {
        project_id: {measure.value: amount for measure, amount in counted.items()}
        for project_id, counted in found.items()
    }


async def _standings(
    session: ReadSession, trainers: Mapping[UUID, Mapping[TrainerMeasure, int]]
) -> list[TrainerStanding]:
    def order(one: tuple[UUID, Mapping[TrainerMeasure, int]]) -> tuple[int, int, UUID]:
        return (-one[1].get(TrainerMeasure.SUBMITTED, 0), -one[1].get(TrainerMeasure.ACTIVE_MS, 0), one[0])

    best: Sequence[tuple[UUID, Mapping[TrainerMeasure, int]]] = sorted(trainers.items(), key=order)[:MOST_TRAINERS]
    rows = await session.execute(
        select(Person.id, Person.pseudonym).where(Person.id.in_([person_id for person_id, _counted in best]))
    )
    names = {row[0]: row[1] for row in rows}
    return [
        TrainerStanding(
            person_id=person_id,
            pseudonym=names.get(person_id, ""),
            **{measure.value: amount for measure, amount in counted.items()},
        )
        for person_id, counted in best
    ]

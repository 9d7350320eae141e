"""Who is at work on a project at this moment."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission

MOST = 100

# Both indexes hold leases alone, so that neither half grows with what was done; what they say stands here as they say
# it, or the planner would not see that they serve.
AT_WORK = """
WITH leased AS (
    SELECT * FROM assignment
    WHERE project_id = %(project)s AND state IN ('prefetched', 'active', 'paused') AND rework_round = 0
      AND state <> 'prefetched'
    UNION ALL
    SELECT * FROM assignment
    WHERE project_id = %(project)s AND state IN ('active', 'paused') AND rework_round > 0 AND state <> 'accepted'
)
SELECT leased.id, leased.trainer_id, person.pseudonym, leased.state, coalesce(leased.started_at, leased.claimed_at),
       leased.active_ms, leased.rework_round, coalesce(clock.busy_at, leased.started_at, leased.claimed_at)
FROM leased JOIN person ON person.id = leased.trainer_id
LEFT JOIN clock ON clock.person_id = leased.trainer_id AND clock.assignment_id = leased.id
                AND clock.busy_at > '-infinity'
ORDER BY coalesce(leased.started_at, leased.claimed_at), leased.id LIMIT %(most)s
"""


class Doing(StrEnum):
    """What somebody who has a task open is doing."""

    ACTIVE = "active"
    IDLE = "idle"
    """No sign of life for as long as the project allows, or at another task."""
    PAUSED = "paused"


class PersonAtWork(msgspec.Struct, frozen=True, kw_only=True):
    """A task that somebody has open. `seen_at`: their last sign of life in it; its beginning where there is none."""

    assignment_id: UUID
    person_id: UUID
    pseudonym: str
    doing: Doing
    since: datetime
    active_ms: int
    rework: bool
    seen_at: datetime


async def list_at_work(
    session: ReadSession, *, actor: Actor, project_id: UUID, idle_after: timedelta, now: datetime
) -> list[PersonAtWork]:
    """Whoever has a task of the project open, at most 100, whoever began first first.

    Args:
        session: for reading.
        actor: who asks.
        project_id: the project.
        idle_after: time without a sign of life after which somebody is idle.
        now: the time.

    Raises:
        MissingPermissionError: the actor may not read projects.
    """
    actor.require(Permission.PROJECT_READ)
    driver = await session.driver()
    rows: list[Any] = await (await driver.execute(AT_WORK, {"project": project_id, "most": MOST})).fetchall()
    return [
        PersonAtWork(
            assignment_id=row[0],
            person_id=row[1],
            pseudonym=row[2],
            doing=_doing(row[3], seen_at=row[7], idle_after=idle_after, now=now),
            since=row[4],
            active_ms=row[5],
            rework=row[6] > 0,
            seen_at=row[7],
        )
        for row in rows
    ]


def _doing(state: str, *, seen_at: datetime, idle_after: timedelta, now: datetime) -> Doing:
    if state == "paused":
        return Doing.PAUSED
    return Doing.IDLE if now - seen_at > idle_after else Doing.ACTIVE

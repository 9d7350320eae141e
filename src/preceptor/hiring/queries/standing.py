"""Whether people may take new tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.rules import (
    Barred,
    CaseFacts,
    CaseReason,
    Measure,
    Outcome,
    Scope,
    Standing,
    barred,
    standing,
)
from preceptor.hiring.tables import DueProcessCase
from preceptor.lib.db import ReadSession


def facts_of(row: DueProcessCase) -> CaseFacts:
    """What decides about a case, from its row."""
    return CaseFacts(
        measure=Measure(row.measure),
        scope=Scope(row.scope),
        project_id=row.project_id,
        reason=CaseReason(row.reason),
        announced_at=row.announced_at,
        effective_at=row.effective_at,
        lasts_days=row.lasts_days,
        appealed_at=row.appealed_at,
        appeal_due_at=row.appeal_due_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        decided_at=row.decided_at,
        withdrawn_at=row.withdrawn_at,
    )


async def standing_of(session: ReadSession, *, person_id: UUID, project_id: UUID | None, now: datetime) -> Standing:
    """Whether somebody may take new tasks of a project; without a project: of any at all.

    For callers that have made sure who asks. What is under way can be handed in whatever this says.
    """
    return (await standings_of(session, person_id=person_id, project_ids=[project_id], now=now))[project_id]


async def standings_of(
    session: ReadSession, *, person_id: UUID, project_ids: Collection[UUID | None], now: datetime
) -> dict[UUID | None, Standing]:
    """Whether somebody may take new tasks of each of these projects, in one look."""
    cases = await _in_force(session, person_id, now)
    return {one: standing(cases, project_id=one, now=now) for one in project_ids}


async def barred_from(session: ReadSession, *, person_id: UUID, now: datetime) -> Barred:
    """Which projects are closed to somebody, so that they can be served from the others.

    For callers that have made sure who asks.
    """
    return barred([case for _id, case in await _in_force(session, person_id, now)], now)


async def barred_among(session: ReadSession, *, person_ids: Collection[UUID], now: datetime) -> dict[UUID, Barred]:
    """The same of several people, in one look."""
    cases: dict[UUID, list[CaseFacts]] = {person_id: [] for person_id in person_ids}
    for row in await _binding(session, person_ids, now):
        cases[row.person_id].append(facts_of(row))
    return {person_id: barred(found, now) for person_id, found in cases.items()}


async def _in_force(session: ReadSession, person_id: UUID, now: datetime) -> list[tuple[UUID, CaseFacts]]:
    return [(row.id, facts_of(row)) for row in await _binding(session, [person_id], now)]


async def _binding(session: ReadSession, person_ids: Collection[UUID], now: datetime) -> Sequence[DueProcessCase]:
    """Measures whose day has come; whether each binds at this moment is for the rules."""
    rows = await session.scalars(
        select(DueProcessCase).where(
            DueProcessCase.person_id.in_(person_ids),
            DueProcessCase.measure != Measure.WARNING.value,
            DueProcessCase.withdrawn_at.is_(None),
            DueProcessCase.effective_at <= now,
        )
    )
    return rows.all()

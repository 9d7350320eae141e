"""What the worker does about cases: it tells people what their dates have brought about. It opens and decides none."""

from datetime import datetime

from sqlalchemy import or_, select

from preceptor.hiring.events import AppealOverdue, CaseInForce
from preceptor.hiring.operations.case_notices import tell_in_force, tell_overdue
from preceptor.hiring.operations.cases import set_removal_of
from preceptor.hiring.queries import facts_of
from preceptor.hiring.rules import Measure, bound, is_overdue
from preceptor.hiring.tables import DueProcessCase
from preceptor.lib.db import WriteSession
from preceptor.people.queries import removals_passed

AT_ONCE = 200


async def tell_of_due_cases(session: WriteSession, *, now: datetime) -> int:
    """Tell people that a measure is in force or an appeal overdue, once each; answers how many were looked at.

    Nothing depends on when this runs: whether a measure binds follows from its dates.
    """
    told = await _tell_in_force(session, now=now) + await _tell_overdue(session, now=now)
    for person_id in await removals_passed(session, now=now, limit=AT_ONCE):
        await set_removal_of(session, person_id, now=now)
    return told


async def _tell_in_force(session: WriteSession, *, now: datetime) -> int:
    rows = await session.scalars(
        select(DueProcessCase)
        .where(
            DueProcessCase.told_in_force_at.is_(None),
            DueProcessCase.measure != Measure.WARNING.value,
            DueProcessCase.effective_at <= now,
            DueProcessCase.withdrawn_at.is_(None),
            or_(DueProcessCase.appealed_at.is_(None), DueProcessCase.appealed_at >= DueProcessCase.effective_at)
            | (DueProcessCase.outcome == "upheld"),
        )
        .order_by(DueProcessCase.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    told = 0
    for row in rows:
        told += 1
        row.told_in_force_at = now
        if bound(facts_of(row), now) is not None:  # else it had ended before anybody looked
            await tell_in_force(session, row)
            session.emit(CaseInForce(subject_id=row.id, project_id=row.project_id, person_id=row.person_id))
    return told


async def _tell_overdue(session: WriteSession, *, now: datetime) -> int:
    rows = await session.scalars(
        select(DueProcessCase)
        .where(
            DueProcessCase.told_overdue_at.is_(None),
            DueProcessCase.outcome.is_(None),
            DueProcessCase.appeal_due_at <= now,
        )
        .order_by(DueProcessCase.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    told = 0
    for row in rows:
        told += 1
        row.told_overdue_at = now
        if is_overdue(facts_of(row), now):
            await tell_overdue(session, row)
            session.emit(AppealOverdue(subject_id=row.id, project_id=row.project_id, person_id=row.person_id))
    return told

"""Time that was earned: a person's own entries, and their sums."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.i18n import LazyText
from preceptor.lib.money import Money
from preceptor.people.rules import Actor
from preceptor.projects.tables import Project
from preceptor.work.rules.words import ACTIVITY_NAMES, OUTCOME_NAMES
from preceptor.work.tables import TimeEntry

PAGE_SIZE = 50


class TimeView(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of work that has ended, with what it earned. Times in milliseconds."""

    id: UUID
    at: datetime
    project_id: UUID
    project_title: str
    assignment_id: UUID | None
    activity: str
    outcome: str
    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int
    paid_ms: int
    rate: Money
    amount: Money

    @property
    def activity_name(self) -> LazyText:
        """What the time was spent on, in words."""
        return ACTIVITY_NAMES[self.activity]

    @property
    def outcome_name(self) -> LazyText:
        """How it ended, in words."""
        return OUTCOME_NAMES[self.outcome]


class Worked(msgspec.Struct, frozen=True):
    """Paid time and the money for it, one amount per currency."""

    paid_ms: int
    amounts: list[Money]


class ProjectTime(msgspec.Struct, frozen=True):
    """What somebody has worked and earned on one project.

    `reviews` counts what they judged there: reviews, parts of exams and disputes.
    """

    title: str
    tasks: int
    reviews: int
    paid_ms: int
    amount: Money


def _id_from(moment: datetime) -> UUID:
    """The least id that can have been made a day before `moment`: a bound for the index, with a margin for clocks."""
    stamp = int((moment - timedelta(days=1)).astimezone(UTC).timestamp() * 1000)
    return UUID(int=max(stamp, 0) << 80)


async def list_time(
    session: ReadSession, *, actor: Actor, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[TimeView]:
    """The actor's own time entries, newest first.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    query = (
        select(TimeEntry, Project.title)
        .join(Project, Project.id == TimeEntry.project_id)
        .where(TimeEntry.person_id == actor.person_id)
        .order_by(TimeEntry.id.desc())
        .limit(size + 1)
    )
    if cursor:
        query = query.where(TimeEntry.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = rows[:size]
    return Page(
        [time_view(entry, title) for entry, title in shown],
        encode_cursor(shown[-1][0].id) if len(rows) > size else None,
    )


async def time_of_assignment(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> list[TimeView]:
    """The actor's own time entries of one assignment, first to last."""
    rows = await session.execute(
        select(TimeEntry, Project.title)
        .join(Project, Project.id == TimeEntry.project_id)
        .where(TimeEntry.assignment_id == assignment_id, TimeEntry.person_id == actor.person_id)
        .order_by(TimeEntry.id)
    )
    return [time_view(entry, title) for entry, title in rows]


def time_view(entry: TimeEntry, title: str) -> TimeView:
    """A time entry as its person sees it."""
    return TimeView(
        id=entry.id,
        at=entry.ended_at,
        project_id=entry.project_id,
        project_title=title,
        assignment_id=entry.assignment_id,
        activity=entry.activity,
        outcome=entry.outcome,
        active_ms=entry.active_ms,
        waiting_ms=entry.waiting_ms,
        idle_ms=entry.idle_ms,
        paused_ms=entry.paused_ms,
        paid_ms=entry.paid_ms,
        rate=Money(entry.rate_minor, entry.currency),
        amount=Money(entry.amount_minor, entry.currency),
    )


async def worked_since(session: ReadSession, *, actor: Actor, since: datetime) -> Worked:
    """What the actor has worked and earned in tasks that ended at or after `since`."""
    rows = await session.execute(
        select(TimeEntry.currency, func.sum(TimeEntry.paid_ms), func.sum(TimeEntry.amount_minor))
        .where(TimeEntry.person_id == actor.person_id, TimeEntry.id > _id_from(since), TimeEntry.ended_at >= since)
        .group_by(TimeEntry.currency)
        .order_by(TimeEntry.currency)
    )
    found: Sequence[Any] = rows.all()
    return Worked(sum(int(row[1]) for row in found), [Money(int(row[2]), row[0]) for row in found])


async def time_by_project(session: ReadSession, *, actor: Actor, since: datetime) -> list[ProjectTime]:
    """The same by project, what earned most first."""
    amount = func.sum(TimeEntry.amount_minor)
    rows = await session.execute(
        select(
            Project.title,
            TimeEntry.currency,
            func.count(TimeEntry.assignment_id.distinct()),
            func.count(TimeEntry.subject_id.distinct()).filter(TimeEntry.activity == "review"),
            func.sum(TimeEntry.paid_ms),
            amount,
        )
        .join(Project, Project.id == TimeEntry.project_id)
        .where(TimeEntry.person_id == actor.person_id, TimeEntry.id > _id_from(since), TimeEntry.ended_at >= since)
        .group_by(Project.id, Project.title, TimeEntry.currency)
        .order_by(amount.desc(), Project.title)
    )
    return [ProjectTime(row[0], row[2], row[3], int(row[4]), Money(int(row[5]), row[1])) for row in rows]

"""Pay by the task: what an hour has earned by it, by person and month."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.people.rules import Actor
from preceptor.people.tables import Person
from preceptor.projects.queries import project_terms
from preceptor.projects.tables import Project
from preceptor.work.rules.top_ups import MonthOfTasks, month_of, percentile

LOOKED_BACK = timedelta(days=400)
MOST_ROWS = 200
MOST_PROJECTS = 5
SHOWN_FROM = 5
"""People, before others are told what an hour has earned them in the middle."""

# What was rejected for a reason that is not paid is left out, promise and price, until that is overturned.
MONTHS = """
SELECT worked.*, coalesce(added.amount, 0)::bigint, coalesce(added.times, 0)::bigint
FROM (
    SELECT entry.person_id, entry.project_id, date_trunc('month', entry.ended_at AT TIME ZONE 'UTC')::date AS month,
           entry.currency, sum(entry.paid_ms)::bigint AS paid_ms, sum(entry.paid_ms * entry.rate_minor) AS exact,
           sum(entry.amount_minor)::bigint AS by_task
    FROM assignment JOIN time_entry AS entry ON entry.assignment_id = assignment.id
    WHERE assignment.task_minor IS NOT NULL AND NOT assignment.no_pay
      AND (%(project)s::uuid IS NULL OR assignment.project_id = %(project)s)
      AND (%(person)s::uuid IS NULL OR assignment.trainer_id = %(person)s)
      AND assignment.claimed_at >= %(since)s::timestamptz - interval '60 days'
      AND entry.ended_at >= %(since)s AND entry.ended_at < %(until)s
    GROUP BY 1, 2, 3, 4
) AS worked
LEFT JOIN (
    SELECT person_id, project_id, month, currency, sum(amount_minor) AS amount, max(number) AS times FROM top_up
    GROUP BY person_id, project_id, month, currency
) AS added USING (person_id, project_id, month, currency)
ORDER BY worked.month DESC, worked.project_id, worked.person_id, worked.currency
"""


class TaskPayRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an hour has earned somebody in a month, and what was promised for the same time."""

    trainer: str
    project_title: str
    month: date
    paid_ms: int
    by_task: Money
    an_hour: Money
    promised: Money
    topped_up: Money


class TaskPay(msgspec.Struct, frozen=True):
    """Pay by the task on a project: the price in force, and what an hour earns by it over people, in two months."""

    price: Money | None
    median: Money | None
    upper: Money | None
    rows: list[TaskPayRow]


class HourByTask(msgspec.Struct, frozen=True):
    """What an hour has earned by the task on a project, over people: this month and last."""

    project_title: str
    people: int
    median: Money
    upper: Money


async def months_of_tasks(
    session: ReadSession,
    *,
    since: datetime,
    until: datetime,
    project_id: UUID | None = None,
    person_id: UUID | None = None,
) -> list[MonthOfTasks]:
    """What was done by the task, by person, project, month and currency. For callers that have made sure who asks.

    The month that `since` lies in is looked at as a whole: of a part of it more could seem to be lacking.
    """
    driver = await session.driver()
    begins = datetime.combine(month_of(since), datetime.min.time(), UTC)
    values = {"project": project_id, "person": person_id, "since": begins, "until": until}
    rows = await (await driver.execute(MONTHS, values)).fetchall()
    return [
        MonthOfTasks(
            person_id=row[0],
            project_id=row[1],
            month=row[2],
            currency=row[3],
            paid_ms=row[4],
            promised_exact=int(row[5]),
            by_task=row[6],
            topped_up=row[7],
            top_ups=row[8],
        )
        for row in rows
    ]


async def task_pay_of(session: ReadSession, *, project_id: UUID, now: datetime) -> TaskPay:
    """How pay by the task goes on a project. For callers that have made sure who asks."""
    project = await project_terms(session, project_id=project_id)
    price, _later = project.task_price(at=now)
    currency = project.rate.currency
    months = await months_of_tasks(
        session, project_id=project_id, since=_last_month(now), until=now + timedelta(days=1)
    )
    hours = [one.an_hour.amount for one in months if one.currency == currency and one.paid_ms]
    median, upper = percentile(hours, 0.5), percentile(hours, 0.75)
    return TaskPay(
        price=None if price is None else Money(price, currency),
        median=None if median is None else Money(median, currency),
        upper=None if upper is None else Money(upper, currency),
        rows=await _rows(session, months[:MOST_ROWS]),
    )


async def my_task_pay(session: ReadSession, *, actor: Actor, now: datetime) -> list[TaskPayRow]:
    """What the actor has earned by the task, by project and month, and what was added to it; the newest first."""
    months = await months_of_tasks(
        session, person_id=actor.person_id, since=now - LOOKED_BACK, until=now + timedelta(days=1)
    )
    return await _rows(session, months[:MOST_ROWS])


async def hours_by_task(session: ReadSession, *, actor: Actor, now: datetime) -> list[HourByTask]:
    """What an hour has earned everybody on the projects where the actor is paid by the task; by title.

    Only of projects where that are so many people that nobody can be made out among them.
    """
    since = _last_month(now)
    until = now + timedelta(days=1)
    mine = await months_of_tasks(session, person_id=actor.person_id, since=since, until=until)
    found = []
    for project_id in sorted({one.project_id for one in mine})[:MOST_PROJECTS]:
        project = await project_terms(session, project_id=project_id)
        currency = project.rate.currency
        months = await months_of_tasks(session, project_id=project_id, since=since, until=until)
        counted = [one for one in months if one.currency == currency and one.paid_ms]
        hours = [one.an_hour.amount for one in counted]
        median, upper = percentile(hours, 0.5), percentile(hours, 0.75)
        people = len({one.person_id for one in counted})
        if people >= SHOWN_FROM and median is not None and upper is not None:
            found.append(HourByTask(project.title, people, Money(median, currency), Money(upper, currency)))
    return sorted(found, key=lambda one: one.project_title)


def _last_month(now: datetime) -> datetime:
    return datetime.combine((month_of(now) - timedelta(days=1)).replace(day=1), datetime.min.time(), UTC)


async def _rows(session: ReadSession, months: list[MonthOfTasks]) -> list[TaskPayRow]:
    people = select(Person.id, Person.pseudonym).where(Person.id.in_({one.person_id for one in months}))
    names: dict[UUID, str] = {row[0]: row[1] for row in await session.execute(people)}
    projects = select(Project.id, Project.title).where(Project.id.in_({one.project_id for one in months}))
    titles: dict[UUID, str] = {row[0]: row[1] for row in await session.execute(projects)}
    return [
        TaskPayRow(
            trainer=names[one.person_id],
            project_title=titles[one.project_id],
            month=one.month,
            paid_ms=one.paid_ms,
            by_task=Money(one.by_task, one.currency),
            an_hour=one.an_hour,
            promised=one.promised,
            topped_up=Money(one.topped_up, one.currency),
        )
        for one in months
    ]

"""People who looked for work and found none: remembering them, and telling them when some opens."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.people.operations import Told, notify
from preceptor.people.queries import actor_by_id
from preceptor.people.rules import DAILY_MINUTES, Permission
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.admission import admissions_of
from preceptor.work.queries.lists import queues_of
from preceptor.work.rules.openings import why_nothing

TOLD_EVERY = timedelta(hours=24)
CHECKED_EVERY = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=60)
MOST_AT_ONCE = 40
"""People looked after in one go: what a turn costs does not grow with how many wait."""
MOST_NAMED = 5

# Whoever has worked since they looked last, and finds nothing again, waits from now on.
NOTE = """
INSERT INTO work_wait (person_id, project_id, since, checked_at)
SELECT %(person)s, project_id, %(now)s, %(now)s FROM unnest(%(projects)s::uuid[]) AS wanted (project_id)
ON CONFLICT (person_id, project_id) DO UPDATE SET since = EXCLUDED.since
"""

# Those who have waited longest for a look, among those for whom some slot of an open project is open at all and who
# were not told within a day.
WAITING = """
SELECT waiting.person_id, array_agg(waiting.project_id)
FROM (
    SELECT work_wait.person_id, work_wait.project_id, work_wait.checked_at FROM work_wait
    JOIN project ON project.id = work_wait.project_id AND project.state = 'open'
    JOIN person ON person.id = work_wait.person_id AND person.state = 'active'
    LEFT JOIN work_told ON work_told.person_id = work_wait.person_id
    WHERE work_wait.checked_at <= %(checked)s AND (work_told.told_at IS NULL OR work_told.told_at <= %(told)s)
      AND EXISTS (SELECT FROM slot WHERE slot.project_id = work_wait.project_id AND slot.state = 'open')
    ORDER BY work_wait.checked_at LIMIT %(most)s
) AS waiting
GROUP BY waiting.person_id
"""
CHECKED = "UPDATE work_wait SET checked_at = %s WHERE person_id = %s AND project_id = ANY(%s)"
ANSWERED = "DELETE FROM work_wait WHERE person_id = %s AND project_id = ANY(%s)"
BUSY = """
SELECT work_wait.project_id FROM work_wait
WHERE person_id = %(person)s AND project_id = ANY(%(projects)s)
  AND EXISTS (SELECT FROM assignment WHERE trainer_id = %(person)s AND assignment.project_id = work_wait.project_id
              AND claimed_at > work_wait.since)
"""
TELL = """
INSERT INTO work_told (person_id, told_at) VALUES (%s, %s)
ON CONFLICT (person_id) DO UPDATE SET told_at = EXCLUDED.told_at
"""
FORGET = "DELETE FROM work_wait WHERE since < %s"

# Their leases run out at once, whatever else is open, and the worker that ends leases does the rest.
RELEASE = """
UPDATE assignment SET lease_until = claimed_at
WHERE trainer_id = %(person)s AND state = 'prefetched' AND rework_round = 0 AND categories && %(categories)s::text[]
"""


async def note_waiting(driver: Driver, *, person_id: UUID, project_ids: Collection[UUID], now: datetime) -> None:
    """Remember that somebody looked for work on these projects and found none. For callers that know who asks."""
    await driver.execute(NOTE, {"person": person_id, "projects": list(project_ids), "now": now})


async def tell_who_waited(session: WriteSession, *, now: datetime, daily_minutes: int = DAILY_MINUTES) -> int:
    """Tell people for whom work has opened since they looked, each at most once a day. Answers how many were told."""
    driver = await session.driver()
    await driver.execute(FORGET, (now - FORGOTTEN_AFTER,))
    values = {"checked": now - CHECKED_EVERY, "told": now - TOLD_EVERY, "most": MOST_AT_ONCE}
    told = 0
    for person_id, project_ids in await (await driver.execute(WAITING, values)).fetchall():
        await driver.execute(CHECKED, (now, person_id, project_ids))
        busy = await _busy(driver, person_id, project_ids)
        if busy:
            await driver.execute(ANSWERED, (person_id, list(busy)))
        wanted = [one for one in project_ids if one not in busy]
        opened = await _opened(session, person_id, wanted, now, daily_minutes) if wanted else []
        if opened:
            await driver.execute(ANSWERED, (person_id, [one.id for one in opened]))
            await driver.execute(TELL, (person_id, now))
            titles = [one.title for one in opened]
            await notify(session, person_id=person_id, kind="work.opened", text=partial(_words, titles), link="/work")
            told += 1
    return told


async def _busy(driver: Driver, person_id: UUID, project_ids: Collection[UUID]) -> set[UUID]:
    rows: list[Any] = await (
        await driver.execute(BUSY, {"person": person_id, "projects": list(project_ids)})
    ).fetchall()
    return {row[0] for row in rows}


async def _opened(
    session: WriteSession, person_id: UUID, project_ids: Collection[UUID], now: datetime, daily_minutes: int
) -> list[ProjectTerms]:
    """Which of these projects have something for the person now."""
    actor = await actor_by_id(session, person_id=person_id)
    if not actor.may(Permission.WORK_DO):
        return []
    terms = [await project_terms(session, project_id=one) for one in project_ids]
    theirs = {one.id: one for one in terms if one.is_worked_on_by(actor)}
    if not theirs:
        return []
    admissions = await admissions_of(
        session, actor=actor, terms=list(theirs.values()), now=now, daily_minutes=daily_minutes
    )
    queues = await queues_of(session, actor=actor, admissions=admissions)
    return [
        one
        for one in theirs.values()
        if why_nothing(queues[one.id].opening, state=one.state, refused=queues[one.id].refused) is None
    ]


def _words(titles: list[str]) -> Told:
    named = "\n".join(f"– {title}" for title in titles[:MOST_NAMED])
    lead = ngettext_lazy(
        "There are tasks for you again in a project in which you found none:",
        "There are tasks for you again in {count} projects in which you found none:",
        len(titles),
    )
    end = _("Others may take them before you do. You are told of this at most once a day, and can turn it off.")
    return Told(subject=str(_("There is work for you again")), body=f"{lead}\n\n{named}\n\n{end}")


async def release_unwanted(session: WriteSession, *, person_id: UUID, categories: Collection[str]) -> None:
    """Give back what somebody holds ahead, unopened, where it was announced to show what they now say no to."""
    driver = await session.driver()
    await driver.execute(RELEASE, {"person": person_id, "categories": list(categories)})

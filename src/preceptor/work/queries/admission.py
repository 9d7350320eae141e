"""Who may take which lanes of which projects: what is known of a person, looked up at one moment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from preceptor.hiring.queries import standings_of
from preceptor.lib.db import Driver, ReadSession
from preceptor.people.queries import profile_of
from preceptor.people.rules import DAILY_MINUTES, Actor, ContentCategory
from preceptor.projects.rules import ProjectTerms
from preceptor.work.rules.admission import Admission, Candidate
from preceptor.work.rules.exposure import day_begins, day_of, zone_of
from preceptor.work.rules.lanes import Lane, asked_of

# Whether anything at all needs to be looked up before a person may take work of a project in the lane without a name.
PLAIN = """
SELECT EXISTS (SELECT FROM due_process_case AS held
               WHERE held.person_id = %(person)s AND held.measure <> 'warning' AND held.withdrawn_at IS NULL
                 AND held.effective_at <= %(now)s)
"""

LANES = """
SELECT project_id, array_agg(DISTINCT lane) FROM queue_group WHERE project_id = ANY(%s) GROUP BY project_id
"""

# What has ended, and what runs now as far as no time entry tells of it yet.
EXPOSED = """
SELECT category, sum(ms)::bigint FROM (
    SELECT category, ms FROM exposure WHERE person_id = %(person)s AND day = %(day)s
    UNION ALL
    SELECT unnest(held.categories), greatest(0, held.active_ms + held.waiting_ms - coalesce((
               SELECT sum(entry.active_ms + entry.waiting_ms) FROM time_entry AS entry
               WHERE entry.assignment_id = held.id), 0))
    FROM (
        SELECT * FROM assignment
        WHERE trainer_id = %(person)s AND state IN ('prefetched', 'active', 'paused') AND rework_round = 0
        UNION ALL
        SELECT * FROM assignment
        WHERE trainer_id = %(person)s
          AND (state = 'returned' OR (rework_round > 0 AND state IN ('active', 'paused')))
    ) AS held
    WHERE held.categories IS NOT NULL
) AS seen GROUP BY category
"""

TAKEN = """
SELECT project_id, count(*) FROM assignment
WHERE trainer_id = %s AND project_id = ANY(%s) AND state NOT IN ('skipped', 'reported', 'expired')
GROUP BY project_id
"""


async def admission_of(
    session: ReadSession, *, actor: Actor, terms: ProjectTerms, now: datetime, daily_minutes: int = DAILY_MINUTES
) -> Admission:
    """Which lanes of one project the actor may take. For callers that have made sure they work on it."""
    found = await admissions_of(session, actor=actor, terms=[terms], now=now, daily_minutes=daily_minutes)
    return found[terms.id]


async def admissions_of(
    session: ReadSession,
    *,
    actor: Actor,
    terms: Sequence[ProjectTerms],
    now: datetime,
    daily_minutes: int = DAILY_MINUTES,
) -> dict[UUID, Admission]:
    """The same for several projects, at the cost of one."""
    driver = await session.driver()
    person_id = actor.person_id
    zone = zone_of(actor.time_zone)
    today = day_of(now, zone)
    ids = [one.id for one in terms]
    standings = await standings_of(session, person_id=person_id, project_ids=ids, now=now)
    profile = await profile_of(session, person_id=person_id)
    exposed = await exposed_today(driver, person_id=person_id, time_zone=actor.time_zone, now=now)
    limited = [one.id for one in terms if one.rules.most_per_person is not None]
    taken = await _taken(driver, person_id, limited) if limited else {}
    return {
        one.id: Admission(
            rules=one.rules,
            candidate=Candidate(
                profile=profile,
                standing=standings[one.id],
                exposed_ms=exposed,
                day_ends=day_begins(today + timedelta(days=1), zone),
                taken=taken.get(one.id, 0),
            ),
            rate=one.rate,
            cap_ms=one.cap_ms,
            daily_minutes=daily_minutes,
        )
        for one in terms
    }


async def quick_admission_of(driver: Driver, *, actor: Actor, terms: ProjectTerms, now: datetime) -> Admission | None:
    """Which lanes the actor may take, where that can be told in one statement; None where more must be looked up.

    It names the lane without a name alone: what asks nothing is open to everybody of the project.
    """
    rules = terms.rules
    if rules.most_per_person is not None or not asked_of(Lane(), rules).is_nothing:
        return None
    row = await (await driver.execute(PLAIN, {"person": actor.person_id, "now": now})).fetchone()
    assert row is not None
    if row[0]:
        return None
    return Admission(rules=rules, candidate=None, lanes=frozenset({""}), rate=terms.rate, cap_ms=terms.cap_ms)


async def exposed_today(
    driver: Driver, *, person_id: UUID, time_zone: str, now: datetime
) -> Mapping[ContentCategory, int]:
    """Milliseconds with each kind of content since the person's midnight. For callers that have made sure who asks."""
    values = {"person": person_id, "day": day_of(now, zone_of(time_zone))}
    rows = await (await driver.execute(EXPOSED, values)).fetchall()
    return {ContentCategory(category): ms for category, ms in rows}


async def lanes_of(driver: Driver, *, project_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Keys of the lanes that projects have or had slots in."""
    rows = await (await driver.execute(LANES, (list(project_ids),))).fetchall()
    found: dict[UUID, list[str]] = dict(rows)
    return {project_id: found.get(project_id) or [""] for project_id in project_ids}


async def _taken(driver: Driver, person_id: UUID, project_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = await (await driver.execute(TAKEN, (person_id, list(project_ids)))).fetchall()
    return dict(rows)

"""Who may take which lanes of which projects: what is known of a person, looked up at one moment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.queries import certifications_of, exams_for, needs_of, standings_of
from preceptor.hiring.tables import Certification
from preceptor.lib.db import Driver, ReadSession
from preceptor.people.queries import profile_of
from preceptor.people.rules import DAILY_MINUTES, Actor, ContentCategory
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.queries.pay_terms import pay_terms_of_projects
from preceptor.work.rules.admission import Admission, Candidate, CertificationNeeded, plain_pay
from preceptor.work.rules.exposure import day_begins, day_of, zone_of
from preceptor.work.rules.lanes import Lane, asked_of

# Whether anything at all needs to be looked up before a person may take work of a project in the lane without a name.
PLAIN = """
SELECT EXISTS (SELECT FROM due_process_case AS held
               WHERE held.person_id = %(person)s AND held.measure <> 'warning' AND held.withdrawn_at IS NULL
                 AND held.effective_at <= %(now)s)
    OR EXISTS (SELECT FROM queue_group WHERE project_id = %(project)s AND lane > '')
    OR EXISTS (SELECT FROM engagement WHERE person_id = %(person)s)
    OR EXISTS (SELECT FROM rate)
    OR EXISTS (SELECT FROM floor)
"""

LANES = """
SELECT project_id, array_agg(DISTINCT lane) FROM queue_group WHERE project_id = ANY(%s) GROUP BY project_id
"""

# What has ended, and what runs now as far as no time entry tells of it yet: tasks, and what is judged.
EXPOSED = """
SELECT category, sum(ms)::bigint FROM (
    SELECT category, ms + carried_ms AS ms FROM exposure WHERE person_id = %(person)s AND day = %(day)s
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
    UNION ALL
    SELECT unnest(categories), active_ms FROM stint
    WHERE person_id = %(person)s AND state <> 'ended' AND categories IS NOT NULL
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
    certified = await certifications_of(session, person_id=person_id, now=now)
    languages: dict[str, int] = {}
    for held in certified:
        if held.language:
            languages[held.language] = max(held.level, languages.get(held.language, 0))
    pay = await pay_terms_of_projects(session, person_id=person_id, projects=terms, at=now)
    needed = await _needed(session, actor, ids, {one.certification_id: one.level for one in certified})
    return {
        one.id: Admission(
            rules=one.rules,
            candidate=Candidate(
                profile=profile,
                certified=languages,
                needed=needed.get(one.id),
                standing=standings[one.id],
                exposed_ms=exposed,
                day_ends=day_begins(today + timedelta(days=1), zone),
                taken=taken.get(one.id, 0),
            ),
            pay=pay[one.id],
            daily_minutes=daily_minutes,
        )
        for one in terms
    }


async def _needed(
    session: ReadSession, actor: Actor, project_ids: Collection[UUID], levels: Mapping[UUID, int]
) -> dict[UUID, CertificationNeeded]:
    needs = await needs_of(session, project_ids=project_ids)
    if not needs:
        return {}
    wanted = {need.certification_id for need in needs.values()}
    named = select(Certification.id, Certification.name).where(Certification.id.in_(wanted))
    exams = await exams_for(session, actor=actor, certification_ids=wanted)
    links = {exam.certification_id: exam.path for exam in exams if exam.is_open}
    names: dict[UUID, str] = {row[0]: row[1] for row in await session.execute(named)}
    return {
        project_id: CertificationNeeded(
            title=names[need.certification_id],
            level=need.level,
            held=levels.get(need.certification_id, 0),
            link=links.get(need.certification_id, ""),
        )
        for project_id, need in needs.items()
    }


async def quick_admission_of(driver: Driver, *, actor: Actor, terms: ProjectTerms, now: datetime) -> Admission | None:
    """Which lanes the actor may take, where that can be told in one statement; None where more must be looked up.

    It names the lane without a name alone: what asks nothing is open to everybody of the project.
    """
    rules = terms.rules
    if terms.purpose is not Purpose.WORK or rules.unpaid:
        return None
    if rules.most_per_person is not None or rules.certification or not asked_of(Lane(), rules).is_nothing:
        return None
    row = await (await driver.execute(PLAIN, {"person": actor.person_id, "project": terms.id, "now": now})).fetchone()
    assert row is not None
    if row[0]:
        return None
    return Admission(rules=rules, candidate=None, lanes=frozenset({""}), pay=plain_pay(terms, at=now))


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


async def access_own_exposure(session: ReadSession, *, actor: Actor, now: datetime) -> Mapping[ContentCategory, int]:
    """Milliseconds with each kind of content since the actor's midnight."""
    driver = await session.driver()
    return await exposed_today(driver, person_id=actor.person_id, time_zone=actor.time_zone, now=now)

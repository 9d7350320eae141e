"""The list of work: what a trainer can take, what they have begun, and what came back to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText
from preceptor.lib.money import Money
from preceptor.people.rules import DAILY_MINUTES, Actor, ContentCategory, Permission
from preceptor.people.tables import Team
from preceptor.projects.queries import acknowledged_versions, list_terms_of_work
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.queries.admission import admission_of, admissions_of, lanes_of
from preceptor.work.queries.counts import ProjectCounts, counts_of_projects
from preceptor.work.queries.sittings import lanes_left
from preceptor.work.queries.summaries import summary_of
from preceptor.work.rules.admission import Admission
from preceptor.work.rules.lanes import lane_order
from preceptor.work.rules.openings import Opening, Reason, Refusal, exam_reason, why_no_projects, why_nothing
from preceptor.work.rules.readiness import MINUTE_MS

PROBE = 200
"""Open slots that are looked at, one by one, to see whether a person may take them."""
RECENT = 20
"""A person's newest assignments among which unfinished ones are looked for."""
UNFINISHED_FOR = timedelta(days=14)

# How many slots of a lane are open, and on how many items this person has not had yet, or has left, among the last
# `most` in the order of claiming. The cost does not grow with the queue; what this person has done stands at its front,
# where they took it, so the end is where to look.
PROBE_END = """
SELECT wanted.project_id, wanted.lane, found.slots, found.free
FROM unnest(%(projects)s::uuid[], %(lanes)s::text[]) AS wanted (project_id, lane)
CROSS JOIN LATERAL (
    SELECT count(*) AS slots,
           count(DISTINCT slot.item_id) FILTER (WHERE coalesce(had.state, 'expired') = 'expired') AS free
    FROM (
        SELECT slot.item_id FROM slot
        WHERE slot.project_id = wanted.project_id AND slot.lane = wanted.lane AND slot.state = 'open'
        ORDER BY slot.priority DESC, slot.round DESC, slot.place DESC LIMIT %(most)s
    ) AS slot
    LEFT JOIN assignment had ON had.item_id = slot.item_id AND had.trainer_id = %(trainer)s
) AS found
"""

CURRENT = """
SELECT DISTINCT ON (project_id) project_id, id FROM assignment
WHERE trainer_id = %(trainer)s AND project_id = ANY(%(projects)s) AND state IN ('active', 'paused') AND rework_round = 0
ORDER BY project_id, id
"""

RETURNED = """
SELECT assignment.id, assignment.state, project.title, project.kind, item.brief, item.topic, item.content, turn.prompt
FROM assignment JOIN item ON item.id = assignment.item_id JOIN project ON project.id = assignment.project_id
LEFT JOIN turn ON turn.assignment_id = assignment.id AND turn.position = 0
WHERE assignment.trainer_id = %s
  AND (assignment.state = 'returned' OR (assignment.rework_round > 0 AND assignment.state IN ('active', 'paused')))
ORDER BY assignment.id LIMIT 100
"""

UNFINISHED = """
SELECT recent.id, draft.saved_at, project.title, project.kind, item.brief, item.topic, item.content, turn.prompt
FROM (
    SELECT id, item_id, n, project_id, state FROM assignment WHERE trainer_id = %(trainer)s
    ORDER BY id DESC LIMIT %(recent)s
) AS recent
JOIN draft ON draft.assignment_id = recent.id
JOIN item ON item.id = recent.item_id JOIN project ON project.id = recent.project_id
LEFT JOIN turn ON turn.assignment_id = recent.id AND turn.position = 0
WHERE recent.state = 'expired' AND item.state = 'open' AND project.state IN ('open', 'paused')
  AND draft.saved_at > %(since)s
  AND EXISTS (SELECT FROM slot WHERE slot.item_id = recent.item_id AND slot.state = 'open')
ORDER BY draft.saved_at DESC
"""


class WorkEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A project on somebody's list of work.

    Attributes:
        open: how many tasks they can take now; exact up to a few hundred.
        reason: why that is none, where it is none and nothing of theirs is under way.
        rate_source: where the rate is from: `project`, `rate`, `engagement` or `floor`.
        task_price: what handing in a task earns, where the project pays by the task; the rate is then the promise.
        acknowledged_version: newest guidelines they have said they read; 0 for none.
        current_assignment_id: what they have begun here and can go on with.
        content: what its tasks may show, of those they could take.
        exposed_minutes: time with the content they have seen most of today; None where there is no such content.
        daily_minutes: most minutes a day with content of one kind.
        more: why they cannot take further tasks that are open here, where they can take some.
    """

    project_id: UUID
    slug: str
    title: str
    brief: str
    kind: str
    kind_title: LazyText
    teams: list[str]
    rate: Money
    rate_source: str
    task_price: Money | None
    unpaid: bool
    estimated_minutes: int
    cap_minutes: int | None
    open: int
    reason: Reason | None
    guidelines_version: int
    acknowledged_version: int
    current_assignment_id: UUID | None
    content: list[ContentCategory]
    exposed_minutes: int | None
    daily_minutes: int
    more: Reason | None


class WorkList(msgspec.Struct, frozen=True):
    """Somebody's list of work; `reason` says why it is empty where it is."""

    entries: list[WorkEntry]
    reason: Reason | None


class LaneQueue(msgspec.Struct, frozen=True):
    """How a project's queue stands for one person, of the lanes that they may take.

    Attributes:
        opening: what they can take.
        refused: why not more: of the lanes that they may not take, the first that has open slots, else any.
        lanes: what the content is told of: the lanes that have slots, or had some.
    """

    opening: Opening
    refused: Refusal | None
    lanes: list[str]


class ReturnedWork(msgspec.Struct, frozen=True):
    """An answer that came back to its trainer. `begun`: its rework is under way."""

    assignment_id: UUID
    project_title: str
    summary: str
    begun: bool


class UnfinishedWork(msgspec.Struct, frozen=True):
    """Something written down in time that ran out while nobody else has taken the task: it can be gone on with."""

    assignment_id: UUID
    project_title: str
    summary: str
    saved_at: datetime


async def list_work(
    session: ReadSession, *, actor: Actor, now: datetime, daily_minutes: int = DAILY_MINUTES
) -> WorkList:
    """Every open or paused project of the actor's teams: what they have begun first, what has nothing for them last.

    `daily_minutes`: with content of one category, where a project does not say.

    Raises:
        MissingPermissionError: the actor does no work.
    """
    # Exams have pages of their own, which say when they can be sat.
    terms = [one for one in await list_terms_of_work(session, actor=actor) if one.purpose is not Purpose.EXAM]
    if not terms:
        return WorkList([], why_no_projects(teams=len(actor.team_ids)))
    project_ids = [one.id for one in terms]
    admissions = await admissions_of(session, actor=actor, terms=terms, now=now, daily_minutes=daily_minutes)
    queues = await queues_of(session, actor=actor, admissions=admissions)
    current = await _current(session, actor, project_ids)
    read = await acknowledged_versions(session, actor=actor, project_ids=project_ids)
    names = await _team_names(session, actor)
    entries = [
        _entry(
            one,
            admission=admissions[one.id],
            queue=queues[one.id],
            current=current.get(one.id),
            acknowledged=read.get(one.id, 0),
            teams=sorted(names[team_id] for team_id in one.team_ids & names.keys()),
        )
        for one in terms
    ]
    return WorkList(sorted(entries, key=_place), None)


def _place(entry: WorkEntry) -> tuple[object, ...]:
    """What was begun comes first, then what can be taken, paid work before unpaid."""
    return (entry.reason is not None, entry.current_assignment_id is None, entry.unpaid, entry.title.casefold())


def _entry(
    terms: ProjectTerms,
    *,
    admission: Admission,
    queue: LaneQueue,
    current: UUID | None,
    acknowledged: int,
    teams: list[str],
) -> WorkEntry:
    reason = None if current else why_nothing(queue.opening, state=terms.state, refused=queue.refused)
    content = [
        ContentCategory(one) for one in sorted({one for lane in queue.lanes for one in admission.announced(lane)})
    ]
    return WorkEntry(
        project_id=terms.id,
        slug=terms.slug,
        title=terms.title,
        brief=terms.brief,
        kind=terms.kind,
        kind_title=kind_title(terms.kind),
        teams=teams,
        rate=admission.rate,
        rate_source=admission.pay.source,
        task_price=None if admission.task_minor is None else Money(admission.task_minor, admission.rate.currency),
        unpaid=terms.rules.unpaid,
        estimated_minutes=terms.rules.estimated_minutes,
        cap_minutes=None if admission.cap_ms is None else admission.cap_ms // MINUTE_MS,
        open=0 if reason else queue.opening.free,
        reason=reason,
        guidelines_version=terms.guidelines_version,
        acknowledged_version=acknowledged,
        current_assignment_id=current,
        content=content,
        exposed_minutes=max(map(admission.exposed_ms, content)) // MINUTE_MS if content else None,
        daily_minutes=admission.daily_minutes,
        more=None if reason or queue.refused is None else queue.refused.reason,
    )


def kind_title(key: str) -> LazyText:
    """What a task kind is called; its key where the plug-in that brought it is gone."""
    try:
        return task_kind(key).title
    except UnknownKindError:
        return LazyText("{key}", values=(("key", key),))


async def why_empty(
    session: ReadSession, *, actor: Actor, terms: ProjectTerms, now: datetime, daily_minutes: int = DAILY_MINUTES
) -> Reason | None:
    """Why the actor can take nothing from a project; None where they can, or could a moment ago."""
    if terms.purpose is Purpose.EXAM:
        return await _why_no_part(session, actor, terms, now, daily_minutes)
    admissions = await admissions_of(session, actor=actor, terms=[terms], now=now, daily_minutes=daily_minutes)
    queue = (await queues_of(session, actor=actor, admissions=admissions))[terms.id]
    return why_nothing(queue.opening, state=terms.state, refused=queue.refused)


async def _why_no_part(
    session: ReadSession, actor: Actor, exam: ProjectTerms, now: datetime, daily_minutes: int
) -> Reason:
    """Why no part of an exam is handed out: the rest shows what is closed to the actor, or nothing is left."""
    lanes = await lanes_left(session, actor=actor, exam=exam)
    if lanes:
        admission = await admission_of(session, actor=actor, terms=exam, now=now, daily_minutes=daily_minutes)
        closed = [admission.why_not_content(one) for one in sorted(lanes, key=lane_order)]
        if reason := next(filter(None, closed), None):
            return reason
    return exam_reason(exam.slug)


async def queues_of(
    session: ReadSession, *, actor: Actor, admissions: Mapping[UUID, Admission]
) -> dict[UUID, LaneQueue]:
    """How the queues of projects stand for one person.

    Up to 200 open slots of a lane are looked at one by one. Where there are more, `free` is the number of open slots,
    which may hold a few that this person cannot take.
    """
    driver = await session.driver()
    counts = await counts_of_projects(session, project_ids=admissions)
    lanes = await lanes_of(driver, project_ids=admissions)
    pairs = [(project_id, lane) for project_id, keys in lanes.items() for lane in keys]
    values = {
        "projects": [project_id for project_id, _lane in pairs],
        "lanes": [lane for _project_id, lane in pairs],
        "trainer": actor.person_id,
        "most": PROBE,
    }
    rows = await (await driver.execute(PROBE_END, values)).fetchall()
    probes: dict[UUID, dict[str, tuple[int, int]]] = {project_id: {} for project_id in admissions}
    for project_id, lane, slots, free in rows:
        probes[project_id][lane] = (slots, free)
    return {
        project_id: _lane_queue(counts[project_id], admission, probes[project_id])
        for project_id, admission in admissions.items()
    }


def _lane_queue(counts: ProjectCounts, admission: Admission, probes: Mapping[str, tuple[int, int]]) -> LaneQueue:
    keys = sorted(probes, key=lane_order)
    mine = [key for key in keys if admission.may(key)]
    others = [key for key in keys if not admission.may(key)]
    slots = sum(probes[key][0] for key in mine)
    free = sum(probes[key][1] for key in mine)
    if not others and any(probes[key][0] >= PROBE for key in mine):
        # A person takes one slot of an item, so there is no more for them than there are items.
        free = max(free, min(counts.open, counts.items))
        slots = max(slots, counts.open)
    opening = Opening(free=free, slots=slots, held=max(counts.held, 0), items=counts.items)
    with_slots = [key for key in others if probes[key][0]]
    refused = next((reason for key in with_slots or others if (reason := admission.why_not(key))), None)
    refusal = None if refused is None else Refusal(refused, bool(with_slots), not mine)
    return LaneQueue(opening, refusal, keys)


async def _current(session: ReadSession, actor: Actor, project_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    driver = await session.driver()
    values = {"trainer": actor.person_id, "projects": list(project_ids)}
    rows = await (await driver.execute(CURRENT, values)).fetchall()
    return dict(rows)


async def _team_names(session: ReadSession, actor: Actor) -> dict[UUID, str]:
    rows = await session.execute(select(Team.id, Team.name).where(Team.id.in_(actor.team_ids)))
    return {row[0]: row[1] for row in rows}


async def list_returned(session: ReadSession, *, actor: Actor) -> list[ReturnedWork]:
    """The actor's answers that came back for rework, oldest first.

    Raises:
        MissingPermissionError: the actor does no work.
    """
    actor.require(Permission.WORK_DO)
    driver = await session.driver()
    rows: list[Any] = await (await driver.execute(RETURNED, (actor.person_id,))).fetchall()
    return [
        ReturnedWork(
            assignment_id=row[0],
            project_title=row[2],
            summary=_summary(row),
            begun=row[1] != "returned",
        )
        for row in rows
    ]


async def list_unfinished(session: ReadSession, *, actor: Actor, now: datetime) -> list[UnfinishedWork]:
    """What the actor had written down lately in tasks whose time ran out and that are still there for them.

    Raises:
        MissingPermissionError: the actor does no work.
    """
    actor.require(Permission.WORK_DO)
    driver = await session.driver()
    values = {"trainer": actor.person_id, "recent": RECENT, "since": now - UNFINISHED_FOR}
    rows: list[Any] = await (await driver.execute(UNFINISHED, values)).fetchall()
    return [
        UnfinishedWork(
            assignment_id=row[0],
            project_title=row[2],
            summary=_summary(row),
            saved_at=row[1],
        )
        for row in rows
    ]


def _summary(row: Sequence[Any]) -> str:
    _id, _fact, _title, kind, brief, topic, content, prompt = row
    return summary_of(kind=kind, content=content, brief=brief, topic=topic, prompt=prompt)

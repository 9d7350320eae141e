"""Sittings of exams: beginning one, taking its parts one after the other, handing it in.

A part is an item of the sitting's own, with one slot, that stands in no lane: nobody else can claim it, and everything
that holds for items, slots and assignments holds for it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.errors import UniqueViolation

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import ConflictError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id, new_ids
from preceptor.people.rules import Actor
from preceptor.projects.rules import ProjectTerms
from preceptor.work.events import ItemsAdded, ItemsCancelled, SittingBegun, SittingHandedIn
from preceptor.work.operations.claiming import HeldAssignment, NewAssignment, check_claim
from preceptor.work.queries.sittings import LEFT
from preceptor.work.rules.admission import Admission

LANE = "sitting"
"""Of the slots of all sittings. Claiming knows lanes by their groups, and this one has none."""

LAST = """
SELECT coalesce(max(attempt), 0), coalesce(bool_or(state = 'open'), false) FROM sitting
WHERE project_id = %(project)s AND person_id = %(person)s
"""

BEGIN = """
INSERT INTO sitting (id, project_id, person_id, attempt, begun_at, due_at)
VALUES (%(sitting)s, %(project)s, %(person)s, %(attempt)s, %(now)s, %(due)s)
"""

PAPERS = """
SELECT id FROM item
WHERE project_id = %(project)s AND sitting_id IS NULL AND state = 'open' ORDER BY priority, id LIMIT 500
"""

PARTS = """
INSERT INTO item (id, project_id, priority, lane, wanted, brief, topic, content, content_hash, source, sitting_id,
                  paper_id)
SELECT new.id, paper.project_id, paper.priority, paper.lane, 1, paper.brief, paper.topic, paper.content, '', '{}',
       %(sitting)s, paper.id
FROM unnest(%(ids)s::uuid[], %(papers)s::uuid[]) AS new (id, paper_id) JOIN item AS paper ON paper.id = new.paper_id
"""

SLOTS = """
INSERT INTO slot (item_id, n, project_id, lane, priority, round, place)
SELECT new.id, 1, %(project)s, %(lane)s, 5, 1, nextval('queue_place')
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS new (id, ordinality) ORDER BY new.ordinality
"""

# As the statement that claims from the queue, of the parts of the person's own open sitting: each is announced with
# what its own item says besides the exam, and handed out only to who says yes to all of it at this very moment.
TAKE = """
WITH held AS MATERIALIZED (
    SELECT id, state FROM assignment
    WHERE trainer_id = %(trainer)s AND project_id = %(project)s AND state IN ('prefetched', 'active', 'paused')
      AND rework_round = 0
), picked AS (
    SELECT slot.item_id, slot.n, string_to_array(asked.content, '+') AS categories
    FROM sitting JOIN item ON item.sitting_id = sitting.id JOIN slot ON slot.item_id = item.id
    JOIN unnest(%(lanes)s::text[], %(contents)s::text[]) AS asked (lane, content) ON asked.lane = item.lane
    WHERE sitting.project_id = %(project)s AND sitting.person_id = %(trainer)s AND sitting.state = 'open'
      AND sitting.due_at > %(now)s AND slot.state = 'open'
      AND (SELECT done.id FROM assignment done
           WHERE done.item_id = slot.item_id AND done.trainer_id = %(trainer)s) IS NULL
      AND NOT EXISTS (SELECT FROM held WHERE held.state = 'prefetched' OR NOT %(prefetch)s)
      AND NOT EXISTS (
        SELECT FROM unnest(string_to_array(asked.content, '+')) AS announced (category)
        WHERE NOT EXISTS (SELECT FROM content_consent AS consent
                          WHERE consent.person_id = %(trainer)s AND consent.category = announced.category))
    ORDER BY slot.place LIMIT 1 FOR UPDATE OF slot SKIP LOCKED
), taken AS (
    UPDATE slot SET state = 'held', assignment_id = %(id)s FROM picked
    WHERE slot.item_id = picked.item_id AND slot.n = picked.n
    RETURNING slot.item_id, slot.n, nullif(picked.categories, '{}') AS categories
), made AS (
    INSERT INTO assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor,
                            currency, cap_ms, activity, task_minor, lease_until, claimed_at, started_at, beat_at,
                            categories)
    SELECT %(id)s, taken.item_id, taken.n, %(project)s, %(trainer)s, %(state)s, %(form)s, %(guidelines)s, %(rate)s,
           %(currency)s, %(cap)s, %(activity)s, %(task)s, %(lease)s, %(now)s, %(started)s, %(started)s,
           taken.categories
    FROM taken
), logged AS (
    INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
    SELECT %(event)s, 'work.claimed', %(trainer)s, %(id)s, %(project)s, %(data)s FROM taken
)
SELECT held.id, held.state, item.id, item.brief, item.topic, item.content,
       (SELECT version FROM guidelines_acknowledgement WHERE project_id = %(project)s AND person_id = %(trainer)s),
       taken.categories
FROM (SELECT 1) AS one
LEFT JOIN taken ON true
LEFT JOIN item ON item.id = taken.item_id
LEFT JOIN held ON taken.item_id IS NULL
ORDER BY held.state
"""

# What is handed in can be corrected no more, and what was left open is handed out no more. It is written down where
# that could not be taken: its exam is not open, or it shows what its person says no to, by the part's own item or by
# the exam as a whole.
HAND_IN = """
WITH ended AS (
    UPDATE sitting SET state = 'handed_in', ended_at = %(now)s, withheld = EXISTS (
        SELECT FROM item JOIN slot ON slot.item_id = item.id JOIN project ON project.id = item.project_id
        WHERE item.sitting_id = sitting.id AND slot.state = 'open' AND (project.state <> 'open' OR EXISTS (
            SELECT FROM (
                SELECT unnest(string_to_array(split_part(item.lane, '/', 3), '+')) AS category
                UNION SELECT jsonb_array_elements_text(coalesce(project.rules -> 'categories', '[]'))) AS shown
            WHERE NOT EXISTS (
                SELECT FROM content_consent AS consent
                WHERE consent.person_id = sitting.person_id AND consent.category = shown.category))))
    WHERE id = %(sitting)s AND state = 'open'
    RETURNING id, project_id, person_id
), looked_at AS (
    UPDATE assignment SET in_review = true
    FROM ended JOIN item ON item.sitting_id = ended.id
    WHERE assignment.item_id = item.id AND assignment.state = 'submitted'
), stopped AS (
    UPDATE item SET state = 'cancelled' FROM ended
    WHERE item.sitting_id = ended.id
      AND NOT EXISTS (SELECT FROM slot WHERE slot.item_id = item.id AND slot.state = 'done')
), closed AS (
    UPDATE slot SET state = 'closed' FROM ended JOIN item ON item.sitting_id = ended.id
    WHERE slot.item_id = item.id AND slot.state = 'open' RETURNING 1
)
SELECT ended.project_id, ended.person_id, (SELECT count(*) FROM closed) FROM ended
"""

UNDER_WAY = """
SELECT 1 FROM item JOIN assignment ON assignment.item_id = item.id
WHERE item.sitting_id = %s AND assignment.state IN ('prefetched', 'active', 'paused') LIMIT 1
"""

# Every part has come to an end that its person chose; what ran out can still be gone on with.
FINISHED = """
SELECT sitting.id FROM sitting
WHERE sitting.state = 'open' AND sitting.id IN (
    SELECT item.sitting_id FROM assignment JOIN item ON item.id = assignment.item_id
    WHERE assignment.id = ANY(%s) AND item.sitting_id IS NOT NULL)
  AND NOT EXISTS (
    SELECT FROM item LEFT JOIN assignment ON assignment.item_id = item.id
    WHERE item.sitting_id = sitting.id
      AND coalesce(assignment.state, 'open') NOT IN ('submitted', 'accepted', 'skipped', 'reported', 'surplus'))
FOR NO KEY UPDATE OF sitting SKIP LOCKED
"""

DUE = """
SELECT sitting.id FROM sitting
WHERE sitting.state = 'open' AND sitting.due_at <= %s AND NOT EXISTS (
    SELECT FROM item JOIN assignment ON assignment.item_id = item.id
    WHERE item.sitting_id = sitting.id AND assignment.state IN ('prefetched', 'active', 'paused'))
ORDER BY sitting.due_at LIMIT %s FOR NO KEY UPDATE OF sitting SKIP LOCKED
"""


class SittingOpenError(ConflictError):
    """Another sitting of the same exam is open."""

    code = "sitting_open"
    title = _("You have a sitting of this exam open. Go on with it, or hand it in.")


class EmptyExamError(ConflictError):
    """The exam has no items."""

    code = "empty_exam"
    title = _("This exam has no tasks yet. Its manager adds them.")


class NoSuchSittingError(NotFoundError):
    """There is no such sitting, or it is somebody else's."""

    code = "no_such_sitting"
    title = _("There is no such sitting, or it is not yours.")


class PartUnderWayError(ConflictError):
    """A part of the sitting is still open on the workbench."""

    code = "part_under_way"
    title = _("One part is still open. Submit or skip it first.")


async def begin_sitting(session: WriteSession, *, actor: Actor, terms: ProjectTerms, days: int, now: datetime) -> UUID:
    """Begin a sitting: a part of its own for every item that the exam has at this moment. Answers its id.

    For callers that have made sure that the actor may sit the exam.

    Args:
        session: the transaction.
        actor: who sits it.
        terms: of the exam's project.
        days: how long it may take.
        now: the time.

    Raises:
        NotYourProjectError, ProjectNotOpenError: it hands out nothing to them.
        SittingOpenError: they have one open.
        EmptyExamError: there is nothing to answer.
    """
    check_claim(actor, terms)
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 3))", (str(actor.person_id),))
    where = {"project": terms.id, "person": actor.person_id}
    last = await (await driver.execute(LAST, where)).fetchone()
    assert last is not None
    if last[1]:
        raise SittingOpenError
    papers = [row[0] for row in await (await driver.execute(PAPERS, where)).fetchall()]
    if not papers:
        raise EmptyExamError
    sitting_id = new_id()
    values = where | {
        "sitting": sitting_id,
        "attempt": last[0] + 1,
        "now": now,
        "due": now + timedelta(days=days),
        "lane": LANE,
        "ids": new_ids(len(papers)),
        "papers": papers,
    }
    for statement in (BEGIN, PARTS, SLOTS):
        await driver.execute(statement, values)
    session.emit(
        ItemsAdded(actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, items=0, slots=len(papers))
    )
    session.emit(
        SittingBegun(
            actor_id=actor.person_id,
            subject_id=sitting_id,
            project_id=terms.id,
            attempt=last[0] + 1,
            parts=len(papers),
        )
    )
    return sitting_id


async def take_part(
    driver: Driver, *, actor: Actor, terms: ProjectTerms, admission: Admission, prefetch: bool, now: datetime
) -> NewAssignment | HeldAssignment | None:
    """Take the next part of the actor's open sitting, as `Queue.claim` takes a slot from the queue.

    Parts with content that the admission closes to them are passed over: they wait until it does not.

    Raises:
        NotYourProjectError, ProjectNotOpenError: the exam hands out nothing to them.
    """
    check_claim(actor, terms)
    where = {"trainer": actor.person_id, "project": terms.id}
    lanes = [row[0] for row in await (await driver.execute(LEFT, where)).fetchall()]
    announced = {one: admission.announced(one) for one in lanes}
    lanes = [one for one in lanes if admission.why_not_content(one) is None]
    values = {
        "lanes": lanes,
        "contents": ["+".join(announced[one]) for one in lanes],
        "trainer": actor.person_id,
        "project": terms.id,
        "prefetch": prefetch,
        "id": new_id(),
        "event": new_id(),
        "state": "prefetched" if prefetch else "active",
        "form": terms.form_version,
        "guidelines": terms.guidelines_version,
        "rate": admission.rate.amount,
        "currency": admission.rate.currency,
        "cap": admission.cap_ms,
        "activity": terms.activity,
        "task": admission.task_minor,
        "lease": now + terms.lease,
        "now": now,
        "started": None if prefetch else now,
        "data": '{"prefetch": true}' if prefetch else "{}",
    }
    try:
        rows = await (await driver.execute(TAKE, values)).fetchall()
    except UniqueViolation:  # the same person in another tab this very moment
        rows = await (await driver.execute(TAKE, values)).fetchall()
    _held, _state, item_id, brief, topic, content, acknowledged, shown = rows[0]
    if item_id is not None:
        assignment_id = values["id"]
        assert isinstance(assignment_id, UUID)
        return NewAssignment(assignment_id, item_id, brief, topic, content, acknowledged, tuple(shown or ()))
    held = [HeldAssignment(row[0], row[1]) for row in rows if row[0] is not None]
    ahead = [one for one in held if one.state == "prefetched"]
    return next(iter(ahead if prefetch else held), None)


async def hand_in_sitting(session: WriteSession, *, actor: Actor, sitting_id: UUID, now: datetime) -> None:
    """Hand in one's own sitting as it stands. Doing it again changes nothing.

    Raises:
        NoSuchSittingError: not there, or not theirs.
        PartUnderWayError: a part of it is open on the workbench.
    """
    driver = await session.driver()
    mine = "SELECT state FROM sitting WHERE id = %s AND person_id = %s FOR NO KEY UPDATE"
    row = await (await driver.execute(mine, (sitting_id, actor.person_id))).fetchone()
    if row is None:
        raise NoSuchSittingError
    if row[0] != "open":
        return
    if await (await driver.execute(UNDER_WAY, (sitting_id,))).fetchone() is not None:
        raise PartUnderWayError
    await _hand_in(session, [sitting_id], actor_id=actor.person_id, now=now)


async def hand_in_finished(session: WriteSession, *, assignment_ids: Collection[UUID], now: datetime) -> None:
    """Hand in the sittings of which these assignments were the last ones to end."""
    driver = await session.driver()
    rows = await (await driver.execute(FINISHED, (list(assignment_ids),))).fetchall()
    await _hand_in(session, [row[0] for row in rows], actor_id=None, now=now)


async def hand_in_due(session: WriteSession, *, now: datetime, limit: int = 100) -> int:
    """Hand in the sittings whose time is over. Answers how many; what is open on a workbench ends first."""
    driver = await session.driver()
    rows = await (await driver.execute(DUE, (now, limit))).fetchall()
    await _hand_in(session, [row[0] for row in rows], actor_id=None, now=now)
    return len(rows)


async def _hand_in(session: WriteSession, sitting_ids: Sequence[UUID], *, actor_id: UUID | None, now: datetime) -> None:
    driver = await session.driver()
    for sitting_id in sitting_ids:
        row = await (await driver.execute(HAND_IN, {"sitting": sitting_id, "now": now})).fetchone()
        if row is None:
            continue
        project_id, person_id, closed = row
        if closed:
            session.emit(ItemsCancelled(subject_id=project_id, project_id=project_id, items=0, slots=closed))
        session.emit(
            SittingHandedIn(actor_id=actor_id, subject_id=sitting_id, project_id=project_id, person_id=person_id)
        )

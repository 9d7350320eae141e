"""Claiming: one statement that takes the next open slot for a person, at a cost that does not grow with anything.

Slots are taken in the order (priority, lane, round, place), of the lanes that a person's admission names: those that
fewer people can take come first. The statement walks a partial index of open slots of one lane; three things could make
that walk long, and each has its remedy:

- slots this person may not take because they have answered the item already: a cursor per person and group of slots
  remembers how far they have come;
- index entries of slots that are no longer open but cannot be cleaned up while somebody holds a snapshot: a low-water
  place per group, looked up every second from the last one, is where walks begin;
- several lanes, rounds and priorities: they are groups (a handful of rows), tried in order. Only groups with an open
  slot are tried, so that the first one nearly always has something.

Cursors and low-water places are hints in the memory of one process. A claim that finds nothing looks once more without
hints before it says so, so a hint that is wrong costs time and never work.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from preceptor.lib.db import Driver
from preceptor.lib.errors import ConflictError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.work.operations.hints import Group, Hints, QueueHints
from preceptor.work.rules.admission import Admission

MOST_CURSORS = 50_000

# Content that was announced is handed out only to who says yes to all of it at this very moment.
WILLING = """
      AND NOT EXISTS (
        SELECT FROM unnest(%(categories)s::text[]) AS announced (category)
        WHERE NOT EXISTS (SELECT FROM content_consent AS consent
                          WHERE consent.person_id = {person} AND consent.category = announced.category))
"""

# One round trip: who holds what already, the next slot, the assignment on it, and the event. The test for an earlier
# answer is a scalar subquery so that the planner asks it for each slot in index order instead of joining.
CLAIM = """
WITH held AS MATERIALIZED (
    SELECT id, state FROM assignment
    WHERE trainer_id = %(trainer)s AND project_id = %(project)s AND state IN ('prefetched', 'active', 'paused')
      AND rework_round = 0
), picked AS (
    SELECT slot.item_id, slot.n, slot.place FROM slot
    WHERE slot.project_id = %(project)s AND slot.lane = %(lane)s AND slot.priority = %(priority)s
      AND slot.round = %(round)s AND slot.state = 'open' AND slot.place > %(after)s
      AND (SELECT done.id FROM assignment done
           WHERE done.item_id = slot.item_id AND done.trainer_id = %(trainer)s) IS NULL
      AND NOT EXISTS (SELECT FROM held WHERE held.state = 'prefetched' OR NOT %(prefetch)s)
      AND (SELECT project.state FROM project WHERE project.id = %(project)s) = 'open'
      {willing}
    ORDER BY slot.place LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE slot SET state = 'held', assignment_id = %(id)s FROM picked
    WHERE slot.item_id = picked.item_id AND slot.n = picked.n
    RETURNING slot.item_id, slot.n
), made AS (
    INSERT INTO assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor,
                            currency, cap_ms, activity, task_minor, lease_until, claimed_at, started_at, beat_at,
                            categories)
    SELECT %(id)s, taken.item_id, taken.n, %(project)s, %(trainer)s, %(state)s, %(form)s, %(guidelines)s, %(rate)s,
           %(currency)s, %(cap)s, %(activity)s, %(task)s, %(lease)s, %(now)s, %(started)s, %(started)s, %(categories)s
    FROM taken
    RETURNING item_id
), logged AS (
    INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
    SELECT %(event)s, 'work.claimed', %(trainer)s, %(id)s, %(project)s, %(data)s FROM made
)
SELECT picked.place, held.id, held.state, item.id, item.brief, item.topic, item.content,
       (SELECT version FROM guidelines_acknowledgement WHERE project_id = %(project)s AND person_id = %(trainer)s)
FROM (SELECT 1) AS one
LEFT JOIN picked ON true
LEFT JOIN item ON item.id = picked.item_id
LEFT JOIN held ON picked.place IS NULL
ORDER BY held.state
"""

CLAIM_PLAIN = CLAIM.format(willing="")
CLAIM_ANNOUNCED = CLAIM.format(willing=WILLING.format(person="%(trainer)s"))


# The same for several people at once: as many slots as there are people, one each. Whoever holds something already, or
# has answered the item that fell to them, is left out and asks alone.
CLAIM_TOGETHER = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(people)s::json)
             AS given (trainer uuid, id uuid, event uuid, rate bigint, currency text, cap bigint,
                       task bigint)
), free AS (
    SELECT given.*, row_number() OVER () AS turn FROM given
    WHERE NOT EXISTS (
        SELECT FROM assignment held
        WHERE held.trainer_id = given.trainer AND held.project_id = %(project)s
          AND held.state IN ('prefetched', 'active', 'paused') AND held.rework_round = 0
          AND (held.state = 'prefetched' OR NOT %(prefetch)s))
      {willing}
), picked AS MATERIALIZED (
    SELECT slot.item_id, slot.n, slot.place FROM slot
    WHERE slot.project_id = %(project)s AND slot.lane = %(lane)s AND slot.priority = %(priority)s
      AND slot.round = %(round)s AND slot.state = 'open' AND slot.place > %(after)s
      AND (SELECT project.state FROM project WHERE project.id = %(project)s) = 'open'
    ORDER BY slot.place LIMIT {limit} FOR UPDATE SKIP LOCKED
), paired AS MATERIALIZED (
    SELECT free.*, numbered.item_id, numbered.n, numbered.place
    FROM free JOIN (SELECT *, row_number() OVER (ORDER BY place) AS turn FROM picked) AS numbered USING (turn)
    WHERE (SELECT done.id FROM assignment done
           WHERE done.item_id = numbered.item_id AND done.trainer_id = free.trainer) IS NULL
), taken AS (
    UPDATE slot SET state = 'held', assignment_id = paired.id FROM paired
    WHERE slot.item_id = paired.item_id AND slot.n = paired.n
), made AS (
    INSERT INTO assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor,
                            currency, cap_ms, activity, task_minor, lease_until, claimed_at, started_at, beat_at,
                            categories)
    SELECT id, item_id, n, %(project)s, trainer, %(state)s, %(form)s, %(guidelines)s, rate, currency, cap,
           %(activity)s, task, %(lease)s, %(now)s, %(started)s, %(started)s, %(categories)s
    FROM paired
), logged AS (
    INSERT INTO event (id, name, actor_id, subject_id, project_id, data)
    SELECT event, 'work.claimed', trainer, id, %(project)s, %(data)s FROM paired
)
SELECT paired.trainer, paired.place, paired.id, item.id, item.brief, item.topic, item.content,
       (SELECT version FROM guidelines_acknowledgement
        WHERE project_id = %(project)s AND person_id = paired.trainer)
FROM paired JOIN item ON item.id = paired.item_id
"""


class ProjectNotOpenError(ConflictError):
    """Nothing is handed out: the project is a draft, paused or closed."""

    code = "project_not_open"
    title = _("This project is not open just now. What you have begun is kept.")


class NotYourProjectError(NotFoundError):
    """None of the person's teams works on it."""


class NewAssignment(msgspec.Struct, frozen=True):
    """A slot that was just taken, with its item."""

    id: UUID
    item_id: UUID
    brief: str
    topic: str
    content: dict[str, object]
    acknowledged_version: int | None
    """The newest version of the guidelines this person has said they read."""
    categories: tuple[str, ...] = ()
    """The content that was announced."""


class HeldAssignment(msgspec.Struct, frozen=True):
    """What the person holds in this project already, so that nothing new was taken."""

    id: UUID
    state: str


class Claimant(NamedTuple):
    """Who claims, and what they may take."""

    actor: Actor
    admission: Admission


class Queue:
    """The hints of one process, and claiming with them."""

    def __init__(self) -> None:
        self._hints = Hints()
        self._cursors: OrderedDict[tuple[UUID, UUID, Group], int] = OrderedDict()

    async def claim(
        self,
        driver: Driver,
        *,
        actor: Actor,
        terms: ProjectTerms,
        admission: Admission | None = None,
        prefetch: bool = False,
        now: datetime,
    ) -> NewAssignment | HeldAssignment | None:
        """Take the next slot of a project for the actor.

        Args:
            driver: a connection in autocommit; the claim is durable when this returns.
            actor: who claims.
            terms: the project's terms, kept on the assignment.
            admission: the lanes they may take, and what it pays them; None: everything, at the project's own rate.
            prefetch: hold the slot for later, beside one that is being worked on; its clock does not run.
            now: the time.

        Returns:
            The new assignment; or what the person holds already (one at a time, and one prefetched); or None where no
            slot is open for them.

        Raises:
            NotYourProjectError: none of their teams works on the project.
            ProjectNotOpenError: the project hands out nothing.
        """
        check_claim(actor, terms)
        who = Claimant(actor, admission or Admission.to_everything(terms, at=now))
        began = time.monotonic()
        hints = await self._hints.of(driver, terms.id)
        found = await self._try(driver, hints, who, terms=terms, prefetch=prefetch, now=now)
        if found is not None or hints.looked_fully_at >= began:
            return found
        hints = await self._hints.look(driver, terms.id, fully=True)
        for group in hints.groups:
            self._cursors.pop((actor.person_id, terms.id, group), None)
        return await self._try(driver, hints, who, terms=terms, prefetch=prefetch, now=now)

    async def claim_together(
        self,
        driver: Driver,
        *,
        claimants: Sequence[Claimant],
        terms: ProjectTerms,
        prefetch: bool = False,
        now: datetime,
    ) -> dict[UUID, NewAssignment]:
        """Take a slot each for several people, as `claim` does: one statement for those whose line is the same.

        Returns:
            The new assignments by person. Who is missing holds something already or found nothing here, and asks alone.
        """
        hints = await self._hints.of(driver, terms.id)
        lines: dict[tuple[Group, tuple[str, ...]], list[Claimant]] = {}
        for who in claimants:
            group = next((group for group in hints.groups if who.admission.may(group.lane)), None)
            if group is not None:
                lines.setdefault((group, who.admission.announced(group.lane)), []).append(who)
        found: dict[UUID, NewAssignment] = {}
        for (group, announced), line in lines.items():
            if len(line) > 1:
                low = hints.lows.get(group, 0) - 1
                values = _values(terms=terms, group=group, announced=announced, prefetch=prefetch, now=now)
                found |= await self._serve(driver, line, group, low, values)
        return found

    def passed_over(self, project_id: UUID, admission: Admission) -> bool:
        """True where the project has open slots, as far as is known, in lanes that the admission leaves out."""
        return any(not admission.may(group.lane) for group in self._hints.known(project_id).groups)

    async def _serve(
        self, driver: Driver, line: Sequence[Claimant], group: Group, low: int, values: dict[str, object]
    ) -> dict[UUID, NewAssignment]:
        project_id, announced = values["project"], values["categories"]
        assert isinstance(project_id, UUID)
        keys = {who.actor.person_id: (who.actor.person_id, project_id, group) for who in line}
        people = [
            {
                "trainer": who.actor.person_id,
                "id": new_id(),
                "event": new_id(),
                "rate": who.admission.rate.amount,
                "currency": who.admission.rate.currency,
                "cap": who.admission.cap_ms,
                "task": who.admission.task_minor,
            }
            for who in line
        ]
        values |= {
            "after": max(low, min(self._cursors.get(key, -1) for key in keys.values())),
            "people": msgspec.json.encode(people).decode(),
        }
        willing = WILLING.format(person="given.trainer") if announced else ""
        try:
            query = CLAIM_TOGETHER.format(limit=len(people), willing=willing)
            rows = await (await driver.execute(query, values)).fetchall()
        except UniqueViolation:  # somebody claimed in another tab this very moment
            return {}
        for person, place, *_rest in rows:
            self._remember(keys[person], place)
        seen = tuple(announced) if isinstance(announced, list) else ()
        return {
            person: NewAssignment(made, item_id, brief, topic, content, read, seen)
            for person, _place, made, item_id, brief, topic, content, read in rows
        }

    async def _try(
        self,
        driver: Driver,
        hints: QueueHints,
        who: Claimant,
        *,
        terms: ProjectTerms,
        prefetch: bool,
        now: datetime,
    ) -> NewAssignment | HeldAssignment | None:
        actor, admission = who
        for group in list(hints.groups):
            if not admission.may(group.lane):
                continue
            key = (actor.person_id, terms.id, group)
            announced = admission.announced(group.lane)
            values = _values(terms=terms, group=group, announced=announced, prefetch=prefetch, now=now)
            values |= terms_now(terms, admission)
            values |= {
                "id": new_id(),
                "event": new_id(),
                "trainer": actor.person_id,
                "after": max(hints.lows.get(group, 0) - 1, self._cursors.get(key, -1)),
            }
            query = CLAIM_ANNOUNCED if announced else CLAIM_PLAIN
            try:
                rows = await (await driver.execute(query, values)).fetchall()
            except UniqueViolation:  # the same person claimed in another tab this very moment
                rows = await (await driver.execute(query, values)).fetchall()
            place, _held_id, _held_state, *item = rows[0]
            if place is not None:
                self._remember(key, place)
                item_id, brief, topic, content, acknowledged = item
                assignment_id = values["id"]
                assert isinstance(assignment_id, UUID)
                return NewAssignment(assignment_id, item_id, brief, topic, content, acknowledged, announced)
            held = [HeldAssignment(row[1], row[2]) for row in rows if row[1] is not None]
            ahead = [one for one in held if one.state == "prefetched"]
            if found := (ahead if prefetch else held):
                return found[0]
        return None

    def _remember(self, key: tuple[UUID, UUID, Group], place: int) -> None:
        self._cursors[key] = place
        self._cursors.move_to_end(key)
        if len(self._cursors) > MOST_CURSORS:
            self._cursors.popitem(last=False)


def terms_now(project: ProjectTerms, admission: Admission) -> dict[str, object]:
    """What a task is worked under that somebody begins now."""
    return {
        "form": project.form_version,
        "guidelines": project.guidelines_version,
        "rate": admission.rate.amount,
        "currency": admission.rate.currency,
        "cap": admission.cap_ms,
        "task": admission.task_minor,
    }


def check_claim(actor: Actor, terms: ProjectTerms) -> None:
    """Let the actor claim in a project.

    Raises:
        NotYourProjectError: none of their teams works on it.
        ProjectNotOpenError: it hands out nothing.
    """
    actor.require(Permission.WORK_DO)
    if not terms.is_worked_on_by(actor):
        raise NotYourProjectError
    if terms.state is not ProjectState.OPEN:
        raise ProjectNotOpenError


def _values(
    *, terms: ProjectTerms, group: Group, announced: tuple[str, ...], prefetch: bool, now: datetime
) -> dict[str, object]:
    return {
        "project": terms.id,
        "lane": group.lane,
        "priority": group.priority,
        "round": group.round,
        "prefetch": prefetch,
        "state": "prefetched" if prefetch else "active",
        "form": terms.form_version,
        "guidelines": terms.guidelines_version,
        "lease": now + terms.lease,
        "activity": terms.activity,
        "now": now,
        "started": None if prefetch else now,
        "data": '{"prefetch": true}' if prefetch else "{}",
        "categories": list(announced) or None,
    }

"""Items: adding them to the queue, cancelling them, changing their priority and what they ask for."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.events import ItemsAdded, ItemsCancelled, ItemsMoved, ItemsPlaced
from preceptor.work.operations.assets import NewAsset, insert_assets
from preceptor.work.rules.lanes import ANYBODY, MOST_LANES, Lane, lane_from, lane_problems

DEFAULT_PRIORITY = 5
MOST_AT_ONCE = 5_000
MAX_LABEL = 2_000
HASH_LETTERS = 32
"""128 bits: enough that no two items of a project share them by chance, and half the index."""

INSERT_ITEMS = """
INSERT INTO item (id, project_id, priority, lane, wanted, brief, topic, content, content_hash, source, import_id)
SELECT new.id, %(project)s, new.priority, new.lane, new.wanted, new.brief, new.topic, new.content::jsonb,
       new.content_hash, new.source::jsonb, %(import)s
FROM unnest(%(ids)s::uuid[], %(priorities)s::int[], %(lanes)s::text[], %(wanted)s::int[], %(briefs)s::text[],
            %(topics)s::text[], %(contents)s::text[], %(hashes)s::text[], %(sources)s::text[])
     AS new (id, priority, lane, wanted, brief, topic, content, content_hash, source)
"""

# Round n holds the n-th answer of every item: all items are answered once before any is answered twice.
INSERT_SLOTS = """
INSERT INTO slot (item_id, n, project_id, lane, priority, round, place)
SELECT new.id, n.n, %(project)s, new.lane, new.priority, n.n, nextval('queue_place')
FROM unnest(%(ids)s::uuid[], %(priorities)s::int[], %(lanes)s::text[], %(wanted)s::int[])
     WITH ORDINALITY AS new (id, priority, lane, wanted, ordinality)
CROSS JOIN LATERAL generate_series(1, new.wanted) AS n (n)
ORDER BY n.n, new.ordinality
"""

INSERT_GROUPS = """
INSERT INTO queue_group (project_id, lane, priority, round)
SELECT DISTINCT %(project)s::uuid, new.lane, new.priority, n.n
FROM unnest(%(priorities)s::int[], %(lanes)s::text[], %(wanted)s::int[]) AS new (priority, lane, wanted)
CROSS JOIN LATERAL generate_series(0, new.wanted) AS n (n)
ON CONFLICT DO NOTHING
"""

CANCEL = """
WITH stopped AS (
    UPDATE item SET state = 'cancelled'
    WHERE project_id = %(project)s AND id = ANY(%(ids)s) AND state = 'open' RETURNING id
), closed AS (
    UPDATE slot SET state = 'closed' FROM stopped WHERE slot.item_id = stopped.id AND slot.state = 'open' RETURNING 1
)
SELECT (SELECT count(*) FROM stopped), (SELECT count(*) FROM closed)
"""

MOVE = """
WITH moved AS (
    UPDATE item SET priority = %(priority)s
    WHERE project_id = %(project)s AND id = ANY(%(ids)s) AND state = 'open' AND priority <> %(priority)s
    RETURNING id, lane
), placed AS (
    UPDATE slot SET priority = %(priority)s,
                    place = CASE slot.state WHEN 'open' THEN nextval('queue_place') ELSE slot.place END
    FROM moved WHERE slot.item_id = moved.id RETURNING slot.lane, slot.round
), grouped AS (
    INSERT INTO queue_group (project_id, lane, priority, round)
    SELECT DISTINCT %(project)s::uuid, lane, %(priority)s, round FROM (
        SELECT lane, round FROM placed UNION SELECT lane, 0 FROM placed) AS found
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM moved
"""


PLACE = """
WITH moved AS (
    UPDATE item SET lane = %(lane)s
    WHERE project_id = %(project)s AND id = ANY(%(ids)s) AND state = 'open' AND lane <> %(lane)s
    RETURNING id
), placed AS (
    UPDATE slot SET lane = %(lane)s, place = CASE slot.state WHEN 'open' THEN nextval('queue_place') ELSE slot.place END
    FROM moved WHERE slot.item_id = moved.id RETURNING slot.priority, slot.round
), grouped AS (
    INSERT INTO queue_group (project_id, lane, priority, round)
    SELECT DISTINCT %(project)s::uuid, %(lane)s, priority, round FROM (
        SELECT priority, round FROM placed UNION SELECT priority, 0 FROM placed) AS found
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM moved
"""

COUNT_LANES = "SELECT count(DISTINCT lane) FROM queue_group WHERE project_id = %s"


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item to add. `content` has passed the kind's `parse_item_content`."""

    content: dict[str, Any] = {}
    brief: str = ""
    topic: str = ""
    wanted: int = 1
    priority: int = DEFAULT_PRIORITY
    lane: str = ""
    source: dict[str, Any] = {}
    assets: tuple[NewAsset, ...] = ()
    """Files it shows that the project may not have yet; their bytes are in the storage."""


class TooManyLanesError(InvalidError):
    """More ways of combining language, level and content than one project may have."""

    code = "too_many_lanes"
    title = _("A project may have at most 200 combinations of language, level and content. Use fewer, or two projects.")


class TooManyItemsError(InvalidError):
    """More items than one request takes."""

    code = "too_many_items"
    title = _("Add at most 5,000 items at once; import a file for more.")


def content_hash(content: dict[str, Any], *, brief: str, topic: str) -> str:
    """The first half of the SHA-256 of everything an item asks, by which an import finds duplicates."""
    return sha256(msgspec.json.encode([content, brief, topic], order="sorted")).hexdigest()[:HASH_LETTERS]


async def add_items(
    session: WriteSession, *, actor: Actor, terms: ProjectTerms, items: Sequence[NewItem], import_id: UUID | None = None
) -> list[UUID]:
    """Put items into the queue, in this order, and answer their ids.

    Raises:
        MissingPermissionError: the actor may not write items.
        TooManyItemsError: over 5,000.
        InvalidError: a priority, number of answers or label out of bounds.
    """
    actor.require(Permission.ITEM_WRITE)
    if len(items) > MOST_AT_ONCE:
        raise TooManyItemsError
    if problems := [problem for index, item in enumerate(items) for problem in _problems(item, index)]:
        raise InvalidError(fields=problems)
    if not items:
        return []
    ids = [new_id() for _item in items]
    values = {
        "project": terms.id,
        "import": import_id,
        "ids": ids,
        "priorities": [item.priority for item in items],
        "lanes": [item.lane for item in items],
        "wanted": [item.wanted for item in items],
        "briefs": [item.brief for item in items],
        "topics": [item.topic for item in items],
        "contents": [msgspec.json.encode(item.content).decode() for item in items],
        "hashes": [content_hash(item.content, brief=item.brief, topic=item.topic) for item in items],
        "sources": [msgspec.json.encode(item.source).decode() for item in items],
    }
    driver = await session.driver()
    # Places must become visible in their order, or a low-water place could pass one that is still to come.
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 1))", (str(terms.id),))
    await insert_assets(driver, project_id=terms.id, assets=[asset for item in items for asset in item.assets])
    await driver.execute(INSERT_ITEMS, values)
    # An exam's items are what sittings are made of: nobody claims them.
    if terms.purpose is not Purpose.EXAM:
        await driver.execute(INSERT_SLOTS, values)
        await driver.execute(INSERT_GROUPS, values)
    if any(item.lane for item in items):
        await check_lanes(driver, terms)
    session.emit(
        ItemsAdded(
            actor_id=actor.person_id,
            subject_id=terms.id,
            project_id=terms.id,
            items=len(items),
            slots=0 if terms.purpose is Purpose.EXAM else sum(item.wanted for item in items),
        )
    )
    return ids


async def check_lanes(driver: Driver, terms: ProjectTerms) -> None:
    """Let what was just put into the queue stand, or not.

    Raises:
        TooManyLanesError: the project has over 200 lanes by now.
    """
    row = await (await driver.execute(COUNT_LANES, (terms.id,))).fetchone()
    if row is not None and row[0] > MOST_LANES:
        raise TooManyLanesError


def _problems(item: NewItem, index: int) -> list[FieldProblem]:
    problems = []
    for name, value, least, most in (("wanted", item.wanted, 1, 100), ("priority", item.priority, 0, 9)):
        if not least <= value <= most:
            message = _("Give a number from {least} to {most}.").format(least=least, most=most)
            problems.append(FieldProblem(f"items.{index}.{name}", message))
    for name, text in (("brief", item.brief), ("topic", item.topic)):
        if len(text) > MAX_LABEL or "\0" in text:
            message = _("Use at most {count} characters.").format(count=MAX_LABEL)
            problems.append(FieldProblem(f"items.{index}.{name}", message))
    return problems


async def add_open_items(
    session: WriteSession,
    *,
    actor: Actor,
    terms: ProjectTerms,
    count: int,
    brief: str = "",
    topic: str = "",
    wanted: int | None = None,
    priority: int = DEFAULT_PRIORITY,
    lane: Lane = ANYBODY,
) -> list[UUID]:
    """Put `count` items on a topic of the trainer's own choice into the queue; `wanted` None: as the project has it.

    Raises:
        MissingPermissionError: the actor may not write items.
        TooManyItemsError: none, or over 5,000.
        InvalidError: the kind needs something given, or a number is out of bounds.
    """
    content = task_kind(terms.kind).open_item()
    if content is None:
        raise InvalidError(_("This kind of task needs given content: import it."))
    if not 1 <= count <= MOST_AT_ONCE:
        raise TooManyItemsError(fields=[FieldProblem("count", TooManyItemsError.title)])
    built: dict[str, Any] = msgspec.to_builtins(content)
    item = NewItem(
        content=built,
        brief=brief,
        topic=topic,
        wanted=terms.rules.answers_per_item if wanted is None else wanted,
        priority=priority,
        lane=lane.key,
    )
    return await add_items(session, actor=actor, terms=terms, items=[item] * count)


async def cancel_items(session: WriteSession, *, actor: Actor, terms: ProjectTerms, item_ids: Collection[UUID]) -> int:
    """Hand these items out no more; work that was begun can be finished. Answers how many were cancelled.

    Raises:
        MissingPermissionError: the actor may not write items.
    """
    actor.require(Permission.ITEM_WRITE)
    driver = await session.driver()
    cursor = await driver.execute(CANCEL, {"project": terms.id, "ids": list(item_ids)})
    row = await cursor.fetchone()
    assert row is not None
    items, slots = row
    session.emit(
        ItemsCancelled(actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, items=items, slots=slots)
    )
    return int(items)


async def move_items(
    session: WriteSession, *, actor: Actor, terms: ProjectTerms, item_ids: Collection[UUID], priority: int
) -> int:
    """Give items another priority (0 first, 9 last). Answers how many changed.

    Their open slots move at once; one that somebody holds has it when it is given back.

    Raises:
        MissingPermissionError: the actor may not write items.
        InvalidError: the priority is not 0 to 9.
    """
    actor.require(Permission.ITEM_WRITE)
    if problems := _problems(NewItem(priority=priority), 0):
        raise InvalidError(fields=problems)
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 1))", (str(terms.id),))
    values = {"project": terms.id, "ids": list(item_ids), "priority": priority}
    row = await (await driver.execute(MOVE, values)).fetchone()
    assert row is not None
    session.emit(
        ItemsMoved(actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, items=row[0], priority=priority)
    )
    return int(row[0])


def checked_lane(*, language: str, level: int, categories: Iterable[str]) -> Lane:
    """The lane of what somebody gave.

    Raises:
        InvalidError: no such language, level or category.
    """
    given = list(categories)
    if problems := list(lane_problems("", language=language, level=level, categories=given)):
        raise InvalidError(fields=problems)
    return lane_from(language=language, level=level, categories=given)


async def place_items(
    session: WriteSession, *, actor: Actor, terms: ProjectTerms, item_ids: Collection[UUID], lane: Lane
) -> int:
    """Have items ask for another language, level or content. Answers how many changed.

    Their open slots move at once; who holds one goes on with what they were told when they took it.

    Raises:
        MissingPermissionError: the actor may not write items.
        TooManyLanesError: the project would have over 200 lanes.
    """
    actor.require(Permission.ITEM_WRITE)
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 1))", (str(terms.id),))
    values = {"project": terms.id, "ids": list(item_ids), "lane": lane.key}
    row = await (await driver.execute(PLACE, values)).fetchone()
    assert row is not None
    await check_lanes(driver, terms)
    session.emit(
        ItemsPlaced(actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, items=row[0], lane=lane.key)
    )
    return int(row[0])

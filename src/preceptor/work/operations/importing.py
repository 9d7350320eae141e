"""Items by the thousand, with the answers that people elsewhere have given to them already.

Everything goes in by COPY: it costs the database about half of what INSERT does. An item is known by the hash of what
it asks, so that adding it again changes nothing; an answer by its item and its person.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.ids import new_id, new_ids
from preceptor.people.rules import Actor, Permission
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.events import AnswersGiven, ItemsAdded
from preceptor.work.operations.assets import NewAsset, insert_assets
from preceptor.work.operations.items import HASH_LETTERS, check_lanes
from preceptor.work.operations.keys import NewKey, keep_keys

COPY_ITEMS = """
COPY item (id, project_id, priority, lane, wanted, brief, topic, content, content_hash, source, import_id) FROM STDIN
"""
COPY_SLOTS = "COPY slot (item_id, n, project_id, lane, priority, round, place, state, assignment_id) FROM STDIN"
COPY_ASSIGNMENTS = """
COPY assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor, currency,
                 lease_until, claimed_at, started_at, ended_at) FROM STDIN
"""
COPY_SUBMISSIONS = """
COPY submission (id, key, assignment_id, item_id, project_id, trainer_id, author_id, revision, origin, form_version,
                 guidelines_version, content_hash, submitted_at) FROM STDIN
"""
COPY_BODIES = "COPY submission_body (submission_id, content) FROM STDIN"

# Two imports of one project take turns, or both could add what neither finds. And places must become visible in their
# order, or a low-water place could pass one that is still to come.
LOCKS = """
SELECT pg_advisory_xact_lock(hashtextextended(%(project)s::text, 7)),
       pg_advisory_xact_lock(hashtextextended(%(project)s::text, 1))
"""
KNOWN = "SELECT content_hash, id FROM item WHERE project_id = %s AND content_hash = ANY(%b::text[]) AND state = 'open'"
ANSWERED = "SELECT item_id, trainer_id FROM assignment WHERE item_id = ANY(%s)"
OPEN_SLOTS = """
SELECT item_id, n FROM slot WHERE item_id = ANY(%s) AND state = 'open' ORDER BY item_id, n FOR UPDATE SKIP LOCKED
"""
LAST_SLOTS = "SELECT item_id, max(n) FROM slot WHERE item_id = ANY(%s) GROUP BY item_id"
TAKE = """
UPDATE slot SET state = 'done', assignment_id = taken.assignment_id
FROM unnest(%s::uuid[], %s::int[], %s::uuid[]) AS taken (item_id, n, assignment_id)
WHERE slot.item_id = taken.item_id AND slot.n = taken.n
"""
WIDEN = """
UPDATE item SET wanted = least(item.wanted + more.slots, 100)
FROM unnest(%s::uuid[], %s::int[]) AS more (id, slots) WHERE item.id = more.id
"""
PLACES = "SELECT array_agg(nextval('queue_place')) FROM generate_series(1, %s)"
GROUPS = """
INSERT INTO queue_group (project_id, lane, priority, round)
SELECT %(project)s, lane, priority, round
FROM unnest(%(lanes)s::text[], %(priorities)s::int[], %(rounds)s::int[]) AS new (lane, priority, round)
ON CONFLICT DO NOTHING
"""

_encode = msgspec.json.encode

NO_ID = UUID(int=0)

MOST_ANSWERS = 100
"""Of one item, as the database has it."""


class ItemRow(msgspec.Struct, kw_only=True):
    """An item as an import brings it. `content` has passed the kind's checks. `prepare` fills in `id` and `line`.

    Attributes:
        digest: of what makes it the same item, in hex: see `digest_of`.
        content, source: JSON.
        wanted: answers to be asked of people here; the given ones count among them.
        answers: by name of the worker, the answers given elsewhere as JSON, once the item's id is known.
        key: what is right, checked and with places instead of ids; by_hand: a person grades what is written.
        assets: files it shows that the project may not have yet.
        lane: key of what it asks of whoever answers it.
        id: its own, should it be new.
        line: as COPY reads it, where that does not hang on what the database holds.
    """

    digest: str
    content: bytes
    brief: str = ""
    topic: str = ""
    wanted: int = 1
    priority: int = 5
    source: bytes = b"{}"
    answers: Callable[[UUID], Sequence[tuple[str, bytes]]] | None = None
    assets: tuple[NewAsset, ...] = ()
    lane: str = ""
    id: UUID = NO_ID
    line: bytes = b""
    key: dict[str, Any] | None = None
    by_hand: bool = False


def prepare(rows: Sequence[ItemRow], *, project_id: UUID, import_id: UUID) -> None:
    """Do what can be done for rows before the database is asked, while it is busy with others."""
    project, run = str(project_id).encode(), str(import_id).encode()
    for row, row_id in zip(rows, new_ids(len(rows)), strict=True):
        row.id = row_id
        if row.answers is None:
            row.line = _item_line(row, row.wanted, project, run)


def _item_line(row: ItemRow, wanted: int, project: bytes, run: bytes) -> bytes:
    return b"%032x\t%b\t%d\t%b\t%d\t%b\t%b\t%b\t%b\t%b\t%b\n" % (
        row.id.int,
        project,
        row.priority,
        row.lane.encode(),
        wanted,
        _text(row.brief),
        _text(row.topic),
        _json(row.content),
        row.digest.encode(),
        _json(row.source),
        run,
    )


class RowsAdded(msgspec.Struct, frozen=True):
    """What came of some rows. A row is a duplicate when neither its item nor any of its answers was new."""

    items: int = 0
    answers: int = 0
    duplicates: int = 0


People = Callable[[Collection[str]], Awaitable[Mapping[str, UUID]]]
"""Finds or makes the people who stand for workers of these names."""


def digest_of(content: bytes, *, brief: str, topic: str) -> str:
    """The hash by which an item is known again: as `content_hash` for content that is encoded in sorted order."""
    labels = (_encode(brief), _encode(topic)) if brief or topic else (b'""', b'""')
    return sha256(b"[%b,%b,%b]" % (content, *labels)).hexdigest()[:HASH_LETTERS]


class _Answer(msgspec.Struct):
    """One answer on its way in."""

    worker: str
    body: bytes
    id: UUID
    n: int = 0
    takes: bool = False
    """Whether it fills a slot that was open."""


class _Item(msgspec.Struct):
    """One item with all that the rows of a batch bring for it."""

    id: UUID
    row: ItemRow
    known: bool
    answers: list[_Answer] = []

    @property
    def key(self) -> bytes:
        """Its id as COPY reads it."""
        return b"%032x" % self.id.int


async def add_rows(
    session: WriteSession,
    *,
    actor: Actor,
    terms: ProjectTerms,
    rows: Sequence[ItemRow],
    import_id: UUID,
    people: People,
    now: datetime,
) -> RowsAdded:
    """Put items into the queue and given answers beside them, as accepted and unpaid work, in the order of the rows.

    The rows have been prepared.

    Raises:
        MissingPermissionError: the actor may not write items.
    """
    actor.require(Permission.ITEM_WRITE)
    if not rows:
        return RowsAdded()
    driver = await session.driver()
    await driver.execute(LOCKS, {"project": terms.id})
    items, duplicates = await _planned(driver, terms, rows, people)
    fresh = [item for item in items if not item.known]
    await insert_assets(driver, project_id=terms.id, assets=[asset for item in fresh for asset in item.row.assets])
    taken = await _find_slots(driver, [item for item in items if item.known and item.answers])
    opened = await _write_items(driver, terms, fresh, import_id)
    keys = [NewKey(one.id, one.row.key, one.row.by_hand) for one in fresh if one.row.key or one.row.by_hand]
    await keep_keys(driver, actor=actor, keys=keys)
    answered = [item for item in items if item.answers]
    by_name = await people({answer.worker for item in answered for answer in item.answers}) if answered else {}
    if answered:
        await _write_answers(driver, terms, answered, by_name, now)
    answers = sum(len(item.answers) for item in answered)
    if fresh:
        session.emit(
            ItemsAdded(
                actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, items=len(fresh), slots=opened
            )
        )
    if answers:
        session.emit(
            AnswersGiven(
                actor_id=actor.person_id, subject_id=terms.id, project_id=terms.id, answers=answers, taken=taken
            )
        )
    return RowsAdded(len(fresh), answers, duplicates)


async def count_rows(
    session: WriteSession, *, terms: ProjectTerms, rows: Sequence[ItemRow], known_people: People
) -> RowsAdded:
    """What `add_rows` would do, as far as it can be told without doing it."""
    if not rows:
        return RowsAdded()
    items, duplicates = await _planned(await session.driver(), terms, rows, known_people)
    return RowsAdded(sum(not item.known for item in items), sum(len(item.answers) for item in items), duplicates)


async def _planned(
    driver: Driver, terms: ProjectTerms, rows: Sequence[ItemRow], people: People
) -> tuple[list[_Item], int]:
    """The items with their new answers, and how many rows bring nothing new."""
    digests = list({row.digest for row in rows})
    found = await (await driver.execute(KNOWN, (terms.id, digests))).fetchall()
    known: dict[str, UUID] = dict(found)
    there = await _answered(driver, known, rows, people)
    items: dict[str, _Item] = {}
    duplicates = 0
    for row in rows:
        item = items.get(row.digest)
        is_new = item is None and row.digest not in known
        if item is None:
            item = _Item(row.id if is_new else known[row.digest], row, not is_new)
            items[row.digest] = item
        if (row.answers is None or not _take_answers(item, row, there)) and not is_new:
            duplicates += 1
    return [item for item in items.values() if not item.known or item.answers], duplicates


def _take_answers(item: _Item, row: ItemRow, there: set[tuple[UUID, str]]) -> bool:
    """Whether the row brings an answer by somebody who has given none yet."""
    assert row.answers is not None
    before = len(item.answers)
    for worker, body in row.answers(item.id):
        if (item.id, worker) not in there and len(item.answers) < MOST_ANSWERS:
            there.add((item.id, worker))
            item.answers.append(_Answer(worker, body, new_id()))
    return len(item.answers) > before


async def _answered(
    driver: Driver, known: Mapping[str, UUID], rows: Sequence[ItemRow], people: People
) -> set[tuple[UUID, str]]:
    """Which workers have answered which of the items that are there already."""
    again = [(known[row.digest], row.answers) for row in rows if row.answers is not None and row.digest in known]
    if not again:
        return set()
    names = {worker for item_id, answers in again for worker, _body in answers(item_id)}
    by_person = {person_id: name for name, person_id in (await people(names)).items()}
    found = await (await driver.execute(ANSWERED, (list({item_id for item_id, _answers in again}),))).fetchall()
    return {(item_id, by_person[person_id]) for item_id, person_id in found if person_id in by_person}


async def _find_slots(driver: Driver, items: Sequence[_Item]) -> int:
    """Give answers to items that are there a slot: one that is open, else a new one. How many were open."""
    if not items:
        return 0
    ids = [item.id for item in items]
    last: dict[UUID, int] = dict(await (await driver.execute(LAST_SLOTS, (ids,))).fetchall())
    free: dict[UUID, list[int]] = {}
    for item_id, n in await (await driver.execute(OPEN_SLOTS, (ids,))).fetchall():
        free.setdefault(item_id, []).append(n)
    taken: list[tuple[UUID, int, UUID]] = []
    more: list[tuple[UUID, int]] = []
    for item in items:
        slots, n = free.get(item.id, []), last.get(item.id, 0)
        for answer in item.answers:
            if slots:
                answer.n, answer.takes = slots.pop(0), True
                taken.append((item.id, answer.n, answer.id))
            else:
                n += 1
                answer.n = n
        if n > last.get(item.id, 0):
            more.append((item.id, n - last.get(item.id, 0)))
    if taken:
        await driver.execute(TAKE, tuple(map(list, zip(*taken, strict=True))))
    if more:
        await driver.execute(WIDEN, tuple(map(list, zip(*more, strict=True))))
    return len(taken)


async def _write_items(driver: Driver, terms: ProjectTerms, items: Sequence[_Item], import_id: UUID) -> int:
    """Write new items with their open slots; answers how many those are. Given answers take the first slots."""
    if not items:
        return 0
    project, run = str(terms.id).encode(), str(import_id).encode()
    lines = []
    slots: list[tuple[int, bytes, str, int]] = []
    for item in items:
        row = item.row
        wanted = row.wanted
        if item.answers:
            for n, answer in enumerate(item.answers, 1):
                answer.n = n
            wanted = min(max(wanted, len(item.answers)), MOST_ANSWERS)
        if terms.purpose is not Purpose.EXAM:  # an exam's items are what sittings are made of: nobody claims them
            slots += [(n, item.key, row.lane, row.priority) for n in range(len(item.answers) + 1, wanted + 1)]
        lines.append(row.line or _item_line(row, wanted, project, run))
    await _copy(driver, COPY_ITEMS, lines)
    # Round n holds the n-th answer of every item: all items are answered once before any is answered twice.
    slots.sort(key=lambda slot: slot[0])
    [(places,)] = await (await driver.execute(PLACES, (len(slots),), binary=True)).fetchall()
    await _copy(
        driver,
        COPY_SLOTS,
        [
            b"%b\t%d\t%b\t%b\t%d\t%d\t%d\topen\t\\N\n" % (key, n, project, lane.encode(), priority, n, place)
            for (n, key, lane, priority), place in zip(slots, places or (), strict=True)
        ],
    )
    groups = {(lane, priority, n) for n, _key, lane, priority in slots}
    groups |= {(item.row.lane, item.row.priority, 0) for item in items}
    lanes, priorities, rounds = zip(*sorted(groups), strict=True)
    values = {"lanes": list(lanes), "priorities": list(priorities), "rounds": list(rounds)}
    await driver.execute(GROUPS, values | {"project": terms.id})
    if any(lanes):
        await check_lanes(driver, terms)
    return len(slots)


async def _write_answers(
    driver: Driver, terms: ProjectTerms, items: Sequence[_Item], people: Mapping[str, UUID], now: datetime
) -> None:
    """Write given answers as accepted work that costs nothing, each in its slot."""
    project, at = str(terms.id).encode(), now.isoformat().encode()
    currency, versions = terms.rate.currency.encode(), b"%d\t%d" % (terms.form_version, terms.guidelines_version)
    slots, assignments, submissions, bodies = [], [], [], []
    ids = iter(new_ids(sum(len(item.answers) for item in items)))
    for item in items:
        item_id = item.key
        for answer in item.answers:
            own, person = b"%032x" % answer.id.int, people[answer.worker].hex.encode()
            submission = b"%032x" % next(ids).int
            if not answer.takes:
                slots.append(
                    b"%b\t%d\t%b\t%b\t%d\t%d\t0\tdone\t%b\n"
                    % (item_id, answer.n, project, item.row.lane.encode(), item.row.priority, answer.n, own)
                )
            assignments.append(
                b"%b\t%b\t%d\t%b\t%b\taccepted\t%b\t0\t%b\t%b\t%b\t%b\t%b\n"
                % (own, item_id, answer.n, project, person, versions, currency, at, at, at, at)
            )
            digest = sha256(answer.body).hexdigest().encode()
            submissions.append(
                b"%b\t%b\t%b\t%b\t%b\t%b\t%b\t1\tgiven\t%b\t%b\t%b\n"
                % (submission, submission, own, item_id, project, person, person, versions, digest, at)
            )
            bodies.append(b"%b\t%b\n" % (submission, _json(answer.body)))
    await _copy(driver, COPY_SLOTS, slots)
    await _copy(driver, COPY_ASSIGNMENTS, assignments)
    await _copy(driver, COPY_SUBMISSIONS, submissions)
    await _copy(driver, COPY_BODIES, bodies)


async def _copy(driver: Driver, statement: str, lines: Iterable[bytes]) -> None:
    data = b"".join(lines)
    if data:
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            await copy.write(data)


def _json(data: bytes) -> bytes:
    """JSON as COPY reads it: it holds no line ends or tabs, only backslashes."""
    return data.replace(b"\\", b"\\\\") if b"\\" in data else data


def _text(text: str) -> bytes:
    if not text:
        return b""
    data: Any = text.encode().replace(b"\\", b"\\\\")
    return bytes(data.replace(b"\t", b"\\t").replace(b"\n", b"\\n").replace(b"\r", b"\\r"))

"""The items of a project as its manager sees them: the list, searched and filtered, and each with its answers.

No index serves a search in what items say, and none could serve every filter. Instead a page looks through no more than
20,000 items, newest first (10,000 where their texts are to be read); where what it is asked for is rarer than that, it
says so and leads on to the next ones. So the cost of a page is bounded however many items there are.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.pictures import PictureFile
from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.kinds.task import InvalidItemError
from preceptor.lib.db import ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView
from preceptor.projects.rules import Purpose
from preceptor.work.queries.item_look import Look, boundary_of, found_items
from preceptor.work.queries.masks import covered_fields
from preceptor.work.queries.summaries import summary_of
from preceptor.work.queries.turns import TurnRecord, turns_of
from preceptor.work.rules.lanes import Asked, Lane, asked_of, lane_of
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS
from preceptor.work.tables import Item

PAGE_SIZE = 50
LOOKED_AT = 20_000
SEARCHED = 10_000
"""Of items as large as a prompt with four responses, about half a second on one core."""
NEWEST_TOPICS = 1_000
FIRST = UUID(int=2**128 - 1)
"""Above every id."""

TOPICS = """
SELECT DISTINCT topic FROM (
    SELECT topic FROM item WHERE project_id = %s ORDER BY id DESC LIMIT %s
) AS newest WHERE topic <> '' ORDER BY topic LIMIT 50
"""

ITEM = """
SELECT item.id, item.state, item.priority, item.lane, item.wanted, item.brief, item.topic, item.content,
       item.created_at, slots.answered, slots.held, slots.open, turn.prompt, item.import_id
FROM item
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE slot.state = 'done') AS answered, count(*) FILTER (WHERE slot.state = 'held') AS held,
           count(*) FILTER (WHERE slot.state = 'open') AS open
    FROM (
        SELECT slot.state FROM slot WHERE slot.item_id = item.id
        UNION ALL
        SELECT slot.state FROM item AS part JOIN slot ON slot.item_id = part.id WHERE part.paper_id = item.id
    ) AS slot
) AS slots
LEFT JOIN turn ON turn.item_id = item.id AND turn.assignment_id IS NULL AND turn.position = 0
WHERE item.id = %(item)s AND item.project_id = %(project)s
"""

ANSWERS = """
SELECT assignment.id, assignment.trainer_id, person.pseudonym, assignment.state, assignment.rework_round,
       assignment.claimed_at, assignment.ended_at, assignment.active_ms, note.kind, note.reason, note.note
FROM assignment JOIN person ON person.id = assignment.trainer_id
LEFT JOIN LATERAL (
    SELECT * FROM assignment_note WHERE assignment_id = assignment.id ORDER BY id DESC LIMIT 1
) AS note ON assignment.state IN ('skipped', 'reported')
WHERE assignment.item_id IN (SELECT id FROM item WHERE id = %(item)s OR paper_id = %(item)s)
ORDER BY assignment.id LIMIT 200
"""


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    DONE = "done"
    """It has all its answers; reviews may be going on."""
    CANCELLED = "cancelled"


ITEM_STATE_NAMES: dict[ItemState, LazyText] = {
    ItemState.OPEN: _("Open"),
    ItemState.DONE: _("Answered"),
    ItemState.CANCELLED: _("Cancelled"),
}


class NoSuchItemError(NotFoundError):
    """There is no such item in this project."""

    code = "no_such_item"
    title = _("There is no such item in this project.")


class ItemFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for among items. `text` is looked for in topic, brief and everything given, whatever its case."""

    state: ItemState | None = None
    topic: str | None = None
    priority: int | None = None
    text: str = ""


class ItemEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An item in a list.

    Attributes:
        summary: what it is about, in one line.
        answered: answers handed in that were not rejected, of `wanted`.
        held: answers that somebody is at.
        lane: what it asks of whoever takes it, beyond the project.
    """

    id: UUID
    summary: str
    state: ItemState
    brief: str
    topic: str
    priority: int
    lane: Lane
    wanted: int
    answered: int
    held: int
    created_at: datetime


class ItemsFound(msgspec.Struct, frozen=True):
    """Some items, newest first. `next_cursor` leads on; `looked_at` tells after how many items the look stopped early.

    With `looked_at` there may be more on the next page even where this one is empty; it is None otherwise.
    """

    rows: list[ItemEntry]
    next_cursor: str | None
    looked_at: int | None


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody made of an item. `reason` and `note`: why it was skipped or reported."""

    assignment_id: UUID
    person_id: UUID
    pseudonym: str
    state: str
    rework_round: int
    claimed_at: datetime
    ended_at: datetime | None
    active_ms: int
    reason: LazyText | None
    note: str


class ItemDetail(msgspec.Struct, frozen=True, kw_only=True):
    """An item with everything given in it, the turn that everybody who answers it shares, and its answers.

    `hides`: something in it is for those alone who may read originals; `content` does without it. `asks`: its prompt is
    sent to models.
    """

    entry: ItemEntry
    asked: Asked
    content: dict[str, Any]
    hides: bool
    asks: bool
    import_id: UUID | None
    files: tuple[PictureFile, ...]
    """What it shows beside text."""
    turns: list[TurnRecord]
    answers: list[ItemAnswer]


async def list_items(
    session: ReadSession, *, actor: Actor, project: ProjectView, wanted: ItemFilter, cursor: str | None = None
) -> ItemsFound:
    """Items of a project that are as wanted, newest first.

    Raises:
        MissingPermissionError: the actor may not read projects.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.PROJECT_READ)
    before = decode_cursor(cursor, tuple[UUID])[0] if cursor else FIRST
    most = min(SEARCHED, LOOKED_AT) if wanted.text else LOOKED_AT
    look = Look(
        project=project,
        text=wanted.text,
        topic=wanted.topic,
        priority=wanted.priority,
        state=wanted.state or "",
        hidden=_hidden(project.kind),
        before=before,
        most=most,
    )
    rows = await found_items(session, look, size=PAGE_SIZE + 1)
    shown = [_entry(row, project) for row in rows[:PAGE_SIZE]]
    if len(rows) > PAGE_SIZE:
        return ItemsFound(shown, encode_cursor(shown[-1].id), None)
    boundary = await boundary_of(session, look)
    return ItemsFound(shown, encode_cursor(boundary) if boundary else None, most if boundary else None)


def _hidden(kind: str) -> list[str]:
    try:
        return list(task_kind(kind).hidden)
    except UnknownKindError:
        return []


def _entry(row: Sequence[Any], project: ProjectView) -> ItemEntry:
    item_id, state, priority, lane, wanted, brief, topic, content, created_at, answered, held, still_open, prompt = row
    item_state = ItemState.CANCELLED if state == "cancelled" else ItemState.OPEN
    # An exam's item is answered once in every sitting, and never done.
    if item_state is ItemState.OPEN and not held + still_open and project.purpose is not Purpose.EXAM:
        item_state = ItemState.DONE
    return ItemEntry(
        id=item_id,
        summary=summary_of(kind=project.kind, content=content, brief=brief, topic=topic, prompt=prompt),
        state=item_state,
        brief=brief,
        topic=topic,
        priority=priority,
        lane=lane_of(lane),
        wanted=wanted,
        answered=answered,
        held=held,
        created_at=created_at,
    )


async def newest_topics(session: ReadSession, *, actor: Actor, project_id: UUID) -> list[str]:
    """Topics among the newest thousand items of a project, for choosing one.

    Raises:
        MissingPermissionError: the actor may not read projects.
    """
    actor.require(Permission.PROJECT_READ)
    driver = await session.driver()
    rows = await (await driver.execute(TOPICS, (project_id, NEWEST_TOPICS))).fetchall()
    return [row[0] for row in rows]


async def first_item(session: ReadSession, *, project_id: UUID) -> UUID | None:
    """The item that was added to a project before all others; None where it has none yet."""
    query = select(Item.id).where(Item.project_id == project_id).order_by(Item.id).limit(1)
    found: UUID | None = await session.scalar(query)
    return found


async def access_item(session: ReadSession, *, actor: Actor, project: ProjectView, item_id: UUID) -> ItemDetail:
    """One item of a project with its answers.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchItemError: it is not there, or is another project's.
    """
    actor.require(Permission.PROJECT_READ)
    driver = await session.driver()
    row: Any = await (await driver.execute(ITEM, {"item": item_id, "project": project.id})).fetchone()
    if row is None:
        raise NoSuchItemError
    entry, content = _entry(row[:-1], project), row[7]
    answers: list[Any] = await (await driver.execute(ANSWERS, {"item": item_id})).fetchall()
    try:
        kind = task_kind(project.kind)
        item = kind.decode_item(content)
        given, files = kind.given_turn(item), kind.item_files(item)
    except (UnknownKindError, InvalidItemError):  # the plug-in is gone, or reads its old items no longer
        given, files = None, ()
    covered = (await covered_fields(session, project=project, contents={item_id: content})).get(item_id, {})
    hidden = _hidden(project.kind)
    # Nobody's own turns, so that only what all share is found; the item's id stands for the order they are seen in.
    turns = await turns_of(driver, assignment_id=item_id, item_id=item_id, given=given)
    return ItemDetail(
        entry=entry,
        asked=asked_of(entry.lane, project.rules),
        content={name: value for name, value in (content | covered).items() if name not in hidden},
        hides=bool(covered) or any(content.get(name) is not None for name in hidden),
        asks=given is not None,
        import_id=row[-1],
        files=files,
        turns=turns,
        answers=[_answer(one) for one in answers],
    )


def _answer(row: Sequence[Any]) -> ItemAnswer:
    reasons = REPORT_REASONS if row[8] == "reported" else SKIP_REASONS
    return ItemAnswer(
        assignment_id=row[0],
        person_id=row[1],
        pseudonym=row[2],
        state=row[3],
        rework_round=row[4],
        claimed_at=row[5],
        ended_at=row[6],
        active_ms=row[7],
        reason=None if row[9] is None else reasons.get(row[9], LazyText("{key}", values=(("key", row[9]),))),
        note=row[10] or "",
    )

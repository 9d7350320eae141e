"""Items of a project, and what is counted about it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor, Permission
from preceptor.projects.queries import access_project, project_terms
from preceptor.work.operations.adding import GivenItem, add_given_items, add_prompts, check_may_add
from preceptor.work.operations.items import (
    MOST_AT_ONCE,
    add_open_items,
    cancel_items,
    checked_lane,
    move_items,
    place_items,
)
from preceptor.work.queries.counts import access_counts
from preceptor.work.queries.project_items import ItemEntry, ItemFilter, ItemState, access_item, list_items

MOST_SEARCHED = 200


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item. `answered` of the `wanted` answers are submitted and not rejected; `held` ones are being worked on.

    `language`, `level` and `categories` are what it asks beyond the project; empty and 0 where it asks nothing.
    """

    id: UUID
    summary: str
    state: Literal["open", "done", "cancelled"]
    brief: str
    topic: str
    priority: int
    language: str
    level: int
    categories: list[str]
    wanted: int
    answered: int
    held: int
    created_at: datetime


class ItemsAnswer(msgspec.Struct, frozen=True):
    """Some items, newest first.

    A request looks at a bounded number of items. Where `looked_at` is not null it stopped there: `next_cursor` goes on,
    also where `items` holds few or none.
    """

    items: list[ItemRow]
    next_cursor: str | None
    looked_at: int | None


class ItemAnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody made of an item."""

    assignment_id: UUID
    trainer: str
    state: str
    claimed_at: datetime
    ended_at: datetime | None
    active_ms: int
    reason: str | None
    note: str


class ItemDocument(ItemRow, frozen=True, kw_only=True):
    """An item with its content, as the task kind keeps it, and what people made of it."""

    content: dict[str, Any]
    answers: list[ItemAnswerRow]


class NewItemsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Items to add, in one of three ways: `items` with their content; `prompts`, each an item; or `count` free topics.

    `brief`, `topic`, `wanted`, `priority`, `language`, `level` and `categories` are those of prompts and free topics;
    `items` bring their own.
    """

    items: list[GivenItem] | None = None
    prompts: list[str] | None = None
    count: int | None = None
    brief: str = ""
    topic: str = ""
    wanted: int | None = None
    priority: int = 5
    language: str = ""
    level: int = 0
    categories: tuple[str, ...] = ()


class AddedAnswer(msgspec.Struct, frozen=True):
    """The new items' ids, in the order in which they were given."""

    ids: list[UUID]


class ChosenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items of the project, at most 5,000."""

    ids: list[UUID]


class MoveBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items of the project, at most 5,000, and their new priority: 0 first, 9 last."""

    ids: list[UUID]
    priority: int


class PlaceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items of the project, at most 5,000, and all that they ask from now on: what is left out, the project says."""

    ids: list[UUID]
    language: str = ""
    level: int = 0
    categories: tuple[str, ...] = ()


class ChangedAnswer(msgspec.Struct, frozen=True):
    """How many items changed; those that were so already, or are another project's, did not."""

    changed: int


class CountsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted about a project at this moment.

    `items` leaves cancelled ones out; all others are answers. `wanted`: that are asked for. `open` and `held`: still to
    come. `submitted`: waiting for a verdict. `cost` and `paid_ms` are for managers.
    """

    project: str
    items: int
    wanted: int
    open: int
    held: int
    submitted: int
    returned: int
    accepted: int
    rejected: int
    surplus: int
    skipped: int
    reported: int
    expired: int
    cost: Money | None
    paid_ms: int | None


@get("/projects/{slug:str}/items", summary="A project's items")
async def show_items(
    request: Request[Actor],
    slug: FromPath[str],
    in_state: Annotated[ItemState | None, QueryParameter(name="state")] = None,
    topic: FromQuery[str | None] = None,
    priority: FromQuery[int | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> ItemsAnswer:
    """Items, newest first, fifty at a time. `q` is looked for in topic, brief and all that an item gives."""
    wanted = ItemFilter(state=in_state, topic=topic, priority=priority, text=q.strip()[:MOST_SEARCHED])
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        found = await list_items(session, actor=request.actor, project=project, wanted=wanted, cursor=cursor)
    return ItemsAnswer([ItemRow(**_common(row)) for row in found.rows], found.next_cursor, found.looked_at)


def _common(row: ItemEntry) -> dict[str, Any]:
    common = {**msgspec.structs.asdict(row), "state": row.state.value}
    lane = common.pop("lane")
    return common | {"language": lane.language, "level": lane.level, "categories": sorted(lane.categories)}


@get("/projects/{slug:str}/items/{item_id:uuid}", summary="One item")
async def show_item(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> ItemDocument:
    """An item with its content and answers."""
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        detail = await access_item(session, actor=request.actor, project=project, item_id=item_id)
    answers = [
        ItemAnswerRow(
            assignment_id=one.assignment_id,
            trainer=one.pseudonym,
            state=one.state,
            claimed_at=one.claimed_at,
            ended_at=one.ended_at,
            active_ms=one.active_ms,
            reason=None if one.reason is None else str(one.reason),
            note=one.note,
        )
        for one in detail.answers
    ]
    return ItemDocument(**_common(detail.entry), content=detail.content, answers=answers)


@post("/projects/{slug:str}/items", summary="Add items")
async def add(request: Request[Actor], slug: FromPath[str], data: JSONBody[NewItemsBody]) -> AddedAnswer:
    """Put items into the queue: all of them or none, at most 5,000 at once."""
    actor = request.actor
    if sum(given is not None for given in (data.items, data.prompts, data.count)) != 1:
        raise InvalidError(fields=[FieldProblem("", _("Give exactly one of items, prompts and count."))])
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        check_may_add(actor, terms)
        if data.items is not None:
            return AddedAnswer(await add_given_items(session, actor=actor, terms=terms, items=data.items))
        common: dict[str, Any] = {
            "brief": data.brief,
            "topic": data.topic,
            "wanted": data.wanted,
            "priority": data.priority,
            "lane": checked_lane(language=data.language, level=data.level, categories=data.categories),
        }
        if data.prompts is not None:
            ids = await add_prompts(session, actor=actor, terms=terms, prompts=data.prompts, **common)
            return AddedAnswer(ids)
        ids = await add_open_items(session, actor=actor, terms=terms, count=data.count or 0, **common)
    return AddedAnswer(ids)


def _check_number(ids: list[UUID]) -> None:
    if len(ids) > MOST_AT_ONCE:
        message = _("Give at most {count} items at once.").format(count=MOST_AT_ONCE)
        raise InvalidError(fields=[FieldProblem("ids", message)])


@post("/projects/{slug:str}/items/cancel", summary="Cancel items", status_code=200)
async def cancel(request: Request[Actor], slug: FromPath[str], data: JSONBody[ChosenBody]) -> ChangedAnswer:
    """Hand items out no more. Work on them that was begun can be finished and counts."""
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    _check_number(data.ids)
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        return ChangedAnswer(await cancel_items(session, actor=actor, terms=terms, item_ids=data.ids))


@post("/projects/{slug:str}/items/move", summary="Change the priority of items", status_code=200)
async def move(request: Request[Actor], slug: FromPath[str], data: JSONBody[MoveBody]) -> ChangedAnswer:
    """Give items another priority."""
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    _check_number(data.ids)
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        changed = await move_items(session, actor=actor, terms=terms, item_ids=data.ids, priority=data.priority)
    return ChangedAnswer(changed)


@post("/projects/{slug:str}/items/place", summary="Change what items ask of people", status_code=200)
async def place(request: Request[Actor], slug: FromPath[str], data: JSONBody[PlaceBody]) -> ChangedAnswer:
    """Give items another language, least level or content. Their open answers move at once; held ones are finished."""
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    _check_number(data.ids)
    lane = checked_lane(language=data.language, level=data.level, categories=data.categories)
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        return ChangedAnswer(await place_items(session, actor=actor, terms=terms, item_ids=data.ids, lane=lane))


@get("/projects/{slug:str}/counts", summary="How far a project is")
async def show_counts(request: Request[Actor], slug: FromPath[str]) -> CountsAnswer:
    """The counts of a project, for its managers and for the client that it belongs to."""
    actor = request.actor
    async with request.db.read() as session:
        project, counts = await access_counts(session, actor=actor, slug=slug)
    manages = actor.may(Permission.PROJECT_READ)
    return CountsAnswer(
        project=project.slug,
        items=counts.items,
        wanted=counts.wanted,
        open=counts.open,
        held=counts.held,
        submitted=counts.submitted,
        returned=counts.returned,
        accepted=counts.accepted,
        rejected=counts.rejected,
        surplus=counts.surplus,
        skipped=counts.skipped,
        reported=counts.reported,
        expired=counts.expired,
        cost=Money(counts.cost_minor, project.rate.currency) if manages else None,
        paid_ms=counts.earned_ms if manages else None,
    )


handlers: list[Any] = [show_items, show_item, add, cancel, move, place, show_counts]

"""The items of a project: found, put in order, called off."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView, access_project, project_terms
from preceptor.work.operations.items import cancel_items, move_items
from preceptor.work.queries.project_items import (
    ITEM_STATE_NAMES,
    ItemEntry,
    ItemFilter,
    ItemState,
    list_items,
    newest_topics,
)

MOST_SEARCHED = 200
PRIORITIES = range(10)


class ItemsQuery(msgspec.Struct, frozen=True):
    """What stands in the address of the list, as it was typed."""

    q: str = ""
    state: str = ""
    topic: str = ""
    priority: str = ""
    cursor: str = ""

    def address(self, slug: str, *, cursor: str | None = None) -> str:
        """The list with these filters: its first page, or the one that `cursor` leads to."""
        given = {**msgspec.to_builtins(self), "cursor": cursor or ""}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/projects/{slug}/items{'?' if query else ''}{query}"

    @property
    def is_filtered(self) -> bool:
        """True where not every item is wanted."""
        return bool(self.q or self.state or self.topic or self.priority)

    def wanted(self) -> ItemFilter:
        """What is looked for; what cannot be meant is passed over."""
        return ItemFilter(
            state=ItemState(self.state) if self.state in set(ItemState) else None,
            topic=self.topic.strip() or None,
            priority=int(self.priority) if self.priority in map(str, PRIORITIES) else None,
            text=self.q.strip()[:MOST_SEARCHED],
        )


class ItemsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of items. `next_address`, `first_address`: where the list goes on, and where it begins."""

    project: ProjectView
    query: ItemsQuery
    rows: list[ItemEntry]
    looked_at: int | None
    next_address: str | None
    first_address: str | None
    topics: list[str]
    states: list[tuple[str, LazyText]]
    priorities: list[tuple[str, LazyText]]
    tones: dict[str, str]
    names: dict[ItemState, LazyText]
    may_write: bool


class ChangeForm(msgspec.Struct, frozen=True):
    """What is to be done with the items that were chosen, and the list it was asked from."""

    action: Literal["cancel", "move"]
    item_id: list[UUID] = []
    to_priority: int = 5
    q: str = ""
    state: str = ""
    topic: str = ""
    priority: str = ""
    cursor: str = ""


TONES = {"open": "", "done": "good", "cancelled": "warn"}


def priority_choices() -> list[tuple[str, LazyText]]:
    """Priorities with words at both ends and in the middle."""
    words = {0: _("0, first of all"), 5: _("5, as usual"), 9: _("9, last of all")}
    return [(str(number), words.get(number, LazyText("{n}", values=(("n", number),)))) for number in PRIORITIES]


@get("/projects/{slug:str}/items", name="project.items")
async def show_items(
    request: Request[Actor],
    slug: FromPath[str],
    q: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    topic: FromQuery[str] = "",
    priority: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """The items, newest first."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    query = ItemsQuery(q=q, state=in_state, topic=topic, priority=priority, cursor=cursor)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        found = await list_items(session, actor=actor, project=project, wanted=query.wanted(), cursor=cursor or None)
        topics = await newest_topics(session, actor=actor, project_id=project.id)
    view = ItemsPage(
        project=project,
        query=query,
        rows=found.rows,
        looked_at=found.looked_at,
        next_address=query.address(slug, cursor=found.next_cursor) if found.next_cursor else None,
        first_address=query.address(slug) if cursor else None,
        topics=topics,
        states=[(state.value, text) for state, text in ITEM_STATE_NAMES.items()],
        priorities=priority_choices(),
        tones=TONES,
        names=ITEM_STATE_NAMES,
        may_write=actor.may(Permission.ITEM_WRITE),
    )
    return page(request, "web/manager/items.html", view)


@post("/projects/{slug:str}/items", name="project.items.change")
async def do_change(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Cancel the chosen items, or give them another priority; back to the list as it was."""
    form = parse_form(await request.form(), ChangeForm)
    query = ItemsQuery(q=form.q, state=form.state, topic=form.topic, priority=form.priority)
    back = query.address(slug, cursor=form.cursor)
    if not form.item_id:
        return redirect(request, back, said=_("Choose items first."), kind="warn")
    said, kind = await change_items(
        request, slug=slug, action=form.action, item_ids=form.item_id, priority=form.to_priority
    )
    return redirect(request, back, said=said, kind=kind)


async def change_items(
    request: Request[Actor], *, slug: str, action: Literal["cancel", "move"], item_ids: list[UUID], priority: int
) -> tuple[LazyText, str]:
    """Do it, and answer what is said about it and in which tone."""
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        if action == "cancel":
            changed = await cancel_items(session, actor=actor, terms=terms, item_ids=item_ids)
            said = ngettext_lazy(
                "{count} item is cancelled: it is handed out no more.",
                "{count} items are cancelled: they are handed out no more.",
                changed,
            )
        else:
            try:
                changed = await move_items(session, actor=actor, terms=terms, item_ids=item_ids, priority=priority)
            except InvalidError as error:
                return error.fields[0].message if error.fields else error.title, "warn"
            said = ngettext_lazy(
                "{count} item has another priority now.", "{count} items have another priority now.", changed
            )
    if not changed:
        return _("Nothing was changed: they are so already."), "warn"
    return said, "good"


handlers: list[Any] = [show_items, do_change]

"""Items that say nearly the same: comparing them, seeing which they are, and taking the later ones out."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.datasets.operations import SearchingAlreadyError, request_similarity
from preceptor.datasets.queries import SearchView, SimilarPair, list_similar, newest_search
from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.projects.queries import ProjectView, access_project
from preceptor.web.manager.items import change_items

LIKENESSES = (0.95, 0.9, 0.8, 0.7, 0.6)


class SearchFields(msgspec.Struct, frozen=True):
    """From which likeness on two items are told."""

    likeness: float = 0.8


class OutFields(msgspec.Struct, frozen=True):
    """Items that are to be cancelled."""

    item_id: list[UUID] = []


class SimilarPage(msgspec.Struct, frozen=True):
    """The newest search and what it found."""

    project: ProjectView
    search: SearchView | None
    pairs: list[SimilarPair]
    next_cursor: str | None
    likenesses: tuple[float, ...] = LIKENESSES


@get("/projects/{slug:str}/items/similar", name="project.items.similar")
async def show_similar(request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str] = "") -> Response[str]:
    """Which items say nearly what an earlier one does, as they were compared last."""
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        search = await newest_search(session, actor=request.actor, slug=slug)
        found = None
        if search is not None:
            found = await list_similar(
                session, actor=request.actor, slug=slug, search_id=search.id, cursor=cursor or None
            )
    view = SimilarPage(project, search, found.rows if found else [], found.next_cursor if found else None)
    return page(request, "web/manager/similar.html", view, block="search" if request.is_fragment else None)


@post("/projects/{slug:str}/items/similar", name="project.items.similar.find")
async def do_find(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Compare all open items."""
    fields = parse_form(await request.form(), SearchFields)
    address = f"/projects/{slug}/items/similar"
    try:
        async with request.db.write() as session:
            await request_similarity(session, actor=request.actor, slug=slug, likeness=fields.likeness)
    except SearchingAlreadyError as error:  # a second click, or a colleague's
        return redirect(request, address, said=error.title, kind="warn")
    except InvalidError as error:
        return redirect(request, address, said=error.fields[0].message, kind="warn")
    return redirect(request, address)


@post("/projects/{slug:str}/items/similar/cancel", name="project.items.similar.cancel")
async def do_cancel(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Cancel the chosen items."""
    fields = parse_form(await request.form(), OutFields)
    address = f"/projects/{slug}/items/similar"
    if not fields.item_id:
        return redirect(request, address, said=_("Choose items first."), kind="warn")
    said, kind = await change_items(request, slug=slug, action="cancel", item_ids=fields.item_id, priority=5)
    return redirect(request, address, said=said, kind=kind)


handlers: list[Any] = [show_similar, do_find, do_cancel]

"""What an item hides: private data as it came in, for those who may read it. Each look is written down."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from preceptor.kinds.private import ReplacedPart
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView, access_project
from preceptor.work.operations.originals import NothingReplacedError, read_original, restore_part
from preceptor.work.queries.project_items import ItemDetail, access_item


class OriginalPage(msgspec.Struct, frozen=True, kw_only=True):
    """The item. `original`: what it hides, as JSON. `parts`: what was replaced, of which each can be put back."""

    project: ProjectView
    detail: ItemDetail
    original: str
    parts: tuple[ReplacedPart, ...]
    may_restore: bool


class RestoreForm(msgspec.Struct, frozen=True):
    """What is to be put back."""

    part: str


@post("/projects/{slug:str}/items/{item_id:uuid}/original", name="project.item.original", status_code=200)
async def do_read_original(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """The original, once; who comes back asks again."""
    actor = request.actor
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        found = await read_original(session, actor=actor, project=project, item_id=item_id)
        detail = await access_item(session, actor=actor, project=project, item_id=item_id)
    original = msgspec.json.format(msgspec.json.encode(found.hidden), indent=2).decode()
    view = OriginalPage(
        project=project,
        detail=detail,
        original=original,
        parts=found.parts,
        may_restore=actor.may(Permission.ITEM_WRITE),
    )
    return page(request, "web/manager/item_original.html", view)


@post("/projects/{slug:str}/items/{item_id:uuid}/original/restore", name="project.item.restore")
async def do_restore(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """Put back what was replaced although it is not private."""
    form = parse_form(await request.form(), RestoreForm)
    address = f"/projects/{slug}/items/{item_id}"
    try:
        async with request.db.write() as session:
            project = await access_project(session, actor=request.actor, slug=slug)
            await restore_part(session, actor=request.actor, project=project, item_id=item_id, part=form.part)
    except (ConflictError, NothingReplacedError) as error:
        return redirect(request, address, said=error.title, kind="warn")
    return redirect(request, address, said=_("Put back. Whoever takes the item reads it from now on."))


handlers: list[Any] = [do_read_original, do_restore]

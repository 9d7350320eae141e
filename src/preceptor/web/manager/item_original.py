"""What an item hides: private data as it came in, for those who may read it. Each look is written down."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from preceptor.lib.web import Request, page
from preceptor.people import Actor
from preceptor.projects.queries import ProjectView, access_project
from preceptor.work.operations.originals import read_original
from preceptor.work.queries.project_items import ItemDetail, access_item


class OriginalPage(msgspec.Struct, frozen=True, kw_only=True):
    """The item. `original`: what it hides, as JSON."""

    project: ProjectView
    detail: ItemDetail
    original: str


@post("/projects/{slug:str}/items/{item_id:uuid}/original", name="project.item.original", status_code=200)
async def do_read_original(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """The original, once; who comes back asks again."""
    actor = request.actor
    async with request.db.write() as session:
        project = await access_project(session, actor=actor, slug=slug)
        hidden = await read_original(session, actor=actor, project=project, item_id=item_id)
        detail = await access_item(session, actor=actor, project=project, item_id=item_id)
    original = msgspec.json.format(msgspec.json.encode(hidden), indent=2).decode()
    view = OriginalPage(project=project, detail=detail, original=original)
    return page(request, "web/manager/item_original.html", view)


handlers: list[Any] = [do_read_original]

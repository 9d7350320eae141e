"""Trying a project's task out: the workbench as trainers see it, in which nothing counts."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from preceptor.kinds.registry import task_kind
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView, access_guidelines, access_project
from preceptor.web.manager.filled import parse_id
from preceptor.web.trainer.workbench.page import GuidelinesText, WorkbenchData, WorkbenchPage
from preceptor.work.queries.project_items import first_item
from preceptor.work.queries.tryouts import EMPTY, SAMPLE, tryout_of


class TryoutPage(WorkbenchPage, frozen=True, kw_only=True):
    """The workbench, and what else can be tried.

    Attributes:
        begin: what this try-out began with: `sample`, `empty` or `item`.
        item: the item it began with.
        first: the project's first open item.
    """

    project: ProjectView
    begin: str
    item: UUID | None
    first: UUID | None
    takes_empty: bool


@get("/projects/{slug:str}/try", name="project.try")
async def show_tryout(
    request: Request[Actor], slug: FromPath[str], begin: FromQuery[str] = SAMPLE, item: FromQuery[str] = ""
) -> Response[str]:
    """The workbench with the form in force and a sample, nothing given, or one of the project's items."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    item_id = parse_id(item)
    start: str | UUID = item_id or (EMPTY if begin == EMPTY else SAMPLE)
    async with request.db.read() as session:
        assignment = await tryout_of(session, actor=actor, slug=slug, start=start, now=request.now)
        project = await access_project(session, actor=actor, slug=slug)
        guidelines = await access_guidelines(session, actor=actor, slug=slug)
        first = None if item_id else await first_item(session, project_id=project.id)
    kind = task_kind(project.kind)
    data = WorkbenchData(
        assignment=assignment,
        guidelines=GuidelinesText(guidelines.version, guidelines.markdown, guidelines.version, None),
        person={"id": str(actor.person_id), "email": ""},
        widget=kind.widget_module,
        csrf=request.scope["state"].get("csrf_token", ""),
        idle_after_ms=assignment.idle_after_ms,
        mode="preview",
        urls={"work": f"/projects/{slug}", "workbench": f"/projects/{slug}/try", "submission": f"/projects/{slug}"},
        tryout={"path": f"/projects/{slug}/try/turns", "start": str(start)},
    )
    view = TryoutPage(
        title=project.title,
        data=data,
        widget_file=f"{kind.widget_module.removeprefix('@preceptor/')}.js",
        project=project,
        begin="item" if item_id else str(start),
        item=item_id,
        first=first,
        takes_empty=kind.open_item() is not None,
    )
    return page(request, "web/manager/tryout.html", view)


handlers: list[Any] = [show_tryout]

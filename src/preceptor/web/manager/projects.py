"""The list of projects."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from preceptor.kinds.registry import task_kinds
from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects import STATE_NAMES, ProjectState
from preceptor.projects.queries import (
    ProjectSummary,
    list_client_organisations,
    list_projects,
)
from preceptor.web.manager.filled import parse_id


class ProjectsPage(msgspec.Struct, frozen=True):
    """Projects, and what they are filtered by."""

    projects: list[ProjectSummary]
    kinds: dict[str, LazyText]
    """Titles of task kinds by key; a kind that was removed is missing."""
    has_clients: bool
    client_choices: list[tuple[UUID, str]]
    states: list[tuple[str, LazyText]]
    search: str
    state: str
    client: str
    next_cursor: str | None
    may_add: bool


@get("/projects", name="projects")
async def show_projects(
    request: Request[Actor],
    q: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    client: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """Every project, newest first."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    async with request.db.read() as session:
        found = await list_projects(
            session,
            actor=actor,
            search=q.strip(),
            state=ProjectState(in_state) if in_state in STATE_NAMES else None,
            client_id=parse_id(client),
            cursor=cursor or None,
        )
        clients = await list_client_organisations(session, actor=actor)
    view = ProjectsPage(
        projects=found.rows,
        kinds={key: kind.title for key, kind in task_kinds().items()},
        has_clients=bool(clients),
        client_choices=[(row.id, row.name) for row in clients],
        states=[(name.value, text) for name, text in STATE_NAMES.items()],
        search=q,
        state=in_state,
        client=client,
        next_cursor=found.next_cursor,
        may_add=actor.may(Permission.PROJECT_CREATE),
    )
    return page(request, "web/manager/projects.html", view)


handlers = [show_projects]

"""Opening, pausing and closing a project."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects import MOVES, ProjectState
from preceptor.projects.operations import close_project, open_project, pause_project
from preceptor.projects.queries import (
    GuidelinesReaders,
    ProjectView,
    access_project,
    count_readers,
    missing_for_opening,
)

OPERATIONS = {
    ProjectState.OPEN: open_project,
    ProjectState.PAUSED: pause_project,
    ProjectState.CLOSED: close_project,
}
SAID: dict[ProjectState, LazyText] = {
    ProjectState.OPEN: _("The project is open: its teams can take work from it."),
    ProjectState.PAUSED: _("The project is paused: no new work is handed out."),
    ProjectState.CLOSED: _("The project is closed."),
}


class StateFields(msgspec.Struct, frozen=True):
    """The state that is wanted."""

    to: ProjectState


class StatePage(msgspec.Struct, frozen=True):
    """Where a project is in its life, where it can go, and what it lacks."""

    project: ProjectView
    moves: list[ProjectState]
    missing: list[FieldProblem]
    readers: GuidelinesReaders


@get("/projects/{slug:str}/state", name="project.state")
async def show_state(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """What can be done now, and what follows from it."""
    return await _page(request, slug)


async def _page(request: Request[Actor], slug: str, *, status: int = 200) -> Response[str]:
    request.actor.require(Permission.PROJECT_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        order = list(ProjectState)
        view = StatePage(
            project=project,
            moves=sorted(MOVES[project.state], key=order.index),
            missing=await missing_for_opening(session, actor=request.actor, slug=slug),
            readers=await count_readers(session, actor=request.actor, slug=slug),
        )
    return page(request, "web/manager/state.html", view, status=status)


@post("/projects/{slug:str}/state", name="project.move")
async def do_move(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Bring the project into another state; where it lacks something, the page says what."""
    wanted = parse_form(await request.form(), StateFields).to
    operation = OPERATIONS.get(wanted)
    try:
        if operation is not None:
            async with request.db.write() as session:
                await operation(session, actor=request.actor, slug=slug)
    except (InvalidError, ConflictError) as error:
        return await _page(request, slug, status=error.status)
    return redirect(request, f"/projects/{slug}/state", said=SAID.get(wanted))


handlers = [show_state, do_move]

"""Projects: making, changing, opening and closing them, and their forms."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.kinds.registry import task_kinds
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor, ContentCategory, Permission
from preceptor.projects import ProjectRules, ProjectState, Purpose
from preceptor.projects.operations import (
    ProjectMade,
    add_project,
    change_form,
    change_project,
    close_project,
    open_project,
    pause_project,
)
from preceptor.projects.queries import (
    ClientName,
    FormView,
    ProjectSummary,
    ProjectView,
    TeamName,
    access_form,
    access_project,
    list_projects,
)


class ProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A project in a list. Clients are not told `rate_per_hour`; managers see all teams, others their own."""

    id: UUID
    slug: str
    title: str
    brief: str
    client: ClientName
    kind: str
    state: ProjectState
    rate_per_hour: Money | None
    teams: list[TeamName]
    created_at: datetime


class ProjectDocument(ProjectRow, frozen=True, kw_only=True):
    """A project with the versions in force. `rules` are for managers."""

    rules: ProjectRules | None
    form_version: int
    guidelines_version: int


class ProjectRows(msgspec.Struct, frozen=True):
    """Some projects; `next_cursor` leads to the next ones."""

    projects: list[ProjectRow]
    next_cursor: str | None


class ProjectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A project to make. Without `settings` the task kind's own defaults hold."""

    title: str
    client_id: UUID
    kind: str
    rate_per_hour: Money
    settings: dict[str, Any] | None = None
    brief: str = ""
    guidelines: str = ""
    rules: ProjectRules = ProjectRules()
    team_ids: list[UUID] = []
    purpose: Purpose = Purpose.WORK


class RulesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules to change. Whatever is missing stays.

    `cap_minutes`, `daily_minutes` and `most_per_person` may be null, for no limit, and `task_price_minor`, for none.
    """

    answers_per_item: int | msgspec.UnsetType = msgspec.UNSET
    review_share: float | msgspec.UnsetType = msgspec.UNSET
    estimated_minutes: int | msgspec.UnsetType = msgspec.UNSET
    cap_minutes: int | msgspec.UnsetType | None = msgspec.UNSET
    hold_minutes: int | msgspec.UnsetType = msgspec.UNSET
    idle_after_seconds: int | msgspec.UnsetType = msgspec.UNSET
    max_rework_rounds: int | msgspec.UnsetType = msgspec.UNSET
    accept_after_days: int | msgspec.UnsetType = msgspec.UNSET
    correction_hours: int | msgspec.UnsetType = msgspec.UNSET
    lease_minutes: int | msgspec.UnsetType = msgspec.UNSET
    unpaid: bool | msgspec.UnsetType = msgspec.UNSET
    language: str | msgspec.UnsetType = msgspec.UNSET
    level: int | msgspec.UnsetType = msgspec.UNSET
    categories: tuple[ContentCategory, ...] | msgspec.UnsetType = msgspec.UNSET
    certification: str | msgspec.UnsetType = msgspec.UNSET
    daily_minutes: int | msgspec.UnsetType | None = msgspec.UNSET
    most_per_person: int | msgspec.UnsetType | None = msgspec.UNSET
    task_price_minor: int | msgspec.UnsetType | None = msgspec.UNSET


class ProjectChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to change. Whatever is missing stays; `team_ids` replace the present ones."""

    title: str | None = None
    brief: str | None = None
    rate_per_hour: Money | None = None
    rules: RulesChange | None = None
    team_ids: list[UUID] | None = None


class FormBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The task kind's settings, whole, and the version they were changed on."""

    settings: dict[str, Any]
    expected_version: int


class FormChangedTo(msgspec.Struct, frozen=True):
    """The version in force: the one before where the settings say nothing new."""

    version: int


class KindDocument(msgspec.Struct, frozen=True):
    """A task kind, and the settings a new project of it starts from."""

    key: str
    title: str
    description: str
    settings: dict[str, Any]


def _common(project: ProjectSummary, actor: Actor) -> dict[str, Any]:
    manages = actor.may(Permission.PROJECT_READ)
    return {
        "id": project.id,
        "slug": project.slug,
        "title": project.title,
        "brief": project.brief,
        "client": project.client,
        "kind": project.kind,
        "state": project.state,
        "rate_per_hour": project.rate if manages or actor.may(Permission.WORK_DO) else None,
        "teams": [team for team in project.teams if manages or team.id in actor.team_ids],
        "created_at": project.created_at,
    }


def _document(project: ProjectView, actor: Actor) -> ProjectDocument:
    return ProjectDocument(
        **_common(project, actor),
        rules=project.rules if actor.may(Permission.PROJECT_READ) else None,
        form_version=project.form_version,
        guidelines_version=project.guidelines_version,
    )


async def _shown(request: Request[Actor], slug: str) -> ProjectDocument:
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
    return _document(project, request.actor)


@get("/kinds", summary="Task kinds")
async def show_kinds(request: Request[Actor]) -> dict[str, list[KindDocument]]:
    """The task kinds installed here."""
    request.actor.require(Permission.PROJECT_CREATE)
    kinds = [
        KindDocument(
            key=key,
            title=str(kind.title),
            description=str(kind.description),
            settings=msgspec.to_builtins(kind.default_settings()),
        )
        for key, kind in task_kinds().items()
    ]
    return {"kinds": kinds}


@get("/projects", summary="Projects")
async def show_projects(
    request: Request[Actor],
    search: FromQuery[str] = "",
    in_state: Annotated[ProjectState | None, QueryParameter(name="state")] = None,
    client_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[str | None] = None,
) -> ProjectRows:
    """Projects that are yours to see, newest first."""
    async with request.db.read() as session:
        found = await list_projects(
            session, actor=request.actor, search=search, state=in_state, client_id=client_id, cursor=cursor
        )
    rows = [ProjectRow(**_common(project, request.actor)) for project in found.rows]
    return ProjectRows(projects=rows, next_cursor=found.next_cursor)


@post("/projects", summary="Make a project", status_code=201)
async def make_project(request: Request[Actor], data: JSONBody[ProjectBody]) -> ProjectMade:
    """Make a project, as a draft."""
    values = msgspec.structs.asdict(data)
    rate = values.pop("rate_per_hour")
    async with request.db.write() as session:
        return await add_project(session, actor=request.actor, rate=rate, **values)


@get("/projects/{slug:str}", summary="A project")
async def show_project(request: Request[Actor], slug: FromPath[str]) -> ProjectDocument:
    """One project."""
    return await _shown(request, slug)


@patch("/projects/{slug:str}", summary="Change a project")
async def alter_project(request: Request[Actor], slug: FromPath[str], data: JSONBody[ProjectChange]) -> ProjectDocument:
    """Change title, brief, rate, rules or teams. Another rate or cap holds for work begun from now on."""
    actor = request.actor
    actor.require(Permission.PROJECT_WRITE)
    async with request.db.write() as session:
        rules = None
        if data.rules is not None:
            present = (await access_project(session, actor=actor, slug=slug)).rules
            wanted = msgspec.structs.asdict(data.rules)
            given = {name: value for name, value in wanted.items() if value is not msgspec.UNSET}
            rules = msgspec.structs.replace(present, **given)
        await change_project(
            session,
            actor=actor,
            slug=slug,
            title=data.title,
            brief=data.brief,
            rate=data.rate_per_hour,
            rules=rules,
            team_ids=data.team_ids,
        )
    return await _shown(request, slug)


@get("/projects/{slug:str}/form", summary="A project's form")
async def show_form(request: Request[Actor], slug: FromPath[str], version: FromQuery[int | None] = None) -> FormView:
    """The task kind's settings, in force or as they were at a version. Only managers and clients see models."""
    async with request.db.read() as session:
        return await access_form(session, actor=request.actor, slug=slug, version=version)


@put("/projects/{slug:str}/form", summary="Change a project's form")
async def alter_form(request: Request[Actor], slug: FromPath[str], data: JSONBody[FormBody]) -> FormChangedTo:
    """Put settings in force, as a new version where they say something new."""
    async with request.db.write() as session:
        version = await change_form(
            session,
            actor=request.actor,
            slug=slug,
            settings=data.settings,
            expected_version=data.expected_version,
        )
    return FormChangedTo(version)


Move = Callable[..., Awaitable[None]]


async def _move(request: Request[Actor], slug: str, operation: Move) -> ProjectDocument:
    async with request.db.write() as session:
        await operation(session, actor=request.actor, slug=slug)
    return await _shown(request, slug)


@post("/projects/{slug:str}/open", summary="Open a project", status_code=200)
async def do_open(request: Request[Actor], slug: FromPath[str]) -> ProjectDocument:
    """Let work be taken; 422 `not_ready` names what is missing."""
    return await _move(request, slug, open_project)


@post("/projects/{slug:str}/pause", summary="Pause or reopen a project", status_code=200)
async def do_pause(request: Request[Actor], slug: FromPath[str]) -> ProjectDocument:
    """Hand out no new work. A closed project comes back this way."""
    return await _move(request, slug, pause_project)


@post("/projects/{slug:str}/close", summary="Close a project", status_code=200)
async def do_close(request: Request[Actor], slug: FromPath[str]) -> ProjectDocument:
    """End a project."""
    return await _move(request, slug, close_project)


handlers: list[Any] = [
    show_kinds,
    show_projects,
    make_project,
    show_project,
    alter_project,
    show_form,
    alter_form,
    do_open,
    do_pause,
    do_close,
]

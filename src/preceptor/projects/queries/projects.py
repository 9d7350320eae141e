"""Projects as those see them who may."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, false, or_, select, true

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Team
from preceptor.projects.rules import ProjectRules, ProjectState, Purpose
from preceptor.projects.tables import ClientOrganisation, Project, ProjectTeam

PAGE_SIZE = 50


class ClientName(msgspec.Struct, frozen=True):
    """Whom a project belongs to."""

    id: UUID
    slug: str
    name: str


class TeamName(msgspec.Struct, frozen=True):
    """A team that works on a project."""

    id: UUID
    name: str


class ProjectSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A project in a list."""

    id: UUID
    slug: str
    title: str
    brief: str
    client: ClientName
    kind: str
    purpose: Purpose
    state: ProjectState
    rate: Money
    """Per hour."""
    teams: list[TeamName]
    created_at: datetime


class ProjectView(ProjectSummary, frozen=True, kw_only=True):
    """A project with its rules and the versions in force. Doors choose from it what their reader may see."""

    rules: ProjectRules
    form_version: int
    guidelines_version: int


class NoSuchProjectError(NotFoundError):
    """No project at this address, or not the actor's to see."""

    title = _("There is no such project, or it is not yours to see.")
    code = "no_such_project"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which projects an actor may see.

    Managers see all of them; clients those of their organisations; reviewers those that are no draft; trainers those of
    the latter that one of their teams works on.
    """
    if actor.may(Permission.PROJECT_READ):
        return true()
    begun = Project.state != ProjectState.DRAFT.value
    ways: list[ColumnElement[bool]] = [false()]
    if actor.may(Permission.PROJECT_READ_OWN):
        ways.append(Project.client_id.in_(actor.client_ids))
    if actor.may(Permission.REVIEW_READ):
        ways.append(begun)
    if actor.may(Permission.WORK_DO):
        theirs = select(ProjectTeam.project_id).where(ProjectTeam.team_id.in_(actor.team_ids))
        ways.append(and_(begun, Project.id.in_(theirs)))
    return or_(*ways)


async def access_project(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """One project.

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
    """
    found = await session.execute(
        select(Project, ClientOrganisation)
        .join(ClientOrganisation, ClientOrganisation.id == Project.client_id)
        .where(Project.slug == slug, visible_to(actor))
    )
    row = found.first()
    if row is None:
        raise NoSuchProjectError
    project, client = row
    teams = await _teams_of(session, [project.id])
    return ProjectView(
        **_common(project, client, teams),
        rules=msgspec.convert(project.rules, ProjectRules),
        form_version=project.form_version,
        guidelines_version=project.guidelines_version,
    )


async def access_owned_project(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """A project of the actor's own organisation; for managers, any. Seeing a project for other reasons is not enough.

    Raises:
        NoSuchProjectError: there is none at this address, or it is another client's.
    """
    project = await access_project(session, actor=actor, slug=slug)
    owns = actor.may(Permission.PROJECT_READ_OWN) and project.client.id in actor.client_ids
    if not owns and not actor.may(Permission.PROJECT_READ):
        raise NoSuchProjectError
    return project


async def list_projects(
    session: ReadSession,
    *,
    actor: Actor,
    search: str = "",
    state: ProjectState | None = None,
    client_id: UUID | None = None,
    cursor: str | None = None,
) -> Page[ProjectSummary]:
    """Projects the actor may see, newest first; `search` looks into titles, addresses and names of clients.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    query = (
        select(Project, ClientOrganisation)
        .join(ClientOrganisation, ClientOrganisation.id == Project.client_id)
        .where(visible_to(actor))
        .order_by(Project.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if search:
        columns = (Project.title, Project.slug, ClientOrganisation.name)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if state is not None:
        query = query.where(Project.state == state.value)
    if client_id is not None:
        query = query.where(Project.client_id == client_id)
    if cursor:
        query = query.where(Project.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = rows[:PAGE_SIZE]
    teams = await _teams_of(session, [project.id for project, _client in shown])
    views = [ProjectSummary(**_common(project, client, teams)) for project, client in shown]
    return Page(views, encode_cursor(shown[-1][0].id) if len(rows) > PAGE_SIZE else None)


def _common(project: Project, client: ClientOrganisation, teams: dict[UUID, list[TeamName]]) -> dict[str, Any]:
    return {
        "id": project.id,
        "slug": project.slug,
        "title": project.title,
        "brief": project.brief,
        "client": ClientName(id=client.id, slug=client.slug, name=client.name),
        "kind": project.kind,
        "purpose": Purpose(project.purpose),
        "state": ProjectState(project.state),
        "rate": Money(project.rate_minor, project.currency),
        "teams": teams.get(project.id, []),
        "created_at": project.created_at,
    }


async def _teams_of(session: ReadSession, project_ids: Collection[UUID]) -> dict[UUID, list[TeamName]]:
    rows = await session.execute(
        select(ProjectTeam.project_id, Team.id, Team.name)
        .join(Team, Team.id == ProjectTeam.team_id)
        .where(ProjectTeam.project_id.in_(project_ids))
        .order_by(Team.name)
    )
    teams: dict[UUID, list[TeamName]] = {}
    for project_id, team_id, name in rows:
        teams.setdefault(project_id, []).append(TeamName(id=team_id, name=name))
    return teams


async def list_projects_by_id(session: ReadSession, *, project_ids: Collection[UUID]) -> dict[UUID, str]:
    """Titles of projects by id; those that do not exist are left out. For callers that have made sure who asks."""
    rows = await session.execute(select(Project.id, Project.title).where(Project.id.in_(project_ids)))
    return {row[0]: row[1] for row in rows}

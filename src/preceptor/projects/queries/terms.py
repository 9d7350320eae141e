"""The terms of projects, for handing out work: one statement, and nothing that depends on who asks."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import PriceVersion
from preceptor.pay.tables import TaskPrice
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.projects import NoSuchProjectError
from preceptor.projects.rules import ProjectRules, ProjectState, ProjectTerms, Purpose
from preceptor.projects.tables import Project, ProjectTeam


def _terms() -> Select[Project, list[UUID] | None, list[dict[str, Any]] | None]:
    teams = (
        select(func.array_agg(ProjectTeam.team_id))
        .where(ProjectTeam.project_id == Project.id)
        .correlate(Project)
        .scalar_subquery()
    )
    version = func.jsonb_build_object(
        "id", TaskPrice.id, "minor", TaskPrice.price_minor, "valid_from", TaskPrice.valid_from
    )
    prices = (
        select(func.jsonb_agg(aggregate_order_by(version, TaskPrice.id)))
        .where(TaskPrice.project_id == Project.id)
        .correlate(Project)
        .scalar_subquery()
    )
    return select(Project, teams, prices)


def _to_terms(project: Project, team_ids: list[UUID] | None, prices: list[dict[str, Any]] | None) -> ProjectTerms:
    return ProjectTerms(
        id=project.id,
        slug=project.slug,
        title=project.title,
        brief=project.brief,
        client_id=project.client_id,
        kind=project.kind,
        purpose=Purpose(project.purpose),
        state=ProjectState(project.state),
        rate=Money(project.rate_minor, project.currency),
        rules=msgspec.convert(project.rules, ProjectRules),
        form_version=project.form_version,
        guidelines_version=project.guidelines_version,
        team_ids=frozenset(team_ids or ()),
        prices=msgspec.convert(prices or (), tuple[PriceVersion, ...]),
    )


async def project_terms(
    session: ReadSession, *, slug: str | None = None, project_id: UUID | None = None
) -> ProjectTerms:
    """The terms of one project, by its address or its id. Who may work on it: `ProjectTerms.is_worked_on_by`.

    Raises:
        NoSuchProjectError: there is none.
    """
    chosen = Project.slug == slug if slug is not None else Project.id == project_id
    row = (await session.execute(_terms().where(chosen))).first()
    if row is None:
        raise NoSuchProjectError
    return _to_terms(*row)


async def terms_of_running(session: ReadSession) -> list[ProjectTerms]:
    """The terms of every open or paused project, by title. For callers that have made sure who asks."""
    running = (ProjectState.OPEN.value, ProjectState.PAUSED.value)
    rows = await session.execute(_terms().where(Project.state.in_(running)).order_by(Project.title, Project.id))
    return [_to_terms(*row) for row in rows]


async def list_terms_of_work(session: ReadSession, *, actor: Actor) -> list[ProjectTerms]:
    """The terms of every open or paused project that one of the actor's teams works on, by title.

    Raises:
        MissingPermissionError: the actor does no work.
    """
    actor.require(Permission.WORK_DO)
    theirs = select(ProjectTeam.project_id).where(ProjectTeam.team_id.in_(actor.team_ids))
    running = (ProjectState.OPEN.value, ProjectState.PAUSED.value)
    rows = await session.execute(
        _terms().where(Project.id.in_(theirs), Project.state.in_(running)).order_by(Project.title, Project.id)
    )
    return [_to_terms(*row) for row in rows]

"""Making a project and changing what is not versioned: title, brief, rate, rules, teams."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from preceptor.kinds.findings import below
from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.pay.queries import prices_of
from preceptor.people.queries import list_teams
from preceptor.people.rules import Actor, Permission
from preceptor.projects.events import ProjectAdded, ProjectChanged, RateChanged, TaskPriceChanged
from preceptor.projects.operations.fetching import author, hold_project, take_slug
from preceptor.projects.operations.forms import checked_settings
from preceptor.projects.queries import NoSuchClientError, access_client
from preceptor.projects.queries.floors import below_floors
from preceptor.projects.rules import (
    MAX_BRIEF,
    MAX_GUIDELINES,
    ProjectRules,
    ProjectState,
    Purpose,
    clean_line,
    clean_text,
    line_problems,
    opening_problems,
    price_problems,
    rate_problems,
    rules_problems,
    slug_from,
    text_problems,
)
from preceptor.projects.tables import FormVersion, GuidelinesVersion, Project, ProjectTeam


class ProjectMade(msgspec.Struct, frozen=True):
    """What a new project is called by programs (`id`) and in addresses (`slug`)."""

    id: UUID
    slug: str


class CurrencyFixedError(ConflictError):
    """The currency was to be changed after the project had been opened."""

    title = _("A project keeps its currency once it has been opened, so that its costs add up.")
    code = "currency_fixed"


async def add_project(
    session: WriteSession,
    *,
    actor: Actor,
    client_id: UUID,
    title: str,
    kind: str,
    rate: Money,
    settings: Mapping[str, Any] | None = None,
    brief: str = "",
    guidelines: str = "",
    rules: ProjectRules | None = None,
    team_ids: Collection[UUID] = (),
    purpose: Purpose = Purpose.WORK,
) -> ProjectMade:
    """Make a project, as a draft.

    Args:
        session: the transaction.
        actor: a manager.
        client_id: the client organisation it belongs to.
        title: also gives the address.
        kind: key of a task kind.
        rate: per hour.
        settings: the kind's; None for its own defaults.
        brief: one or two sentences for the list of work.
        guidelines: Markdown; version 1.
        rules: None for the defaults.
        team_ids: who works on it.
        purpose: stays as it is.

    Raises:
        MissingPermissionError: the actor may not make projects.
        InvalidError: something will not do; `fields` says what, with the kind's own paths below `settings`.
    """
    actor.require(Permission.PROJECT_CREATE)
    title, brief, guidelines = clean_line(title), clean_text(brief), clean_text(guidelines)
    rules = rules or ProjectRules()
    problems = [
        *await _client_problems(session, actor, client_id),
        *line_problems("title", title),
        *text_problems("brief", brief, most=MAX_BRIEF),
        *text_problems("guidelines", guidelines, most=MAX_GUIDELINES),
        *rate_problems(rate, unpaid=rules.unpaid),
        *rules_problems(rules),
        *price_problems(rules, purpose=purpose),
        *await _team_problems(session, actor, team_ids),
    ]
    checked: dict[str, Any] = {}
    try:
        checked = await checked_settings(session, task_kind(kind), settings)
    except UnknownKindError as error:
        problems.append(FieldProblem("kind", error.title))
    except InvalidError as error:
        problems += below("settings", error.fields)
    if problems:
        raise InvalidError(fields=problems)
    project = Project(
        slug=await take_slug(session, Project, slug_from(title)),
        title=title,
        brief=brief,
        client_id=client_id,
        kind=kind,
        purpose=purpose.value,
        rate_minor=rate.amount,
        currency=rate.currency,
        rules=msgspec.to_builtins(rules),
        created_by=author(actor),
    )
    session.add(project)
    await session.flush()
    session.add_all(
        [
            FormVersion(project_id=project.id, version=1, settings=checked, created_by=author(actor)),
            GuidelinesVersion(project_id=project.id, version=1, markdown=guidelines, created_by=author(actor)),
            *(ProjectTeam(project_id=project.id, team_id=team_id) for team_id in set(team_ids)),
        ]
    )
    session.emit(ProjectAdded(actor_id=actor.person_id, subject_id=project.id, project_id=project.id, kind=kind))
    return ProjectMade(id=project.id, slug=project.slug)


async def change_project(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    title: str | None = None,
    brief: str | None = None,
    rate: Money | None = None,
    rules: ProjectRules | None = None,
    team_ids: Collection[UUID] | None = None,
) -> None:
    """Change what is given and leave the rest. The address stays.

    A higher rate or another cap holds for assignments begun from now on: each carries the terms it was taken under. A
    lower rate or price for each task needs notice once the project has been opened: that is for the page of rates, with
    the day from which it holds.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        CurrencyFixedError: the project has been opened, and the rate is in another currency.
        InvalidError: something will not do; `fields` says what.
    """
    project = await hold_project(session, actor=actor, slug=slug)
    old_rate = Money(project.rate_minor, project.currency)
    old_rules = msgspec.convert(project.rules, ProjectRules)
    new_title = project.title if title is None else clean_line(title)
    new_brief = project.brief if brief is None else clean_text(brief)
    new_rate, new_rules = rate or old_rate, rules or old_rules
    if new_rate.currency != old_rate.currency and project.state != ProjectState.DRAFT.value:
        raise CurrencyFixedError
    problems = [
        *line_problems("title", new_title),
        *text_problems("brief", new_brief, most=MAX_BRIEF),
        *rate_problems(new_rate, unpaid=new_rules.unpaid),
        *rules_problems(new_rules),
        *price_problems(new_rules, purpose=Purpose(project.purpose)),
        *await _team_problems(session, actor, team_ids or ()),
    ]
    problems += await _running_problems(session, project, rate=new_rate, rules=new_rules, team_ids=team_ids)
    if problems:
        raise InvalidError(fields=problems)
    parts = []
    if new_title != project.title:
        project.title = new_title
        parts.append("title")
    if new_brief != project.brief:
        project.brief = new_brief
        parts.append("brief")
    if new_rules != old_rules:
        project.rules = msgspec.to_builtins(new_rules)
        parts.append("rules")
    if team_ids is not None and await _set_teams(session, project.id, set(team_ids)):
        parts.append("teams")
    if parts:
        session.emit(
            ProjectChanged(actor_id=actor.person_id, subject_id=project.id, project_id=project.id, parts=parts)
        )
    if new_rules.task_price_minor != old_rules.task_price_minor:
        session.emit(
            TaskPriceChanged(
                actor_id=actor.person_id,
                subject_id=project.id,
                project_id=project.id,
                before_minor=old_rules.task_price_minor,
                after_minor=new_rules.task_price_minor,
            )
        )
    if new_rate != old_rate:
        project.rate_minor, project.currency = new_rate.amount, new_rate.currency
        session.emit(
            RateChanged(
                actor_id=actor.person_id,
                subject_id=project.id,
                project_id=project.id,
                before_minor=old_rate.amount,
                before_currency=old_rate.currency,
                after_minor=new_rate.amount,
                after_currency=new_rate.currency,
            )
        )


async def _running_problems(
    session: WriteSession, project: Project, *, rate: Money, rules: ProjectRules, team_ids: Collection[UUID] | None
) -> list[FieldProblem]:
    """What will not do in a project that people work on: they are not paid less from one moment to the next."""
    problems: list[FieldProblem] = []
    if project.state == ProjectState.DRAFT.value:
        return problems
    if rate.amount < project.rate_minor and (rate.amount or rules.unpaid):
        message = _("A lower rate needs notice: set it on the page of rates, with the day from which it holds.")
        problems.append(FieldProblem("rate", message))
    price_before, price = project.rules.get("task_price_minor"), rules.task_price_minor
    if price != price_before and await prices_of(session, project_id=project.id):
        message = _("The price for each task has dates by now: set it on the page of rates, with its day.")
        problems.append(FieldProblem("rules.task_price_minor", message))
    elif price_before is not None and (price is None or price < price_before):
        message = _("A lower price needs notice: set it on the page of rates, with the day from which it holds.")
        problems.append(FieldProblem("rules.task_price_minor", message))
    if project.state == ProjectState.OPEN.value:
        worked_by = await _teams_of(session, project.id) if team_ids is None else team_ids
        problems += await below_floors(session, project_id=project.id, rate=rate, team_ids=worked_by, at=utc_now())
        # What opening asked for must not be taken away from under those who work.
        problems += opening_problems(rate=rate, rules=rules, teams=1 if team_ids is None else len(team_ids))
    return problems


async def _teams_of(session: WriteSession, project_id: UUID) -> set[UUID]:
    return set(await session.scalars(select(ProjectTeam.team_id).where(ProjectTeam.project_id == project_id)))


async def _set_teams(session: WriteSession, project_id: UUID, wanted: set[UUID]) -> bool:
    """Make `wanted` the teams of a project; True where they were others before."""
    present = await _teams_of(session, project_id)
    if leaving := present - wanted:
        leave = delete(ProjectTeam).where(ProjectTeam.project_id == project_id, ProjectTeam.team_id.in_(leaving))
        await session.execute(leave)
    session.add_all([ProjectTeam(project_id=project_id, team_id=team_id) for team_id in wanted - present])
    return present != wanted


async def _client_problems(session: WriteSession, actor: Actor, client_id: UUID) -> list[FieldProblem]:
    try:
        await access_client(session, actor=actor, client_id=client_id)
    except NoSuchClientError as error:
        return [FieldProblem("client_id", error.title)]
    return []


async def _team_problems(session: WriteSession, actor: Actor, team_ids: Collection[UUID]) -> list[FieldProblem]:
    known = {team.id for team in await list_teams(session, actor=actor)} if team_ids else set()
    return [FieldProblem("team_ids", _("There is no such team."))] if set(team_ids) - known else []

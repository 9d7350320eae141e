"""`preceptor project`: projects, from the machine itself."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
import msgspec

from preceptor.cli.choosing import choose_clients, choose_teams
from preceptor.cli.doors import run
from preceptor.kinds.registry import task_kind, task_kinds
from preceptor.lib.db import Database
from preceptor.lib.money import Money, format_money, money_from_decimal
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM
from preceptor.projects import ProjectRules, ProjectState
from preceptor.projects.operations import (
    add_client_organisation,
    add_project,
    change_form,
    close_project,
    open_project,
    pause_project,
)
from preceptor.projects.queries import (
    ProjectSummary,
    ProjectView,
    access_form,
    access_project,
    list_client_organisations,
    list_projects,
)
from preceptor.work.queries.counts import ProjectCounts, project_counts


@click.group()
def command() -> None:
    """Look after projects: list, add, open, pause, close, show."""


@command.command("list")
@click.option("--state", type=click.Choice([state.value for state in ProjectState]), help="Only those in this state.")
def show_all(*, state: str | None) -> None:
    """List projects, newest first."""

    async def work(db: Database, _settings: Settings) -> list[ProjectSummary]:
        projects: list[ProjectSummary] = []
        cursor: str | None = None
        async with db.read() as session:
            while True:
                page = await list_projects(
                    session, actor=SYSTEM, state=ProjectState(state) if state else None, cursor=cursor
                )
                projects += page.rows
                cursor = page.next_cursor
                if cursor is None:
                    return projects

    for project in run(work):
        click.echo(f"{project.slug:<40} {project.state:<8} {project.client.name:<24} {project.title}")


@command.command()
@click.argument("title")
@click.option("--client", required=True, help="Name of the client organisation; made where there is none.")
@click.option("--rate", required=True, help="Hourly rate, such as 17.50.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217 code.")
@click.option("--kind", help="Task kind. Default: the first one installed.")
@click.option("--brief", default="", help="A sentence or two for the list of work.")
@click.option(
    "--form",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The form, from a file: JSON, or what else the kind reads.",
)
@click.option("--guidelines", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Markdown file.")
@click.option("--answers", type=click.IntRange(1, 20), default=1, show_default=True, help="Answers per item.")
@click.option("--review-share", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Share reviewed.")
@click.option("--team", "teams", multiple=True, help="Name of a team that works on it; repeatable.")
def add(
    *,
    title: str,
    client: str,
    rate: str,
    currency: str,
    kind: str | None,
    brief: str,
    form: Path | None,
    guidelines: Path | None,
    answers: int,
    review_share: float,
    teams: tuple[str, ...],
) -> None:
    """Make a project called TITLE, as a draft, with the task kind's usual form or another. Prints its address."""
    amount = _amount(rate, currency)
    text = guidelines.read_text(encoding="utf-8") if guidelines else ""
    kind = kind or next(iter(task_kinds()))
    settings = _settings_in(form, kind) if form else None

    async def work(db: Database, _settings: Settings) -> str:
        async with db.write() as session:
            known = {found.name for found in await list_client_organisations(session, actor=SYSTEM)}
            if client not in known:
                await add_client_organisation(session, actor=SYSTEM, name=client)
            (client_id,) = await choose_clients(session, (client,))
            made = await add_project(
                session,
                actor=SYSTEM,
                client_id=client_id,
                title=title,
                kind=kind,
                settings=settings,
                rate=amount,
                brief=brief,
                guidelines=text,
                rules=ProjectRules(answers_per_item=answers, review_share=review_share, unpaid=not amount.amount),
                team_ids=await choose_teams(session, teams),
            )
            return made.slug

    click.echo(run(work))


def _amount(rate: str, currency: str) -> Money:
    try:
        return money_from_decimal(Decimal(rate), currency)
    except InvalidOperation as error:
        raise click.BadParameter(f"{rate} is no amount such as 17.50.", param_hint="--rate") from error


@command.command()
@click.argument("slug")
def show(*, slug: str) -> None:
    """Show how the project at the address SLUG stands."""

    async def work(db: Database, _settings: Settings) -> tuple[ProjectView, ProjectCounts]:
        async with db.read() as session:
            project = await access_project(session, actor=SYSTEM, slug=slug)
            return project, await project_counts(session, project_id=project.id)

    project, counts = run(work)
    cost = format_money(Money(counts.cost_minor, project.rate.currency), "en")
    for name, value in (
        ("title", project.title),
        ("state", project.state.value),
        ("client", project.client.name),
        ("kind", project.kind),
        ("rate", f"{format_money(project.rate, 'en')} an hour"),
        ("teams", ", ".join(team.name for team in project.teams) or "none"),
        ("form", f"version {project.form_version}"),
        ("guidelines", f"version {project.guidelines_version}"),
        ("items", counts.items),
        ("open", f"{counts.open} answers, and {counts.held} in work"),
        ("in review", f"{counts.submitted}, and {counts.returned} in rework"),
        ("decided", f"{counts.accepted} accepted, {counts.rejected} rejected"),
        ("cost", cost),
    ):
        click.echo(f"{name:<12}{value}")


def _settings_in(path: Path, kind: str) -> dict[str, Any]:
    """A form's settings from a file; what had to be left out of it is told on the way."""
    found = task_kind(kind).read_settings(path.read_text(encoding="utf-8"))
    for one in found.left_out:
        click.echo(str(one), err=True)
    settings: dict[str, Any] = msgspec.to_builtins(found.settings)
    return settings


@command.command("form")
@click.argument("slug")
@click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def show_form(*, slug: str, path: Path | None) -> None:
    """Print the form of the project at the address SLUG as JSON, or put the one in the file PATH in force.

    The file holds JSON as it is printed, or another tool's document that the task kind reads.
    """

    async def work(db: Database, _settings: Settings) -> str:
        async with db.write() as session:
            project = await access_project(session, actor=SYSTEM, slug=slug)
            if path is None:
                form = await access_form(session, actor=SYSTEM, slug=slug)
                return msgspec.json.format(msgspec.json.encode(form.settings), indent=2).decode()
            version = await change_form(
                session,
                actor=SYSTEM,
                slug=slug,
                settings=_settings_in(path, project.kind),
                expected_version=project.form_version,
            )
            return f"Version {version} of the form is in force."

    click.echo(run(work))


def _move(slug: str, operation: Callable[..., Awaitable[None]]) -> None:
    async def work(db: Database, _settings: Settings) -> ProjectView:
        async with db.write() as session:
            await operation(session, actor=SYSTEM, slug=slug)
        async with db.read() as reading:
            return await access_project(reading, actor=SYSTEM, slug=slug)

    click.echo(f"{slug} is {run(work).state.value}.")


@command.command("open")
@click.argument("slug")
def do_open(*, slug: str) -> None:
    """Let work be taken from the project at the address SLUG."""
    _move(slug, open_project)


@command.command("pause")
@click.argument("slug")
def do_pause(*, slug: str) -> None:
    """Hand out no new work; a closed project comes back this way."""
    _move(slug, pause_project)


@command.command("close")
@click.argument("slug")
def do_close(*, slug: str) -> None:
    """End the project at the address SLUG."""
    _move(slug, close_project)

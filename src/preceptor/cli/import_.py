"""`preceptor import`: a file of prompts becomes items of a project."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import click

from preceptor.cli.doors import run
from preceptor.datasets import ImportOptions, OnProblem
from preceptor.datasets.jobs import run_import
from preceptor.datasets.queries import ImportView, LineProblem, access_import, list_import_problems
from preceptor.datasets.uploading import discard, take_file
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM

POLL_SECONDS = 0.3
PROBLEMS_TOLD = 10
CHUNK = 1 << 20


@click.command("import")
@click.argument("form", metavar="FORMAT")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "-p", "slug", required=True, help="The project's address, such as general-chat.")
@click.option("--all-or-nothing", is_flag=True, help="Add nothing if a single row cannot be added.")
@click.option("--check", is_flag=True, help="Read the file and say what would come of it; add nothing.")
@click.option("--topic", default="", help="Topic of rows that bring none.")
@click.option("--brief", default="", help="Brief of rows that bring none.")
@click.option("--answers", type=int, help="Answers per item. Default: what the project says.")
@click.option("--priority", type=click.IntRange(0, 9), default=5, show_default=True, help="0 is taken first.")
@click.option("--encoding", help="Text encoding. Default: as the file says, else UTF-8.")
def command(
    *,
    form: str,
    path: Path,
    slug: str,
    all_or_nothing: bool,
    check: bool,
    topic: str,
    brief: str,
    answers: int | None,
    priority: int,
    encoding: str | None,
) -> None:
    """Import PATH, a file in FORMAT (jsonl, csv or text; gzip or not), into a project.

    It works while the installation runs, and also while it does not. The exit code is 0 unless the import failed.
    """
    options = ImportOptions(topic=topic, brief=brief, answers=answers, priority=priority, encoding=encoding)
    on_problem = OnProblem.STOP if all_or_nothing else OnProblem.SKIP

    async def work(db: Database, settings: Settings) -> tuple[ImportView, list[LineProblem]]:
        import_id = await take_file(
            db,
            settings,
            actor=SYSTEM,
            slug=slug,
            chunks=_chunks(path),
            file_name=path.name,
            format=form,
            on_problem=on_problem,
            options=options,
            confirmed=not check,
        )
        return await _follow(db, settings, import_id)

    view, problems = run(work)
    for problem in problems[:PROBLEMS_TOLD]:
        click.echo(f"  line {problem.line}: {problem.message}", err=True)
    if view.problems > PROBLEMS_TOLD:
        click.echo(f"  … and {view.problems - PROBLEMS_TOLD} more", err=True)
    if view.error:
        raise click.ClickException(view.error)
    rest = f"{view.duplicates} there already, {view.problems} left out"
    click.echo(
        f"{view.good} can be added, {rest}. Nothing was added." if check else f"{view.items_added} added, {rest}."
    )


async def _follow(db: Database, settings: Settings, import_id: UUID) -> tuple[ImportView, list[LineProblem]]:
    """Do the job, or see it done: a worker that runs may be faster, and whichever comes second stops by itself."""
    job = asyncio.create_task(run_import(db, settings, subject_id=str(import_id)))
    told = time.monotonic()
    while (view := await _view(db, import_id)).is_moving:
        if job.done():
            job.result()
        if time.monotonic() - told > 1:
            told = time.monotonic()
            click.echo(f"  {view.share:4.0%}  {view.items_added} added", err=True)
        await asyncio.sleep(POLL_SECONDS)
    await job
    async with db.read() as session:
        problems = (await list_import_problems(session, actor=SYSTEM, import_id=import_id)).rows
    if not view.is_ended:
        await discard(db, settings, actor=SYSTEM, import_id=import_id, now=utc_now())
    return view, problems


async def _view(db: Database, import_id: UUID) -> ImportView:
    async with db.read() as session:
        return await access_import(session, actor=SYSTEM, import_id=import_id)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as stream:
        while chunk := await asyncio.to_thread(stream.read, CHUNK):
            yield chunk

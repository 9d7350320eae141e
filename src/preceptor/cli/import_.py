"""`preceptor import`: a file becomes items of a project, and what people said about them elsewhere finished work."""

import asyncio
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click

from preceptor.cli.doors import run
from preceptor.datasets import ImportOptions, OnProblem, columns_from
from preceptor.datasets.importing import run_import
from preceptor.datasets.matching import first_contents, make_project
from preceptor.datasets.queries import ImportView, LineProblem, access_import, list_import_problems
from preceptor.datasets.uploading import discard, take_file
from preceptor.kinds.content import Content
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people import SYSTEM
from preceptor.projects.queries import NoSuchProjectError, access_project

POLL_SECONDS = 0.3
PROBLEMS_TOLD = 20
CHUNK = 1 << 20


@click.command("import")
@click.argument("form", metavar="FORMAT")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--project", "-p", "slug", required=True, help="The project's address, such as general-chat.")
@click.option("--kind", help="Task kind of a project that is made. Default: the one that suits the file best.")
@click.option("--client", help="Client organisation of a project that is made.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column stands for a field.")
@click.option("--all-or-nothing", is_flag=True, help="Add nothing if a single row cannot be added.")
@click.option("--check", "--dry-run", is_flag=True, help="Read the file and say what would come of it; add nothing.")
@click.option("--topic", default="", help="Topic of rows that bring none.")
@click.option("--brief", default="", help="Brief of rows that bring none.")
@click.option("--answers", type=int, help="Answers per item. Default: what the project says.")
@click.option("--priority", type=click.IntRange(0, 9), default=5, show_default=True, help="0 is taken first.")
@click.option("--language", default="", metavar="TAG", help="Language that answers are written in, such as ca.")
@click.option("--level", type=click.IntRange(0, 5), default=0, help="Least level of whoever answers.")
@click.option("--category", "categories", multiple=True, help="Content that every row may show, such as violence.")
@click.option("--routed", is_flag=True, help="Columns language, level and categories say it of each row.")
@click.option("--encoding", help="Text encoding. Default: as the file says, else UTF-8.")
def command(
    *,
    form: str,
    path: Path,
    slug: str,
    kind: str | None,
    client: str | None,
    columns: tuple[str, ...],
    all_or_nothing: bool,
    check: bool,
    topic: str,
    brief: str,
    answers: int | None,
    priority: int,
    language: str,
    level: int,
    categories: tuple[str, ...],
    routed: bool,
    encoding: str | None,
) -> None:
    """Import PATH, a file or folder in FORMAT, into a project, which is made where there is none.

    Files may be compressed with gzip or Zstandard; docs/data.md describes the formats. It works while the installation
    runs, and also while it does not. The exit code is 0 unless the import failed.
    """
    options = ImportOptions(
        topic=topic,
        brief=brief,
        answers=answers,
        priority=priority,
        language=language,
        level=level,
        categories=categories,
        routed=routed,
        encoding=encoding,
        columns=columns_from(columns),
    )

    async def work(db: Database, settings: Settings) -> tuple[ImportView, list[LineProblem]]:
        if await _is_missing(db, slug):
            contents = await asyncio.to_thread(
                first_contents,
                path=file,
                format=form,
                options=options,
                file_name=path.name,
                picture_sources=settings.picture_sources,
            )
            made = await _make(db, contents, slug=slug, kind=kind, client=client)
            click.echo(f"Made the project {slug} ({made}).", err=True)
        import_id = await take_file(
            db,
            settings,
            actor=SYSTEM,
            slug=slug,
            chunks=_chunks(file),
            file_name=path.name,
            format=form,
            on_problem=OnProblem.STOP if all_or_nothing else OnProblem.SKIP,
            options=options,
            confirmed=not check,
        )
        return await _follow(db, settings, import_id)

    with _as_file(path) as file:
        view, problems = run(work)
    _tell(view, problems, checked=check)


@contextmanager
def _as_file(path: Path) -> Iterator[Path]:
    """The file; a folder is packed into one first."""
    if path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / f"{path.name}.zip"
        _pack(path, target)
        yield target


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file() and not one.is_symlink():
                archive.write(one, one.relative_to(folder))


async def _is_missing(db: Database, slug: str) -> bool:
    try:
        async with db.read() as session:
            await access_project(session, actor=SYSTEM, slug=slug)
    except NoSuchProjectError:
        return True
    return False


async def _make(db: Database, contents: Sequence[Content], *, slug: str, kind: str | None, client: str | None) -> str:
    """Make the project; answers the kind it is of."""
    async with db.write() as session:
        await make_project(session, actor=SYSTEM, slug=slug, contents=contents, kind=kind, client=client)
    async with db.read() as session:
        return (await access_project(session, actor=SYSTEM, slug=slug)).kind


def _tell(view: ImportView, problems: list[LineProblem], *, checked: bool) -> None:
    """Say what came of it."""
    left_out = [problem for problem in problems if problem.left_out]
    for problem in left_out[:PROBLEMS_TOLD]:
        click.echo(f"  line {problem.line}: {problem.message}", err=True)
    if view.problems > PROBLEMS_TOLD:
        click.echo(f"  … and {view.problems - PROBLEMS_TOLD} more", err=True)
    for note in (problem for problem in problems if not problem.left_out):
        click.echo(f"  line {note.line}, taken: {note.message}", err=True)
    if view.error:
        raise click.ClickException(view.error)
    rest = f"{view.duplicates} there already, {view.problems} left out"
    answers = f" with {view.answers_added} answers" if view.answers_added else ""
    if checked:
        click.echo(f"{view.good} can be added{answers}, {rest}. Nothing was added.")
    else:
        click.echo(f"{view.items_added} added{answers}, {rest}.")


async def _follow(db: Database, settings: Settings, import_id: UUID) -> tuple[ImportView, list[LineProblem]]:
    """Do the job, or see it done: a worker that runs may be faster, and whichever comes second stops by itself."""
    job = asyncio.create_task(
        run_import(db, storage_of(settings), import_id=import_id, picture_sources=settings.picture_sources)
    )
    told, before = time.monotonic(), 0.0
    while (view := await _view(db, import_id)).is_moving:
        if job.done():
            job.result()
        if view.share > before and time.monotonic() - told > 1:
            told, before = time.monotonic(), view.share
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

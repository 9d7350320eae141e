"""Imports: what they were asked to do, how far they are, and which lines were left out."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from preceptor.datasets.rules import ENDED_IMPORTS, IMPORT_STATE_NAMES, ImportOptions, ImportState, OnProblem, Phase
from preceptor.datasets.tables import ImportProblem, ImportRun
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import access_project
from preceptor.projects.tables import Project

PAGE_SIZE = 50
PROBLEMS_SHOWN = 100


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """An import as its project's managers see it.

    Attributes:
        confirmed: items may be added (or were) once the file has been checked.
        phase: what it is read for: `check` adds nothing.
        bytes: size of the file.
        share: of the file that has been read in this phase, 0 to 1.
        lines_read: number of the last line that was read in this phase.
        good: rows that can become items, counted by a check.
        answers_added: answers given elsewhere that came in with the rows, or would come in.
        duplicates: rows whose item stands in the project already, open; they are passed over.
        problems: rows that cannot become items; the first thousand are told line by line.
        error: why it failed; empty where it did not.
        requested_by: name of who handed the file in; empty where a command did.
    """

    id: UUID
    project_slug: str
    format: str
    file_name: str
    options: ImportOptions
    on_problem: OnProblem
    confirmed: bool
    state: ImportState
    phase: Phase
    bytes: int
    share: float
    lines_read: int
    good: int
    items_added: int
    answers_added: int
    duplicates: int
    problems: int
    error: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return IMPORT_STATE_NAMES[self.state]

    @property
    def is_ended(self) -> bool:
        """True when nothing more will happen."""
        return self.state in ENDED_IMPORTS

    @property
    def is_moving(self) -> bool:
        """True while it changes by itself."""
        return self.state in {ImportState.WAITING, ImportState.RUNNING}


class LineProblem(msgspec.Struct, frozen=True):
    """Why a line could not become an item; or, with `left_out` false, what was done about something odd in it."""

    line: int
    message: str
    left_out: bool = True


class NoSuchImportError(NotFoundError):
    """No import of this id, or not the actor's to see."""

    title = _("There is no such import.")
    code = "no_such_import"


def _imports(actor: Actor) -> "Select[ImportRun, str, str | None]":
    actor.require(Permission.IMPORT_CREATE)
    return (
        select(ImportRun, Project.slug, Person.name)
        .join(Project, Project.id == ImportRun.project_id)
        .outerjoin(Person, Person.id == ImportRun.requested_by)
    )


async def access_import(session: ReadSession, *, actor: Actor, import_id: UUID) -> ImportView:
    """One import.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
    """
    row = (await session.execute(_imports(actor).where(ImportRun.id == import_id))).first()
    if row is None:
        raise NoSuchImportError
    return _view(*row)


async def list_imports(session: ReadSession, *, actor: Actor, slug: str, cursor: str | None = None) -> Page[ImportView]:
    """The imports of a project, newest first.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchProjectError: there is none at this address, or the actor may not see it.
    """
    query = _imports(actor).order_by(ImportRun.id.desc()).limit(PAGE_SIZE + 1)
    project = await access_project(session, actor=actor, slug=slug)
    query = query.where(ImportRun.project_id == project.id)
    if cursor:
        query = query.where(ImportRun.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = rows[:PAGE_SIZE]
    return Page([_view(*row) for row in shown], encode_cursor(shown[-1][0].id) if len(rows) > PAGE_SIZE else None)


async def list_import_problems(
    session: ReadSession, *, actor: Actor, import_id: UUID, cursor: str | None = None
) -> Page[LineProblem]:
    """The lines that were left out, and those with notes, in the order of the file.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
    """
    await access_import(session, actor=actor, import_id=import_id)
    query = select(ImportProblem).where(ImportProblem.import_id == import_id).order_by(ImportProblem.line)
    if cursor:
        query = query.where(ImportProblem.line > decode_cursor(cursor, tuple[int])[0])
    rows = list(await session.scalars(query.limit(PROBLEMS_SHOWN + 1)))
    shown = rows[:PROBLEMS_SHOWN]
    return Page(
        [LineProblem(row.line, row.message, row.left_out) for row in shown],
        encode_cursor(shown[-1].line) if len(rows) > PROBLEMS_SHOWN else None,
    )


async def import_file_key(session: ReadSession, *, actor: Actor, import_id: UUID) -> str:
    """Where the file of an import stands in storage; it may be gone once the import has ended.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
    """
    row = (await session.execute(_imports(actor).where(ImportRun.id == import_id))).first()
    if row is None:
        raise NoSuchImportError
    return row[0].file_key


async def files_in_use(session: ReadSession, *, keys: Collection[str]) -> set[str]:
    """Those of these files that an import still has to read, or a person to decide about."""
    open_runs = select(ImportRun.file_key).where(
        ImportRun.file_key.in_(keys), ImportRun.state.not_in([state.value for state in ENDED_IMPORTS])
    )
    return set(await session.scalars(open_runs))


async def spent_file(session: ReadSession, *, import_id: UUID) -> str | None:
    """The key of an import's file, once nobody will read it any more."""
    row = await session.get(ImportRun, import_id)
    return row.file_key if row is not None and row.state in ENDED_IMPORTS else None


def _view(row: ImportRun, slug: str, requested_by: str | None) -> ImportView:
    return ImportView(
        id=row.id,
        project_slug=slug,
        format=row.format,
        file_name=row.file_name,
        options=msgspec.convert(row.options, ImportOptions),
        on_problem=OnProblem(row.on_problem),
        confirmed=row.confirmed,
        state=ImportState(row.state),
        phase=Phase(row.phase),
        bytes=row.bytes,
        share=row.share,
        lines_read=row.lines_read,
        good=row.good,
        items_added=row.items_added,
        answers_added=row.answers_added,
        duplicates=row.duplicates,
        problems=row.problems,
        error=row.error,
        requested_by=requested_by or "",
        created_at=row.created_at,
        finished_at=row.finished_at,
    )

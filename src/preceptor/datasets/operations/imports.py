"""Asking for imports, and writing down how they go."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.datasets.events import (
    ImportChecked,
    ImportFailed,
    ImportFinished,
    ImportRequested,
)
from preceptor.datasets.formats import import_format
from preceptor.datasets.operations.workers import known_workers, stand_ins
from preceptor.datasets.readers import Source
from preceptor.datasets.rules import (
    PROBLEMS_KEPT,
    ImportOptions,
    ImportState,
    OnProblem,
    Phase,
    clean_file_name,
    option_problems,
)
from preceptor.datasets.tables import ImportProblem, ImportRun
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import LazyText, _, current_language, ngettext_lazy
from preceptor.lib.ids import new_id
from preceptor.lib.storage import StoredFile
from preceptor.people.rules import Actor, Permission
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import access_project, project_terms
from preceptor.projects.queries.forms import form_at
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.work.operations.importing import ItemRow, add_rows, count_rows


class ProjectClosedError(ConflictError):
    """The project has ended."""

    title = _("This project is closed, so that nothing can be added to it.")
    code = "project_closed"


class OvertakenError(Exception):
    """Another process goes on with this import, or it has ended: whoever sees this stops without a word."""


class Reading(msgspec.Struct, frozen=True):
    """What came of reading some more of a file.

    Attributes:
        after: number of the last line that was read before.
        upto: number of the last line that is read now.
        share: of the file, 0 to 1.
        rows: what can become items. A line may give several, a tree of messages for instance.
        problems: lines that cannot, in words.
        notes: what was done about something odd in a line, in words.
    """

    after: int
    upto: int
    share: float
    rows: Sequence[ItemRow]
    problems: Sequence[tuple[int, str]]
    notes: Sequence[tuple[int, str]] = ()


async def request_import(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    format: str,  # noqa: A002 (the field's own word)
    file: StoredFile,
    file_name: str,
    on_problem: OnProblem = OnProblem.SKIP,
    options: ImportOptions | None = None,
    confirmed: bool = True,
) -> UUID:
    """Let a file that lies in storage become items of a project. Answers the import's id; a job does the work.

    Args:
        session: the transaction.
        actor: a manager.
        slug: of the project.
        format: name of a format that can be read.
        file: the file.
        file_name: what it was called where it came from.
        on_problem: whether rows that cannot become items are passed over, or nothing is added because of them.
        options: how rows become items; None for the defaults.
        confirmed: False to check the file and add nothing until `confirm_import`.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        ProjectClosedError: it has ended.
        UnknownFormatError: there is no such format.
        SourceError: there is no such text encoding.
        InvalidError: another option will not do.
    """
    actor.require(Permission.IMPORT_CREATE)
    actor.require(Permission.ITEM_WRITE)
    options = options or ImportOptions()
    project = await access_project(session, actor=actor, slug=slug)
    if project.state is ProjectState.CLOSED:
        raise ProjectClosedError
    import_format(format)
    Source(path=Path(file.key), encoding=options.encoding)
    if problems := option_problems(options):
        raise InvalidError(fields=problems)
    checks = not confirmed or on_problem is OnProblem.STOP
    run = ImportRun(
        id=new_id(),
        project_id=project.id,
        format=format,
        file_name=clean_file_name(file_name),
        file_key=file.key,
        options=msgspec.to_builtins(options),
        on_problem=on_problem.value,
        confirmed=confirmed,
        phase=(Phase.CHECK if checks else Phase.ADD).value,
        bytes=file.bytes,
        language=current_language(),
        requested_by=author(actor),
    )
    session.add(run)
    session.emit(
        ImportRequested(
            actor_id=actor.person_id, subject_id=run.id, project_id=project.id, format=format, confirmed=confirmed
        )
    )
    return run.id


# From here on the job speaks. It holds the row for a moment at a time and always says where it thinks it is, so that
# two processes that both believe they do the work cannot add a row twice.


class ImportWork(msgspec.Struct, frozen=True):
    """What there is to do, and from which line on."""

    id: UUID
    terms: ProjectTerms
    form: dict[str, Any]
    """Settings of the form in force, under which given answers are kept."""
    format: str
    file_key: str
    file_name: str
    options: ImportOptions
    phase: Phase
    lines_read: int
    language: str


async def begin_import(session: WriteSession, *, import_id: UUID) -> ImportWork | None:
    """Take up an import, or take it up again where it was left. None where there is nothing to do (any more).

    Raises:
        NoSuchProjectError: the project is gone.
    """
    run = await session.get(ImportRun, import_id, with_for_update=True)
    if run is None or run.state not in {ImportState.WAITING, ImportState.RUNNING}:
        return None
    run.state = ImportState.RUNNING.value
    terms = await project_terms(session, project_id=run.project_id)
    form = await form_at(session, project_id=terms.id, version=terms.form_version)
    return ImportWork(
        id=run.id,
        terms=terms,
        form=form.settings,
        format=run.format,
        file_key=run.file_key,
        file_name=run.file_name,
        options=msgspec.convert(run.options, ImportOptions),
        phase=Phase(run.phase),
        lines_read=run.lines_read,
        language=run.language,
    )


async def note_reading(
    session: WriteSession, *, actor: Actor, work: ImportWork, reading: Reading, now: datetime
) -> None:
    """Write down what was read and, when adding, add it: all in this transaction, or nothing.

    Raises:
        OvertakenError: somebody else has come further, or it has ended.
    """
    run = await _held(session, work, lines_read=reading.after)
    project_id = work.terms.id
    if work.phase is Phase.ADD:

        async def people(names: Collection[str]) -> Mapping[str, UUID]:
            return await stand_ins(session, actor=actor, project_id=project_id, names=names)

        added = await add_rows(
            session,
            actor=actor,
            terms=work.terms,
            rows=reading.rows,
            import_id=run.id,
            people=people,
            now=now,
        )
        run.items_added += added.items
    else:

        async def known(names: Collection[str]) -> Mapping[str, UUID]:
            return await known_workers(session, project_id=project_id, names=names)

        added = await count_rows(session, terms=work.terms, rows=reading.rows, known_people=known)
        run.good += added.items
    run.answers_added += added.answers
    run.duplicates += added.duplicates
    await _keep_words(session, run, reading)
    run.problems += len(reading.problems)
    run.lines_read, run.share = reading.upto, reading.share


async def _keep_words(session: WriteSession, run: ImportRun, reading: Reading) -> None:
    """Keep what is to be told about lines, as far as there is room."""
    words = [(line, message, True) for line, message in reading.problems[: max(0, PROBLEMS_KEPT - run.problems)]]
    if reading.notes:
        counted = select(func.count()).where(ImportProblem.import_id == run.id, ~ImportProblem.left_out)
        room = max(0, PROBLEMS_KEPT - (await session.scalar(counted) or 0))
        words += [(line, message, False) for line, message in reading.notes[:room]]
    if words:
        rows = [
            {"import_id": run.id, "line": line, "message": message, "left_out": left_out}
            for line, message, left_out in words
        ]
        await session.execute(insert(ImportProblem).on_conflict_do_nothing(), rows)


async def _held(session: WriteSession, work: ImportWork, *, lines_read: int) -> ImportRun:
    run = await session.get(ImportRun, work.id, with_for_update=True, populate_existing=True)
    if run is None or (run.state, run.phase, run.lines_read) != (ImportState.RUNNING, work.phase, lines_read):
        raise OvertakenError
    return run


async def end_reading(session: WriteSession, *, actor: Actor, work: ImportWork, lines_read: int, now: datetime) -> bool:
    """The end of the file was reached. True where it is to be read once more, now to add.

    Raises:
        OvertakenError: somebody else has come further.
    """
    run = await _held(session, work, lines_read=lines_read)
    run.share = 1.0
    if work.phase is Phase.ADD:
        _end_adding(session, run, actor=actor, now=now)
        return False
    if not run.confirmed:
        run.state = ImportState.CHECKED.value
        session.emit(
            ImportChecked(
                actor_id=actor.person_id,
                subject_id=run.id,
                project_id=run.project_id,
                good=run.good,
                duplicates=run.duplicates,
                problems=run.problems,
            )
        )
        return False
    if run.problems:
        await fail_import(session, actor=actor, import_id=run.id, error=nothing_added(run.problems), now=now)
        return False
    begin_phase(run, Phase.ADD)
    return True


def _end_adding(session: WriteSession, run: ImportRun, *, actor: Actor, now: datetime) -> None:
    run.finished_at = now
    if run.problems and not (run.items_added or run.answers_added or run.duplicates):
        run.state = ImportState.FAILED.value
        run.error = _("Not one row of this file can become an item.").render(run.language)
        session.emit(ImportFailed(actor_id=actor.person_id, subject_id=run.id, project_id=run.project_id, items=0))
        return
    run.state = ImportState.DONE.value
    session.emit(
        ImportFinished(
            actor_id=actor.person_id,
            subject_id=run.id,
            project_id=run.project_id,
            items=run.items_added,
            duplicates=run.duplicates,
            problems=run.problems,
        )
    )


def begin_phase(run: ImportRun, phase: Phase) -> None:
    """Count from the start again."""
    run.phase = phase.value
    run.lines_read = run.good = run.items_added = run.answers_added = run.duplicates = run.problems = 0
    run.share = 0.0


def nothing_added(problems: int) -> LazyText:
    """Why a file that had to be right as a whole was not taken."""
    return ngettext_lazy(
        "Nothing was added: {count} row of this file cannot become an item.",
        "Nothing was added: {count} rows of this file cannot become items.",
        problems,
    )


async def fail_import(session: WriteSession, *, actor: Actor, import_id: UUID, error: LazyText, now: datetime) -> None:
    """Give an import up; nothing happens where it has ended already. What was added stays."""
    run = await session.get(ImportRun, import_id, with_for_update=True)
    if run is None or run.state not in {ImportState.WAITING, ImportState.RUNNING}:
        return
    run.state, run.error, run.finished_at = ImportState.FAILED.value, error.render(run.language), now
    session.emit(
        ImportFailed(actor_id=actor.person_id, subject_id=run.id, project_id=run.project_id, items=run.items_added)
    )

"""What a person decides about a file that was checked: to add it, to forget it, or to read it in another way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from preceptor.datasets.events import ImportConfirmed, ImportDiscarded, ImportRequested
from preceptor.datasets.operations.imports import begin_phase, nothing_added
from preceptor.datasets.queries.imports import NoSuchImportError
from preceptor.datasets.rules import ImportOptions, ImportState, OnProblem, Phase
from preceptor.datasets.tables import ImportProblem, ImportRun
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _, speaking
from preceptor.people.rules import SYSTEM, Actor, Permission

NOBODY_DECIDED = _("Nobody said in time whether to add this. The file is gone; hand it in again.")


class NotCheckedError(ConflictError):
    """The import is not waiting for a decision (any more)."""

    title = _("This import is not waiting for a decision any more.")
    code = "not_checked"


async def _decided(session: WriteSession, actor: Actor, import_id: UUID) -> ImportRun:
    actor.require(Permission.IMPORT_CREATE)
    run = await session.get(ImportRun, import_id, with_for_update=True)
    if run is None:
        raise NoSuchImportError
    if run.state != ImportState.CHECKED:
        raise NotCheckedError
    return run


async def confirm_import(
    session: WriteSession, *, actor: Actor, import_id: UUID, on_problem: OnProblem = OnProblem.SKIP
) -> None:
    """Add what was found good when the file was checked.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
        NotCheckedError: it does not wait for a decision.
    """
    run = await _decided(session, actor, import_id)
    run.confirmed = True
    run.on_problem = on_problem.value
    if on_problem is OnProblem.STOP and run.problems:
        raise NotCheckedError(nothing_added(run.problems))
    begin_phase(run, Phase.ADD)
    run.state = ImportState.WAITING.value
    await session.execute(delete(ImportProblem).where(ImportProblem.import_id == import_id))
    session.emit(
        ImportConfirmed(
            actor_id=actor.person_id, subject_id=import_id, project_id=run.project_id, on_problem=run.on_problem
        )
    )


async def discard_import(session: WriteSession, *, actor: Actor, import_id: UUID, now: datetime) -> str:
    """Add nothing of a file that was checked. Answers the key of the file, which nobody needs any more.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
        NotCheckedError: it does not wait for a decision.
    """
    run = await _decided(session, actor, import_id)
    run.state, run.finished_at = ImportState.DISCARDED.value, now
    session.emit(ImportDiscarded(actor_id=actor.person_id, subject_id=import_id, project_id=run.project_id))
    return run.file_key


async def lapse_imports(session: WriteSession, *, keep: timedelta, now: datetime, limit: int = 100) -> list[str]:
    """Discard checked files about which nobody has decided in time; answers the keys of the files.

    Args:
        session: the transaction.
        keep: how long after it was handed in a file waits for a decision.
        now: the present moment.
        limit: how many at once.
    """
    due = (
        select(ImportRun)
        .where(ImportRun.state == ImportState.CHECKED.value, ImportRun.created_at < now - keep)
        .order_by(ImportRun.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.scalars(due))
    for run in found:
        run.state, run.finished_at = ImportState.DISCARDED.value, now
        with speaking(run.language):
            run.error = str(NOBODY_DECIDED)
        session.emit(ImportDiscarded(actor_id=SYSTEM.person_id, subject_id=run.id, project_id=run.project_id))
    return [run.file_key for run in found]


async def read_otherwise(session: WriteSession, *, actor: Actor, import_id: UUID, columns: Mapping[str, str]) -> None:
    """Check a file that was checked once more, with other columns standing for its fields; nothing is added yet.

    Args:
        session: the transaction.
        actor: a manager.
        import_id: of the import.
        columns: which column stands for which field, by the field's name.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchImportError: there is none of this id.
        NotCheckedError: it does not wait for a decision.
    """
    run = await _decided(session, actor, import_id)
    options = msgspec.structs.replace(msgspec.convert(run.options, ImportOptions), columns=dict(columns))
    run.options = msgspec.to_builtins(options)
    begin_phase(run, Phase.CHECK)
    run.state = ImportState.WAITING.value
    await session.execute(delete(ImportProblem).where(ImportProblem.import_id == import_id))
    session.emit(
        ImportRequested(
            actor_id=actor.person_id,
            subject_id=import_id,
            project_id=run.project_id,
            format=run.format,
            confirmed=False,
        )
    )

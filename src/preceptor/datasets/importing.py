"""Reads a file in storage, a batch of rows at a time, and has each batch checked or added in a transaction of its own.

It runs as a program of its own (`python -m preceptor.datasets.importing`), a child of the worker: see `children`.
Memory is bounded by two batches. Whoever goes on after a crash begins behind the last line that was written down with
its items, so that no row is added twice.
"""

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog

from preceptor.datasets.children import TRY_AGAIN, FileTask, begin_child
from preceptor.datasets.itemising import RowReader
from preceptor.datasets.operations.imports import (
    ImportWork,
    OvertakenError,
    begin_import,
    end_reading,
    fail_import,
    note_reading,
)
from preceptor.datasets.queries.imports import spent_file
from preceptor.datasets.readers import ImportedRow
from preceptor.datasets.rules import PREVIEW_ROWS, ImportOptions, Phase, failure_text
from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.db.database import DatabaseGoneError
from preceptor.lib.errors import ProblemError
from preceptor.lib.i18n import LazyText, _, speaking
from preceptor.lib.logs import set_up_logs
from preceptor.lib.settings import Settings
from preceptor.lib.storage import Storage, storage_of
from preceptor.people.rules import SYSTEM
from preceptor.projects.rules import ProjectTerms

SWITCH_SECONDS = 0.0001
GARBAGE_AT = 100_000

IMPORT_BROKE = _("The import stopped because of a fault on our side. It has been written down. What was added stays.")

log = structlog.get_logger()


class PreviewRow(msgspec.Struct, frozen=True):
    """One of the first rows of a file: the item it would become in plain words, or why it cannot."""

    line: int
    summary: str
    topic: str = ""
    brief: str = ""
    judged: bool = False
    """Whether answers come in with it."""
    problem: str = ""


async def preview(
    storage: Storage,
    *,
    key: str,
    format: str,  # noqa: A002 (the field's own word)
    terms: ProjectTerms,
    form: dict[str, Any],
    options: ImportOptions,
    file_name: str = "",
    picture_sources: str = "",
) -> list[PreviewRow]:
    """The first rows of a file in storage. For callers that have made sure who asks.

    Raises:
        SourceError: the file cannot be opened.
    """
    path, kind = storage.path(key), task_kind(terms.kind)

    def look() -> list[PreviewRow]:
        reader = RowReader(
            path=path,
            format=format,
            terms=terms,
            form=form,
            options=options,
            file_name=file_name,
            picture_sources=picture_sources,
        )
        found: list[PreviewRow] = []
        while len(found) < PREVIEW_ROWS and (row := reader.next_row()) is not None:
            items = reader.items(row) if isinstance(row, ImportedRow) else row.message
            if isinstance(items, LazyText):
                found.append(PreviewRow(line=row.line, summary="", problem=str(items)))
                continue
            found += [
                PreviewRow(
                    line=row.line,
                    summary=kind.item_summary(kind.decode_item(item.content)),
                    topic=item.topic,
                    brief=item.brief,
                    judged=item.answers is not None,
                )
                for item in items
            ]
        return found[:PREVIEW_ROWS]

    return await asyncio.to_thread(look)


async def run_import(db: Database, storage: Storage, *, import_id: UUID, picture_sources: str = "") -> None:
    """Turn a file into items, or check it, or say in its row why that cannot be done.

    Nothing happens where there is nothing to do, or another process goes on with it.

    Raises:
        DatabaseGoneError: the database went away; it can be begun again.
    """
    async with db.write() as session:
        work = await begin_import(session, import_id=import_id)
    if work is None:
        return
    try:
        await _import_file(db, storage, work, picture_sources)
    except OvertakenError:
        log.debug("import is in other hands", import_id=str(import_id))
        return
    except DatabaseGoneError:
        raise
    except Exception as error:
        told = failure_text(error) if isinstance(error, ProblemError) else IMPORT_BROKE
        if not isinstance(error, ProblemError):
            log.exception("import failed", import_id=str(import_id))
        async with db.write() as session:
            await fail_import(session, actor=SYSTEM, import_id=work.id, error=told, now=utc_now())
    async with db.read() as reading:
        key = await spent_file(reading, import_id=work.id)
    if key is not None:
        await asyncio.to_thread(storage.delete, key)


async def _import_file(db: Database, storage: Storage, work: ImportWork, picture_sources: str) -> None:
    """Do what there is to do for an import, to its end."""
    with speaking(work.language):
        more = True
        while more:
            more = await _read_through(db, storage, work, picture_sources)
            if more:
                work = msgspec.structs.replace(work, phase=Phase.ADD, lines_read=0)


async def _read_through(db: Database, storage: Storage, work: ImportWork, picture_sources: str) -> bool:
    """Read the file once from where it was left. True where it is to be read once more.

    The next rows are read while some are being written.
    """
    reader = await asyncio.to_thread(
        RowReader,
        path=storage.path(work.file_key),
        format=work.format,
        terms=work.terms,
        form=work.form,
        options=work.options,
        file_name=work.file_name,
        storage=storage,
        import_id=work.id,
        picture_sources=picture_sources,
    )
    lines_read = work.lines_read
    reading = await asyncio.to_thread(reader.take, after=lines_read)
    while reading is not None:
        following = asyncio.create_task(asyncio.to_thread(reader.take, after=reading.upto))
        try:
            async with db.write() as session:
                await note_reading(session, actor=SYSTEM, work=work, reading=reading, now=utc_now())
        except BaseException:
            following.cancel()
            raise
        lines_read = reading.upto
        reading = await following
    async with db.write() as session:
        return await end_reading(session, actor=SYSTEM, work=work, lines_read=lines_read, now=utc_now())


async def _run(task: FileTask) -> int:
    settings = Settings(home=Path(task.home), database_url=task.database_url, log_level=task.log_level)
    set_up_logs(settings)
    db = Database(settings.database_url, pool_size=2, label="preceptor-import")
    try:
        await run_import(db, storage_of(settings), import_id=task.subject_id, picture_sources=task.picture_sources)
    except DatabaseGoneError:
        return TRY_AGAIN
    finally:
        await db.close()
    return 0


def main() -> None:
    """Read the task and do it. The exit code is 0 where it is done, `TRY_AGAIN` where another attempt may help."""
    # Reading keeps the interpreter busy: whoever waits for the database is not to wait for its turn as well.
    sys.setswitchinterval(SWITCH_SECONDS)
    # Rows hold no cycles: looking for some in all that was imported, again and again, finds nothing.
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)
    sys.exit(asyncio.run(_run(begin_child())))


if __name__ == "__main__":
    main()

"""Reads a file in storage, a batch of rows at a time, and has each batch checked or added in a transaction of its own.

Memory is bounded by a batch. Whoever goes on after a crash begins behind the last line that was written down with its
items, so that no row is added twice.
"""

import asyncio
from typing import Any

import msgspec

from preceptor.datasets.itemising import RowReader
from preceptor.datasets.operations.imports import ImportWork, begin_import, end_reading, note_reading
from preceptor.datasets.readers import ImportedRow
from preceptor.datasets.rules import PREVIEW_ROWS, ImportOptions, Phase
from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.i18n import LazyText, speaking
from preceptor.lib.storage import Storage
from preceptor.people.rules import SYSTEM
from preceptor.projects.rules import ProjectTerms


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
) -> list[PreviewRow]:
    """The first rows of a file in storage. For callers that have made sure who asks.

    Raises:
        SourceError: the file cannot be opened.
    """
    path, kind = storage.path(key), task_kind(terms.kind)

    def look() -> list[PreviewRow]:
        reader = RowReader(path=path, format=format, terms=terms, form=form, options=options, file_name=file_name)
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


async def import_file(db: Database, storage: Storage, *, work: ImportWork) -> None:
    """Do what there is to do for an import, to its end.

    Raises:
        OvertakenError: another process goes on with it.
        SourceError: the file cannot be opened.
    """
    with speaking(work.language):
        more = True
        while more:
            more = await _read_through(db, storage, work)
            if more:
                work = msgspec.structs.replace(work, phase=Phase.ADD, lines_read=0)


async def _read_through(db: Database, storage: Storage, work: ImportWork) -> bool:
    """Read the file once from where it was left. True where it is to be read once more."""
    reader = await asyncio.to_thread(
        RowReader,
        path=storage.path(work.file_key),
        format=work.format,
        terms=work.terms,
        form=work.form,
        options=work.options,
        file_name=work.file_name,
        storage=storage,
    )
    lines_read = work.lines_read
    while (reading := await asyncio.to_thread(reader.take, after=lines_read)) is not None:
        async with db.write() as session:
            await note_reading(session, actor=SYSTEM, work=work, reading=reading, now=utc_now())
        lines_read = reading.upto
    async with db.write() as session:
        return await end_reading(session, actor=SYSTEM, work=work, lines_read=lines_read, now=utc_now())


__all__ = ["PreviewRow", "RowReader", "begin_import", "import_file", "preview"]

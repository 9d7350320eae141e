"""Reads a file in storage, a batch of rows at a time, and has each batch checked or added in a transaction of its own.

Memory is bounded by a batch. Whoever goes on after a crash begins behind the last line that was written down with its
items, so that no row is added twice.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats import import_format
from preceptor.datasets.operations.imports import (
    ImportWork,
    Reading,
    RowRead,
    begin_import,
    end_reading,
    note_reading,
)
from preceptor.datasets.readers import ImportedRow, RowProblem, Source
from preceptor.datasets.rules import (
    BYTES_IN_BATCH,
    PREVIEW_ROWS,
    ROWS_IN_BATCH,
    ImportOptions,
    Phase,
    foreign_content_message,
    label_problem,
    row_message,
)
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidItemError, TaskKind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.i18n import LazyText, speaking
from preceptor.lib.storage import Storage
from preceptor.people.rules import SYSTEM
from preceptor.projects.rules import ProjectTerms
from preceptor.work.operations.items import NewItem


class RowReader:
    """Turns the rows of a file into items of a project.

    Args:
        path: the file.
        format: name of a format that can be read.
        terms: of the project.
        options: how rows become items.
        file_name: what each item remembers as its source.
    """

    def __init__(
        self,
        *,
        path: Path,
        format: str,  # noqa: A002 (the field's own word)
        terms: ProjectTerms,
        options: ImportOptions,
        file_name: str,
    ) -> None:
        self._source = Source(path=path, encoding=options.encoding)
        read = import_format(format).read
        assert read is not None
        self._rows: Iterator[ImportedRow | RowProblem] = read(self._source)
        self._kind: TaskKind[Any, Any, Any] = task_kind(terms.kind)
        self._options = options
        self._wanted = options.answers or terms.rules.answers_per_item
        self._file_name = file_name

    def take(self, *, after: int, rows: int = ROWS_IN_BATCH) -> Reading | None:
        """The next rows behind line `after`; None at the end of the file.

        Raises:
            SourceError: the file cannot be opened.
        """
        good: list[RowRead] = []
        problems: list[tuple[int, str]] = []
        upto, size = after, 0
        for row in self._rows:
            if row.line <= after:
                continue
            upto = row.line
            found = self._item(row) if isinstance(row, ImportedRow) else row.message
            if isinstance(found, NewItem):
                good.append(RowRead(row.line, found))
                size += len(msgspec.json.encode(found.content))
            else:
                problems.append((row.line, str(found)))
            if len(good) + len(problems) >= rows or size >= BYTES_IN_BATCH:
                break
        if upto == after:
            return None
        return Reading(after=after, upto=upto, share=self._source.progress, rows=good, problems=problems)

    def _item(self, row: ImportedRow) -> NewItem | LazyText:
        brief, topic = row.brief or self._options.brief, row.topic or self._options.topic
        if message := label_problem(brief) or label_problem(topic):
            return message
        if not isinstance(row.content, self._kind.accepts):
            return foreign_content_message()
        try:
            content = self._kind.item_from_content(row.content)
        except InvalidItemError as error:
            return row_message(error.fields)
        return NewItem(
            content=msgspec.to_builtins(content),
            brief=brief,
            topic=topic,
            wanted=self._wanted,
            priority=self._options.priority,
            source={"file": self._file_name, "line": row.line},
        )


class PreviewRow(msgspec.Struct, frozen=True):
    """One of the first rows of a file: the item it would become in plain words, or why it cannot."""

    line: int
    summary: str
    topic: str = ""
    brief: str = ""
    problem: str = ""


async def preview(
    storage: Storage,
    *,
    key: str,
    format: str,  # noqa: A002 (likewise)
    terms: ProjectTerms,
    options: ImportOptions,
) -> list[PreviewRow]:
    """The first rows of a file in storage. For callers that have made sure who asks.

    Raises:
        SourceError: the file cannot be opened.
    """
    path, kind = storage.path(key), task_kind(terms.kind)

    def look() -> list[PreviewRow]:
        reader = RowReader(path=path, format=format, terms=terms, options=options, file_name="")
        reading = reader.take(after=0, rows=PREVIEW_ROWS)
        if reading is None:
            return []
        rows = [
            PreviewRow(
                line=row.line,
                summary=kind.item_summary(kind.decode_item(row.item.content)),
                topic=row.item.topic,
                brief=row.item.brief,
            )
            for row in reading.rows
        ]
        rows += [PreviewRow(line=line, summary="", problem=message) for line, message in reading.problems]
        return sorted(rows, key=lambda row: row.line)

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
        options=work.options,
        file_name=work.file_name,
    )
    lines_read = work.lines_read
    while (reading := await asyncio.to_thread(reader.take, after=lines_read)) is not None:
        async with db.write() as session:
            await note_reading(session, actor=SYSTEM, work=work, reading=reading)
        lines_read = reading.upto
    async with db.write() as session:
        return await end_reading(session, actor=SYSTEM, work=work, lines_read=lines_read, now=utc_now())


__all__ = ["PreviewRow", "RowReader", "begin_import", "import_file", "preview"]

"""Rows of one table, streamed into a JSON lines file and a Parquet file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.interface import Format, Table, WrittenFile
from preceptor.datasets.writing.columns import RowColumns
from preceptor.kinds.content import Content

BATCH_ROWS = 1024
"""Rows are put together to columns, and JSON lines go to the disk, in batches of so many rows …"""
BATCH_BYTES = 1 << 20
"""… or of so many bytes of JSON lines, give or take one row: with it memory is bounded however long the texts are."""
GROUP_BYTES = 16 << 20
"""About as many bytes of JSON lines make a row group of the Parquet file. Smaller groups would not save memory: Arrow
remembers something of each until the end. All bounds depend on the rows alone, so that equal rows give equal files."""

_encoder = msgspec.json.Encoder()


class TableFiles:
    """Writes one table. Its files come to be with the first row: `datasets` can load no file without any.

    Args:
        folder: folder of the release.
        stem: path of both files in it without their endings, such as `scored/train`.
        row: struct type of the rows.
    """

    def __init__(self, *, folder: Path, stem: str, row: type[msgspec.Struct]) -> None:
        self._folder = folder
        self._stem = stem
        self._columns = RowColumns(row)
        self._rows: list[msgspec.Struct] = []
        self._lines = bytearray()
        self._group: list[pa.RecordBatch] = []
        self._group_bytes = 0
        self._count = 0
        self._jsonl: CountedFile | None = None
        self._parquet: CountedFile | None = None
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: msgspec.Struct) -> None:
        """Write one row."""
        _encoder.encode_into(row, self._lines, -1)
        self._lines += b"\n"
        self._rows.append(row)
        if len(self._rows) >= BATCH_ROWS or len(self._lines) >= BATCH_BYTES:
            self._write_batch()

    def finish(self) -> list[WrittenFile]:
        """Close both files; none where there was no row."""
        if self._rows:
            self._write_batch()
        if self._group:
            self._write_group()
        if self._jsonl is None or self._parquet is None or self._writer is None:
            return []
        self._writer.close()
        return [self._jsonl.finish(rows=self._count), self._parquet.finish(rows=self._count)]

    def abandon(self) -> None:
        """Close both files as they are."""
        for file in (self._jsonl, self._parquet):
            if file is not None:
                file.abandon()
        if self._writer is not None:
            self._writer.close()

    def _write_batch(self) -> None:
        if self._jsonl is None:
            self._jsonl = CountedFile(folder=self._folder, path=f"{self._stem}.jsonl")
        self._jsonl.write(self._lines)
        self._group.append(self._columns.batch(self._rows))
        self._group_bytes += len(self._lines)
        self._count += len(self._rows)
        self._lines = bytearray()
        self._rows = []
        if self._group_bytes >= GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        if self._writer is None:
            self._parquet = CountedFile(folder=self._folder, path=f"{self._stem}.parquet")
            # Without statistics: of long texts they would keep two whole values per column and row group in memory.
            self._writer = pq.ParquetWriter(
                self._parquet, self._columns.schema, compression="zstd", write_statistics=False
            )
        self._writer.write_table(pa.Table.from_batches(self._group))
        self._group = []
        self._group_bytes = 0


class FormatTables:
    """The sink of a format that is made of tables.

    Args:
        folder: folder of the release.
        form: the format.
        settings: an instance of the format's settings.
    """

    def __init__(self, *, folder: Path, form: Format[Any], settings: msgspec.Struct) -> None:
        assert form.rows is not None, "a format without rows opens a sink of its own"
        self._rows = form.rows
        self._settings = settings
        self._files = {table.name: _files(folder, form.name, table) for table in form.tables}

    def add(self, content: Content) -> None:
        """Write the rows that `content` gives."""
        rows: Iterable[tuple[str, msgspec.Struct]] = self._rows(content, self._settings)
        for table, row in rows:
            self._files[table].add(row)

    def finish(self) -> list[WrittenFile]:
        """Close the files of all tables that have rows."""
        return [written for files in self._files.values() for written in files.finish()]

    def abandon(self) -> None:
        """Close them as they are."""
        for files in self._files.values():
            files.abandon()


def _files(folder: Path, name: str, table: Table) -> TableFiles:
    return TableFiles(folder=folder, stem=f"{name}/{table.name}", row=table.row)

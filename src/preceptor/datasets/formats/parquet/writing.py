"""Flat rows as Parquet files. Every column is text: what a cell holds depends on the form and may differ by row."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.flat import FlatFiles, Row
from preceptor.datasets.formats.interface import NoSettings, Sink, WrittenFile

BATCH = 2_000


def open_parquet(folder: Path, _settings: NoSettings) -> Sink:
    """The sink of this format."""
    return FlatFiles(folder, "parquet", _write)


def _write(folder: Path, stem: str, columns: list[str], rows: Iterable[Row]) -> list[WrittenFile]:
    schema = pa.schema([pa.field(name, pa.string()) for name in columns])
    file: CountedFile | None = None
    writer: pq.ParquetWriter | None = None
    count = 0
    waiting: list[Row] = []

    def write() -> None:
        nonlocal file, writer, waiting
        if writer is None:
            file = CountedFile(folder=folder, path=f"{stem}.parquet")
            writer = pq.ParquetWriter(file, schema, compression="zstd", write_statistics=False)
        arrays = [pa.array([_text(row.get(name)) for row in waiting], pa.string()) for name in columns]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        waiting = []

    for row in rows:
        waiting.append(row)
        count += 1
        if len(waiting) == BATCH:
            write()
    if waiting:
        write()
    if writer is None or file is None:
        return []
    writer.close()
    return [file.finish(rows=count)]


def _text(value: Any) -> str:
    return "" if value is None else str(value)

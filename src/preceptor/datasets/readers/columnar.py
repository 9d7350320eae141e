"""Parquet and Arrow files: rows by their number, a batch at a time."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _

BATCH = 512


def columnar(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every row; nulls stay, times and decimals become text."""
    number = 0
    try:
        for batch, share in _batches(source):
            source.names = batch.schema.names
            for value in batch.to_pylist():
                number += 1
                yield PlainRow(number, msgspec.to_builtins(value))
            source.note_progress(share)
        source.note_progress(1.0)
    except (pa.ArrowException, OSError, ValueError):
        message = _("The file is damaged from here on. Write it again, then import the rest.")
        yield RowProblem(line=number + 1, code="damaged", message=message, fatal=True)


def _batches(source: Source) -> Iterator[tuple[pa.RecordBatch, float]]:
    head = source.head()
    if head.startswith(b"PAR1"):
        with pq.ParquetFile(source.path) as file:
            rows = max(file.metadata.num_rows, 1)
            done = 0
            for batch in file.iter_batches(batch_size=BATCH):
                done += batch.num_rows
                yield batch, done / rows
        return
    with pa.memory_map(str(source.path)) as file:
        if head.startswith(b"ARROW1"):
            reader: Any = pa.ipc.open_file(file)
            for index in range(reader.num_record_batches):
                yield from _slices(reader.get_batch(index), (index + 1) / reader.num_record_batches)
        else:
            size = max(source.path.stat().st_size, 1)
            for batch in pa.ipc.open_stream(file):
                yield from _slices(batch, file.tell() / size)


def _slices(batch: pa.RecordBatch, share: float) -> Iterator[tuple[pa.RecordBatch, float]]:
    for start in range(0, batch.num_rows, BATCH):
        yield batch.slice(start, BATCH), share

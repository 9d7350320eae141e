"""Flat rows as separated values. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""

import csv
import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.flat import FlatFiles, Row, Write
from preceptor.datasets.formats.interface import Sink, WrittenFile
from preceptor.lib.spreadsheets import harmless_cells

BATCH_BYTES = 1 << 20


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`formulas`: leave cells as they are that a spreadsheet would run as formulas, for programs that read the file."""

    formulas: bool = False


def open_separated(name: str, delimiter: str) -> "partial[Sink]":
    """What opens the sink of a format of this name."""
    return partial(_open, name=name, delimiter=delimiter)


def _open(folder: Path, settings: Settings, *, name: str, delimiter: str) -> Sink:
    return FlatFiles(folder, name, _writer(name, delimiter, formulas=settings.formulas))


def _writer(ending: str, delimiter: str, *, formulas: bool) -> Write:
    def write(folder: Path, stem: str, columns: list[str], rows: Iterable[Row]) -> list[WrittenFile]:
        file: CountedFile | None = None
        text = io.StringIO()
        out = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        count = 0
        for row in rows:
            if file is None:
                file = CountedFile(folder=folder, path=f"{stem}.{ending}")
                out.writerow(columns if formulas else harmless_cells(columns))
            cells = (row.get(name) for name in columns)
            out.writerow(cells if formulas else harmless_cells(cells, numbers=True))
            count += 1
            if text.tell() >= BATCH_BYTES:
                file.write(text.getvalue().encode())
                text.seek(0)
                text.truncate()
        if file is None:
            return []
        file.write(text.getvalue().encode())
        return [file.finish(rows=count)]

    return write

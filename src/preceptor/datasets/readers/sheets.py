"""Spreadsheets: the first sheet of an XLSX workbook, its first row naming the columns."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _


def sheet(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every row below the header that holds something. Empty cells are left out; dates become text."""
    # Opened here, as files in storage have no ending. Values as they were last computed: formulas are not ours to run.
    with source.path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
            message = _("This is not a spreadsheet that can be read. Save it as XLSX or CSV.")
            yield RowProblem(line=1, code="not_sheet", message=message, fatal=True)
            return
        try:
            yield from _rows(source, book.worksheets[0])
        finally:
            book.close()


def _rows(source: Source, page: Any) -> Iterator[PlainRow | RowProblem]:
    rows = max(page.max_row or 1, 1)
    names: list[str] = []
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        source.note_progress(min(number / rows, 1.0))
        if all(cell is None or cell == "" for cell in cells):
            continue
        if not names:
            names = ["" if cell is None else str(cell).strip() for cell in cells]
            source.names = names
            if twice := sorted({name for name in names if name and names.count(name) > 1}):
                message = _("Two columns have the same name: {names}. Rename one of them.")
                yield RowProblem(line=number, code="header", message=message.format(names=", ".join(twice)), fatal=True)
                return
            continue
        named = zip(names, cells, strict=False)
        yield PlainRow(number, {name: _plain(cell) for name, cell in named if name and cell not in {None, ""}})
    source.note_progress(1.0)


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return cell

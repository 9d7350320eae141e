"""Spreadsheets: the first sheet of an XLSX workbook, its first row naming the columns."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _

MOST_COLUMNS = 2_000
"""That can be of use. A sheet has 16,384, and one cell in the last of them makes a row that long."""
MOST_WIDE = 1_000
"""Rows that may reach further without anything in there, as formatting does."""
MOST_LINES = 1_048_576
"""Of a sheet. Source: Microsoft, "Excel specifications and limits"; a file may say otherwise."""


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
    rows = min(max(page.max_row or 1, 1), MOST_LINES)
    # What a file says about its own size is not believed: rows would be filled up to a cell that nobody ever filled in.
    page.reset_dimensions()
    names: list[str] = []
    wide = 0
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        if not cells and number <= MOST_LINES:
            continue
        source.note_progress(min(number / rows, 1.0))
        wide += len(cells) > MOST_COLUMNS
        if number > MOST_LINES or wide > MOST_WIDE or _is_filled(cells[MOST_COLUMNS:]):
            yield _too_far(number)
            return
        if not _is_filled(cells):
            continue
        if not names:
            names = ["" if cell is None else str(cell).strip() for cell in cells[:MOST_COLUMNS]]
            source.names = names
            if twice := sorted({name for name in names if name and names.count(name) > 1}):
                message = _("Two columns have the same name: {names}. Rename one of them.")
                yield RowProblem(line=number, code="header", message=message.format(names=", ".join(twice)), fatal=True)
                return
            continue
        named = zip(names, cells, strict=False)
        yield PlainRow(number, {name: _plain(cell) for name, cell in named if name and cell not in {None, ""}})
    source.note_progress(1.0)


def _is_filled(cells: Sequence[Any]) -> bool:
    return any(cell is not None and cell != "" for cell in cells)


def _too_far(line: int) -> RowProblem:
    message = _(
        "Here the sheet reaches beyond column {column} or row {row}. Delete the columns and rows that lie far away "
        "from the data, or save the sheet as CSV."
    )
    told = message.format(column=get_column_letter(MOST_COLUMNS), row=MOST_LINES)
    return RowProblem(line=line, code="too_wide", message=told, fatal=True)


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return cell

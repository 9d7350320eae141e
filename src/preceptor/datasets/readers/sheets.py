"""Spreadsheets: the first sheet of an XLSX workbook, its first row naming the columns."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Self
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _

MOST_COLUMNS = 2_000
"""That can be of use. A sheet has 16,384, and one cell in the last of them makes a row that long."""
MOST_WIDE = 1_000
"""Rows that may reach further without anything in there, as formatting does."""
MOST_LINES = 1_048_576
"""Of a sheet. Source: Microsoft, "Excel specifications and limits"; a file may say otherwise."""


MOST_BESIDE = 50_000_000
"""Bytes, unpacked, of all that is no sheet: texts that cells share, styles, names. The library keeps all of it."""
MOST_TOGETHER = 4_000_000
"""Bytes of one row as the file has it, or of what stands between two. The library keeps a row until it is whole."""
PARTS = (".xml", ".rels")
SHEETS = "xl/worksheets/"

_BROKEN = (
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
)
"""What the library raises where a file is not what it claims to be, such as a number that is none."""


class _TooMuchError(Exception):
    """More at once than is kept in memory."""


class _Watched:
    """A sheet's bytes as they are read, up to so many between two rows."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._size = max(size, 1)
        self._read = 0
        self._row_at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()

    @property
    def share(self) -> float:
        """How much of it was read, 0 to 1."""
        return min(self._read / self._size, 1.0)

    def read(self, size: int = -1) -> bytes:
        """As any stream.

        Raises:
            _TooMuchError: no row has come to its end for too long.
        """
        data = self._stream.read(size)
        self._read += len(data)
        if self._read - self._row_at > MOST_TOGETHER:
            raise _TooMuchError
        return data

    def whole_row(self) -> None:
        """A row has come to its end."""
        self._row_at = self._read


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is read once. What it says of its own size is not believed; the library would read it for that."""

    parent: Any  # the library's types leave out what it keeps to itself
    _worksheet_path: str
    watched: _Watched

    def _get_size(self) -> None:
        """It shows while it is read."""

    def _get_source(self) -> _Watched:
        archive = self.parent._archive  # noqa: SLF001 (as the library's own does)
        size = archive.getinfo(self._worksheet_path).file_size
        self.watched = _Watched(archive.open(self._worksheet_path), size)
        return self.watched


class _Reader(ExcelReader):
    """Opens a workbook's first sheet and no other."""

    def read_worksheets(self) -> None:
        """Find it."""
        for one, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                book: Any = self.wb
                book._sheets.append(_Sheet(book, one.name, relation.target, self.shared_strings))  # noqa: SLF001
                return
        raise InvalidFileException


def sheet(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every row below the header that holds something. Empty cells are left out; dates become text."""
    line = 1
    try:
        for row in _opened(source):
            line = row.line + 1
            yield row
    except _TooMuchError:
        message = _("There is more in one place of this spreadsheet than can be read at once. Save the sheet as CSV.")
        yield RowProblem(line=line, code="too_large", message=message, fatal=True)
    except _BROKEN:
        message = _("This is not a spreadsheet that can be read. Save it as XLSX or CSV.")
        yield RowProblem(line=line, code="not_sheet", message=message, fatal=True)


def _opened(source: Source) -> Iterator[PlainRow | RowProblem]:
    with zipfile.ZipFile(source.path) as archive:
        parts = [one for one in archive.infolist() if one.filename.lower().endswith(PARTS)]
        if sum(one.file_size for one in parts if not one.filename.startswith(SHEETS)) > MOST_BESIDE:
            raise _TooMuchError
    # Opened here, as files in storage have no ending. Values as they were last computed: formulas are not ours to run.
    with source.path.open("rb") as file:
        reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
        try:
            reader.read()
            yield from _rows(source, reader.wb.worksheets[0])
        finally:
            reader.archive.close()


def _rows(source: Source, page: Any) -> Iterator[PlainRow | RowProblem]:
    names: list[str] = []
    wide = 0
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        page.watched.whole_row()
        if not cells and number <= MOST_LINES:
            continue
        source.note_progress(page.watched.share)
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

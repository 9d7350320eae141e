"""Flat rows as a workbook of one sheet."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.flat import FlatFiles, Row
from preceptor.datasets.formats.interface import NoSettings, Sink, WrittenFile

MOST_ROWS = 1_048_575
"""Below the header. Source: Microsoft, "Excel specifications and limits"; what is beyond them is left out."""
LONGEST_CELL = 32_767
CHUNK = 1 << 20


def open_workbooks(folder: Path, _settings: NoSettings) -> Sink:
    """The sink of this format."""
    return FlatFiles(folder, "xlsx", _write)


def _write(folder: Path, stem: str, columns: list[str], rows: Iterable[Row]) -> list[WrittenFile]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("answers")
    sheet.append([_cell(sheet, name) for name in columns])
    count = 0
    for row in rows:
        if count == MOST_ROWS:
            break
        sheet.append([_cell(sheet, row.get(name)) for name in columns])
        count += 1
    if not count:
        book.close()
        return []
    waiting = folder / f"{stem}.part"
    waiting.parent.mkdir(parents=True, exist_ok=True)
    book.save(waiting)
    file = CountedFile(folder=folder, path=f"{stem}.xlsx")
    with waiting.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
    waiting.unlink()
    return [file.finish(rows=count)]


def _cell(sheet: Any, value: Any) -> Any:
    """A cell that is never a formula, whatever the text in it begins with."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell

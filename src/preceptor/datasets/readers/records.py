"""A file of rows, whatever it is written in: JSON lines, JSON, separated values, Parquet, Arrow or a spreadsheet.

Which it is shows in its first bytes, not in its name. Each row comes as plain JSON with the number of its first line
(in binary files: its own number), so that what a row *means* is told once per format and not once per file type.
"""

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from preceptor.datasets.readers.rows import (
    BadRowError,
    ImportedRow,
    PlainRow,
    RowProblem,
    StrangeColumnsError,
    check_keepable,
)
from preceptor.datasets.readers.source import Source
from preceptor.kinds.given import Record
from preceptor.lib.i18n import _

ROUTING = ("language", "level", "categories")
"""Columns that say who may take an item, where the import is told so."""


class Container(StrEnum):
    """What rows are written in."""

    JSON_LINES = "jsonl"
    JSON = "json"
    SEPARATED = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"
    SHEET = "xlsx"
    FOLDER = "zip"


Rows = Iterator[PlainRow | RowProblem]
Reader = Callable[[Source], Iterator[ImportedRow | RowProblem]]


def container_of(source: Source) -> Container:
    """What the file is written in.

    Raises:
        SourceError: it cannot be opened.
    """
    head = source.head()
    if head.startswith(b"PAR1"):
        return Container.PARQUET
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return Container.ARROW
    if head.startswith(b"PK\x03\x04"):
        return Container.SHEET if _is_sheet(source) else Container.FOLDER
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff\0 \t\r\n")
    if text.startswith("["):
        return Container.JSON_LINES if _whole(text) else Container.JSON
    if text.startswith("{"):
        return Container.JSON if _begun(text) else Container.JSON_LINES
    return Container.JSON_LINES if text.startswith('"') and _whole(text) else Container.SEPARATED


def _is_sheet(source: Source) -> bool:
    import zipfile  # noqa: PLC0415 (few files need it)

    try:
        with zipfile.ZipFile(source.path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):  # whoever reads it says that it is damaged
        return False


def _whole(text: str) -> bool:
    """Whether the first line is a JSON value by itself."""
    try:
        msgspec.json.decode(text.partition("\n")[0])
    except (msgspec.MsgspecError, RecursionError):
        return False
    return "\n" in text.strip()


def _begun(text: str) -> bool:
    """Whether an object that begins on the first line goes on after it, as in JSON written to be read."""
    first, _end, rest = text.partition("\n")
    return bool(rest) and first.rstrip().endswith(("{", "[", ","))


def read_rows(source: Source, container: Container | None = None) -> Rows:
    """Every row of the file with the columns renamed as `source.columns` says.

    Args:
        source: the file.
        container: what it is written in; None to see for oneself.

    Raises:
        SourceError: the file cannot be opened.
    """
    rows = _reader(container or container_of(source))(source)
    return _renamed(rows, source) if source.columns else rows


def _reader(container: Container) -> Callable[[Source], Rows]:
    # Arrow and the spreadsheets' library are large: they are loaded for files that need them.
    if container is Container.JSON_LINES:
        from preceptor.datasets.readers.jsonl import json_lines as read  # noqa: PLC0415
    elif container is Container.JSON:
        from preceptor.datasets.readers.json_values import json_values as read  # noqa: PLC0415
    elif container is Container.SEPARATED:
        from preceptor.datasets.readers.delimited import separated as read  # noqa: PLC0415
    elif container in {Container.PARQUET, Container.ARROW}:
        from preceptor.datasets.readers.columnar import columnar as read  # noqa: PLC0415
    elif container is Container.SHEET:
        from preceptor.datasets.readers.sheets import sheet as read  # noqa: PLC0415
    else:
        from preceptor.datasets.readers.folders import folder  # noqa: PLC0415

        return partial(folder, read_rows=read_rows)
    return read


def _renamed(rows: Rows, source: Source) -> Rows:
    named = {column: target for target, column in source.columns.items()}
    for row in rows:
        if isinstance(row, PlainRow) and isinstance(row.value, dict):
            taken = {target: row.value[column] for column, target in named.items() if column in row.value}
            rest = {key: kept for key, kept in row.value.items() if key not in named and key not in taken}
            yield PlainRow(row.line, taken | rest, row.clean)
        else:
            yield row


def by_row(
    understand: Callable[[dict[str, Any], int], ImportedRow],
    *,
    container: Container | None = None,
    text: str = "prompt",
    wanted: Collection[str] = (),
) -> Reader:
    """A reader of files whose rows stand for themselves.

    Args:
        understand: says what a row, an object as plain JSON with the number of its line, means; or raises
            `BadRowError`.
        container: the only thing the rows may be written in; None for all there are.
        text: name of the field that a row stands for which is a text and no object.
        wanted: columns of which a file has at least one, if its header is to make sense.
    """

    def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
        looked = not wanted
        for row in read_rows(source, container):
            if isinstance(row, RowProblem):
                yield row
                continue
            if not looked and not source.any_columns:
                looked = True
                if problem := _header_problem(source, wanted):
                    yield problem
                    return
            try:
                value = _object(row, text)
                yield understood(understand, value, row.line, source)
            except BadRowError as error:
                yield RowProblem(line=row.line, code=error.code, message=error.message)

    return read


def understood(
    understand: Callable[[dict[str, Any], int], ImportedRow], value: dict[str, Any], line: int, source: Source
) -> ImportedRow:
    """What a row means; where its columns mean nothing and any will do, a record.

    Raises:
        BadRowError: it means nothing.
    """
    row = _understood(understand, value, line, source)
    if not source.routed:
        return row
    return msgspec.structs.replace(row, asks={name: value[name] for name in ROUTING if value.get(name)})


def _understood(
    understand: Callable[[dict[str, Any], int], ImportedRow], value: dict[str, Any], line: int, source: Source
) -> ImportedRow:
    try:
        return understand(value, line)
    except StrangeColumnsError:
        topic, brief = value.get("topic"), value.get("brief")
        labels = {name: one for name, one in (("topic", topic), ("brief", brief)) if isinstance(one, str)}
        data = {name: one for name, one in value.items() if name not in labels and one is not None}
        if not source.any_columns or not data:
            raise
    return ImportedRow(
        line=line, content=Record(data=data), topic=labels.get("topic") or None, brief=labels.get("brief") or None
    )


def _header_problem(source: Source, wanted: Collection[str]) -> RowProblem | None:
    if source.names is None or any(name.lower() in wanted or name in source.columns.values() for name in source.names):
        return None
    message = _("The first line has to name the columns, one of them “{wanted}”. Found: {names}.")
    found = ", ".join(source.names)[:200]
    return RowProblem(line=1, code="header", message=message.format(wanted=next(iter(wanted)), names=found), fatal=True)


def _object(row: PlainRow, text: str) -> dict[str, Any]:
    value = row.value
    if isinstance(value, str):
        value = {text: value}
    if not isinstance(value, dict):
        raise BadRowError(
            "shape", _("A row has to be a text or an object such as {example}.").format(example='{"prompt": "…"}')
        )
    if not row.clean:
        check_keepable(value)
    return value

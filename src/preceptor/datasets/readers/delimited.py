"""CSV and its relatives: a header, then a row per record; cells in quotes may hold line ends."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Line, Source
from preceptor.lib.i18n import _

DELIMITERS = (",", ";", "\t")
QUOTE = '"'
MAX_UNCLOSED = 20
"""So many quotes that nobody closed end the reading of a file."""


class _Record(NamedTuple):
    """The cells of one record, and the line it begins at."""

    line: int
    cells: list[str]


def separated(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every record below the header, by the names in it; empty cells are left out.

    Cells are parted by comma, semicolon or tab, whichever the header shows.
    """
    # A process-wide setting, and a limit we set ourselves: see `_records`.
    csv.field_size_limit(max(csv.field_size_limit(), source.max_row_bytes))
    lines = source.lines()
    header = _header(lines)
    if isinstance(header, RowProblem):
        yield header
        return
    names, delimiter = header
    source.names = names
    for record in _records(lines, delimiter, source.max_row_bytes):
        yield record if isinstance(record, RowProblem) else _row(names, record)


def _header(lines: Iterator[Line | RowProblem]) -> tuple[list[str], str] | RowProblem:
    """Names of the columns, and what parts them."""
    for line in lines:
        if isinstance(line, RowProblem):
            return msgspec.structs.replace(line, fatal=True)
        if not line.text.strip():
            continue
        readings = [(_names(line.text, delimiter), delimiter) for delimiter in DELIMITERS]
        names, delimiter = max(readings, key=lambda reading: len(reading[0]))
        return _checked(line.number, names, delimiter)
    return RowProblem(line=1, code="empty", message=_("The file is empty."), fatal=True)


def _checked(line: int, names: list[str], delimiter: str) -> tuple[list[str], str] | RowProblem:
    lower = [name.lower() for name in names]
    twice = sorted({name for name in lower if lower.count(name) > 1 and name})
    if not twice:
        return names, delimiter
    message = _("Two columns have the same name: {names}. Rename one of them.").format(names=", ".join(twice))
    return RowProblem(line=line, code="header", message=message, fatal=True)


def _names(text: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter), [])]


def _records(lines: Iterator[Line | RowProblem], delimiter: str, max_row_bytes: int) -> Iterator[_Record | RowProblem]:
    """Lines put together to records.

    A quote that nobody closed would swallow the rest of the file. So a record that grows over the limit is given up,
    and reading goes on with the line after its first one; not for ever, as each attempt may read as far as the limit.
    """
    again: deque[Line | RowProblem] = deque()
    unclosed = 0
    while (line := again.popleft() if again else next(lines, None)) is not None:
        if isinstance(line, RowProblem):
            yield line
            continue
        if not line.text.strip():
            continue
        parts, size, quoted = [line.text], len(line.text), _ends_quoted(line.text, delimiter, quoted=False)
        taken: list[Line | RowProblem] = []
        while quoted:
            more = again.popleft() if again else next(lines, None)
            if more is not None:
                taken.append(more)
            if not isinstance(more, Line) or size + len(more.text) > max_row_bytes:
                break
            parts.append(more.text)
            size += len(more.text) + 1
            quoted = _ends_quoted(more.text, delimiter, quoted=True)
        if not quoted:
            yield _parse(line.number, "\n".join(parts), delimiter)
            continue
        unclosed += 1
        yield _unclosed(line.number, fatal=unclosed == MAX_UNCLOSED)
        if unclosed == MAX_UNCLOSED:
            return
        again.extendleft(reversed(taken))


def _ends_quoted(text: str, delimiter: str, *, quoted: bool) -> bool:
    """Whether a line ends inside quotes, having begun so or not. A quote opens only at the beginning of a cell."""
    at = text.find(QUOTE)
    while at >= 0:
        if not quoted:
            quoted = at == 0 or text[at - 1] == delimiter
        elif text.startswith(QUOTE, at + 1):
            at += 1
        else:
            quoted = False
        at = text.find(QUOTE, at + 1)
    return quoted


def _parse(line: int, text: str, delimiter: str) -> _Record | RowProblem:
    try:
        return _Record(line, next(csv.reader([text], delimiter=delimiter)))
    except csv.Error:
        message = _("This row has a line end outside quotes. Put the cell in quotes.")
        return RowProblem(line=line, code="line_end", message=message)


def _unclosed(line: int, *, fatal: bool) -> RowProblem:
    message = (
        _("A quote opened in this row is never closed, like many before it; reading stops here.")
        if fatal
        else _("A quote opened in this row is never closed. Close it, and double each quote inside a cell.")
    )
    return RowProblem(line=line, code="unclosed_quote", message=message, fatal=fatal)


def _row(names: list[str], record: _Record) -> PlainRow | RowProblem:
    if len(record.cells) != len(names):
        message = _(
            "This row has {cells} cells and the header {columns}. "
            "A cell that holds a delimiter or a quote has to stand in quotes."
        )
        return RowProblem(
            line=record.line,
            code="cells",
            message=message.format(cells=len(record.cells), columns=len(names)),
        )
    # An empty prompt stays, to be told from none.
    cells = zip(names, record.cells, strict=True)
    kept = {name: cell for name, cell in cells if name and ((cell and not cell.isspace()) or name.lower() == "prompt")}
    return PlainRow(record.line, kept)

"""What rows are whose format nobody named, by their columns."""

from collections.abc import Collection, Iterator
from typing import Any

from preceptor.datasets.formats.interface import Understand
from preceptor.datasets.readers.records import read_rows, understood
from preceptor.datasets.readers.rows import (
    BadRowError,
    ImportedRow,
    PlainRow,
    RowProblem,
    StrangeColumnsError,
    check_keepable,
)
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _


def understanding_of(columns: Collection[str]) -> Understand | None:
    """Who understands rows with these columns; None for nobody. The format that needs most of them is it."""
    from preceptor.datasets.formats import import_formats  # noqa: PLC0415 (it finds this format among others)

    known = [(needed, understand) for one in import_formats() for needed, understand in one.signs]
    fitting = [(len(needed), understand) for needed, understand in known if set(needed) <= set(columns)]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None


def read_any(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Rows that are understood by the columns of each, so that rows of several types may stand together."""
    chosen: dict[tuple[str, ...], Understand | None] = {}
    for row in read_rows(source):
        if isinstance(row, RowProblem):
            yield row
            continue
        try:
            yield _understood(row, chosen, source)
        except BadRowError as error:
            yield RowProblem(line=row.line, code=error.code, message=error.message)


def _understood(row: PlainRow, chosen: dict[tuple[str, ...], Understand | None], source: Source) -> ImportedRow:
    value = {"text": row.value} if isinstance(row.value, str) else row.value
    if not isinstance(value, dict):
        raise BadRowError(
            "shape", _("A row has to be a text or an object such as {example}.").format(example='{"prompt": "…"}')
        )
    if not row.clean:
        check_keepable(value)
    columns = tuple(name for name, one in value.items() if one is not None)
    if columns not in chosen:
        chosen[columns] = understanding_of(columns)
    return understood(chosen[columns] or _nobody, value, row.line, source)


def _nobody(value: dict[str, Any], line: int) -> ImportedRow:
    del line
    message = _("These columns are those of no format: {names}. Rename them, or say what they stand for.")
    names = ", ".join(name for name, one in value.items() if one is not None)
    raise StrangeColumnsError("columns", message.format(names=names[:200]))

"""Which columns a file has, and what each stands for: for people who say so by hand."""

import asyncio
from itertools import islice
from typing import Any

import msgspec

from preceptor.datasets.formats import import_format
from preceptor.datasets.readers import Source, SourceError
from preceptor.datasets.readers.records import read_rows
from preceptor.datasets.readers.rows import PlainRow
from preceptor.datasets.rules import ImportOptions
from preceptor.lib.storage import Storage

ROWS_LOOKED_AT = 20
MOST_COLUMNS = 60
LONGEST_SAMPLE = 160


class SeenColumn(msgspec.Struct, frozen=True):
    """A column of a file.

    Attributes:
        name: as the file has it.
        sample: its first value that is not empty, as text, cut short.
        field: what it stands for, by hand or because it is called so; empty where it stands for itself.
    """

    name: str
    sample: str
    field: str


async def seen_columns(
    storage: Storage,
    *,
    key: str,
    format: str,  # noqa: A002 (the field's own word)
    options: ImportOptions,
    file_name: str = "",
) -> list[SeenColumn]:
    """The columns in the first rows of a file in storage, in their order; none where it has no rows with names.

    For callers that have made sure who asks.
    """
    fields = import_format(format).columns
    if not fields:
        return []

    def look() -> dict[str, Any]:
        source = Source(path=storage.path(key), encoding=options.encoding, name=file_name)
        found: dict[str, Any] = {}
        for row in islice(read_rows(source), ROWS_LOOKED_AT):
            if isinstance(row, PlainRow) and isinstance(row.value, dict):
                for name, value in row.value.items():
                    if found.get(name) in (None, "") and (name in found or len(found) < MOST_COLUMNS):
                        found[name] = value
        return found

    try:
        found = await asyncio.to_thread(look)
    except SourceError:
        return []
    stands = {column: field for field, column in options.columns.items()}
    taken = set(stands.values())
    return [
        SeenColumn(
            name=name,
            sample=_text(value),
            field=stands.get(name) or (name if name in fields and name not in taken else ""),
        )
        for name, value in found.items()
    ]


def _text(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}…"

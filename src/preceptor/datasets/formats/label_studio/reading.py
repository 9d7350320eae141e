"""Tasks of Label Studio as records with answers and suggestions."""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.reading import list_of, rest_of
from preceptor.datasets.readers.prompts import json_cell
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.given import FieldValue, Record, RecordAnswer
from preceptor.lib.i18n import _


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A task; a row without `data` is taken for the data itself, as Label Studio does."""
    if "data" not in row:
        data: Any = row
        row = {}
    else:
        data = json_cell(row["data"], "data")
    if not isinstance(data, dict) or not data:
        raise BadRowError("data", _("“data” has to be an object that holds what is to be labelled."))
    given = [one for name in ("annotations", "completions") for one in list_of(row.get(name) or [], name)]
    for one in given:
        if not isinstance(one, dict):
            raise BadRowError("annotations", _("“annotations” has to be a list of objects."))
    cancelled = [one for one in given if one.get("was_cancelled")]
    source = rest_of(row, "data", "annotations", "completions", "predictions")
    if cancelled:
        source["cancelled_annotations"] = cancelled
    content = Record(
        data=data,
        answers=tuple(_answer(one) for one in given if not one.get("was_cancelled")),
        suggestions=tuple(_answer(one) for one in list_of(row.get("predictions") or [], "predictions")),
        source=source,
    )
    return ImportedRow(line=line, content=content)


def _answer(given: Any) -> RecordAnswer:
    if not isinstance(given, dict):
        raise BadRowError("predictions", _("“predictions” has to be a list of objects."))
    result = list_of(given.get("result") or [], "result")
    return RecordAnswer(
        worker=_worker(given.get("completed_by")), values=tuple(_values(result)), source=rest_of(given, "result")
    )


def _worker(given: Any) -> str:
    """Who it was: their address or name where it stands there, else their number."""
    if not isinstance(given, dict):
        return "" if given is None else str(given)
    name = f"{given.get('first_name') or ''} {given.get('last_name') or ''}".strip()
    return str(given.get("email") or name or given.get("id") or "")


def _values(result: list[Any]) -> Iterator[FieldValue]:
    for one in result:
        if not isinstance(one, dict):
            raise BadRowError("result", _("“result” has to be a list of objects."))
        value = one.get("value")
        yield FieldValue(
            field=str(one.get("from_name") or ""),
            on=str(one.get("to_name") or ""),
            kind=str(one.get("type") or ""),
            value=value if isinstance(value, dict) else {},
            source=rest_of(one, "from_name", "to_name", "type", *(("value",) if isinstance(value, dict) else ())),
        )

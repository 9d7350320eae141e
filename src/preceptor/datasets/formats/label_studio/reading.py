"""Tasks of Label Studio as records with answers and suggestions, and those of pictures alone as labelled pictures."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec

from preceptor.datasets.formats.label_studio.beside import COLUMN, USUAL_COLUMN, Beside, picture_column
from preceptor.datasets.formats.reading import list_of, rest_of
from preceptor.datasets.readers.prompts import json_cell
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.given import FieldValue, Record, RecordAnswer
from preceptor.kinds.pictures import MOST_SHAPES, PictureFile
from preceptor.kinds.shape_values import is_shape
from preceptor.lib.i18n import LazyText, _

LONGEST_TASK = 16_000_000
"""Bytes: thousands of shapes on one picture, by several people."""


def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every task of a JSON file, or of an archive of JSON files and the pictures they name.

    Raises:
        SourceError: the file cannot be opened.
    """
    source.max_row_bytes = max(source.max_row_bytes, LONGEST_TASK)
    with Beside(source) as beside:
        yield from by_row(partial(_task, beside), wanted=("data",))(source)


def _task(beside: Beside, row: dict[str, Any], line: int) -> ImportedRow:
    """A task with its picture, if it names one that can be had; where it cannot, a note says why."""
    plain = understand(row, line)
    record = plain.content
    assert isinstance(record, Record)
    column = picture_column(record)
    if column is None:
        return plain
    kept = beside.take(record.data[column])
    if isinstance(kept, LazyText):
        return msgspec.structs.replace(plain, note=kept)
    shown: PictureFile = kept.file
    pictured = msgspec.structs.replace(
        record,
        picture=shown,
        data={name: value for name, value in record.data.items() if name != column},
        answers=tuple(_sized(one, shown) for one in record.answers),
        suggestions=tuple(_sized(one, shown) for one in record.suggestions),
        source=record.source | ({} if column == USUAL_COLUMN else {COLUMN: column}),
    )
    content = next(pictured.otherwise()) if _is_labelled_picture(pictured) else pictured
    return msgspec.structs.replace(plain, content=content, assets=(kept,))


def _sized(answer: RecordAnswer, picture: PictureFile) -> RecordAnswer:
    """With the picture's own size at every shape: some tools name none, or that of a larger copy."""
    size = {"original_width": picture.width, "original_height": picture.height}
    if sum(is_shape(one.kind) for one in answer.values) > MOST_SHAPES:
        raise BadRowError("too_many", _("There are more than {most} shapes on this picture.").format(most=MOST_SHAPES))
    values = [
        msgspec.structs.replace(one, source=one.source | size) if is_shape(one.kind) else one for one in answer.values
    ]
    return msgspec.structs.replace(answer, values=tuple(values))


def _is_labelled_picture(record: Record) -> bool:
    """Whether there is nothing but a picture, shapes on it, and one choice about it as a whole."""
    said = [value for answer in (*record.answers, *record.suggestions) for value in answer.values]
    choices = {value.field for value in said if not is_shape(value.kind)}
    only = all(value.kind == "choices" or is_shape(value.kind) for value in said)
    return not record.data and only and len(choices) <= 1


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

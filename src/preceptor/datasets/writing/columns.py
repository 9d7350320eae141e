"""Typed rows as Arrow columns.

The schema of a file is read off the struct its rows are made of, so that JSON lines (encoded by msgspec) and Parquet
have the same keys in the same order. Columns are built field by field from the structs themselves: for rows of nested
messages that is several times faster than Arrow's own conversion from dictionaries.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa

_LEAVES: dict[Any, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}

Builder = Callable[[Sequence[Any]], pa.Array]


class ColumnTypeError(TypeError):
    """A field of a row is of a type that no column can hold, or could be null."""


class RowColumns:
    """Turns structs of one type into Arrow record batches.

    Args:
        row: the struct type; its fields become the columns.

    Raises:
        ColumnTypeError: a field is something else than `str`, `int`, `float`, `bool`, a literal of texts, a struct, or
            a tuple of these of any length.
    """

    def __init__(self, row: type[msgspec.Struct]) -> None:
        self.schema = pa.schema([pa.field(name, _arrow_type(hint)) for name, hint in _fields(row)])
        self._builders = [(attrgetter(name), _builder(hint)) for name, hint in _fields(row)]

    def batch(self, rows: Sequence[msgspec.Struct]) -> pa.RecordBatch:
        """The rows as one record batch."""
        arrays = [build(list(map(get, rows))) for get, build in self._builders]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _fields(row: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    hints = get_type_hints(row)
    return [(name, hints[name]) for name in row.__struct_fields__]


def _plain(hint: Any) -> Any:
    """A literal of texts is a text."""
    values = get_args(hint)
    return str if values and all(isinstance(value, str) for value in values) else hint


def _element(hint: Any) -> Any:
    """What a tuple of any length is made of, or None when `hint` is no such tuple."""
    values = get_args(hint)
    return values[0] if get_origin(hint) is tuple and len(values) == 2 and values[1] is ... else None  # noqa: PLR2004


def _arrow_type(hint: Any) -> pa.DataType:
    hint = _plain(hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    if (element := _element(hint)) is not None:
        return pa.list_(_arrow_type(element))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return pa.struct([pa.field(name, _arrow_type(inner)) for name, inner in _fields(hint)])
    raise ColumnTypeError(f"no column can hold {hint!r}")


def _builder(hint: Any) -> Builder:
    hint = _plain(hint)
    if (element := _element(hint)) is not None:
        return _list_builder(_builder(element))
    if hint not in _LEAVES:
        return _struct_builder(hint)
    arrow_type = _LEAVES[hint]
    return lambda values: pa.array(values, arrow_type, from_pandas=False)


def _list_builder(inner: Builder) -> Builder:
    def build(values: Sequence[Any]) -> pa.Array:
        offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32(), size=len(values) + 1)
        return pa.ListArray.from_arrays(offsets, inner(list(chain.from_iterable(values))))

    return build


def _struct_builder(struct: type[msgspec.Struct]) -> Builder:
    fields = [pa.field(name, _arrow_type(hint)) for name, hint in _fields(struct)]
    builders = [(attrgetter(name), _builder(hint)) for name, hint in _fields(struct)]

    def build(values: Sequence[Any]) -> pa.Array:
        return pa.StructArray.from_arrays([make(list(map(get, values))) for get, make in builders], fields=fields)

    return build

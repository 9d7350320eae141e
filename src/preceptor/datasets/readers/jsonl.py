"""JSON lines: a JSON value per line."""

import re
from collections.abc import Iterator

import msgspec

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source, not_in_encoding
from preceptor.lib.i18n import _

EXAMPLE = '{"prompt": "…"}'

_POSITION = re.compile(r"\(byte (\d+)\)")
_decode = msgspec.json.Decoder().decode


def json_lines(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every line that is not blank."""
    for line in source.byte_lines():
        if isinstance(line, RowProblem):
            yield line
            continue
        number, data = line
        try:
            value = _decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            if data.strip():
                yield json_problem(number, data, error)
            continue
        # A NUL can only stand in JSON as its escape.
        yield PlainRow(number, value, clean=b"\\u0000" not in data)


def json_problem(line: int, data: bytes, error: Exception) -> RowProblem:
    """Why `data`, which begins at `line`, is no JSON."""
    if isinstance(error, RecursionError):
        return RowProblem(line=line, code="too_deep", message=_("This row is nested too deeply. Make it flatter."))
    try:
        data.decode()
    except UnicodeError as broken:
        return not_in_encoding(line, "utf-8", broken)
    found = _POSITION.search(str(error))
    # Where msgspec names no byte, the line ended too early.
    position = int(found[1]) + 1 if found else len(data)
    message = _("Not JSON: stuck at byte {position}. A line has to be one whole value, such as {example}.")
    return RowProblem(line=line, code="not_json", message=message.format(position=position, example=EXAMPLE))

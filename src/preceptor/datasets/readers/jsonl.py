"""JSON lines: a JSON value per line."""

import re
from collections.abc import Iterator

import msgspec

from preceptor.datasets.readers.prompts import EXAMPLE, prompt_row
from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.datasets.readers.source import Line, Source
from preceptor.lib.i18n import _

_POSITION = re.compile(r"\(byte (\d+)\)")
_decoder = msgspec.json.Decoder()


def read_jsonl(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every line that is not blank: a JSON string is a prompt, an object is as `prompt_row` takes it."""
    for line in source.lines():
        if isinstance(line, RowProblem):
            yield line
        elif line.text.strip():
            yield _parse(line)


def _parse(line: Line) -> ImportedRow | RowProblem:
    try:
        value = _decoder.decode(line.text)
    except RecursionError:
        return RowProblem(
            line=line.number, code="too_deep", message=_("This row is nested too deeply. Make it flatter.")
        )
    except msgspec.MsgspecError as error:
        found = _POSITION.search(str(error))
        # Where msgspec names no byte, the line ended too early.
        position = int(found[1]) + 1 if found else len(line.text.encode())
        message = _("Not JSON: stuck at byte {position}. A line has to be one whole value, such as {example}.")
        return RowProblem(line=line.number, code="not_json", message=message.format(position=position, example=EXAMPLE))
    return prompt_row(line=line.number, value=value)

"""`alpaca`: an instruction, perhaps an input, and the output.

Source: https://github.com/tatsu-lab/stanford_alpaca, README, "Data Release".
"""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.reading import rest_of, row_of, text_of, worker_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import Content, Conversation, Demonstration, Message
from preceptor.kinds.given import Answered
from preceptor.lib.i18n import _

EXAMPLE = """\
{"instruction": "Say why.", "input": "Tires go flat in winter.", "output": "Cold air takes up less room."}
"""


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """Instruction and input are one prompt; the input is kept apart beside it, to be told again."""
    instruction, given = text_of(row, "instruction"), text_of({"input": ""} | row, "input")
    message = Message("user", f"{instruction}\n\n{given}" if given else instruction)
    source = rest_of(row, "instruction", "output")
    content: Content = Conversation(messages=(message,), source=source)
    if row.get("output"):
        answer = text_of(row, "output")
        content = Answered(messages=(message,), completion=answer, worker=worker_of(row), source=source)
    return row_of(row, line, content)


def lines(content: Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """A row of a demonstration of one turn; conversations do not fit."""
    if len(content.prompt) != 1:
        return
    source = content.provenance.source
    given = str(source.get("input") or "")
    instruction = content.prompt[0].content
    if given:
        instruction = instruction.removesuffix(f"\n\n{given}")
    yield "train", {"instruction": instruction, "input": given, "output": content.completion} | source


FORMAT = Format(
    name="alpaca",
    title=_("Alpaca instructions"),
    about="Columns `instruction`, `input` and `output`. Conversations of several turns do not fit and are left out.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("“instruction”, “output” and, if you like, “input”."),
    signs=((("instruction", "output"), understand),),
    read=by_row(understand, text="instruction", wanted=("instruction",)),
    accepts=(Demonstration,),
    lines=lines,
    line_tables={"train": "instructions with the ideal response"},
)

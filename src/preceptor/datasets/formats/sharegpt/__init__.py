"""`sharegpt`: conversations as ShareGPT's exports have them."""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.reading import messages_of, rest_of, row_of, worker_of
from preceptor.datasets.formats.threads import conversation
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import Demonstration
from preceptor.lib.i18n import _

EXAMPLE = """\
{"id": "1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}
"""
WORDS = {"assistant": "gpt", "system": "system", "user": "human"}


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A conversation, answered or to be answered."""
    name = "conversations" if "conversations" in row else "conversation"
    messages = messages_of(row.get(name), name)
    return row_of(row, line, conversation(messages, worker=worker_of(row), source=rest_of(row, name)))


def lines(content: Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """A conversation that ends with the ideal response."""
    said = [{"from": WORDS[one.role], "value": one.content} for one in content.prompt]
    row = {"conversations": [*said, {"from": "gpt", "value": content.completion}]}
    yield "train", content.provenance.source | row


FORMAT = Format(
    name="sharegpt",
    title=_("ShareGPT conversations"),
    about="Column `conversations`: messages with `from` (human, gpt, system) and `value`.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("“conversations”: a list of messages with “from” (human, gpt, system) and “value”."),
    signs=((("conversations",), understand),),
    read=by_row(understand, wanted=("conversations", "conversation")),
    accepts=(Demonstration,),
    lines=lines,
    line_tables={"train": "conversations that end with the ideal response"},
)

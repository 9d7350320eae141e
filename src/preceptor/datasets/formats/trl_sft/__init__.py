"""`trl-sft`: TRL's language-modelling type, whole conversations or plain texts, for `SFTTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings, Table
from preceptor.datasets.formats.provenance import Meta, meta_values, reply
from preceptor.datasets.formats.reading import messages_of, reply_of, rest_of, row_of, text_of, worker_of
from preceptor.datasets.formats.threads import conversation
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import Demonstration, Message
from preceptor.kinds.given import Answered, PlainText
from preceptor.lib.i18n import _

EXAMPLE = """\
{"messages": [{"role": "user", "content": "What is 17 × 3?"}, {"role": "assistant", "content": "51"}]}
{"text": "Tires go flat in winter because cold air takes up less room."}
"""


class Row(msgspec.Struct, frozen=True):
    """A whole conversation that ends with the ideal response."""

    messages: tuple[Message, ...]
    meta: Meta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A conversation (`messages`), a text, or a prompt with its completion."""
    if row.get("messages") is not None:
        content = conversation(
            messages_of(row["messages"], "messages"), worker=worker_of(row), source=rest_of(row, "messages")
        )
        return row_of(row, line, content)
    if row.get("prompt") is not None:
        answered = Answered(
            messages=messages_of(row["prompt"], "prompt"),
            completion=reply_of(row.get("completion"), "completion"),
            worker=worker_of(row),
            source=rest_of(row, "prompt", "completion"),
        )
        return row_of(row, line, answered)
    return row_of(row, line, PlainText(text_of(row, "text"), source=rest_of(row, "text")))


def rows(content: Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """The one row of a demonstration."""
    yield "train", Row(content.prompt + reply(content.completion), Meta(**meta_values(content)))


FORMAT = Format(
    name="trl-sft",
    title=_("TRL language modelling"),
    about="Column `messages`: a whole conversation whose last message is the ideal response. Taken by TRL's "
    "`SFTTrainer`.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("“messages”: a list of messages; or “text”; or “prompt” and “completion”."),
    signs=((("messages",), understand), (("text",), understand)),
    read=by_row(understand, text="text", wanted=("messages", "text", "prompt")),
    accepts=(Demonstration,),
    tables=(Table(name="train", row=Row, about="the ideal response at the end of its conversation, one row per turn"),),
    rows=rows,
)

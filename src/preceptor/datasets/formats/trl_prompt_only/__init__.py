"""`trl-prompt-only`: prompts without answers, for trainers that generate them, such as `GRPOTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings, Table
from preceptor.datasets.formats.provenance import Meta, meta_values
from preceptor.datasets.formats.reading import messages_of, rest_of, row_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import Conversation, Demonstration, JudgedResponses, Message
from preceptor.lib.i18n import _


class Row(msgspec.Struct, frozen=True):
    """A prompt."""

    prompt: tuple[Message, ...]
    meta: Meta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A prompt to be answered."""
    content = Conversation(messages=messages_of(row.get("prompt"), "prompt"), source=rest_of(row, "prompt"))
    return row_of(row, line, content)


class Rows:
    """Gives one row per turn of a submission, whether it was judged, answered or both."""

    def __init__(self) -> None:
        self._last = ("", 0)

    def __call__(self, content: JudgedResponses | Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
        """The row of a turn, the first time it is met."""
        turn = content.provenance.submission_id, content.turn
        if turn != self._last and content.prompt:
            self._last = turn
            yield "train", Row(content.prompt, Meta(**meta_values(content)))


FORMAT = Format(
    name="trl-prompt-only",
    title=_("TRL prompts"),
    about="Column `prompt`, a list of messages. Taken by TRL's trainers that generate answers, such as `GRPOTrainer`.",
    settings=NoSettings,
    usual=False,
    about_reading=_("“prompt”: a text or a list of messages."),
    read=by_row(understand, wanted=("prompt",)),
    accepts=(JudgedResponses, Demonstration),
    tables=(Table(name="train", row=Row, about="the prompt of each turn that was worked on"),),
    rows=Rows(),
)

"""`trl-prompt-completion`: what the ideal assistant would have said, for `SFTTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings, Table
from preceptor.datasets.formats.provenance import Meta, json_text, meta_values, reply
from preceptor.datasets.formats.reading import messages_of, reply_of, rest_of, row_of, worker_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import Demonstration, Message
from preceptor.kinds.given import Answered
from preceptor.lib.i18n import _


class DemonstrationMeta(Meta, frozen=True):
    """Provenance of an ideal response."""

    started_from: str
    """Response it was edited from; `""` when it was written from scratch."""
    started_model: str
    outline: str
    """The plan it was written by; `""` where none was asked for."""
    sources: str
    """What the person looked it up in: a list of `{url, title}` as JSON text."""


class Row(msgspec.Struct, frozen=True):
    """A prompt and its ideal response."""

    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    meta: DemonstrationMeta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A prompt with what somebody answered."""
    content = Answered(
        messages=messages_of(row.get("prompt"), "prompt"),
        completion=reply_of(row.get("completion"), "completion"),
        worker=worker_of(row),
        source=rest_of(row, "prompt", "completion"),
    )
    return row_of(row, line, content)


def rows(content: Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """The one row of a demonstration."""
    meta = DemonstrationMeta(
        **meta_values(content),
        started_from=content.started_from or "",
        started_model=content.started_model or "",
        outline=content.outline,
        sources=json_text(content.sources),
    )
    yield "train", Row(content.prompt, reply(content.completion), meta)


FORMAT = Format(
    name="trl-prompt-completion",
    title=_("TRL prompt and completion"),
    about="Columns `prompt` and `completion`, each a list of messages. Taken by TRL's `SFTTrainer`.",
    settings=NoSettings,
    about_reading=_("“prompt” and “completion”: texts or lists of messages. The answers come in as given."),
    signs=((("prompt", "completion"), understand),),
    read=by_row(understand, wanted=("prompt", "completion")),
    accepts=(Demonstration,),
    tables=(Table(name="train", row=Row, about="the ideal response that a person wrote, one row per turn"),),
    rows=rows,
)

"""`trl-preference`: TRL's preference type with an explicit prompt, for `DPOTrainer` and `RewardTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.pairs import PairMeta, notes, pair_tables, pairs
from preceptor.datasets.formats.provenance import reply
from preceptor.datasets.formats.reading import messages_of, reply_of, rest_of, row_of, worker_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import GivenResponse, JudgedResponses, Message
from preceptor.kinds.given import Comparison
from preceptor.lib.i18n import _

EXAMPLE = """\
{"prompt": "What is 17 × 3?", "chosen": "51", "rejected": "54"}
"""


class Row(msgspec.Struct, frozen=True):
    """A prompt with a better and a worse answer."""

    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    meta: PairMeta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A pair whose better half is known."""
    content = Comparison(
        prompt=messages_of(row.get("prompt"), "prompt"),
        responses=tuple(GivenResponse(reply_of(row.get(name), name)) for name in ("chosen", "rejected")),
        ranking=((0,), (1,)),
        worker=worker_of(row),
        source=rest_of(row, "prompt", "chosen", "rejected"),
    )
    return row_of(row, line, content)


def rows(content: JudgedResponses, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """One row per pair."""
    for table, pair, meta in pairs(content):
        yield table, Row(content.prompt, reply(pair.chosen), reply(pair.rejected), meta)


FORMAT = Format(
    name="trl-preference",
    title=_("TRL preference pairs, explicit prompt"),
    about="Columns `prompt`, `chosen` and `rejected`, each a list of messages. Taken by TRL's `DPOTrainer` and "
    "`RewardTrainer`.",
    settings=NoSettings,
    example=EXAMPLE,
    about_reading=_("“prompt”, “chosen” and “rejected”: texts or lists of messages. The pairs come in as judged."),
    signs=((("prompt", "chosen", "rejected"), understand),),
    read=by_row(understand, wanted=("prompt", "chosen")),
    accepts=(JudgedResponses,),
    tables=pair_tables(Row),
    rows=rows,
    notes=notes,
)

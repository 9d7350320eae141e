"""`trl-preference`: TRL's preference type with an explicit prompt, for `DPOTrainer` and `RewardTrainer`."""

from collections.abc import Iterator

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.pairs import PairMeta, notes, pair_tables, pairs
from preceptor.datasets.formats.provenance import reply
from preceptor.kinds.content import JudgedResponses, Message
from preceptor.lib.i18n import _


class Row(msgspec.Struct, frozen=True):
    """A prompt with a better and a worse answer."""

    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    meta: PairMeta


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
    accepts=(JudgedResponses,),
    tables=pair_tables(Row),
    rows=rows,
    notes=notes,
)

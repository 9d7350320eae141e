"""`trl-preference-implicit`: TRL's preference type with the prompt inside both conversations."""

from collections.abc import Iterator

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.pairs import PairMeta, notes, pair_tables, pairs
from preceptor.datasets.formats.provenance import reply
from preceptor.datasets.formats.whole_dialogues import dialogue_pair
from preceptor.datasets.readers.records import by_row
from preceptor.kinds.content import JudgedResponses, Message
from preceptor.lib.i18n import _


class Row(msgspec.Struct, frozen=True):
    """Two whole conversations that differ in their last message."""

    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    meta: PairMeta


def rows(content: JudgedResponses, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """One row per pair."""
    prompt = content.prompt
    for table, pair, meta in pairs(content):
        yield table, Row(prompt + reply(pair.chosen), prompt + reply(pair.rejected), meta)


FORMAT = Format(
    name="trl-preference-implicit",
    title=_("TRL preference pairs, implicit prompt"),
    about="Columns `chosen` and `rejected`, each a whole conversation. Taken by TRL's `DPOTrainer` and "
    "`RewardTrainer`.",
    settings=NoSettings,
    about_reading=_(
        "“chosen” and “rejected”: whole conversations as lists of messages, or texts. The pairs come in as judged."
    ),
    signs=((("chosen", "rejected"), dialogue_pair),),
    read=by_row(dialogue_pair, wanted=("chosen",)),
    accepts=(JudgedResponses,),
    tables=pair_tables(Row),
    rows=rows,
    notes=notes,
)

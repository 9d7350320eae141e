"""Pairs of whole conversations that begin alike: where they part, the prompt ends."""

from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.datasets.formats.reading import (
    HUMAN,
    common_prefix,
    messages_of,
    rest_of,
    row_of,
    split_dialogue,
    tail_text,
    worker_of,
)
from preceptor.datasets.readers.prompts import json_cell
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.content import GivenResponse, Message
from preceptor.kinds.given import Comparison
from preceptor.lib.i18n import LazyText, _, ngettext_lazy

Tails = tuple[tuple[Message, ...], ...]


def dialogue_pair(row: Mapping[str, Any], line: int) -> ImportedRow:
    """A row of `chosen` and `rejected` as a comparison.

    The prompt is the longest beginning of whole messages that both share; each keeps one message at least. Usually that
    is one reply of the assistant's each; where it is more, or one says nothing, the row says so in a note.

    Raises:
        BadRowError: one of the two is missing or no conversation.
    """
    chosen, rejected = (_dialogue(row.get(name), name) for name in ("chosen", "rejected"))
    prefix = common_prefix(chosen, rejected)
    tails = chosen[prefix:], rejected[prefix:]
    content = Comparison(
        prompt=chosen[:prefix],
        responses=tuple(GivenResponse(tail_text(tail)) for tail in tails),
        ranking=((0,), (1,)),
        worker=worker_of(row),
        source=rest_of(row, "chosen", "rejected"),
    )
    found = row_of(row, line, content)
    return msgspec.structs.replace(found, note=_note(tails, prefix)) if _is_odd(tails, prefix) else found


def _is_odd(tails: Tails, prefix: int) -> bool:
    return not prefix or any(len(tail) != 1 or not tail[0].content.strip() for tail in tails)


def _note(tails: Tails, prefix: int) -> LazyText:
    """What is unusual about a pair that is taken all the same."""
    if prefix and all(len(tail) == 1 for tail in tails):
        if all(not tail[0].content.strip() for tail in tails):
            return _("Both replies are empty. They are kept so.")
        if not tails[0][0].content.strip():
            return _("The better reply is empty. It is kept so.")
        return _("The worse reply is empty. It is kept so.")
    return ngettext_lazy(
        "These do not part at the last reply: the first message, which they share, is the prompt.",
        "These do not part at the last reply: the first {count} messages, which they share, are the prompt.",
        prefix,
    )


def _dialogue(value: Any, name: str) -> tuple[Message, ...]:
    value = json_cell(value, name)
    if value is None:
        raise BadRowError("missing", _("This row has no “{name}”.").format(name=name))
    if isinstance(value, str):
        return split_dialogue(value) if HUMAN in value else (Message("assistant", value),)
    return messages_of(value, name)

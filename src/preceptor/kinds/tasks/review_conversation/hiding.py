"""What an item hides: what was replaced when it came in, and what people have marked since."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from preceptor.kinds.content import Message
from preceptor.kinds.fields.spans.field import Span
from preceptor.kinds.private import ReplacedPart
from preceptor.kinds.redaction import Stretch, blotted, replacement
from preceptor.kinds.tasks.review_conversation.answer import Answer
from preceptor.kinds.tasks.review_conversation.item import REASON, ItemContent, redacted_item, redacted_text
from preceptor.kinds.tasks.review_conversation.settings import Settings
from preceptor.lib.text.private_data import find_private_data

AROUND = 60
"""Signs on either side of what was replaced that are shown along."""


def as_it_came(item: ItemContent) -> ItemContent:
    """The item before anything was replaced in it."""
    kept = item.original
    if kept is None:
        return item
    said = {"messages": kept.messages, "reason": kept.reason, "source": kept.source}
    return msgspec.structs.replace(item, **said, private=(), original=None)


def replaced_parts(item: ItemContent) -> tuple[ReplacedPart, ...]:
    """What was replaced in the texts that people read, each with the words around it."""
    if item.original is None:
        return ()
    before = as_it_came(item)
    texts = before.texts | {REASON: before.reason}
    return tuple(
        ReplacedPart(
            key=f"{key}:{one.start}-{one.end}",
            before=text[max(0, one.start - AROUND) : one.start],
            said=text[one.start : one.end],
            after=text[one.end : one.end + AROUND],
            shown=replacement(one.label),
        )
        for key, text in texts.items()
        for one in redacted_text(text, key, item.original.restored).before
    )


def restored_item(item: ItemContent, part: str) -> ItemContent:
    """The item with one of its `replaced_parts` as it was.

    Raises:
        LookupError: nothing of this key is replaced.
    """
    if item.original is None or part not in {one.key for one in replaced_parts(item)}:
        raise LookupError(part)
    key, _colon, places = part.partition(":")
    start, end = map(int, places.split("-"))
    before = as_it_came(item)
    text = (before.texts | {REASON: before.reason})[key]
    # Of stretches that overlap one was made: all of them are meant.
    meant = [Span(key, one.start, one.end, one.kind) for one in find_private_data(text) if start <= one.start < end]
    return redacted_item(before, restored=(*item.original.restored, *meant))


def masked_item(settings: Settings, item: ItemContent, answers: Sequence[Answer]) -> ItemContent:
    """The item without what people marked to be taken out; every place in it stays what it was."""
    marks = [span for answer in answers for span in answer.spans if span.label in settings.private_keys]
    if not marks:
        return item
    messages = tuple(
        Message(one.role, blotted(one.content, [Stretch(m.start, m.end, m.label) for m in marks if m.text == key]))
        for key, one in zip(item.texts, item.messages, strict=True)
    )
    return msgspec.structs.replace(item, messages=messages)

"""Trees of messages: a conversation in which any message may have several replies, as Open-Assistant collected them.

Source of the shape: Open-Assistant, `model/model_eval/…/oasst_trees` exports and
`oasst-data/oasst_data/schemas.py` (`ExportMessageTree`, `ExportMessageNode`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse, Message, Role
from preceptor.kinds.given import Comparison


class TreeMessage(msgspec.Struct, frozen=True):
    """One message of a tree."""

    id: str
    parent: str | None
    """Id of the message it replies to; None for the first."""
    role: Role
    text: str
    rank: int | None = None
    """Place among its siblings, 0 for the best; None where they were not ranked."""
    labels: dict[str, Any] = msgspec.field(default_factory=dict)
    """What people said about it, by name: `{"quality": {"value": 0.75, "count": 3}, …}`."""
    worker: str = ""
    """Who wrote it, by the source's own id."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Every other field as it came, so that it can be written again as it was."""
    bare: bool = False
    """Whether the source wrote no list of replies for it, not even an empty one."""


class ConversationTree(Content, frozen=True, dict=True):
    """A tree of messages, each before its replies: in a walk from the root, siblings in the order of the source."""

    id: str
    messages: tuple[TreeMessage, ...]
    state: str = ""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields of the tree that nobody knew: kept, and exported again."""

    @cached_property
    def replies(self) -> dict[str | None, list[TreeMessage]]:
        """The replies to each message that has some, by its id; the roots under None."""
        found: dict[str | None, list[TreeMessage]] = {}
        for message in self.messages:
            found.setdefault(message.parent, []).append(message)
        return found

    def thread(self, message_id: str | None) -> tuple[Message, ...]:
        """The conversation from the root down to this message. Raises `KeyError` when there is no such message."""
        by_id = {message.id: message for message in self.messages}
        found: list[Message] = []
        while message_id is not None:
            message = by_id[message_id]
            found.append(Message(message.role, message.text))
            message_id = message.parent
        return tuple(reversed(found))

    def comparisons(self) -> Iterator[Comparison]:
        """Every group of ranked assistant replies to one message, in the order of the tree; equal ranks are ties."""
        for parent, siblings in self.replies.items():
            ranked = [one for one in siblings if one.rank is not None and one.role == "assistant"]
            if parent is None or len(ranked) < 2:  # noqa: PLR2004 (it takes two to compare)
                continue
            ranks = sorted({one.rank for one in ranked if one.rank is not None})
            yield Comparison(
                prompt=self.thread(parent),
                responses=tuple(
                    GivenResponse(one.text, model=one.source.get("model_name"), source={"message_id": one.id})
                    for one in ranked
                ),
                ranking=tuple(tuple(index for index, one in enumerate(ranked) if one.rank == rank) for rank in ranks),
                source={"message_tree_id": self.id, "parent_id": parent},
            )

    def otherwise(self) -> Iterator[Content]:
        """The ranked groups; where there are none, the first message as a prompt."""
        found = False
        for comparison in self.comparisons():
            found = True
            yield comparison
        if not found and self.messages:
            first = self.messages[0]
            yield Conversation(messages=(Message(first.role, first.text),), source={"message_tree_id": self.id})

"""Trees as rows, with every field that they came with."""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import NoSettings
from preceptor.datasets.formats.oasst.reading import WORDS
from preceptor.kinds.trees import ConversationTree, TreeMessage


def lines(content: ConversationTree, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """The tree, and its messages one by one."""
    rows: dict[str, dict[str, Any]] = {}
    for message in content.messages:
        row = _row(message)
        flat = {"message_tree_id": content.id, "tree_state": content.state} | row
        flat.pop("replies", None)
        yield "messages", flat
        if not message.bare:
            row.setdefault("replies", [])
        rows[message.id] = row
        if message.parent is not None:
            rows[message.parent].setdefault("replies", []).append(row)
    tree: dict[str, Any] = {"message_tree_id": content.id}
    if content.state:
        tree["tree_state"] = content.state
    yield "train", tree | {"prompt": rows[content.messages[0].id]} | content.source


def _row(message: TreeMessage) -> dict[str, Any]:
    row: dict[str, Any] = {"message_id": message.id}
    if message.parent is not None:
        row["parent_id"] = message.parent
    row |= {"text": message.text, "role": WORDS.get(message.role, message.role)}
    if message.rank is not None:
        row["rank"] = message.rank
    if message.labels:
        row["labels"] = message.labels
    return row | message.source

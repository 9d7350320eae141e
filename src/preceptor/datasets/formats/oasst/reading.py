"""Trees out of rows: each a whole tree, or messages that follow each other and belong together."""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.reading import ROLES, rest_of, row_of, text_of
from preceptor.datasets.readers.records import read_rows
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, PlainRow, RowProblem, check_keepable
from preceptor.datasets.readers.source import Source
from preceptor.kinds.trees import ConversationTree, TreeMessage
from preceptor.lib.i18n import _

WORDS = {"user": "prompter", "assistant": "assistant"}
"""What Open-Assistant calls who speaks."""
KNOWN = ("message_id", "parent_id", "text", "role", "rank", "labels", "replies")
MOST_MESSAGES = 20_000
DEEPEST = 500


def read_trees(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every tree of the file. A tree that makes no sense is a problem of its first line."""
    flat: list[tuple[int, dict[str, Any]]] = []
    for row in read_rows(source):
        if isinstance(row, RowProblem):
            yield row
            continue
        value = row.value
        if isinstance(value, dict) and "message_id" in value and "prompt" not in value:
            tree_id = value.get("message_tree_id")
            if flat and flat[0][1].get("message_tree_id") != tree_id:
                yield _understood(flat[0][0], flat)
                flat = []
            flat.append((row.line, value))
            continue
        if flat:
            yield _understood(flat[0][0], flat)
            flat = []
        yield _understood(row.line, row)
    if flat:
        yield _understood(flat[0][0], flat)


def _understood(line: int, found: PlainRow | list[tuple[int, dict[str, Any]]]) -> ImportedRow | RowProblem:
    try:
        return _flat_tree(line, found) if isinstance(found, list) else _tree(line, found.value)
    except BadRowError as error:
        return RowProblem(line=line, code=error.code, message=error.message)


def _tree(line: int, row: Any) -> ImportedRow:
    if not isinstance(row, dict) or not isinstance(row.get("prompt"), dict):
        raise BadRowError("shape", _("A row has to be a tree with a “prompt”, or a message with a “message_id”."))
    check_keepable(row)
    messages: list[TreeMessage] = []
    waiting: list[tuple[dict[str, Any], str | None, int]] = [(row["prompt"], None, 0)]
    while waiting:
        given, parent, depth = waiting.pop()
        if len(messages) >= MOST_MESSAGES or depth > DEEPEST:
            told = _("This tree is too large: it may have {messages} messages and a depth of {depth}.")
            raise BadRowError("too_large", told.format(messages=MOST_MESSAGES, depth=DEEPEST))
        message = _message(given, parent)
        messages.append(message)
        replies = given.get("replies") or []
        if not isinstance(replies, list):
            raise BadRowError("replies", _("“replies” has to be a list of messages."))
        waiting += [(reply, message.id, depth + 1) for reply in reversed(replies)]
    tree_id = text_of({"message_tree_id": messages[0].id} | row, "message_tree_id")
    return _row(row, line, tree_id, messages, rest_of(row, "message_tree_id", "tree_state", "prompt"))


def _flat_tree(line: int, rows: list[tuple[int, dict[str, Any]]]) -> ImportedRow:
    known: set[str] = set()
    replies: dict[str | None, list[TreeMessage]] = {}
    first = rows[0][1]
    for place, (number, row) in enumerate(rows):
        check_keepable(row)
        given = {key: value for key, value in row.items() if key not in {"message_tree_id", "tree_state"}}
        message = _message(given, given.get("parent_id") if place else None)
        if message.parent is not None and message.parent not in known:
            told = _("The message on line {line} replies to one that does not stand before it in the same tree.")
            raise BadRowError("parent", told.format(line=number))
        known.add(message.id)
        replies.setdefault(message.parent, []).append(message)
    if len(replies.get(None, ())) != 1:
        raise BadRowError("roots", _("A tree has one first message, without a “parent_id”."))
    ordered: list[TreeMessage] = []
    waiting = list(replies[None])
    while waiting:
        ordered.append(message := waiting.pop())
        waiting += reversed(replies.get(message.id, []))
    tree_id = text_of({"message_tree_id": ordered[0].id} | first, "message_tree_id")
    return _row(first, line, tree_id, ordered, {})


def _row(
    row: dict[str, Any], line: int, tree_id: str, messages: list[TreeMessage], source: dict[str, Any]
) -> ImportedRow:
    if len({message.id for message in messages}) != len(messages):
        raise BadRowError("twice", _("Two messages of this tree have the same “message_id”."))
    state = row.get("tree_state")
    if "tree_state" in row and not isinstance(state, str):
        source["tree_state"] = state
    content = ConversationTree(
        id=tree_id, messages=tuple(messages), state=state if isinstance(state, str) else "", source=source
    )
    return row_of({}, line, content)


def _message(given: Any, parent: str | None) -> TreeMessage:
    """One message; what would not be written again as it came is kept in its `source`."""
    if not isinstance(given, dict):
        raise BadRowError("replies", _("“replies” has to be a list of messages."))
    role = text_of(given, "role")
    if role not in ROLES:
        raise BadRowError("role", _("Nobody here knows the role “{role}”.").format(role=role[:40]))
    source = rest_of(given, *KNOWN) | {key: given[key] for key in ("topic", "brief", "worker") if key in given}
    if WORDS.get(ROLES[role]) != role:
        source["role"] = role
    if "parent_id" in given and given["parent_id"] != parent:
        source["parent_id"] = given["parent_id"]
    rank, labels = given.get("rank"), given.get("labels")
    if "rank" in given and not (isinstance(rank, int) and not isinstance(rank, bool)):
        source["rank"], rank = rank, None
    if "labels" in given and not (isinstance(labels, dict) and labels):
        source["labels"], labels = labels, None
    if "replies" in given and given["replies"] is None:
        source["replies"] = None
    if parent is not None and "parent_id" not in given:
        source["parent_id"] = parent
    return TreeMessage(
        id=text_of(given, "message_id"),
        parent=parent,
        role=ROLES[role],
        text=text_of(given, "text"),
        rank=rank,
        labels=labels or {},
        worker=str(given.get("user_id") or ""),
        source=source,
        bare=not given.get("replies") and given.get("replies") != [],
    )

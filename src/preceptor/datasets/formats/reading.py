"""What the fields of imported rows mean: texts, messages, conversations that part, and what nobody knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from preceptor.datasets.readers.prompts import json_cell, label
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.content import Content, Message, Role
from preceptor.lib.i18n import _

COMMON = frozenset({"topic", "brief", "worker"})
"""Fields that every format of rows understands, once a column is said to stand for them or bears the name."""

ROLES: Mapping[str, Role] = {
    "assistant": "assistant",
    "bing": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "developer": "system",
    "gpt": "assistant",
    "human": "user",
    "model": "assistant",
    "prompter": "user",
    "system": "system",
    "user": "user",
}
"""What programs around us call who speaks."""

HUMAN, ASSISTANT = "\n\nHuman: ", "\n\nAssistant: "


def row_of(row: Mapping[str, Any], line: int, content: Content) -> ImportedRow:
    """The row with its labels, which stand beside the content."""
    return ImportedRow(line=line, content=content, topic=label(row, "topic"), brief=label(row, "brief"))


def worker_of(row: Mapping[str, Any]) -> str:
    """Who judged or wrote this, by the name of the source; empty where it does not say."""
    worker = row.get("worker")
    return "" if worker is None else str(worker).strip()


def rest_of(row: Mapping[str, Any], *known: str) -> dict[str, Any]:
    """The fields that nobody knew, to be kept and exported again."""
    return {key: value for key, value in row.items() if key not in known and key not in COMMON}


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field that has to be a text, which may be empty.

    Raises:
        BadRowError: it is missing or something else.
    """
    value = row.get(name)
    if isinstance(value, str):
        return value
    if value is None:
        raise BadRowError("missing", _("This row has no “{name}”.").format(name=name))
    raise BadRowError(name, _("“{name}” has to be a text.").format(name=name))


def messages_of(value: Any, name: str) -> tuple[Message, ...]:
    """A text, as a user's message, or a list of messages with `role` and `content`, or `from` and `value`.

    Raises:
        BadRowError: it is something else, or a role is unknown.
    """
    value = json_cell(value, name)
    if isinstance(value, str):
        return (Message("user", value),)
    if not isinstance(value, list) or not value:
        message = _("“{name}” has to be a text or a list of messages such as {example}.")
        raise BadRowError(name, message.format(name=name, example='{"role": "user", "content": "…"}'))
    return tuple(_message(one, name) for one in value)


def _message(one: Any, name: str) -> Message:
    role = one.get("role", one.get("from")) if isinstance(one, dict) else None
    text = one.get("content", one.get("value")) if isinstance(one, dict) else None
    if isinstance(text, list):  # OpenAI's parts
        text = "".join(str(part.get("text", "")) for part in text if isinstance(part, dict))
    if not isinstance(role, str) or not isinstance(text, str | None):
        message = _("“{name}” has to be a text or a list of messages such as {example}.")
        raise BadRowError(name, message.format(name=name, example='{"role": "user", "content": "…"}'))
    if role not in ROLES:
        message = _("Nobody here knows the role “{role}”. Use one of: {roles}.")
        raise BadRowError("role", message.format(role=role[:40], roles=", ".join(sorted(ROLES))))
    return Message(ROLES[role], text or "")


def reply_of(value: Any, name: str) -> str:
    """What the assistant says: a text, or a list of messages, of which one of the assistant's is usual.

    Raises:
        BadRowError: it is something else.
    """
    value = json_cell(value, name)
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = [value]
    return tail_text(messages_of(value, name))


def tail_text(messages: Sequence[Message]) -> str:
    """The end of a conversation as one text.

    A single message of the assistant's is its content; more are written one after the other with who speaks, as in
    HH's dialogues.
    """
    text = "".join((ASSISTANT if one.role == "assistant" else HUMAN) + one.content for one in messages)
    bare = text.removeprefix(ASSISTANT)
    return text if bare.startswith(HUMAN) else bare


def marked(text: str) -> str:
    """What `tail_text` gives, with who speaks also where it left that out."""
    return text if text.startswith((HUMAN, ASSISTANT)) else ASSISTANT + text


def split_dialogue(text: str) -> tuple[Message, ...]:
    """The messages of an HH dialogue; what stands before the first mark is the system's.

    Source: https://github.com/anthropics/hh-rlhf, README.
    """
    found: list[Message] = []
    for place, part in enumerate(text.split(HUMAN)):
        first, *replies = part.split(ASSISTANT)
        if place:
            found.append(Message("user", first))
        elif first:
            found.append(Message("system", first))
        found += [Message("assistant", reply) for reply in replies]
    return tuple(found)


def write_dialogue(messages: Sequence[Message]) -> str:
    """Messages as an HH dialogue; `split_dialogue` takes it apart again."""
    marks = {"system": "", "user": HUMAN, "assistant": ASSISTANT}
    return "".join(marks[one.role] + one.content for one in messages)


def common_prefix(one: Sequence[Message], other: Sequence[Message]) -> int:
    """How many messages two conversations begin with alike, so that each has at least one left."""
    most = min(len(one), len(other)) - 1
    return next((place for place in range(most) if one[place] != other[place]), max(most, 0))


def truth_of(value: Any, name: str) -> bool:
    """A field that has to be true or false, also as spreadsheets write it.

    Raises:
        BadRowError: it is neither.
    """
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    if said in {"true", "1", "yes"}:
        return True
    if said in {"false", "0", "no"}:
        return False
    raise BadRowError(name, _("“{name}” has to be true or false.").format(name=name))


def list_of(value: Any, name: str) -> list[Any]:
    """A field that has to be a list.

    Raises:
        BadRowError: it is something else.
    """
    value = json_cell(value, name)
    if not isinstance(value, list):
        raise BadRowError(name, _("“{name}” has to be a list.").format(name=name))
    return value


def as_plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as plain values, for rows that have no fixed columns."""
    return [{"role": one.role, "content": one.content} for one in messages]

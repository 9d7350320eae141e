"""Imported rows (a line of JSONL or text, a record of CSV) read as conversations, for every kind that works on one.

Columns understood, all optional, one of the first three being needed for a given prompt:

- `prompt`: the user's message.
- `messages`: list of `{"role", "content"}`; a last one by the user is the prompt.
- `turns`: list of user prompts (MT-bench); the first is the prompt, the others are follow-ups.
- `responses`: list of texts, or of `{"text" | "content" | "response", "model", "sampling"}`.
- `follow_ups`: list of user prompts planned for later.

In a CSV cell, a list is JSON text. Any other column is kept in `source`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from preceptor.kinds.content import Conversation, GivenResponse, Message, Sampling
from preceptor.kinds.findings import join
from preceptor.kinds.reading import MAX_DOCUMENT_BYTES, MalformedError, text_problems
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _

T = TypeVar("T")

Row = Mapping[str, Any] | str
"""A record by column name; a mere text is a prompt."""

_KNOWN = ("prompt", "messages", "turns", "responses", "follow_ups")
_RESPONSE_TEXT = ("text", "content", "response")


class InvalidItemError(InvalidError):
    """This cannot become an item; `fields` says which column is wrong and why."""

    code = "invalid_item"


def conversation_from_row(row: Row) -> Conversation:
    """The conversation a row holds; an empty row is an empty one, left to the person.

    Raises:
        InvalidItemError: a column does not hold what it should, or texts are blank, too long or hold a NUL.
    """
    record: dict[str, Any] = {"prompt": row} if isinstance(row, str) else dict(row)
    known = {name: record.pop(name) for name in _KNOWN if record.get(name) not in (None, "")}
    if not known and record:
        raise _invalid("prompt", _("This row has no prompt."))
    source = {name: value for name, value in record.items() if name not in _KNOWN and value is not None}
    messages = _column(known, "messages", list[Message], _("This is not a list of messages with role and content."))
    prompts = _column(known, "turns", list[str], _("This is not a list of texts."))
    follow_ups = _column(known, "follow_ups", list[str], _("This is not a list of texts."))
    given = sum(name in known for name in ("prompt", "messages", "turns"))
    if given > 1 and not (given == 2 and "turns" not in known and _ends_open(messages)):  # noqa: PLR2004
        raise _invalid("prompt", _("Give the prompt in one column only: prompt, messages or turns."))
    if "prompt" in known:
        prompts = [_column(known, "prompt", str, _("This is not a text."), as_json=False)]
    conversation = Conversation(
        messages=(*messages, *(Message(role="user", content=text) for text in prompts[:1])),
        responses=_responses(known),
        follow_ups=(*prompts[1:], *follow_ups),
        source=source,
    )
    _check(conversation)
    return conversation


def _ends_open(messages: list[Message]) -> bool:
    """True when a prompt may follow: the last message is not itself a user's."""
    return bool(messages) and messages[-1].role != "user"


def _column(known: dict[str, Any], name: str, type_: type[T], problem: LazyText, *, as_json: bool = True) -> T:
    """One column converted to `type_`; an empty list where it is missing."""
    value = known.get(name, [])
    try:
        if as_json and isinstance(value, str):
            value = msgspec.json.decode(value)
        return msgspec.convert(value, type_)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _invalid(name, problem) from error


def _responses(known: dict[str, Any]) -> tuple[GivenResponse, ...]:
    problem = _("This is not a list of responses: give texts, or objects with a text.")
    found: list[GivenResponse] = []
    for index, value in enumerate(_column(known, "responses", list[Any], problem)):
        record = {"text": value} if isinstance(value, str) else value
        if not isinstance(record, Mapping):
            raise _invalid(join("responses", index), problem)
        rest = dict(record)
        text = next((rest.pop(name) for name in _RESPONSE_TEXT if name in rest), None)
        model = rest.pop("model", None)
        if not isinstance(text, str) or not isinstance(model, str | None):
            raise _invalid(join("responses", index), problem)
        found.append(GivenResponse(text=text, model=model, sampling=_sampling(rest, index), source=rest))
    return tuple(found)


def _sampling(rest: dict[str, Any], index: int) -> Sampling:
    try:
        return msgspec.convert(rest.pop("sampling", None) or {}, Sampling)
    except msgspec.ValidationError as error:
        message = _("Sampling knows temperature, top_p, max_tokens and seed only.")
        raise _invalid(join("responses", index, "sampling"), message) from error


def _check(conversation: Conversation) -> None:
    """Refuse blank and unkeepable texts.

    Raises:
        InvalidItemError: as said.
    """
    blank = _("This is empty.")
    problems = [
        *(
            FieldProblem(join("messages", index), blank)
            for index, message in enumerate(conversation.messages)
            if not message.content.strip()
        ),
        *(
            FieldProblem(join("responses", index), blank)
            for index, response in enumerate(conversation.responses)
            if not response.text.strip()
        ),
        *(
            FieldProblem(join("follow_ups", index), blank)
            for index, text in enumerate(conversation.follow_ups)
            if not text.strip()
        ),
    ]
    try:
        values = msgspec.to_builtins(conversation)
        problems += text_problems(values)
        if len(msgspec.json.encode(values)) > MAX_DOCUMENT_BYTES:
            limit = _("This row is larger than the allowed {limit} kB.").format(limit=MAX_DOCUMENT_BYTES // 1024)
            problems.append(FieldProblem("", limit))
    except (TypeError, UnicodeEncodeError, RecursionError, MalformedError) as error:
        raise _invalid("", _("This row holds values that cannot be kept as JSON.")) from error
    if problems:
        raise InvalidItemError(fields=problems)


def _invalid(path: str, message: LazyText) -> InvalidItemError:
    return InvalidItemError(fields=[FieldProblem(path, message)])

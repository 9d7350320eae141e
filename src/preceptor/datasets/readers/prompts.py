"""Rows of prompts: what a value of an imported file means, whichever file it stood in."""

from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.lib.i18n import LazyText, _

KNOWN = ("prompt", "turns", "responses", "topic", "brief")
EXAMPLE = '{"prompt": "…"}'

_PROMPT_SHAPE = _(
    "“prompt” has to be a text, or a list of messages such as {example} whose last one is the user's."
).format(example='[{"role": "user", "content": "…"}]')
_TURNS_SHAPE = _("“turns” has to be a list of texts, none of them empty.")
_RESPONSES_SHAPE = _("“responses” has to be a list of texts, or of objects such as {example}.").format(
    example='{"text": "…", "model": "…"}'
)


class _BadRowError(ValueError):
    """Carries the code and the message of a `RowProblem` out of the depths."""

    def __init__(self, code: str, message: LazyText) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


def prompt_row(*, line: int, value: object) -> ImportedRow | RowProblem:
    """A text, or an object with `prompt` or MT-bench's `turns`, as a row.

    The object may hold `responses`, `topic` (else a `category`) and `brief`; whatever else it has is kept in the
    content's `source`.

    Args:
        line: number of the row's first line.
        value: plain JSON.
    """
    try:
        return _row(line, value)
    except _BadRowError as error:
        return RowProblem(line=line, code=error.code, message=error.message)


def _row(line: int, value: object) -> ImportedRow:
    if _holds_nul(value):
        raise _BadRowError("nul", _("This row has the character NUL in it, which cannot be kept. Take it out."))
    if isinstance(value, str):
        value = {"prompt": value}
    if not isinstance(value, dict):
        raise _BadRowError("shape", _("A row has to be a text or an object such as {example}.").format(example=EXAMPLE))
    messages, follow_ups = _asked(value)
    source = {key: kept for key, kept in value.items() if key not in KNOWN}
    category = value.get("category")
    content = Conversation(
        messages=messages, responses=_responses(value.get("responses")), follow_ups=follow_ups, source=source
    )
    return ImportedRow(
        line=line,
        content=content,
        topic=_label(value, "topic") or (category if isinstance(category, str) else None),
        brief=_label(value, "brief"),
    )


def _asked(value: Mapping[str, Any]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The messages up to the first user prompt to be answered, and the prompts planned after it."""
    prompt, turns = value.get("prompt"), value.get("turns")
    if prompt is None and turns is None:
        raise _BadRowError(
            "no_prompt", _("This row has no prompt. Name it “prompt”, as in {example}.").format(example=EXAMPLE)
        )
    if prompt is not None and turns is not None:
        raise _BadRowError("two_prompts", _("This row has both “prompt” and “turns”. Keep one of them."))
    if turns is not None:
        if not isinstance(turns, list) or not turns or not all(_is_words(turn) for turn in turns):
            raise _BadRowError("turns", _TURNS_SHAPE)
        return (Message("user", turns[0]),), tuple(turns[1:])
    if isinstance(prompt, list):
        return _messages(prompt), ()
    if not isinstance(prompt, str):
        raise _BadRowError("prompt", _PROMPT_SHAPE)
    if not prompt.strip():
        raise _BadRowError("empty_prompt", _("The prompt is empty. Fill it in or take the row out."))
    return (Message("user", prompt),), ()


def _messages(prompt: list[Any]) -> tuple[Message, ...]:
    try:
        messages = msgspec.convert(prompt, tuple[Message, ...])
    except msgspec.ValidationError as error:
        raise _BadRowError("prompt", _PROMPT_SHAPE) from error
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise _BadRowError("prompt", _PROMPT_SHAPE)
    return messages


def _responses(given: object) -> tuple[GivenResponse, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        raise _BadRowError("responses", _RESPONSES_SHAPE)
    return tuple(_response(one) for one in given)


def _response(given: object) -> GivenResponse:
    try:
        response = GivenResponse(text=given) if isinstance(given, str) else msgspec.convert(given, GivenResponse)
    except msgspec.ValidationError as error:
        raise _BadRowError("responses", _RESPONSES_SHAPE) from error
    if not response.text.strip():
        raise _BadRowError("empty_response", _("One of the responses is empty. Fill it in or take it out."))
    return response


def _label(value: Mapping[str, Any], key: str) -> str | None:
    label = value.get(key)
    if label is None:
        return None
    if not isinstance(label, str):
        raise _BadRowError(key, _("“{key}” has to be a text.").format(key=key))
    return label.strip() or None


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _holds_nul(value: object) -> bool:
    """Whether a NUL stands anywhere in plain JSON: PostgreSQL keeps none."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if "\0" in one:
                return True
        elif isinstance(one, dict):
            pending.extend(one)
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return False

"""Rows of prompts: what a value of an imported file means, whichever file it stood in."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.datasets.readers.records import Container, Reader, by_row
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, StrangeColumnsError
from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.lib.i18n import _

KNOWN = frozenset({"prompt", "turns", "responses", "topic", "brief"})
KNOWN_ANYHOW = KNOWN | {"category"}
FIELDS = ("prompt", "topic", "brief", "turns", "responses", "response_1", "response_2", "response_3", "response_4")
"""What people may say that a column stands for."""
EXAMPLE = '{"prompt": "…"}'

_NUMBERED = re.compile(r"response[ _-]?(\d+)")

_PROMPT_SHAPE = _(
    "“prompt” has to be a text, or a list of messages such as {example} whose last one is the user's."
).format(example='[{"role": "user", "content": "…"}]')
_TURNS_SHAPE = _("“turns” has to be a list of texts, none of them empty.")
_RESPONSES_SHAPE = _("“responses” has to be a list of texts, or of objects such as {example}.").format(
    example='{"text": "…", "model": "…"}'
)


def prompt_row(value: dict[str, Any], line: int) -> ImportedRow:
    """An object with `prompt` or MT-bench's `turns`, or with a `brief` alone, as a row.

    It may hold `responses` (or `response_1`, `response_2` … as spreadsheets do), `topic` (else a `category`) and
    `brief`; whatever else it has is kept in the content's `source`.

    Raises:
        BadRowError: it makes no sense; the message says why.
    """
    names = "".join(value)
    if not names.islower():
        value = _in_lower_case(value)
    messages, follow_ups = _asked(value)
    source = {key: kept for key, kept in value.items() if key not in KNOWN}
    responses = _responses(json_cell(value.get("responses"), "responses"))
    if not responses and "response" in names.lower() and (numbered := _numbered(source)):
        responses = tuple(GivenResponse(text=source.pop(key)) for key in numbered)
    category = value.get("category")
    return ImportedRow(
        line=line,
        content=Conversation(messages=messages, responses=responses, follow_ups=follow_ups, source=source),
        topic=label(value, "topic") or (category if isinstance(category, str) else None),
        brief=label(value, "brief"),
    )


def _in_lower_case(value: dict[str, Any]) -> dict[str, Any]:
    """Names that spreadsheets write with a capital letter."""
    return {
        name.lower() if name.lower() in KNOWN_ANYHOW or _NUMBERED.fullmatch(name.lower()) else name: kept
        for name, kept in value.items()
    }


def _numbered(source: Mapping[str, Any]) -> list[str]:
    found = [(int(match[1]), key) for key in source if (match := _NUMBERED.fullmatch(key.lower()))]
    return [key for _number, key in sorted(found) if isinstance(source[key], str) and source[key].strip()]


def json_cell(value: object, name: str) -> Any:
    """What a cell of a spreadsheet holds where a list or an object is meant: JSON text is read, all else stays.

    Raises:
        BadRowError: it begins like JSON and is none.
    """
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, RecursionError) as error:
        message = _("“{name}” has to be a list in JSON, such as {example}.")
        raise BadRowError(name, message.format(name=name, example='["…", "…"]')) from error


def _asked(value: Mapping[str, Any]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The messages up to the first user prompt to be answered, and the prompts planned after it."""
    prompt, turns = value.get("prompt"), json_cell(value.get("turns"), "turns")
    if prompt is None and turns is None:
        if _is_brief(value):
            return (), ()
        raise StrangeColumnsError(
            "no_prompt", _("This row has no prompt. Name it “prompt”, as in {example}.").format(example=EXAMPLE)
        )
    if prompt is not None and turns is not None:
        raise BadRowError("two_prompts", _("This row has both “prompt” and “turns”. Keep one of them."))
    if turns is not None:
        if not isinstance(turns, list) or not turns or not all(_is_words(turn) for turn in turns):
            raise BadRowError("turns", _TURNS_SHAPE)
        return (Message("user", turns[0]),), tuple(turns[1:])
    if isinstance(prompt, list):
        return _messages(prompt), ()
    if not isinstance(prompt, str):
        raise BadRowError("prompt", _PROMPT_SHAPE)
    if not prompt.strip():
        raise BadRowError("empty_prompt", _("The prompt is empty. Fill it in or take the row out."))
    return (Message("user", prompt),), ()


def _is_brief(value: Mapping[str, Any]) -> bool:
    """A row that says what to do and leaves the prompt to the person; another text in it may well be a prompt."""
    other = (given for name, given in value.items() if name not in KNOWN_ANYHOW)
    return bool(label(value, "brief")) and not any(isinstance(given, str) for given in other)


def _messages(prompt: list[Any]) -> tuple[Message, ...]:
    try:
        messages = msgspec.convert(prompt, tuple[Message, ...])
    except msgspec.ValidationError as error:
        raise BadRowError("prompt", _PROMPT_SHAPE) from error
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise BadRowError("prompt", _PROMPT_SHAPE)
    return messages


def _responses(given: object) -> tuple[GivenResponse, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        raise BadRowError("responses", _RESPONSES_SHAPE)
    return tuple(_response(one) for one in given)


def _response(given: object) -> GivenResponse:
    try:
        response = GivenResponse(text=given) if isinstance(given, str) else msgspec.convert(given, GivenResponse)
    except msgspec.ValidationError as error:
        raise BadRowError("responses", _RESPONSES_SHAPE) from error
    return response


def label(value: Mapping[str, Any], key: str) -> str | None:
    """A label of the row, such as its topic; None where it has none.

    Raises:
        BadRowError: it is no text.
    """
    label = value.get(key)
    if label is None:
        return None
    if not isinstance(label, str):
        raise BadRowError(key, _("“{key}” has to be a text.").format(key=key))
    return label.strip() or None


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read_prompts(container: Container | None = None) -> Reader:
    """A reader of rows that `prompt_row` understands, from what they are written in; None for anything."""
    return by_row(prompt_row, container=container, wanted=("prompt", "turns", "brief"))

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse, Message
from preceptor.kinds.dialogue import split
from preceptor.kinds.given import Answered
from preceptor.kinds.reading import document_problems
from preceptor.kinds.tasks.write_response.settings import LANGUAGE, language_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

_LANGUAGE_COLUMNS = ("language", "lang")


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be answered.

    Attributes:
        prompt: the user's message.
        messages: the conversation before it.
        language: what the response is to be written in, as a code; empty where the form says, or nobody.
        responses: answers that came along; they are kept and not shown.
        afterwards: what followed the answer in the source; kept and not shown.
        source: fields of the imported row that nobody knew.
    """

    prompt: str
    messages: tuple[Message, ...] = ()
    language: str = ""
    responses: tuple[GivenResponse, ...] = ()
    afterwards: tuple[Message, ...] = ()
    source: dict[str, Any] = {}


def item_from(content: Content) -> ItemContent | None:
    """An item from content of a type this kind accepts; None for another one."""
    responses: tuple[GivenResponse, ...] = ()
    afterwards: tuple[Message, ...] = ()
    if isinstance(content, Conversation):
        responses = content.responses
        afterwards = tuple(Message("user", prompt) for prompt in content.follow_ups)
    elif isinstance(content, Answered):
        afterwards = content.follow_ups
    else:
        return None
    messages, prompt = split(content.messages)
    return ItemContent(
        prompt=prompt or "",
        messages=messages,
        language=_language_in(content.source),
        responses=responses,
        afterwards=afterwards,
        source=content.source,
    )


def _language_in(source: dict[str, Any]) -> str:
    """What the row calls its language, if that is a code; the column stays where it is."""
    for name in _LANGUAGE_COLUMNS:
        code = source.get(name)
        if isinstance(code, str) and LANGUAGE.fullmatch(code):
            return code
    return ""


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """No prompt, a language nobody knows, or texts not fit to keep."""
    return [*_prompt_problems(item), *language_problems(item.language), *document_problems(item)]


def _prompt_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if not item.prompt.strip():
        yield FieldProblem("prompt", _("There is no user’s message here to be answered. Put one at the end."))

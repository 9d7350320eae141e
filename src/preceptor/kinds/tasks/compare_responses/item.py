from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse, Message
from preceptor.kinds.dialogue import split
from preceptor.kinds.given import Comparison
from preceptor.kinds.reading import document_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

FEWEST_RESPONSES = 2
MOST_RESPONSES = 9


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be compared.

    Attributes:
        prompt: the user's message that is answered; None where the responses go on from an assistant's message, or
            answer nothing at all.
        messages: the conversation before the prompt.
        responses: two to nine; they may be empty or say the same.
        source: fields of the imported row that nobody knew.
    """

    prompt: str | None = None
    messages: tuple[Message, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    source: dict[str, Any] = {}


def item_from(content: Content) -> ItemContent | None:
    """An item from content of a type this kind accepts; None for another one."""
    if isinstance(content, Comparison):
        messages, prompt = split(content.prompt)
    elif isinstance(content, Conversation):
        messages, prompt = split(content.messages)
    else:
        return None
    return ItemContent(prompt=prompt, messages=messages, responses=content.responses, source=content.source)


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """Too few or too many responses, or texts not fit to keep. What others wrote is taken as it is, empty or not."""
    return [*_number_problems(item), *document_problems(item)]


def _number_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if not FEWEST_RESPONSES <= len(item.responses) <= MOST_RESPONSES:
        message = _("Give {least} to {most} responses to compare.")
        yield FieldProblem("responses", message.format(least=FEWEST_RESPONSES, most=MOST_RESPONSES))

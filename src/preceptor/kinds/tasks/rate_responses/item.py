from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.kinds.findings import join
from preceptor.kinds.reading import document_problems
from preceptor.kinds.tasks.rate_responses.settings import FEWEST_RESPONSES, MOST_RESPONSES, MOST_TURNS
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an item gives; nothing at all where the topic is left to the person.

    Attributes:
        prompt: the user's message of the first turn.
        messages: the conversation so far, before the prompt; a system message here replaces the form's.
        responses: answers to the prompt that came with the item, so that no model is asked in the first turn.
        follow_ups: suggestions for the user's messages of later turns.
        source: fields of the imported row that nobody knew.
    """

    prompt: str | None = None
    messages: tuple[Message, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    follow_ups: tuple[str, ...] = ()
    source: dict[str, Any] = {}

    @property
    def has_system_message(self) -> bool:
        """True when the item brings its own system message."""
        return bool(self.messages) and self.messages[0].role == "system"


def item_from(conversation: Conversation) -> ItemContent:
    """An item from a conversation: its last message is the prompt if it is a user's."""
    messages, prompt = conversation.messages, None
    if messages and messages[-1].role == "user":
        messages, prompt = messages[:-1], messages[-1].content
    return ItemContent(
        prompt=prompt,
        messages=messages,
        responses=conversation.responses,
        follow_ups=conversation.follow_ups,
        source=conversation.source,
    )


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """Texts blank or not fit to keep, messages out of order, responses that answer nothing or cannot be compared."""
    return [
        *_blanks(item),
        *_sequence_problems(item),
        *_response_problems(item),
        *document_problems(item),
    ]


def _blanks(item: ItemContent) -> Iterator[FieldProblem]:
    blank: list[tuple[str | int, ...]] = [("prompt",)] if item.prompt is not None and not item.prompt.strip() else []
    blank += [("messages", index) for index, message in enumerate(item.messages) if not message.content.strip()]
    blank += [("responses", index, "text") for index, given in enumerate(item.responses) if not given.text.strip()]
    blank += [("follow_ups", index) for index, text in enumerate(item.follow_ups) if not text.strip()]
    for path in blank:
        yield FieldProblem(join(*path), _("This is empty. Fill it in, or leave it out."))


def _sequence_problems(item: ItemContent) -> Iterator[FieldProblem]:
    for index, message in enumerate(item.messages):
        if index and message.role == "system":
            yield FieldProblem(join("messages", index), _("A system message can only come first."))
    if item.messages and item.messages[-1].role == "user":
        problem = _("This would be answered by another user's message. Make it the prompt, or add the reply to it.")
        yield FieldProblem(join("messages", len(item.messages) - 1), problem)
    if len(item.follow_ups) >= MOST_TURNS:
        yield FieldProblem("follow_ups", _("A conversation has at most {most} turns.").format(most=MOST_TURNS))


def _response_problems(item: ItemContent) -> Iterator[FieldProblem]:
    number = len(item.responses)
    if number and item.prompt is None:
        yield FieldProblem("responses", _("There are responses here, but no prompt they answer."))
    if number and not FEWEST_RESPONSES <= number <= MOST_RESPONSES:
        message = _("Give {least} to {most} responses, or none.")
        yield FieldProblem("responses", message.format(least=FEWEST_RESPONSES, most=MOST_RESPONSES))

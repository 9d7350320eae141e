"""The turns of a conversation: those that an item brings, and the live ones with models after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from preceptor.kinds.content import Message
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.findings import below
from preceptor.kinds.live import line_problems, usable
from preceptor.kinds.shown import IDEAL, NextTurn, Position, TurnShown
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class TurnTexts(msgspec.Struct, frozen=True):
    """One turn as questions look at it.

    Attributes:
        keys: of its texts: a user's message and the replies to it that the item brought.
        responses: ids of the models' responses that arrived in it.
    """

    keys: tuple[str, ...]
    responses: tuple[str, ...] = ()


def prompt_key(index: int) -> str:
    """What the prompt of a live turn is called among the texts; turns count from 0."""
    return f"prompt.{index + 1}" if index else "prompt"


def turn_texts(item: ItemContent, turns: Sequence[TurnShown]) -> list[TurnTexts]:
    """All turns in order: the item's messages, the given prompt, and what was asked live."""
    before: list[list[str]] = []
    for index, message in enumerate(item.messages):
        key = f"messages.{index}"
        if message.role == "user" or (message.role == "assistant" and not before):
            before.append([key])
        elif message.role == "assistant":
            before[-1].append(key)
    found = [TurnTexts(tuple(keys)) for keys in before]
    if item.prompt is not None and not turns:
        found.append(TurnTexts((prompt_key(0),)))
    for index, turn in enumerate(turns):
        responses = tuple(response.id for response in turn.responses if usable(response))
        found.append(TurnTexts((prompt_key(index),), responses))
    return found


def may_ask(settings: Settings, item: ItemContent) -> bool:
    """True where models are asked at all: not where the one turn there is came with its responses."""
    return settings.responses > 0 and (not item.responses or settings.max_turns > 1)


def turn_problems(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
) -> Iterator[FieldProblem]:
    """Why `turn` cannot be asked after `turns`."""
    yield from below("prompt", TEXT.validate(TextSettings(required=True), turn.prompt))
    if not may_ask(settings, item):
        yield FieldProblem("prompt", _("No model is asked in this task."))
    yield from line_problems(item.prompt, turns, turn, most=settings.max_turns)
    if not turns:
        return
    ids = {response.id for response in turns[-1].responses if usable(response)}
    if turn.continue_from == IDEAL or turn.continue_from not in ids:
        yield FieldProblem("continue_from", _("Choose one of the responses to go on from."))


def context(item: ItemContent, turns: Sequence[TurnShown]) -> list[Message]:
    """The item's messages and what was said in `turns`, as far as they were gone on from."""
    found = list(item.messages)
    for turn in turns:
        found.append(Message(role="user", content=turn.prompt))
        if turn.continued_with is not None:
            found.append(Message(role="assistant", content=turn.continued_with))
    return found


def messages_to_send(
    item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
) -> tuple[Message, ...]:
    """What a model is sent; an item's own system message goes before the form's.

    Raises:
        ValueError: a turn before does not say what it was continued with.
    """
    for turn in turns:
        if turn.continued_with is None:
            raise ValueError(f"turn {turn.turn_id} does not say what it was continued with")
    messages = (*context(item, turns), Message(role="user", content=prompt))
    if position.system_prompt and not (item.messages and item.messages[0].role == "system"):
        return (Message(role="system", content=position.system_prompt), *messages)
    return messages

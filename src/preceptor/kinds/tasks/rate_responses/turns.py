"""The live part: what may be asked next, and what models are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.content import Message
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.findings import below
from preceptor.kinds.live import line_problems, usable
from preceptor.kinds.shown import IDEAL, NextTurn, Position, TurnShown
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


def turn_problems(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
) -> Iterator[FieldProblem]:
    """Why `turn` cannot be asked after `turns`."""
    yield from below("prompt", TEXT.validate(TextSettings(required=True), turn.prompt))
    yield from line_problems(item.prompt, turns, turn, most=settings.max_turns)
    if not turns:
        return
    if turn.continue_from == IDEAL:
        yield from _ideal_problems(settings, turn)
    elif not any(response.id == turn.continue_from and usable(response) for response in turns[-1].responses):
        yield FieldProblem("continue_from", _("Choose the response to go on from, or write it."))


def _ideal_problems(settings: Settings, turn: NextTurn) -> Iterator[FieldProblem]:
    if settings.ideal == "off":
        yield FieldProblem("continue_from", _("Choose one of the responses to go on from."))
    else:
        yield from below("ideal", TEXT.validate(TextSettings(required=True), turn.ideal or ""))


def context(item: ItemContent, turns: Sequence[TurnShown]) -> list[Message]:
    """The conversation up to and with the text that the last of `turns` was continued with.

    Raises:
        ValueError: a turn does not say what it was continued with.
    """
    found = list(item.messages)
    for turn in turns:
        if turn.continued_with is None:
            raise ValueError(f"turn {turn.turn_id} does not say what it was continued with")
        found.append(Message(role="user", content=turn.prompt))
        found.append(Message(role="assistant", content=turn.continued_with))
    return found


def messages_to_send(
    item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
) -> tuple[Message, ...]:
    """What a model is sent; an item's own system message goes before the form's."""
    messages = [*context(item, turns), Message(role="user", content=prompt)]
    if position.system_prompt and not item.has_system_message:
        messages.insert(0, Message(role="system", content=position.system_prompt))
    return tuple(messages)

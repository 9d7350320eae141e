"""The live part: what may be asked next, and what models are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.content import Message
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.findings import below
from preceptor.kinds.shown import IDEAL, NextTurn, Position, ResponseShown, TurnShown
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy

UNFINISHED = frozenset({"pending", "streaming"})


def usable(response: ResponseShown) -> bool:
    """True when there is something to judge: the response arrived, wholly or up to where the person stopped it."""
    return response.state in {"complete", "stopped"} and bool(response.text.strip())


def turn_problems(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
) -> Iterator[FieldProblem]:
    """Why `turn` cannot be asked after `turns`."""
    yield from below("prompt", TEXT.validate(TextSettings(required=True), turn.prompt))
    if len(turns) >= settings.max_turns:
        message = ngettext_lazy(
            "A conversation here has {count} turn.",
            "A conversation here has up to {count} turns.",
            settings.max_turns,
        )
        yield FieldProblem("prompt", message)
    if not turns:
        if item.prompt is not None and turn.prompt != item.prompt:
            yield FieldProblem("prompt", _("The first prompt is given in this task."))
        if turn.continue_from is not None:
            yield FieldProblem("continue_from", _("There is nothing to go on from yet."))
        return
    last = turns[-1]
    if any(response.state in UNFINISHED for response in last.responses):
        yield FieldProblem("continue_from", _("A response is still being written. Wait for it, or stop it."))
    if turn.continue_from == IDEAL:
        yield from _ideal_problems(settings, turn)
    elif not any(response.id == turn.continue_from and usable(response) for response in last.responses):
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

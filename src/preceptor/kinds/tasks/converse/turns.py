"""The live part: what may be asked next, and what models are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.content import Message
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.findings import below
from preceptor.kinds.live import UNFINISHED, length_problem, start_problems, usable
from preceptor.kinds.shown import IDEAL, NextTurn, Position, TurnShown, parent_of, path_to
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.settings import MOST_ASKED, Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


def turn_problems(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
) -> Iterator[FieldProblem]:
    """Why `turn` cannot be asked after `turns`."""
    yield from below("prompt", TEXT.validate(TextSettings(required=True), turn.prompt))
    parent = parent_of(turns, turn)
    yield from _place_problems(settings, turns, parent)
    if parent is None:
        yield from start_problems(item.prompt, turns, turn)
        return
    if turn.continue_from == IDEAL:
        if settings.ideal == "off":
            yield FieldProblem("continue_from", _("Choose one of the responses to go on from."))
        else:
            yield from below("ideal", TEXT.validate(TextSettings(required=True), turn.ideal or ""))
        return
    chosen = next((response for response in parent.responses if response.id == turn.continue_from), None)
    if chosen is not None and chosen.state in UNFINISHED:
        yield FieldProblem("continue_from", _("This response is still being written. Wait for it, or stop it."))
    elif chosen is None or not usable(chosen):
        yield FieldProblem("continue_from", _("Choose the response to go on from."))


def _place_problems(settings: Settings, turns: Sequence[TurnShown], parent: TurnShown | None) -> Iterator[FieldProblem]:
    if not settings.branches and turns and parent is not turns[-1]:
        yield FieldProblem("parent", _("Here a conversation goes on from its last turn."))
    if parent is not None and len(path_to(turns, parent.turn_id)) >= settings.max_turns:
        yield length_problem(settings.max_turns)
    if len(turns) >= MOST_ASKED:
        message = _("This task has {most} turns in all; that is as many as there can be.")
        yield FieldProblem("prompt", message.format(most=MOST_ASKED))


def context(item: ItemContent, line: Sequence[TurnShown]) -> list[Message]:
    """The conversation up to and with the text that the last turn of `line` was continued with.

    Raises:
        ValueError: a turn does not say what it was continued with.
    """
    found = list(item.messages)
    for turn in line:
        if turn.continued_with is None:
            raise ValueError(f"turn {turn.turn_id} does not say what it was continued with")
        found.append(Message(role="user", content=turn.prompt))
        found.append(Message(role="assistant", content=turn.continued_with))
    return found


def messages_to_send(
    item: ItemContent, line: Sequence[TurnShown], *, prompt: str, position: Position
) -> tuple[Message, ...]:
    """What a model is sent; an item's own system message goes before the form's."""
    messages = [*context(item, line), Message(role="user", content=prompt)]
    if position.system_prompt and not item.has_system_message:
        messages.insert(0, Message(role="system", content=position.system_prompt))
    return tuple(messages)

"""What a person was shown while answering: turns and responses, as plain values handed in by whoever keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from preceptor.kinds.content import GivenResponse, Sampling

ResponseState = Literal["pending", "streaming", "complete", "stopped", "failed"]

IDEAL = "ideal"
"""In place of a response id: the conversation goes on from what the person wrote."""

START = "start"
"""In place of a turn's id: the conversation is begun anew, beside what was asked before."""


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one of the responses of a turn is asked for.

    Attributes:
        model: slug of the language model; None stands for the installation's default one.
        system_prompt: None for none.
        temperature, top_p, max_tokens: None leaves them to the endpoint.
        seed: None draws a new one each time.
    """

    model: str | None = None
    system_prompt: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None

    @property
    def sampling(self) -> Sampling:
        """The sampling parameters alone."""
        return Sampling(temperature=self.temperature, top_p=self.top_p, max_tokens=self.max_tokens, seed=self.seed)


class ResponseShown(msgspec.Struct, frozen=True):
    """A model's candidate, as the person saw it. Judging needs the first three fields; releases need them all."""

    id: str
    text: str
    state: ResponseState = "complete"
    model: str | None = None
    sampling: Sampling = Sampling()
    system_prompt: str | None = None
    """What it was really asked under."""
    finish_reason: str | None = None


class Parent(msgspec.Struct, frozen=True):
    """Where in a conversation a turn hangs.

    Attributes:
        turn_id: the turn it goes on from.
        continue_from: what of that turn: a response id or `IDEAL`.
        continued_with: the text of it.
    """

    turn_id: str
    continue_from: str | None = None
    continued_with: str | None = None


class TurnShown(msgspec.Struct, frozen=True):
    """One turn of a conversation with models, in the order this person saw the responses.

    Turns are kept in the order they were asked. Most kinds keep them in a line; where a kind lets people go back, they
    are a tree, and `path_to` gives the line from its beginning to one of them.
    """

    turn_id: str
    prompt: str
    """What was really sent."""
    responses: tuple[ResponseShown, ...] = ()
    continue_from: str | None = None
    """What the next turn really went on from: a response id or `IDEAL`; None while there is no next turn. Where several
    went on from this one, the last of them."""
    continued_with: str | None = None
    """The text the next turn really went on from."""
    parent: Parent | None = None
    """What this turn itself went on from; None where it begins a conversation."""


class GivenTurn(msgspec.Struct, frozen=True):
    """A first turn that the item itself asks: the same for everyone who answers the item.

    Attributes:
        prompt: the user's message.
        responses: answers that came with the item; when empty, models are asked, once for the item.
        asks_too: models are asked even so, and their responses stand among the given ones: nobody sees which are which.
    """

    prompt: str
    responses: tuple[GivenResponse, ...] = ()
    asks_too: bool = False


class NextTurn(msgspec.Struct, frozen=True):
    """A turn somebody wants to ask.

    Attributes:
        prompt: the user's message.
        continue_from: response id of the turn it goes on from, or `IDEAL`; None where no turn goes before.
        ideal: the text to go on from when `continue_from` is `IDEAL`.
        parent: id of the turn it goes on from, or `START`; None stands for the last turn there is.
    """

    prompt: str
    continue_from: str | None = None
    ideal: str | None = None
    parent: str | None = None


def parent_of(turns: Sequence[TurnShown], asked: NextTurn) -> TurnShown | None:
    """The turn that `asked` goes on from; None where it begins a conversation.

    Raises:
        LookupError: it names a turn that is none of `turns`.
    """
    if asked.parent is None:
        return turns[-1] if turns else None
    return None if asked.parent == START else turn_of(turns, asked.parent)


def turn_of(turns: Sequence[TurnShown], turn_id: str) -> TurnShown:
    """The turn of this id. Raises `LookupError` when there is none."""
    for turn in turns:
        if turn.turn_id == turn_id:
            return turn
    raise LookupError(turn_id)


def path_to(turns: Sequence[TurnShown], turn_id: str) -> list[TurnShown]:
    """The turns from the beginning of a conversation to this one, each with what the next one here went on from.

    Raises:
        LookupError: there is no such turn.
    """
    turn = turn_of(turns, turn_id)
    path = [msgspec.structs.replace(turn, continue_from=None, continued_with=None)]
    while turn.parent is not None:
        link = turn.parent
        turn = turn_of(turns, link.turn_id)
        said = {"continue_from": link.continue_from, "continued_with": link.continued_with}
        path.append(msgspec.structs.replace(turn, **said))
    return path[::-1]

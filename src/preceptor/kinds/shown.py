"""What a person was shown while answering: turns and responses, as plain values handed in by whoever keeps them."""

from __future__ import annotations

from typing import Literal

import msgspec

from preceptor.kinds.content import GivenResponse, Sampling

ResponseState = Literal["pending", "streaming", "complete", "stopped", "failed"]

IDEAL = "ideal"
"""In place of a response id: the conversation goes on from what the person wrote."""


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


class TurnShown(msgspec.Struct, frozen=True):
    """One turn of a conversation with models, in the order this person saw the responses."""

    turn_id: str
    prompt: str
    """What was really sent."""
    responses: tuple[ResponseShown, ...] = ()
    continue_from: str | None = None
    """What the next turn really went on from: a response id or `IDEAL`; None while there is no next turn."""
    continued_with: str | None = None
    """The text the next turn really went on from."""


class GivenTurn(msgspec.Struct, frozen=True):
    """A first turn that the item itself asks: the same for everyone who answers the item.

    Attributes:
        prompt: the user's message.
        responses: answers that came with the item; when empty, models are asked, once for the item.
    """

    prompt: str
    responses: tuple[GivenResponse, ...] = ()


class NextTurn(msgspec.Struct, frozen=True):
    """A turn somebody wants to ask.

    Attributes:
        prompt: the user's message.
        continue_from: response id of the last turn, or `IDEAL`; None where no turn went before.
        ideal: the text to go on from when `continue_from` is `IDEAL`.
    """

    prompt: str
    continue_from: str | None = None
    ideal: str | None = None

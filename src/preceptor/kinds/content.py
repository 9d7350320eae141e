"""Typed content: what kinds give to releases and take from imports.

A kind turns an accepted answer into these structs and a format writes them out, so that neither knows the other: a
format looks at the *type* of a piece of content (and passes over what it has no use for), never at the kind it came
from. Everything here is frozen, holds plain values only and can be encoded by msgspec as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec

Role = Literal["system", "user", "assistant"]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message of a conversation, in the shape chat models and TRL's conversational rows use."""

    role: Role
    content: str


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a response was sampled; None means that the endpoint's own default was in force.

    The keys are always the same, so that columnar files get one schema.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


class Provenance(msgspec.Struct, frozen=True):
    """Where a piece of content comes from: the same for every row of one submission. Durations are milliseconds."""

    project: str
    """Slug of the project."""
    kind: str
    item_id: str
    submission_id: str
    revision: int
    """1 for the submission itself, higher for a correction of it."""
    trainer: str
    """Pseudonym, never a name or a person's id."""
    guidelines_version: int
    form_version: int
    review: str
    """How the submission came to be accepted, in the word of whoever reviews ("accepted", "corrected", …)."""
    active_ms: int
    idle_ms: int
    waiting_ms: int
    paused_ms: int
    submitted_at: datetime
    topic: str | None = None
    """Skill or topic label of the item."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields of the imported row that nobody knew. Any JSON; formats with a fixed schema write it as JSON text."""


class ErrorType(msgspec.Struct, frozen=True):
    """What a key among `Candidate.errors` means, in English, for whoever reads the data."""

    key: str
    label: str
    severity: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """One response that was judged, with all that was said about it."""

    response_id: str
    text: str
    model: str | None = None
    """Slug of the language model, or the name an imported row gave; None where nobody knows."""
    sampling: Sampling = Sampling()
    system_prompt: str | None = None
    """What this response was asked under; a shared one also opens the turn's `prompt`."""
    state: str = "complete"
    """`complete`, or `stopped` where the person cut it off."""
    finish_reason: str | None = None
    rating: int | None = None
    """1 (worst) to the turn's `scale`; None where this response was not rated."""
    errors: tuple[str, ...] = ()
    """Keys of the project's error taxonomy."""
    comment: str = ""
    rank: int | None = None
    """1 is the best; equal ranks are ties, and the next rank skips none (1, 1, 2). None where it was not ranked."""


class Preference(msgspec.Struct, frozen=True):
    """A strict pair: one text is better than the other."""

    chosen: str
    rejected: str
    chosen_id: str | None
    """Response id; None where the chosen text is the person's ideal response."""
    rejected_id: str
    margin: float
    """Strength, 0 or more: the difference in rating where there are ratings, else in rank."""


class Content(msgspec.Struct, frozen=True):
    """Base of all typed content. Open: a plug-in may derive its own beside the formats it brings along."""

    def otherwise(self) -> Iterator[Content]:
        """The same in other types, for a kind that does not take this one, the most telling first; often none.

        Types derived from this one may give several pieces, each of which becomes an item of its own.
        """
        return iter(())


class JudgedResponses(Content, frozen=True):
    """The responses to one prompt, judged by one person: one struct per turn.

    Formats read from it: pairs (`preferences`, `ideal_preferences`), labels (`candidates[].rating` against `scale`) and
    the whole judgement.
    """

    prompt: tuple[Message, ...]
    """System message if all candidates share one, earlier turns, and last this turn's user message."""
    candidates: tuple[Candidate, ...]
    """In the order in which this person saw them. Failed responses are left out."""
    provenance: Provenance
    scale: int | None = None
    """Number of points of the rating; None where responses are not rated."""
    all_bad: bool = False
    ideal: str | None = None
    ideal_start: str | None = None
    """Id of the response the ideal was started from; None when it was written from scratch."""
    preferences: tuple[Preference, ...] = ()
    """All strict pairs of the ranking of the candidates alone, best chosen first; empty when all are bad."""
    ideal_preferences: tuple[Preference, ...] = ()
    """Pairs that have the ideal as chosen and a candidate of another text as rejected."""
    rationale: str = ""
    """Why, in the person's words; comments on single responses stand with the candidates."""
    turn: int = 1
    """Place in the conversation, from 1."""
    turns: int = 1
    """Number of turns in the conversation."""

    def candidate(self, response_id: str) -> Candidate:
        """The candidate of this id. Raises `KeyError` when there is none."""
        for candidate in self.candidates:
            if candidate.response_id == response_id:
                return candidate
        raise KeyError(response_id)


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where something can be read up: an address, a title, or both."""

    url: str = ""
    title: str = ""


class Demonstration(Content, frozen=True):
    """What an ideal assistant would have said: one struct per turn that has an ideal response."""

    prompt: tuple[Message, ...]
    """As in `JudgedResponses`."""
    completion: str
    provenance: Provenance
    started_from: str | None = None
    """Id of the response it was edited from; None when it was written from scratch."""
    started_model: str | None = None
    """The model of that response."""
    outline: str = ""
    """The plan it was written by, where one was asked for."""
    sources: tuple[Reference, ...] = ()
    """What the person looked it up in."""
    turn: int = 1
    turns: int = 1


class GivenResponse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A response that came with an imported row instead of being asked of a model now."""

    text: str
    model: str | None = None
    sampling: Sampling = Sampling()
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields that nobody knew: kept."""


class Conversation(Content, frozen=True):
    """A conversation to be worked on, as imports yield it; the last message is a user's unless it is left open.

    `responses` are given answers to that last message; `follow_ups` are further user prompts the source planned.
    """

    messages: tuple[Message, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    follow_ups: tuple[str, ...] = ()
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields of the row that nobody knew: kept, and exported again."""

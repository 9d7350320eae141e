"""The key `meta`, in which every row of a release says where it comes from.

All keys are always there and never null (see `Table.row`): an unknown text is `""`, a missing rating or rank is 0.
What has no fixed set of keys is JSON text.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from preceptor.kinds.content import Candidate, Demonstration, JudgedResponses, Message, Reference, Sampling
from preceptor.kinds.outcomes import JudgedSteps
from preceptor.kinds.triage import TriagedConversation


class Meta(msgspec.Struct, frozen=True):
    """Provenance of one row. Durations are milliseconds."""

    project: str
    kind: str
    item_id: str
    topic: str
    submission_id: str
    revision: int
    turn: int
    turns: int
    pseudonym: str
    guidelines_version: int
    form_version: int
    review: str
    active_ms: int
    idle_ms: int
    waiting_ms: int
    paused_ms: int
    submitted_at: str
    source: str


class Side(msgspec.Struct, frozen=True):
    """One response of a row: who gave it and how it was judged."""

    origin: str
    """`model`, or `person` for the ideal response."""
    response_id: str
    model: str
    sampling: str
    system_prompt: str
    rating: int
    rank: int


IDEAL_SIDE = Side(origin="person", response_id="", model="", sampling="{}", system_prompt="", rating=0, rank=0)

_encoder = msgspec.json.Encoder(order="deterministic")


def meta_values(content: JudgedResponses | Demonstration | JudgedSteps | TriagedConversation) -> dict[str, Any]:
    """The values of `Meta`'s fields, for it or a struct derived from it."""
    told = content.provenance
    return {
        "project": told.project,
        "kind": told.kind,
        "item_id": told.item_id,
        "topic": told.topic or "",
        "submission_id": told.submission_id,
        "revision": told.revision,
        "turn": content.turn,
        "turns": content.turns,
        "pseudonym": told.trainer,
        "guidelines_version": told.guidelines_version,
        "form_version": told.form_version,
        "review": told.review,
        "active_ms": told.active_ms,
        "idle_ms": told.idle_ms,
        "waiting_ms": told.waiting_ms,
        "paused_ms": told.paused_ms,
        "submitted_at": written_time(told.submitted_at),
        "source": json_text(told.source),
    }


def written_time(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000000Z`: UTC and always with microseconds.

    `datasets` reads a time without a fraction as a timestamp from JSON lines and as text from Parquet; with one it is
    text from both.
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def json_text(value: dict[str, Any] | Sampling | tuple[Reference, ...]) -> str:
    """`value` as compact JSON with its keys in a fixed order, so that equal values are equal texts."""
    return _encoder.encode(value).decode()


def side(candidate: Candidate) -> Side:
    """What `meta` says about one response of a model."""
    return Side(
        "model",
        candidate.response_id,
        candidate.model or "",
        json_text(candidate.sampling),
        candidate.system_prompt or "",
        candidate.rating or 0,
        candidate.rank or 0,
    )


def reply(text: str) -> tuple[Message, ...]:
    """`text` as what the assistant says, in conversational form."""
    return (Message("assistant", text),)

"""Conversations that users of a product reported: as they arrive, and as people judged them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from preceptor.kinds.content import Content, Message, Provenance

Severity = Literal["low", "medium", "high", "critical"]
MessageVerdict = Literal["fine", "problem", "worst"]
Verdict = Literal["confirmed", "not_a_problem", "cannot_tell"]


class ReportedConversation(Content, frozen=True):
    """A conversation as a product sends it, after a user reported it. Nothing in it is redacted yet."""

    messages: tuple[Message, ...]
    reason: str = ""
    """Why, in the user's words."""
    categories: tuple[str, ...] = ()
    """Keys of what the user, or a filter of the product, says is wrong."""
    severity: Severity | None = None
    """As the product sees it; None where it does not say."""
    reported_at: datetime | None = None
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Whatever else the product wants to find again in releases."""


class MarkedStretch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a message: `messages[message].content[start:end]`, in code points."""

    message: int
    """Counted from 0."""
    start: int
    end: int
    label: str
    """Key of a category of the problem, or of what was taken out here."""


class TriagedConversation(Content, frozen=True):
    """A reported conversation as one person judged it. All its texts are redacted, and all places are theirs."""

    messages: tuple[Message, ...]
    verdict: Verdict
    provenance: Provenance
    severity: Severity | None = None
    """None where no problem was confirmed."""
    categories: tuple[str, ...] = ()
    message_verdicts: tuple[MessageVerdict | None, ...] = ()
    """One for each message; None where it was not judged."""
    problems: tuple[MarkedStretch, ...] = ()
    """Where the problem is."""
    redactions: tuple[MarkedStretch, ...] = ()
    """What was taken out, by its replacement."""
    note: str = ""
    reported_reason: str = ""
    reported_categories: tuple[str, ...] = ()
    reported_severity: Severity | None = None
    reported_at: datetime | None = None
    turn: int = 1
    turns: int = 1

"""Turns of a conversation and the models' responses in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Turn(Base):
    """A prompt and what the models answer to it.

    With an assignment it is one person's own; without one it is the first turn of an item with a given prompt, asked
    once and judged by everybody who is assigned to the item.
    """

    __tablename__ = "turn"
    __table_args__ = (
        CheckConstraint("state IN ('asking', 'complete')", name="state"),
        CheckConstraint("parent_position < position", name="parent"),
        Index("uq_turn_own", "assignment_id", "position", unique=True, postgresql_where="assignment_id IS NOT NULL"),
        Index("uq_turn_shared", "item_id", "position", unique=True, postgresql_where="assignment_id IS NULL"),
    )

    id: Mapped[UUID] = id_column()
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    """Counts turns from 0 in the order they were asked; 0 is the item's own turn where it gives one."""
    parent_position: Mapped[int | None] = mapped_column(SmallInteger)
    """The turn it goes on from; None where it begins a conversation. A position, for a turn that came with an item has
    no row; an earlier one, so that turns are a tree."""
    prompt: Mapped[str]
    continue_from: Mapped[str | None]
    """What it went on from: a response of the turn it goes on from, or what the person wrote instead."""
    continued_with: Mapped[str | None]
    """The text it went on from."""
    state: Mapped[str] = mapped_column(server_default="asking")
    asked_at: Mapped[datetime] = created_at_column()
    completed_at: Mapped[datetime | None]
    keeper: Mapped[str] = mapped_column(server_default="")
    """The process that generates now."""
    keeper_until: Mapped[datetime | None]
    """Until when that process has promised to be alive; then another may take over."""


class Response(Base):
    """One model's candidate: what was asked of it, what it said, and how that went."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'streaming', 'complete', 'stopped', 'failed')", name="state"),
        Index("uq_response_place", "turn_id", "position", unique=True),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[UUID] = id_column()
    turn_id: Mapped[UUID] = mapped_column(ForeignKey("turn.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    model: Mapped[str]
    """Slug of the language model."""
    system_prompt: Mapped[str] = mapped_column(server_default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    seed: Mapped[int | None]
    state: Mapped[str] = mapped_column(server_default="pending")
    text: Mapped[str] = mapped_column(server_default="")
    error: Mapped[str | None]
    finish_reason: Mapped[str | None]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    first_token_ms: Mapped[int | None]
    latency_ms: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

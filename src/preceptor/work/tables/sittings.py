"""Sittings of exams, and the keys of items."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Sitting(Base):
    """One person's attempt at an exam. Its parts are items of its own, made of the exam's when it begins.

    So each of them asks for exactly one answer, like any other item, however many people sit the exam.
    """

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'handed_in')", name="state"),
        CheckConstraint("(state = 'handed_in') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("attempt > 0", name="attempt"),
        UniqueConstraint("project_id", "person_id", "attempt"),
        Index("uq_sitting_open", "project_id", "person_id", unique=True, postgresql_where="state = 'open'"),
        Index("ix_sitting_due", "due_at", postgresql_where="state = 'open'"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(server_default="open")
    begun_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Then it is handed in as it stands."""
    ended_at: Mapped[datetime | None]
    withheld: Mapped[bool] = mapped_column(server_default="false")
    """Whether, when it was handed in, parts had not been handed out whose content its person said no to."""


class ItemKey(Base):
    """What is right about an item, apart from the item itself: whoever reads items never reads keys along.

    `key` has the form of an answer and names given responses by their places, so that it holds for every copy of the
    item.
    """

    __tablename__ = "item_key"
    __table_args__ = (CheckConstraint("key IS NOT NULL OR by_hand", name="something"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    key: Mapped[dict[str, Any] | None]
    by_hand: Mapped[bool] = mapped_column(server_default="false")
    """A person grades what was written, against the exam's rubric."""
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = created_at_column()

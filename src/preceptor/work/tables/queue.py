"""Items and their slots: the queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column

queue_place = Sequence("queue_place", metadata=Base.metadata)
"""Places in the queue. A slot takes a fresh one whenever it enters the queue or moves in it, so places only ascend."""


class Item(Base):
    """A unit of work. `content` is the kind's: a prompt, given responses or pictures."""

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'cancelled')", name="state"),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        CheckConstraint("wanted BETWEEN 1 AND 100", name="wanted"),
        Index(None, "project_id", "id"),
        Index(None, "project_id", "content_hash"),
        Index(None, "import_id", "id", postgresql_where="import_id IS NOT NULL"),
        Index("ix_item_sitting_id", "sitting_id", postgresql_where="sitting_id IS NOT NULL"),
        Index("ix_item_paper_id", "paper_id", postgresql_where="paper_id IS NOT NULL"),
        CheckConstraint("(sitting_id IS NULL) = (paper_id IS NULL)", name="sitting"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID]
    """A statement's rows are held to their projects all at once, by a trigger: see the decisions, 26."""
    state: Mapped[str] = mapped_column(server_default="open")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    lane: Mapped[str] = mapped_column(server_default="")
    wanted: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    brief: Mapped[str] = mapped_column(server_default="")
    topic: Mapped[str] = mapped_column(server_default="")
    content: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    content_hash: Mapped[str] = mapped_column(server_default="")
    source: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    import_id: Mapped[UUID | None]
    sitting_id: Mapped[UUID | None] = mapped_column(ForeignKey("sitting.id"))
    """The sitting of an exam whose part it is; None for every other item."""
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"))
    """The exam's item that a part was made of."""
    created_at: Mapped[datetime] = created_at_column()


class Slot(Base):
    """One of the answers an item asks for. Whoever holds it is the only one who can fill it.

    Slots are taken in the order (priority, round, place): lower priority numbers first; round 0 holds slots that were
    given back, round n the n-th answer of every item, so that a trainer's own finished items never pile up in front.
    """

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'held', 'done', 'closed')", name="state"),
        CheckConstraint("(state IN ('held', 'done')) = (assignment_id IS NOT NULL)", name="holder"),
        Index(
            "ix_slot_open",
            "project_id",
            "lane",
            "priority",
            "round",
            "place",
            postgresql_where="state = 'open'",
        ),
    )

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    """A trigger holds it to an item that is there, and items are never taken away: see the decisions, 26."""
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    project_id: Mapped[UUID]
    lane: Mapped[str] = mapped_column(server_default="")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    round: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="open")
    assignment_id: Mapped[UUID | None]


class QueueGroup(Base):
    """A (priority, round) of a lane that has or had slots: where claiming has to look, in a handful of rows."""

    __tablename__ = "queue_group"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    lane: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


class ProjectTally(Base):
    """A count about a project, folded from events by the worker; reads add what has not been folded yet."""

    __tablename__ = "project_tally"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(server_default="0")

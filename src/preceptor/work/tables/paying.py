"""Time and money beside assignments: stints, claims over the cap, top-ups."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Stint(Base):
    """A stretch of required time outside of assignments, such as a review, on the person's one clock.

    It keeps the terms it was begun under. When it ends, a time entry tells what it earned.
    """

    __tablename__ = "stint"
    __table_args__ = (
        CheckConstraint("activity IN ('review', 'training')", name="activity"),
        CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
        CheckConstraint("active_ms >= 0 AND idle_ms >= 0 AND paused_ms >= 0", name="times"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        Index("uq_stint_running", "person_id", "subject_id", unique=True, postgresql_where="state <> 'ended'"),
        Index(None, "subject_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    activity: Mapped[str]
    subject_id: Mapped[UUID]
    """What it is spent on: a review, a part of an exam that is graded, a dispute."""
    state: Mapped[str] = mapped_column(server_default="active")
    rate_minor: Mapped[int]
    currency: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    active_ms: Mapped[int] = mapped_column(server_default="0")
    idle_ms: Mapped[int] = mapped_column(server_default="0")
    paused_ms: Mapped[int] = mapped_column(server_default="0")
    categories: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Content that what is judged was announced with; None where there is none to warn of."""


class CapClaim(Base):
    """A trainer asks to be paid for time over the cap of a task. A named person decides; a time entry pays it."""

    __tablename__ = "cap_claim"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
        CheckConstraint("claimed_ms > 0", name="claimed"),
        CheckConstraint("(state = 'open') = (decided_by IS NULL AND decided_at IS NULL)", name="decided"),
        CheckConstraint("state <> 'declined' OR answer <> ''", name="answer"),
        Index("uq_cap_claim_open", "assignment_id", unique=True, postgresql_where="state = 'open'"),
        Index("ix_cap_claim_waiting", "project_id", "id", postgresql_where="state = 'open'"),
        Index(None, "assignment_id"),
        Index(None, "project_id", "id"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    claimed_ms: Mapped[int]
    rate_minor: Mapped[int]
    """What an hour of it is paid: the rate it was worked at, whatever holds for rework since."""
    note: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    amount_minor: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = created_at_column()


class TopUp(Base):
    """What was added to per-task pay in a month, so that the hour earned what was promised.

    Where more turns out to be owed for a month later, `number` counts on. The database refuses UPDATE and DELETE.
    """

    __tablename__ = "top_up"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        UniqueConstraint("person_id", "project_id", "currency", "month", "number"),
        Index(None, "project_id", "month"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    month: Mapped[date]
    """Its first day, UTC."""
    currency: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    paid_ms: Mapped[int]
    promised_minor: Mapped[int]
    by_task_minor: Mapped[int]
    amount_minor: Mapped[int]
    created_at: Mapped[datetime] = created_at_column()

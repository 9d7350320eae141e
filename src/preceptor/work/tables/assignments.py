"""Assignments, their drafts, and time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, id_column

LEASED = "state IN ('prefetched', 'active', 'paused')"
"""The states in which an assignment holds its slot by a lease."""


class Assignment(Base):
    """A person's lease on a slot, from being handed out to its end, with the terms it was taken under.

    Columns that heartbeats change stand in no index, so that those updates stay within the row's page.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(
            "state IN ('prefetched', 'active', 'paused', 'submitted', 'accepted', 'returned', 'rejected', 'skipped', "
            "'reported', 'expired', 'surplus')",
            name="state",
        ),
        CheckConstraint("active_ms >= 0 AND idle_ms >= 0 AND waiting_ms >= 0 AND paused_ms >= 0", name="times"),
        CheckConstraint("activity IN ('work', 'exam', 'training')", name="activity"),
        CheckConstraint("task_minor >= 0", name="task"),
        UniqueConstraint("item_id", "trainer_id"),
        ForeignKeyConstraint(["item_id", "n"], ["slot.item_id", "slot.n"]),
        # One assignment of each leased state per person and project; rework comes on top.
        Index(
            "uq_assignment_leased",
            "trainer_id",
            "project_id",
            "state",
            unique=True,
            postgresql_where=f"{LEASED} AND rework_round = 0",
        ),
        Index(
            "ix_assignment_rework",
            "trainer_id",
            postgresql_where="state = 'returned' OR (rework_round > 0 AND state IN ('active', 'paused'))",
        ),
        Index("ix_assignment_left", "trainer_id", "project_id", postgresql_where="state = 'expired'"),
        Index("ix_assignment_waiting", "project_id", "ended_at", postgresql_where="state IN ('submitted', 'reported')"),
        # Most work is paid by the hour: those who add up what tasks paid do not look at it.
        Index("ix_assignment_by_task", "project_id", "trainer_id", postgresql_where="task_minor IS NOT NULL"),
        Index("ix_assignment_mine", "trainer_id", "id"),
        Index("ix_assignment_project", "project_id", "id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[UUID] = id_column()
    item_id: Mapped[UUID]
    n: Mapped[int] = mapped_column(SmallInteger)
    project_id: Mapped[UUID]
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    form_version: Mapped[int]
    guidelines_version: Mapped[int]
    rate_minor: Mapped[int]
    currency: Mapped[str]
    cap_ms: Mapped[int | None]
    """Most time that is paid for it, and for each of its reworks."""
    activity: Mapped[str] = mapped_column(server_default="work")
    """work, or exam or training where the project is one."""
    task_minor: Mapped[int | None]
    """What handing it in earns, in minor units of `currency`; NULL where the hour is paid and not the task."""
    lease_until: Mapped[datetime]
    claimed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    touched: Mapped[bool] = mapped_column(server_default="false")
    active_ms: Mapped[int] = mapped_column(server_default="0")
    idle_ms: Mapped[int] = mapped_column(server_default="0")
    waiting_ms: Mapped[int] = mapped_column(server_default="0")
    paused_ms: Mapped[int] = mapped_column(server_default="0")
    earned_ms: Mapped[int] = mapped_column(server_default="0")
    """Paid time that time entries exist for already."""
    round_payable_ms: Mapped[int] = mapped_column(server_default="0")
    """Active and waiting time at the beginning of this round of rework: the cap is counted from here on."""
    round_earned_ms: Mapped[int] = mapped_column(server_default="0")
    """`earned_ms` at the beginning of this round of rework."""
    no_pay: Mapped[bool] = mapped_column(server_default="false")
    """It was rejected for a reason that takes back what it earned, and this has not been overturned."""
    rework_round: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    in_review: Mapped[bool] = mapped_column(server_default="false")
    """True once a reviewer has begun to look: from then on the trainer cannot correct it."""
    categories: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Content that was announced when it was handed out; None where there is none to warn of: it costs nothing."""


class AssignmentNote(Base):
    """Why somebody gave an item back or reported it, in their own words."""

    __tablename__ = "assignment_note"
    __table_args__ = (CheckConstraint("kind IN ('skipped', 'reported')", name="kind"), Index(None, "assignment_id"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]


class Draft(Base):
    """What somebody has written so far. `version` only goes up."""

    __tablename__ = "draft"
    __table_args__ = ({"postgresql_with": {"fillfactor": "60"}},)

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Clock(Base):
    """Where a person's one clock stands: time up to `ticked_at` has been given to some assignment already."""

    __tablename__ = "clock"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    ticked_at: Mapped[datetime]
    assignment_id: Mapped[UUID]
    busy_at: Mapped[datetime]


class TimeEntry(Base):
    """Time that was earned when an assignment or a stint ended. The database refuses UPDATE and DELETE.

    One of `outcome` *over_cap* pays time that earlier entries of its assignment hold unpaid.
    """

    __tablename__ = "time_entry"
    __table_args__ = (
        CheckConstraint("activity IN ('work', 'rework', 'review', 'guidelines', 'exam', 'training')", name="activity"),
        CheckConstraint(
            "active_ms >= 0 AND idle_ms >= 0 AND waiting_ms >= 0 AND paused_ms >= 0 AND paid_ms >= 0", name="times"
        ),
        CheckConstraint("outcome = 'over_cap' OR paid_ms <= active_ms + waiting_ms", name="paid"),
        Index(None, "person_id", "id"),
        Index(None, "project_id", "ended_at"),
        Index("ix_time_entry_ended", "ended_at", postgresql_using="brin"),
        Index(None, "assignment_id"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID]
    project_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    """What else it was for: a review, a part that was graded, a dispute, or a claim over the cap."""
    activity: Mapped[str]
    outcome: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    active_ms: Mapped[int]
    idle_ms: Mapped[int]
    waiting_ms: Mapped[int]
    paused_ms: Mapped[int]
    paid_ms: Mapped[int]
    rate_minor: Mapped[int]
    currency: Mapped[str]
    amount_minor: Mapped[int]

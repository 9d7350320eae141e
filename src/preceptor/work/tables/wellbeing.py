"""How long people looked at content that can weigh on them, and who waits for work."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column


class Exposure(Base):
    """Time with content of one category, at work on it or judging it, by day where the person is.

    Written in the transaction that ends it.
    """

    __tablename__ = "exposure"
    __table_args__ = (
        CheckConstraint("ms >= 0", name="ms"),
        CheckConstraint("carried_ms >= 0", name="carried_ms"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    ms: Mapped[int]
    carried_ms: Mapped[int] = mapped_column(server_default="0")
    """Of the day it was elsewhere when they changed their time zone: it counts for the limit, and in no figure."""


class WorkWait(Base):
    """Somebody looked for work on a project and found none: they are told when some opens.

    A row goes when they were told or took something. `checked_at` is when the worker last looked for them.
    """

    __tablename__ = "work_wait"
    __table_args__ = (Index(None, "checked_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    since: Mapped[datetime] = created_at_column()
    checked_at: Mapped[datetime] = created_at_column()


class WorkTold(Base):
    """When somebody was last told that work has opened: at most once a day."""

    __tablename__ = "work_told"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    told_at: Mapped[datetime]

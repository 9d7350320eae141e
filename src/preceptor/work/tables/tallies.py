"""Counts about the people and days of a project, folded from events by the worker; reads add the tail."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class TrainerTally(Base):
    """What one trainer has done on a project; `work.rules.breakdowns.TrainerMeasure` says what each count means."""

    __tablename__ = "trainer_tally"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    submitted: Mapped[int] = mapped_column(server_default="0")
    accepted: Mapped[int] = mapped_column(server_default="0")
    kept: Mapped[int] = mapped_column(server_default="0")
    corrected: Mapped[int] = mapped_column(server_default="0")
    returned: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[int] = mapped_column(server_default="0")
    given_back: Mapped[int] = mapped_column(server_default="0")
    active_ms: Mapped[int] = mapped_column(server_default="0")


class DayTally(Base):
    """What happened on a project on one day (UTC)."""

    __tablename__ = "day_tally"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    submitted: Mapped[int] = mapped_column(server_default="0")
    accepted: Mapped[int] = mapped_column(server_default="0")

"""The rows of exams: what a project of that purpose asks and certifies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class Exam(Base):
    """The terms of an exam. The project holds everything else: items, guidelines, teams, pay."""

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 1 AND 20", name="attempts"),
        CheckConstraint("retake_days BETWEEN 0 AND 365", name="retake_days"),
        CheckConstraint("days BETWEEN 1 AND 90", name="days"),
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes"),
        CheckConstraint("opens_at < closes_at", name="times"),
        Index(None, "certification_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id"))
    attempts: Mapped[int] = mapped_column(SmallInteger)
    retake_days: Mapped[int] = mapped_column(SmallInteger)
    days: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    reveals_key: Mapped[bool] = mapped_column(server_default="false")
    levels: Mapped[list[Any]]
    """`LevelMarks`."""
    rubric: Mapped[list[Any]]
    """`Criterion`."""
    advice: Mapped[dict[str, Any]]
    """Texts by field."""

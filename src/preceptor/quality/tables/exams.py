"""The rows of exam grading: what graders gave, and what came of sittings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class PartGrade(Base):
    """What a person said about one part of a sitting, once. The database refuses UPDATE and DELETE."""

    __tablename__ = "part_grade"
    __table_args__ = (Index(None, "sitting_id"), Index(None, "grader_id", "at"))

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    """The part: an item of the sitting's own."""
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"))
    points: Mapped[dict[str, Any]]
    """By criterion of the rubric."""
    left_out: Mapped[bool] = mapped_column(server_default="false")
    """The part was at fault, as its person had reported: it counts for nothing."""
    note: Mapped[str] = mapped_column(server_default="")
    grader_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class ExamResult(Base):
    """What came of a sitting, for good. The database refuses UPDATE and DELETE."""

    __tablename__ = "exam_result"
    __table_args__ = (
        CheckConstraint("passed = (level IS NOT NULL)", name="passed"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        Index(None, "project_id", "decided_at"),
    )

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    passed: Mapped[bool]
    level: Mapped[int | None] = mapped_column(SmallInteger)
    marks: Mapped[list[Any]]
    """Per field: the mean, its sample size and interval, and what was asked."""
    parts: Mapped[list[Any]]
    """Per part: its scores and what became of it."""
    certificate_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who graded the last of what was written; None where nothing was."""
    decided_at: Mapped[datetime]

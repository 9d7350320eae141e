"""What trainers think of a project."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class ProjectRating(Base):
    """What one trainer thought of a project in one month (its first day, UTC). Never shown by itself."""

    __tablename__ = "project_rating"
    __table_args__ = (
        CheckConstraint("pay BETWEEN 1 AND 5 AND clarity BETWEEN 1 AND 5 AND fairness BETWEEN 1 AND 5", name="scale"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    pay: Mapped[int] = mapped_column(SmallInteger)
    clarity: Mapped[int] = mapped_column(SmallInteger)
    fairness: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(server_default="")
    rated_at: Mapped[datetime]

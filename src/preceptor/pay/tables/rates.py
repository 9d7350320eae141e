"""The rows of rates and floors. Both are append-only: what is set later is a row of its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Rate(Base):
    """A version of an hourly rate. The database refuses UPDATE and DELETE.

    It is for a project, or for a role in all projects. Empty places, and levels and activities that are NULL, do not
    matter. `rate_minor` NULL: from then on this reach has no rate of its own.
    """

    __tablename__ = "rate"
    __table_args__ = (
        CheckConstraint("(project_id IS NULL) <> (role IS NULL)", name="whose"),
        CheckConstraint("role IN ('trainer', 'reviewer')", name="role"),
        CheckConstraint("country <> '' OR region = ''", name="region"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("activity IN ('work', 'rework', 'review', 'guidelines', 'exam', 'training')", name="activity"),
        CheckConstraint("rate_minor > 0", name="rate"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index(None, "project_id", "id"),
        Index("ix_rate_role", "role", "id", postgresql_where="project_id IS NULL"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID | None]
    role: Mapped[str | None]
    country: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    level: Mapped[int | None] = mapped_column(SmallInteger)
    activity: Mapped[str | None]
    rate_minor: Mapped[int | None]
    currency: Mapped[str]
    valid_from: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class FloorRate(Base):
    """The least an hour may earn in a place, from a day on. The database refuses UPDATE and DELETE.

    Where a place has two rows for one day and currency, the one written later holds.
    """

    __tablename__ = "floor"
    __table_args__ = (
        CheckConstraint("country <> '' OR region = ''", name="region"),
        CheckConstraint("hourly_minor > 0", name="hourly"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index(None, "country", "region", "currency", "valid_from"),
    )

    id: Mapped[UUID] = id_column()
    country: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    currency: Mapped[str]
    hourly_minor: Mapped[int]
    source: Mapped[str]
    valid_from: Mapped[date]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()

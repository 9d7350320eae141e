"""The rows of prices for each task. They are append-only: what is set later is a row of its own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class TaskPrice(Base):
    """A version of a project's price for each task. The database refuses UPDATE and DELETE.

    It is in the project's currency, which is fixed before there can be a version. `price_minor` NULL: from then on the
    hour is paid.
    """

    __tablename__ = "task_price"
    __table_args__ = (CheckConstraint("price_minor > 0", name="price"), Index(None, "project_id", "id"))

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID]
    price_minor: Mapped[int | None]
    valid_from: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()

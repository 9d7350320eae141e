"""The rows of holds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class Hold(Base):
    """Somebody is at a part of an exam, or at a dispute, just now: their clock runs, and nobody else's does for it.

    A row goes when they decided it, put it back, or showed no sign of life until `lease_until`.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("kind IN ('part', 'dispute')", name="kind"),
        Index(None, "lease_until"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The part's item, or the dispute."""
    kind: Mapped[str]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime]

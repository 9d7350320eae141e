"""The rows of disputes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Dispute(Base):
    """A trainer contests a rejection. Somebody else than its reviewer decides, without knowing who that was."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'overturned')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state = 'open' OR decided_by IS NOT NULL", name="named"),
        CheckConstraint("decided_by <> trainer_id AND decided_by <> reviewer_id", name="somebody_else"),
        Index(None, "review_id", unique=True),
        Index("ix_dispute_open", "id", postgresql_where="state = 'open'"),
        Index(None, "project_id", "id"),
        Index(None, "assignment_id"),
    )

    id: Mapped[UUID] = id_column()
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    """Whose verdict is contested."""
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    trainer_id: Mapped[UUID]
    reviewer_id: Mapped[UUID]
    note: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(server_default="")
    """To the trainer, from whoever decided."""
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()

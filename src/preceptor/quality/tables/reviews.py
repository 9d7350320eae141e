"""The rows of reviews."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Review(Base):
    """A look at one submission by somebody other than its trainer.

    While it is open, `reviewer_id` and `lease_until` say for whom it is kept and until when; then anybody may take it.
    Once it is claimed they say who holds it.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'claimed', 'decided', 'void')", name="state"),
        CheckConstraint("verdict IN ('accept', 'correct', 'return', 'reject')", name="verdict"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> trainer_id", name="not_own_work"),
        CheckConstraint("(state = 'decided') = (verdict IS NOT NULL)", name="decided"),
        UniqueConstraint("submission_id"),
        Index("ix_review_open", "project_id", "content", "id", postgresql_where="state = 'open'"),
        Index("ix_review_oldest", "id", postgresql_where="state = 'open'"),
        Index(
            "ix_review_held",
            "reviewer_id",
            "id",
            postgresql_where="state IN ('open', 'claimed') AND reviewer_id IS NOT NULL",
        ),
        Index("ix_review_decided_at", "decided_at", postgresql_using="brin"),
        Index(None, "assignment_id"),
        Index(None, "reviewer_id", "id"),
        Index(None, "trainer_id", "project_id"),
        Index("ix_review_decided", "project_id", "trainer_id", "verdict", postgresql_where="state = 'decided'"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID]
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    trainer_id: Mapped[UUID]
    round: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    state: Mapped[str] = mapped_column(server_default="open")
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime | None]
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    correction_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    content: Mapped[str] = mapped_column(server_default="")
    """Categories of content that it shows while it is open, besides what its project announces: `hate+violence`.

    The database keeps it: from what was announced when the answer was handed out, and what its item says by now.
    """
    created_at: Mapped[datetime] = created_at_column()
    decided_at: Mapped[datetime | None]

"""Submissions: what was handed in, for good."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, id_column


class Submission(Base):
    """An answer as it was handed in. The database refuses UPDATE and DELETE; a correction is a new revision.

    `key` is chosen by the page, once per attempt to hand in: repeating a request with the same key changes nothing.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("origin IN ('first', 'correction', 'rework', 'review', 'given')", name="origin"),
        UniqueConstraint("assignment_id", "revision"),
        UniqueConstraint("key"),
        Index(None, "project_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    key: Mapped[UUID]
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    item_id: Mapped[UUID]
    project_id: Mapped[UUID]
    trainer_id: Mapped[UUID]
    author_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    origin: Mapped[str]
    form_version: Mapped[int]
    guidelines_version: Mapped[int]
    content_hash: Mapped[str]
    surplus: Mapped[bool] = mapped_column(server_default="false")
    submitted_at: Mapped[datetime]


class SubmissionBody(Base):
    """The texts of a submission, which can be erased while the submission stays."""

    __tablename__ = "submission_body"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    erased_at: Mapped[datetime | None]

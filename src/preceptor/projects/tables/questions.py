"""Questions about a project, and their answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Question(Base):
    """What somebody asked about a project, for everybody on it to read.

    What was removed stays, so that its author and managers can read why; nobody else sees it.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        Index("ix_question_newest", "project_id", "pinned", "last_post_at", "id"),
        Index(None, "author_id", "created_at"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    markdown: Mapped[str] = mapped_column(server_default="")
    pinned: Mapped[bool] = mapped_column(server_default="false")
    answer_id: Mapped[UUID | None]
    """The answer that settles it."""
    guidelines_version: Mapped[int | None]
    """The version of the guidelines that its answer went into."""
    last_post_at: Mapped[datetime]
    last_post_by: Mapped[UUID]
    created_at: Mapped[datetime] = created_at_column()
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[str] = mapped_column(server_default="")


class QuestionAnswer(Base):
    """What somebody answered."""

    __tablename__ = "question_answer"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        Index(None, "question_id", "id"),
        Index(None, "author_id", "created_at"),
    )

    id: Mapped[UUID] = id_column()
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    markdown: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[str] = mapped_column(server_default="")


class QuestionSeen(Base):
    """When somebody last looked at a question."""

    __tablename__ = "question_seen"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]

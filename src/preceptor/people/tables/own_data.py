"""What people ask about their own data: all of it as a file, a correction, that it be erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class DataDownload(Base):
    """All that is kept about somebody, asked for by themselves: one file, for some days."""

    __tablename__ = "data_download"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed', 'expired')", name="state"),
        Index(None, "person_id", "id"),
        Index("ix_data_download_kept", "expires_at", postgresql_where="state = 'done'"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    file_key: Mapped[str] = mapped_column(server_default="")
    bytes: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = created_at_column()
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class CorrectionRequest(Base):
    """What somebody asks to have put right that they cannot change themselves, and what a person answered."""

    __tablename__ = "correction_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'declined')", name="state"),
        CheckConstraint(
            "(state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answered_by IS NULL)", name="answered"
        ),
        CheckConstraint("state <> 'declined' OR answer <> ''", name="declined"),
        Index(None, "person_id", "id"),
        Index("ix_correction_request_open", "id", postgresql_where="state = 'open'"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(server_default="open")
    wish: Mapped[str]
    answer: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = created_at_column()
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class ErasureRequest(Base):
    """That somebody wants to be erased: it waits for their mind to change, and is then done once."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        CheckConstraint("due_at > requested_at", name="due"),
        CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name="ended"),
        Index(
            "uq_erasure_request_open",
            "person_id",
            unique=True,
            postgresql_where="withdrawn_at IS NULL AND done_at IS NULL",
        ),
        Index("ix_erasure_request_due", "due_at", postgresql_where="withdrawn_at IS NULL AND done_at IS NULL"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    with_texts: Mapped[bool] = mapped_column(server_default="false")
    """The texts of their work as well, and releases that hold them are replaced."""
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

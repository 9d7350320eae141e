"""The rows of certifications and of those who hold them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Certification(Base):
    """Something people can be certified for, at levels 1 to 5."""

    __tablename__ = "certification"
    __table_args__ = (
        CheckConstraint("valid_days BETWEEN 1 AND 3650", name="valid_days"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
    )

    id: Mapped[UUID] = id_column()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    """BCP 47; empty where it stands for no language."""
    skill: Mapped[str] = mapped_column(server_default="")
    valid_days: Mapped[int | None]
    """How long a certificate is valid; None: for good."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class CertificationPrerequisite(Base):
    """A certification that one has to hold before another one's exam."""

    __tablename__ = "certification_prerequisite"
    __table_args__ = (
        CheckConstraint("certification_id <> needed_id", name="other"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    )

    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id"), primary_key=True)
    needed_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)


class Certificate(Base):
    """A certification as a person was given it, once. A renewal or another level is a certificate of its own.

    Only a revocation ever changes a row; the database refuses every other change and DELETE.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("(granted_by IS NULL) <> (sitting_id IS NULL)", name="source"),
        CheckConstraint("(sitting_id IS NULL) = (exam_id IS NULL)", name="exam"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),
        # One sitting of an exam certifies once.
        UniqueConstraint("sitting_id"),
        Index(None, "person_id", "certification_id"),
        Index(None, "certification_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    level: Mapped[int] = mapped_column(SmallInteger)
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """The manager who granted it by hand."""
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    """The project of the exam that was passed."""
    sitting_id: Mapped[UUID | None]
    """The sitting of that exam; opaque here."""
    reason: Mapped[str] = mapped_column(server_default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    revoke_reason: Mapped[str | None]


class CertificateReminder(Base):
    """That somebody was told of the end of a certificate before it came. The database refuses UPDATE and DELETE."""

    __tablename__ = "certificate_reminder"

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime]


class ProjectNeed(Base):
    """The certification that a project asks of those who work on it."""

    __tablename__ = "project_need"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"), Index(None, "certification_id"))

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id"))
    level: Mapped[int] = mapped_column(SmallInteger)

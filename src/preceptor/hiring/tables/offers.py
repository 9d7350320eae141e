"""The rows of offers, their terms, and the forecast of work that caps them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Sequence, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column

OFFER_NUMBERS = Sequence("offer_number", metadata=Base.metadata)
"""Numbers of offers, as people type them to check that one is genuine."""


class Offer(Base):
    """Paid work offered to people of one place at one rate.

    What an applicant decides by (place, rate, languages, kind of engagement) cannot change once it is published; the
    database sees to that.
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'closed')", name="state"),
        CheckConstraint("closed_why IN ('', 'date', 'quota', 'hand')", name="closed_why"),
        CheckConstraint("role IN ('trainer', 'reviewer')", name="role"),
        CheckConstraint("kind IN ('contractor', 'employee')", name="kind"),
        CheckConstraint("rate_minor > 0", name="rate"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("hours_least BETWEEN 0 AND hours_most AND hours_most <= 60", name="hours"),
        CheckConstraint("quota > 0", name="quota"),
        CheckConstraint("notice_days BETWEEN 0 AND 365", name="notice"),
        CheckConstraint("exam_minutes BETWEEN 0 AND 600", name="exam_minutes"),
        CheckConstraint("certification_level BETWEEN 0 AND 5", name="certification_level"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_offer_published", "id", postgresql_where="state = 'published'"),
        Index(None, "exam_project_id"),
    )

    id: Mapped[UUID] = id_column()
    number: Mapped[int] = mapped_column(OFFER_NUMBERS, server_default=OFFER_NUMBERS.next_value(), unique=True)
    state: Mapped[str] = mapped_column(server_default="draft")
    title: Mapped[str]
    summary: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="trainer")
    country: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    rate_minor: Mapped[int]
    currency: Mapped[str]
    hours_least: Mapped[int] = mapped_column(SmallInteger)
    hours_most: Mapped[int] = mapped_column(SmallInteger)
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    certification: Mapped[str] = mapped_column(server_default="")
    """Key of the certification that is needed to begin; empty for none."""
    certification_level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    organisation: Mapped[str]
    """Who engages and pays."""
    behind: Mapped[str] = mapped_column(server_default="")
    """For whom the work is done, as far as it may be said."""
    contact: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="contractor")
    notice_days: Mapped[int] = mapped_column(SmallInteger, server_default="14")
    terms_version: Mapped[int] = mapped_column(server_default="0")
    quota: Mapped[int]
    closes_on: Mapped[date | None]
    """The last day on which one can apply, in UTC."""
    exam_project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    exam_minutes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    admits_at_once: Mapped[bool] = mapped_column(server_default="false")
    """Whoever meets what is asked for is admitted without a manager, as long as there is work."""
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class OfferLanguage(Base):
    """A language that an offer asks for, and how well."""

    __tablename__ = "offer_language"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"), Index(None, "language"))

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)


class OfferProject(Base):
    """A project that an offer is for. An offer without one is for its role, in whichever project."""

    __tablename__ = "offer_project"
    __table_args__ = (Index(None, "project_id"),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)


class OfferTerms(Base):
    """The terms of an offer at one version. The database refuses UPDATE and DELETE: somebody has agreed to them."""

    __tablename__ = "offer_terms"
    __table_args__ = (CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    markdown: Mapped[str]
    confidentiality: Mapped[str] = mapped_column(server_default="")
    digest: Mapped[str]
    """SHA-256 of both texts, as `terms_digest` makes it."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class WorkForecast(Base):
    """How much work a project is expected to have each week, as was last written down from above."""

    __tablename__ = "work_forecast"
    __table_args__ = (CheckConstraint("minutes_per_week >= 0", name="minutes"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    minutes_per_week: Mapped[int]
    at: Mapped[datetime]

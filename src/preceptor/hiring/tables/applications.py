"""The rows of applications and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column

STATES = (
    "('unconfirmed', 'received', 'invited', 'waiting', 'passed', 'failed', 'offered', 'accepted', 'declined', "
    "'withdrawn', 'refused')"
)


class Application(Base):
    """Somebody asks for the work of an offer. One person has one application for it under way."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(
            "uq_application_under_way",
            "offer_id",
            "person_id",
            unique=True,
            postgresql_where="state NOT IN ('failed', 'declined', 'withdrawn', 'refused')",
        ),
        Index(None, "offer_id", "state", "id"),
        Index(None, "person_id", "id"),
        Index(None, "state", "state_at"),
    )

    id: Mapped[UUID] = id_column()
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    state_at: Mapped[datetime]
    country: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    spoken: Mapped[list[Any]]
    """Languages and levels as they were given: `[["ca", 5]]`."""
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    consents: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Of the offer's categories of content, those they said yes to."""
    why: Mapped[str] = mapped_column(server_default="")
    answer_by: Mapped[datetime | None]
    """Until when the offer that was made to them stands."""
    created_at: Mapped[datetime] = created_at_column()


class ApplicationStep(Base):
    """A state that an application came into, who decided it and what the applicant was told."""

    __tablename__ = "application_step"
    __table_args__ = (Index(None, "application_id", "id"),)

    id: Mapped[UUID] = id_column()
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    state: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(server_default="")


class ApplicationAttempt(Base):
    """A form that was sent in from an address, counted so that nobody sends thousands; old rows are swept away."""

    __tablename__ = "application_attempt"
    __table_args__ = (Index(None, "address", "at"), Index(None, "email", "at"), Index(None, "at"))

    id: Mapped[UUID] = id_column()
    address: Mapped[str]
    email: Mapped[str]
    at: Mapped[datetime]

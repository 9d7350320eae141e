"""What people speak, can, and are willing to see. Where they are stands in `person`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column


class PersonLanguage(Base):
    """A language that somebody has."""

    __tablename__ = "person_language"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)


class ContentConsent(Base):
    """A category of content that somebody has said yes to. Saying no takes the row away; the events keep both."""

    __tablename__ = "content_consent"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = created_at_column()

"""The rows of engagements: what was agreed, for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Engagement(Base):
    """What a person accepted, or what it became after a notice. The database refuses UPDATE and DELETE.

    A later rate is another row with the next version and its own `effective_from`; work begun before keeps its own.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        ForeignKeyConstraint(["offer_id", "terms_version"], ["offer_terms.offer_id", "offer_terms.version"]),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("rate_minor > 0", name="rate"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("kind IN ('contractor', 'employee')", name="kind"),
        CheckConstraint("role IN ('trainer', 'reviewer')", name="role"),
        CheckConstraint("effective_from >= announced_at", name="effective"),
        Index("uq_engagement_version", "person_id", "offer_id", "version", unique=True),
        Index(None, "person_id", "effective_from"),
        Index(None, "offer_id"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    version: Mapped[int]
    title: Mapped[str]
    role: Mapped[str]
    project_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Projects it covers; none for every project that has this role's work."""
    rate_minor: Mapped[int]
    currency: Mapped[str]
    country: Mapped[str]
    region: Mapped[str]
    hours_least: Mapped[int] = mapped_column(SmallInteger)
    hours_most: Mapped[int] = mapped_column(SmallInteger)
    organisation: Mapped[str]
    kind: Mapped[str]
    notice_days: Mapped[int] = mapped_column(SmallInteger)
    terms_version: Mapped[int]
    terms_digest: Mapped[str]
    announced_at: Mapped[datetime]
    """When it was accepted, or when the person was told of the change."""
    effective_from: Mapped[datetime]
    """Work begun from then on is paid at this rate."""
    reason: Mapped[str] = mapped_column(server_default="")
    """Of a change, as the person was told."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where the person accepted it themselves."""
    created_at: Mapped[datetime] = created_at_column()


class EngagementEnd(Base):
    """The end of an engagement, with all its versions. The database refuses UPDATE and DELETE."""

    __tablename__ = "engagement_end"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    announced_at: Mapped[datetime]


class EngagementLeave(Base):
    """That somebody was taken out of teams when an engagement had ended. The database refuses UPDATE and DELETE.

    It happens once: whoever puts them into a team again later means it.
    """

    __tablename__ = "engagement_leave"
    __table_args__ = (
        ForeignKeyConstraint(["person_id", "offer_id"], ["engagement_end.person_id", "engagement_end.offer_id"]),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    at: Mapped[datetime]

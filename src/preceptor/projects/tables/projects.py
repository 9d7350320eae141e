"""The rows of client organisations, projects and their versioned forms and guidelines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class ClientOrganisation(Base):
    """Whom projects belong to."""

    __tablename__ = "client_organisation"

    id: Mapped[UUID] = id_column()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()


class Project(Base):
    """A task kind with a form, guidelines, models and rules."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'paused', 'closed')", name="state"),
        CheckConstraint("purpose IN ('work', 'exam', 'training')", name="purpose"),
        CheckConstraint("rate_minor >= 0", name="rate"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        Index(None, "client_id"),
    )

    id: Mapped[UUID] = id_column()
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    brief: Mapped[str] = mapped_column(server_default="")
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client_organisation.id"))
    kind: Mapped[str]
    purpose: Mapped[str] = mapped_column(server_default="work")
    state: Mapped[str] = mapped_column(server_default="draft")
    rate_minor: Mapped[int]
    currency: Mapped[str]
    rules: Mapped[dict[str, Any]]
    form_version: Mapped[int] = mapped_column(server_default="1")
    guidelines_version: Mapped[int] = mapped_column(server_default="1")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class FormVersion(Base):
    """The kind's settings as they were at one version. Answers keep the version they were given under."""

    __tablename__ = "form_version"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[dict[str, Any]]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class GuidelinesVersion(Base):
    """The guidelines' Markdown at one version."""

    __tablename__ = "guidelines_version"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    markdown: Mapped[str]
    change_note: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class GuidelinesAcknowledgement(Base):
    """The newest version of a project's guidelines that a person has said they read."""

    __tablename__ = "guidelines_acknowledgement"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime] = created_at_column()


class ProjectTeam(Base):
    """A team that works on a project."""

    __tablename__ = "project_team"
    __table_args__ = (Index(None, "team_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)


class WebhookSubscription(Base):
    """An address that a project's events are sent to. Its secrets are stored encrypted."""

    __tablename__ = "webhook_subscription"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'paused', 'failing', 'gone')", name="state"),
        CheckConstraint("(sealed_before IS NULL) = (before_until IS NULL)", name="before"),
        Index(None, "project_id"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    address: Mapped[str]
    events: Mapped[list[Any]]
    """Names of `WebhookEvent`."""
    state: Mapped[str] = mapped_column(server_default="active")
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_before: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret before, under which messages are signed too until `before_until`."""
    before_until: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class WebhookDelivery(Base):
    """One message to one webhook. Its id is that of the message, however often it is sent.

    While `next_at` is None it waits for its webhook to be resumed. Whoever sends it moves `next_at` to the end of a
    lease: if they die, it is due again by then.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_webhook_delivery_due", "subscription_id", "next_at", postgresql_where="state = 'waiting'"),
        Index(None, "subscription_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscription.id", ondelete="CASCADE"))
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    """When the last try ended."""
    last_status: Mapped[int | None]
    """Of HTTP; None where no answer came."""
    last_error: Mapped[str] = mapped_column(server_default="")
    """Why no answer came: a `PostFailure`, or `secret_unreadable`."""
    created_at: Mapped[datetime] = created_at_column()

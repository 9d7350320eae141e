"""The rows of client organisations, projects and their versioned forms and guidelines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
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

"""What a team or everybody on a project is told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Announcement(Base):
    """Something that a team or the people of a project are told, until they have seen it. `version` is the newest."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("num_nonnulls(team_id, project_id) = 1", name="to_whom"),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "team_id", "id", postgresql_where="team_id IS NOT NULL"),
        Index(None, "project_id", "id", postgresql_where="project_id IS NOT NULL"),
    )

    id: Mapped[UUID] = id_column()
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()
    withdrawn_at: Mapped[datetime | None]


class AnnouncementVersion(Base):
    """The Markdown of an announcement at one version. The database refuses UPDATE and DELETE."""

    __tablename__ = "announcement_version"

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    markdown: Mapped[str]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()


class AnnouncementSeen(Base):
    """The newest version of an announcement that somebody has seen."""

    __tablename__ = "announcement_seen"

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime]

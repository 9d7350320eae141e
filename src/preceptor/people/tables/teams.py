"""Moves between teams."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, id_column


class TeamTransfer(Base):
    """That somebody was moved from one team to another, by whom and why. The database refuses UPDATE and DELETE.

    Without `from_team_id` they were added to a team and stayed in their others.
    """

    __tablename__ = "team_transfer"
    __table_args__ = (CheckConstraint("from_team_id <> to_team_id", name="teams"), Index(None, "person_id", "id"))

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    from_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    to_team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    reason: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

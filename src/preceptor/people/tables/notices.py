"""What people are told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Notification(Base):
    """Something a person is told, on their page and by mail, in their language at the time it was written.

    A secret one (a link that signs somebody in) is never shown on a page, and its text is emptied once it was mailed.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index(None, "person_id", "id"),
        Index("ix_notification_unsent", "id", postgresql_where="mail_state = 'waiting'"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    """What it is about, as `noun.what`: people can turn the mails of a kind off."""
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(server_default="")
    """A path on this installation."""
    secret: Mapped[bool] = mapped_column(server_default="false")
    mail_state: Mapped[str] = mapped_column(server_default="waiting")
    """waiting, sent, failed or none."""
    mail_tries: Mapped[int] = mapped_column(server_default="0")
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()

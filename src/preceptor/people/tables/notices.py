"""What people are told, and which mails they do not want."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Notification(Base):
    """Something a person is told, on their page and by mail, in their language at the time it was written.

    A secret one (a link that signs somebody in) is never shown on a page, and its text is emptied once it was mailed.
    One with an address and no person is a mail to somebody who has no account yet; its address goes with its text.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index(None, "person_id", "id"),
        Index("ix_notification_unsent", "mail_due_at", postgresql_where="mail_state = 'waiting'"),
        Index("ix_notification_unread", "person_id", postgresql_where="read_at IS NULL AND NOT secret"),
        CheckConstraint("person_id IS NOT NULL OR address IS NOT NULL", name="somebody"),
        CheckConstraint("mail_state IN ('waiting', 'sent', 'failed', 'none')", name="mail_state"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str | None]
    """Where the mail goes instead of to the person's own address."""
    language: Mapped[str] = mapped_column(server_default="")
    """What it was written in; empty: English."""
    kind: Mapped[str]
    """What it is about, as `noun.what`: people can turn the mails of a kind off."""
    subject: Mapped[str]
    body: Mapped[str]
    names: Mapped[list[Any] | None]
    """Whose names stand where in `subject` and `body`: `{"person", "at", "length", "part"}`, in the order of the text.
    NULL: written before this was kept."""
    link: Mapped[str] = mapped_column(server_default="")
    """A path on this installation."""
    secret: Mapped[bool] = mapped_column(server_default="false")
    mail_state: Mapped[str] = mapped_column(server_default="waiting")
    """waiting, sent, failed or none."""
    mail_tries: Mapped[int] = mapped_column(server_default="0")
    mail_due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When it is to be tried next; while somebody sends it, when it may be taken up again."""
    mail_error: Mapped[str] = mapped_column(server_default="")
    """What the mail server said to the last try that failed."""
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()


class MailRefusal(Base):
    """Mails that somebody turned off, by topic. They still find the notice on their page."""

    __tablename__ = "mail_refusal"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = created_at_column()

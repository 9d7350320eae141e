"""The rows of addresses that wait to be confirmed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class EmailConfirmation(Base):
    """A link that was mailed to somebody who joined by themselves. The row holds its secret's SHA-256.

    Until they have opened it and chosen a password, the account is disabled.
    """

    __tablename__ = "email_confirmation"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id: Mapped[UUID] = id_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()

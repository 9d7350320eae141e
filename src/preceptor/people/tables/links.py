"""Steps of signing in and of changing what one signs in with: begun, and finished by a link or a second step."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class PendingSignIn(Base):
    """Somebody who has shown one thing and has yet to show another. It is no session: it opens nothing."""

    __tablename__ = "pending_sign_in"
    __table_args__ = (Index(None, "expires_at"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    person_version: Mapped[int]
    method: Mapped[str]
    """What they have shown: password, provider."""
    needs: Mapped[str]
    """What they have yet to show: second_factor, password."""
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"))
    provider_subject: Mapped[str] = mapped_column(server_default="")
    """Who they are at the provider, to be linked once they have shown the rest."""
    next_path: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]


class PasswordReset(Base):
    """A link by which somebody sets a new password, once, within the hour."""

    __tablename__ = "password_reset"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]


class EmailChange(Base):
    """Another address that somebody asked for; it becomes theirs when both addresses have said yes."""

    __tablename__ = "email_change"
    __table_args__ = (Index(None, "expires_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    email: Mapped[str]
    old_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    new_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]


class KnownDevice(Base):
    """A browser that somebody has signed in with before, by its cookie, and by its kind and network."""

    __tablename__ = "known_device"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    device: Mapped[str]
    network: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()
    last_seen_at: Mapped[datetime] = created_at_column()

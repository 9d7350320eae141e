"""What people sign in with besides a password: passkeys, codes of an app, recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Passkey(Base):
    """A passkey: the public half of a key pair that a device keeps (WebAuthn, level 3)."""

    __tablename__ = "passkey"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(server_default="0")
    """How often the device says it has signed; it may never go back. Devices that share keys say 0 for ever."""
    synced: Mapped[bool] = mapped_column(server_default="false")
    """Kept in an account of the device's maker, not in this device alone."""
    created_at: Mapped[datetime] = created_at_column()
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a passkey is asked to sign, once. For signing in nobody is known yet."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index(None, "expires_at"),)

    challenge: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]


class CodeApp(Base):
    """An app that shows codes which change every thirty seconds (TOTP, RFC 6238). Its key is sealed."""

    __tablename__ = "code_app"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(server_default="0")
    """The step (30 seconds each, since 1970) of the last code that was taken: none is taken twice."""
    created_at: Mapped[datetime] = created_at_column()


class RecoveryCode(Base):
    """A code on paper, for when the device is lost. The row holds its SHA-256; the code is random enough for that."""

    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()

"""The rows of people, their sessions and tokens, teams and invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Person(Base):
    """A person with an account, or a stub for one whose work came from elsewhere (no e-mail, no password)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("pseudonym"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
        CheckConstraint(
            "roles <@ ARRAY['trainer', 'reviewer', 'manager', 'client', 'operator', 'representative']::text[]",
            name="roles",
        ),
    )

    id: Mapped[UUID] = id_column()
    email: Mapped[str | None]
    name: Mapped[str]
    pseudonym: Mapped[str]
    password_hash: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    language: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    credit_name: Mapped[str] = mapped_column(server_default="")
    """The name under which they want to be credited in the cards of data and models; empty where they do not."""
    state: Mapped[str] = mapped_column(server_default="active")
    version: Mapped[int] = mapped_column(server_default="1")
    removed_at: Mapped[datetime | None]
    """From when on a removal binds them: they can still sign in, to what is theirs alone."""
    removed_until: Mapped[datetime | None]
    """Until when it does, where an end is known."""
    erased_at: Mapped[datetime | None]
    """When name and address were taken out, for good."""
    created_at: Mapped[datetime] = created_at_column()


class WebSession(Base):
    """A signed-in browser. The secret is the browser's; the row holds its SHA-256."""

    __tablename__ = "web_session"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id: Mapped[UUID] = id_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    person_version: Mapped[int]
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    last_seen_at: Mapped[datetime] = created_at_column()
    """To within five minutes."""
    method: Mapped[str] = mapped_column(server_default="password")
    """What it was opened with: password, passkey, provider, link."""
    strong: Mapped[bool] = mapped_column(server_default="false")
    """Two things were shown: a passkey, or a second step, here or at the provider."""
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_provider.id", ondelete="SET NULL"))


class Token(Base):
    """A personal access token for the API. The row holds its SHA-256."""

    __tablename__ = "token"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[UUID] = id_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    strong: Mapped[bool] = mapped_column(server_default="false")
    """Made by somebody who had shown two things."""


class SignInAttempt(Base):
    """A failed sign-in, counted per account and per address; old rows are swept away."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "email", "at"), Index(None, "address", "at"), Index(None, "at"))

    id: Mapped[UUID] = id_column()
    email: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class Team(Base):
    """People who work on the same projects."""

    __tablename__ = "team"

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = created_at_column()


class Membership(Base):
    """A person in a team, and what they are there."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(None, "person_id"),
        CheckConstraint("function IN ('member', 'lead', 'manager')", name="function"),
    )

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    function: Mapped[str] = mapped_column(server_default="member")
    created_at: Mapped[datetime] = created_at_column()


class Invitation(Base):
    """A link by which somebody makes their account, once."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = id_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    client_id: Mapped[UUID | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()
    expires_at: Mapped[datetime]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

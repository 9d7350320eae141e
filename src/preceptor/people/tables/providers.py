"""Identity providers of organisations, and who somebody is there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class IdentityProvider(Base):
    """A provider that people of an organisation sign in with (OpenID Connect). Its secret is sealed."""

    __tablename__ = "identity_provider"

    id: Mapped[UUID] = id_column()
    slug: Mapped[str] = mapped_column(unique=True)
    """Stands in its addresses."""
    name: Mapped[str]
    """Stands on the button."""
    issuer: Mapped[str]
    oidc_client_id: Mapped[str]
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    scopes: Mapped[str] = mapped_column(server_default="openid email profile")
    domains: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Domains of addresses that may sign in with it; none: any."""
    makes_accounts: Mapped[bool] = mapped_column(server_default="false")
    default_roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    role_claim: Mapped[str] = mapped_column(server_default="")
    role_map: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Role by value of the claim."""
    team_claim: Mapped[str] = mapped_column(server_default="")
    team_map: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Id of a team by value of the claim."""
    asks_second_factor: Mapped[bool] = mapped_column(server_default="false")
    """The provider asks for a second factor itself, so that we need not."""
    is_on: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = created_at_column()


class ExternalIdentity(Base):
    """Who somebody is at a provider, by the name that never changes there."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("provider_id", "subject"), Index(None, "person_id"))

    id: Mapped[UUID] = id_column()
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"))
    subject: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()
    last_used_at: Mapped[datetime | None]

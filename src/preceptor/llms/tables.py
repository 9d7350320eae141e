"""The rows of endpoints and the language models they serve."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class Endpoint(Base):
    """An OpenAI-compatible server. Its key is stored encrypted and shown nowhere."""

    __tablename__ = "endpoint"
    __table_args__ = (
        CheckConstraint("timeout_seconds BETWEEN 1 AND 3600", name="timeout"),
        CheckConstraint("concurrency BETWEEN 1 AND 10000", name="concurrency"),
        CheckConstraint("health IN ('unknown', 'ok', 'failing')", name="health"),
    )

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(unique=True)
    base_url: Mapped[str]
    encrypted_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    embedded: Mapped[bool] = mapped_column(server_default="false")
    timeout_seconds: Mapped[int] = mapped_column(server_default="120")
    concurrency: Mapped[int] = mapped_column(server_default="8")
    enabled: Mapped[bool] = mapped_column(server_default="true")
    health: Mapped[str] = mapped_column(server_default="unknown")
    health_detail: Mapped[str] = mapped_column(server_default="")
    health_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at_column()


class LanguageModel(Base):
    """A model that can be asked, by its slug."""

    __tablename__ = "language_model"
    __table_args__ = (CheckConstraint("context_tokens > 0", name="context"),)

    id: Mapped[UUID] = id_column()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("endpoint.id"), index=True)
    model_name: Mapped[str]
    context_tokens: Mapped[int] = mapped_column(server_default="8192")
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    practice: Mapped[bool] = mapped_column(server_default="false")
    enabled: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = created_at_column()

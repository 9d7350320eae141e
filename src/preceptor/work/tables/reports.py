"""Conversations that a product sent because a user reported them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column


class Report(Base):
    """That a report came in, under the product's own key, and what its user had agreed to.

    The conversation itself is the item's. `digest` tells a repeated request from another report under the same key.
    """

    __tablename__ = "report"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    digest: Mapped[str]
    consent: Mapped[str]
    received_at: Mapped[datetime] = created_at_column()

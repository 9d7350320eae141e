"""The rows of the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class LedgerEntry(Base):
    """One amount moved from one account to another: balanced by its shape. The database refuses UPDATE and DELETE.

    `debit` pays and `credit` receives. Accounts are texts such as `project:<id>` and `person:<id>`. `source` says what
    the entry is for and is opaque here; one source is booked once.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit <> credit", name="accounts"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index(None, "debit", "id"),
        Index(None, "credit", "id"),
        Index("uq_ledger_entry_source", "source", unique=True),
    )

    id: Mapped[UUID] = id_column()
    at: Mapped[datetime] = created_at_column()
    debit: Mapped[str]
    credit: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    source: Mapped[str]
    memo: Mapped[str] = mapped_column(server_default="")

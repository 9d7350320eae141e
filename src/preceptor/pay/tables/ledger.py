"""The rows of the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column

ACCOUNT = "[a-z]+(:[0-9a-f-]+)?"
"""What the name of an account looks like, loosely: the whole pattern costs 50 microseconds, twice with every task that
ends. `preceptor ledger check` holds entries to it."""


class LedgerEntry(Base):
    """One amount moved from one account to another: balanced by its shape. The database refuses UPDATE and DELETE.

    `debit` pays and `credit` receives; `rules/ledger.py` names the accounts. `source` says what the entry is for and is
    opaque here; one source is booked once. An entry that `reverses` another moves the same amount back, and each entry
    is reversed at most once; a reversal can be reversed in turn. `origin` is the first entry of such a chain.
    `activity` says what was earned with, where no time entry does. `actor_id` is who decided, `memo` why.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit <> credit", name="accounts"),
        CheckConstraint(f"debit ~ '^{ACCOUNT}$' AND credit ~ '^{ACCOUNT}$'", name="account_names"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("kind IN ('earning', 'reversal', 'adjustment', 'payout', 'settlement')", name="kind"),
        CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reverses"),
        CheckConstraint("(reverses IS NULL) = (origin IS NULL)", name="origin"),
        Index(None, "debit", "at", "id"),
        Index(None, "credit", "at", "id"),
        Index("ix_ledger_entry_at", "at", postgresql_using="brin"),
        Index("uq_ledger_entry_source", "source", unique=True),
        Index("uq_ledger_entry_reverses", "reverses", unique=True, postgresql_where="reverses IS NOT NULL"),
        Index("ix_ledger_entry_origin", "origin", "id", postgresql_where="origin IS NOT NULL"),
    )

    id: Mapped[UUID] = id_column()
    at: Mapped[datetime] = created_at_column()
    debit: Mapped[str]
    credit: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    source: Mapped[str]
    memo: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str] = mapped_column(server_default="earning")
    activity: Mapped[str] = mapped_column(server_default="")
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    origin: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    actor_id: Mapped[UUID | None]

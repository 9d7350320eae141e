"""The rows of payouts: where people want their money, and the batches in which it is sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class PayoutMethod(Base):
    """Where a person wants what they earn in one currency.

    `sealed` holds name and account, encrypted; `hint` is what may be shown of them. `held` since money came back: no
    batch takes it until the person has looked at it.
    """

    __tablename__ = "payout_method"
    __table_args__ = (
        CheckConstraint("kind IN ('sepa', 'paypal', 'wise')", name="kind"),
        CheckConstraint("kind <> 'sepa' OR currency = 'EUR'", name="sepa"),
        Index(None, "kind", "currency", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str]
    held: Mapped[bool] = mapped_column(server_default="false")
    changed_at: Mapped[datetime]


class PayrollPerson(Base):
    """A person who is employed and paid elsewhere: their time is counted, and no payout is made."""

    __tablename__ = "payroll_person"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime] = created_at_column()


class PayoutBatch(Base):
    """Payouts of one currency by one method, approved and sent together.

    Who approves is somebody else than who made it: the database refuses anything else, and that either is changed
    later, or the file once it is written. `file` is encrypted.
    """

    __tablename__ = "payout_batch"
    __table_args__ = (
        CheckConstraint("kind IN ('sepa', 'paypal', 'wise')", name="kind"),
        CheckConstraint("state IN ('draft', 'approved', 'exported', 'sent', 'cancelled')", name="state"),
        CheckConstraint("approved_by <> made_by", name="approved_by_another"),
        CheckConstraint("state IN ('draft', 'cancelled') OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("state NOT IN ('exported', 'sent') OR file IS NOT NULL", name="exported"),
        CheckConstraint("minimum_minor > 0", name="minimum"),
        UniqueConstraint("number"),
    )

    id: Mapped[UUID] = id_column()
    number: Mapped[int]
    kind: Mapped[str]
    currency: Mapped[str]
    period_end: Mapped[datetime]
    minimum_minor: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="draft")
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    exported_by: Mapped[UUID | None]
    exported_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_name: Mapped[str] = mapped_column(server_default="")
    file_sha256: Mapped[str] = mapped_column(server_default="")


class Payout(Base):
    """An amount that is paid to one person in a batch. What it is and whose cannot be changed.

    While one is open there can be no second for the same person and currency, so two batches never pay the same money.
    `reason` says why it is left out, failed or was returned. `sealed` and `hint` are the method as it was then.
    """

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('open', 'paid', 'failed', 'returned', 'left_out')", name="state"),
        UniqueConstraint("batch_id", "person_id"),
        Index("uq_payout_open", "person_id", "currency", unique=True, postgresql_where="state = 'open'"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("payout_batch.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    reason: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]

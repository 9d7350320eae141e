"""What clients order, and what they are invoiced."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class ClientOrder(Base):
    """What a client orders of a project, and at which price. Its terms do not change once it is agreed."""

    __tablename__ = "client_order"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("unit IN ('item', 'hour')", name="unit"),
        CheckConstraint("counts IN ('review', 'delivery')", name="counts"),
        CheckConstraint("unit = 'item' OR (counts = 'review' AND items_wanted IS NULL)", name="hours"),
        CheckConstraint("state IN ('draft', 'agreed', 'closed')", name="state"),
        CheckConstraint("(state = 'draft') = (agreed_at IS NULL)", name="agreed"),
        CheckConstraint("items_wanted > 0", name="items_wanted"),
        CheckConstraint("price_minor > 0", name="price"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("ends IS NULL OR ends >= begins", name="period"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    """Of the project's orders."""
    unit: Mapped[str]
    items_wanted: Mapped[int | None]
    counts: Mapped[str]
    """When an item is to be paid for: once it is accepted in review, or once the client accepted it in a release."""
    price_minor: Mapped[int]
    currency: Mapped[str]
    begins: Mapped[date]
    ends: Mapped[date | None]
    """The last day, UTC."""
    note: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="draft")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = created_at_column()
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Invoice(Base):
    """A numbered invoice for one order. The database refuses UPDATE and DELETE."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number > 0", name="number"),
        Index(None, "order_id", "number"),
        Index(None, "client_id", "number"),
    )

    id: Mapped[UUID] = id_column()
    number: Mapped[int]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("client_order.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client_organisation.id"))
    upto: Mapped[date]
    """The last day of work that it covers, UTC."""
    total_minor: Mapped[int]
    currency: Mapped[str]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]


class InvoiceLine(Base):
    """A charge, or a credit for what was charged before and does not count any more. Refuses UPDATE and DELETE.

    `quantity` is items, or milliseconds of paid time; negative in a credit.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        CheckConstraint("kind IN ('charge', 'credit')", name="kind"),
        CheckConstraint("unit IN ('item', 'hour')", name="unit"),
        CheckConstraint("CASE kind WHEN 'charge' THEN quantity > 0 ELSE quantity < 0 END", name="quantity"),
        CheckConstraint("CASE kind WHEN 'charge' THEN amount_minor >= 0 ELSE amount_minor <= 0 END", name="amount"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[int]
    price_minor: Mapped[int]
    amount_minor: Mapped[int]


class InvoiceSource(Base):
    """What a line is made of: `item:<id>`, or `time:<id>` of the ledger. The database refuses UPDATE and DELETE."""

    __tablename__ = "invoice_source"
    __table_args__ = (Index(None, "order_id", "source"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    quantity: Mapped[int]
    """1 for an item, milliseconds for time; negative where it is taken back."""

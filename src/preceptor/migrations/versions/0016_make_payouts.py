"""Make payouts: where people want their money, batches, and that nothing is paid that is not there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# A payout takes no more than its person's account holds, also when others book at the same time.
CHECK_PAYOUT = """
CREATE FUNCTION check_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held numeric;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.debit || NEW.currency, 0));
    SELECT coalesce(sum(CASE WHEN credit = NEW.debit THEN amount_minor ELSE -amount_minor END), 0) INTO held
    FROM ledger_entry WHERE (credit = NEW.debit OR debit = NEW.debit) AND currency = NEW.currency;
    IF held < NEW.amount_minor THEN
        RAISE EXCEPTION '% does not hold % %', NEW.debit, NEW.amount_minor, NEW.currency
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "payout_method",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('sepa', 'paypal', 'wise')", name=op.f("ck_payout_method_kind")),
        sa.CheckConstraint("kind <> 'sepa' OR currency = 'EUR'", name=op.f("ck_payout_method_sepa")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payout_method_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "currency", name=op.f("pk_payout_method")),
    )
    op.create_index(
        op.f("ix_payout_method_kind_currency_person_id"), "payout_method", ["kind", "currency", "person_id"]
    )
    op.create_table(
        "payroll_person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payroll_person_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_payroll_person")),
    )
    op.create_table(
        "payout_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            column
            for step in ("approved", "exported", "sent", "cancelled")
            for column in (
                sa.Column(f"{step}_by", sa.Uuid(), nullable=True),
                sa.Column(f"{step}_at", sa.DateTime(timezone=True), nullable=True),
            )
        ),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("file_sha256", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('sepa', 'paypal', 'wise')", name=op.f("ck_payout_batch_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'exported', 'sent', 'cancelled')", name=op.f("ck_payout_batch_state")
        ),
        sa.CheckConstraint("approved_by <> made_by", name=op.f("ck_payout_batch_approved_by_another")),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR approved_by IS NOT NULL", name=op.f("ck_payout_batch_approved")
        ),
        sa.CheckConstraint(
            "state NOT IN ('exported', 'sent') OR file IS NOT NULL", name=op.f("ck_payout_batch_exported")
        ),
        sa.CheckConstraint("minimum_minor > 0", name=op.f("ck_payout_batch_minimum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_batch_number")),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_amount")),
        sa.CheckConstraint("state IN ('open', 'paid', 'failed', 'returned', 'left_out')", name=op.f("ck_payout_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["payout_batch.id"], name=op.f("fk_payout_batch_id_payout_batch")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payout_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("batch_id", "person_id", name=op.f("uq_payout_batch_id_person_id")),
    )
    op.create_index(
        "uq_payout_open", "payout", ["person_id", "currency"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(op.f("ix_payout_person_id_id"), "payout", ["person_id", "id"])
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OF id, batch_id, person_id, amount_minor, currency "
        "ON payout FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON payout_batch FOR EACH STATEMENT "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE ON payout_batch FOR EACH ROW WHEN (OLD.made_by <> NEW.made_by "
        "OR (OLD.approved_by IS NOT NULL AND OLD.approved_by IS DISTINCT FROM NEW.approved_by) "
        "OR (OLD.file IS NOT NULL AND OLD.file IS DISTINCT FROM NEW.file)) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(CHECK_PAYOUT)
    op.execute(
        "CREATE TRIGGER check_payout BEFORE INSERT ON ledger_entry FOR EACH ROW "
        "WHEN (NEW.kind = 'payout') EXECUTE FUNCTION check_payout()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER check_payout ON ledger_entry")
    op.execute("DROP FUNCTION check_payout()")
    for name in ("payout", "payout_batch", "payroll_person", "payout_method"):
        op.drop_table(name)

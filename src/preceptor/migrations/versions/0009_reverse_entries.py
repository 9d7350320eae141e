"""Let entries of the ledger say what they are, and reverse one another."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ACCOUNT = "[a-z]{1,20}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
KINDS = "'earning', 'reversal', 'adjustment', 'payout', 'settlement'"

# An entry reverses another only when it moves the same amount back, and belongs to the same chain.
CHECK_REVERSAL = """
CREATE FUNCTION check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before ledger_entry;
BEGIN
    SELECT * INTO before FROM ledger_entry WHERE id = NEW.reverses;
    IF NOT FOUND OR before.debit <> NEW.credit OR before.credit <> NEW.debit OR before.currency <> NEW.currency
       OR before.amount_minor <> NEW.amount_minor OR NEW.origin <> coalesce(before.origin, before.id) THEN
        RAISE EXCEPTION 'entry % does not reverse entry %', NEW.id, NEW.reverses
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("ledger_entry", sa.Column("kind", sa.Text(), server_default="earning", nullable=False))
    op.add_column("ledger_entry", sa.Column("activity", sa.Text(), server_default="", nullable=False))
    op.add_column("ledger_entry", sa.Column("reverses", sa.Uuid(), nullable=True))
    op.add_column("ledger_entry", sa.Column("origin", sa.Uuid(), nullable=True))
    op.add_column("ledger_entry", sa.Column("actor_id", sa.Uuid(), nullable=True))
    for name in ("reverses", "origin"):
        constraint = op.f(f"fk_ledger_entry_{name}_ledger_entry")
        op.create_foreign_key(constraint, "ledger_entry", "ledger_entry", [name], ["id"])
    for name, rule in (
        ("account_names", f"debit ~ '^{ACCOUNT}$' AND credit ~ '^{ACCOUNT}$'"),
        ("kind", f"kind IN ({KINDS})"),
        ("reverses", "(kind = 'reversal') = (reverses IS NOT NULL)"),
        ("origin", "(reverses IS NULL) = (origin IS NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_ledger_entry_{name}"), "ledger_entry", rule)
    for account in ("credit", "debit"):
        op.drop_index(op.f(f"ix_ledger_entry_{account}_id"), "ledger_entry")
        op.create_index(op.f(f"ix_ledger_entry_{account}_at_id"), "ledger_entry", [account, "at", "id"])
    op.create_index(
        "uq_ledger_entry_reverses",
        "ledger_entry",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_origin", "ledger_entry", ["origin", "id"], postgresql_where=sa.text("origin IS NOT NULL")
    )
    op.execute(CHECK_REVERSAL)
    op.execute(
        "CREATE TRIGGER check_reversal BEFORE INSERT ON ledger_entry FOR EACH ROW "
        "WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION check_reversal()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER check_reversal ON ledger_entry")
    op.execute("DROP FUNCTION check_reversal()")
    for account in ("credit", "debit"):
        op.drop_index(op.f(f"ix_ledger_entry_{account}_at_id"), "ledger_entry")
        op.create_index(op.f(f"ix_ledger_entry_{account}_id"), "ledger_entry", [account, "id"])
    op.drop_constraint(op.f("ck_ledger_entry_account_names"), "ledger_entry")
    for name in ("actor_id", "origin", "reverses", "activity", "kind"):
        op.drop_column("ledger_entry", name)
